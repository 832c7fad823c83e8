#include "palmetto/adapters/enumeration.hpp"

namespace palmetto::detail {

void fail_label(Reader& in, std::string_view label) {
  in.fail("the label \"" + std::string(label) + "\" is of no enumerator of the C++ type");
}

}  // namespace palmetto::detail
