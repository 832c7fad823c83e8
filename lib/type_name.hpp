#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace palmetto::detail {

/// A type's name as pg_type and pg_namespace have it.
struct TypeName {
  std::string schema;  ///< empty: any in the search path
  std::string name;
};

/// Takes a name apart that is written as in SQL: folded to lower case where it is not quoted, and
/// "double precision" is float8. Nothing when it is no name.
[[nodiscard]] std::optional<TypeName> parse_type_name(std::string_view text);

}  // namespace palmetto::detail
