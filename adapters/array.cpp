#include "palmetto/adapters/array.hpp"

namespace palmetto::detail {

std::string wrong_depth(std::size_t has, std::size_t takes) {
  return "the array has " + std::to_string(has) + " dimensions, the C++ type takes " +
         std::to_string(takes);
}

std::string wrong_length(std::size_t has, std::size_t takes) {
  return "the array has " + std::to_string(has) + " elements, the C++ type takes " +
         std::to_string(takes);
}

ArrayDimensions checked_dimensions(const std::vector<ArrayDimension>& dimensions,
                                   std::size_t elements, Writer& out) {
  ArrayDimensions checked;
  for (const ArrayDimension& dimension : dimensions) {
    if (dimension.length <= 0) out.fail("a dimension of the array has no length");
    if (!checked.add(dimension)) out.fail("the array has more than six dimensions");
  }
  if (std::cmp_not_equal(checked.elements(), elements))
    out.fail("the array has " + std::to_string(elements) +
             " elements, which is not what its dimensions say");
  return checked;
}

}  // namespace palmetto::detail
