#include "palmetto/sql/inlined.hpp"

#include "palmetto/sql/composition.hpp"

#include <cstddef>

namespace palmetto::sql {
namespace {

bool is_known(Oid type, const AdaptersMap& map) {
  return map.types().find(type) != nullptr || map.types().find_by_array(type) != nullptr;
}

std::string constant(const char* value, Oid type, const AdaptersMap& map) {
  std::string text = "(";
  if (value == nullptr) text += "NULL";
  else detail::append_quoted(text, value);
  // What was sent without a type of its own, as one that is not registered, is inferred again.
  if (is_known(type, map)) text += "::" + detail::type_name(map, type);
  return text + ")";
}

}  // namespace

std::string inlined(std::string_view text, const StatementShape& shape,
                    const pq::ParameterArrays& parameters, std::span<const Oid> types,
                    const AdaptersMap& map) {
  std::string result;
  std::size_t from = 0;
  for (const PlaceholderPlace& place : shape.placeholders) {
    const auto index = static_cast<std::size_t>(place.number - 1);
    result += text.substr(from, place.offset - from);
    result += constant(parameters.values[index], types[index], map);
    from = place.offset + place.length;
  }
  return result += text.substr(from, shape.end - from);
}

}  // namespace palmetto::sql
