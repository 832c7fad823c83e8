#include "palmetto/sql/inlined.hpp"

#include "palmetto/sql/composition.hpp"

#include <cstddef>

namespace palmetto::sql {
namespace {

constexpr Oid first_not_builtin = 16384;  // FirstNormalObjectId

// By its own name and not by what SQL calls it: "bit" and "character" alone are of one bit, and of
// one character.
std::string name_of(Oid type, const AdaptersMap& map) {
  const auto builtin = [](const TypeInfo& info) {
    return "pg_catalog." + Identifier(info.name).as_string();
  };
  if (type < first_not_builtin) {
    if (const TypeInfo* info = map.types().find(type)) return builtin(*info);
    if (const TypeInfo* element = map.types().find_by_array(type)) return builtin(*element) + "[]";
  }
  const bool is_known =
      map.types().find(type) != nullptr || map.types().find_by_array(type) != nullptr;
  return is_known ? detail::type_name(map, type) : std::string();
}

std::string constant(const char* value, Oid type, const AdaptersMap& map) {
  std::string text = "(";
  if (value == nullptr) text += "NULL";
  else detail::append_quoted(text, value);
  // What was sent without a type of its own, as one that is not registered, is inferred again.
  if (const std::string name = name_of(type, map); !name.empty()) text += "::" + name;
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
