#pragma once

#include "palmetto/adapt/builtin_types.hpp"

#include <string_view>

namespace palmetto {

/// A PostgreSQL type by its name, as the author of an adapter writes it: `= "int8"`. The OID of a
/// builtin type is found at compile time; a type of the user's gets its OID from the connection's
/// `TypesRegistry`, where `AdaptersMap::register_type` has put it.
struct TypeRef {
  std::string_view name{};
  Oid oid = 0;        ///< 0: not builtin
  Oid array_oid = 0;  ///< likewise

  constexpr TypeRef() = default;

  /// From a literal: its type is looked up while compiling.
  consteval TypeRef(const char* literal) : name(literal) {
    const BuiltinType type = find_builtin_type(literal);
    oid = type.oid;
    array_oid = type.array_oid;
  }

  /// Not a type but the absence of one: the server infers what the text is. PostgreSQL is sent OID
  /// 0
  /// ("unknown") for it, CockroachDB text.
  static consteval TypeRef untyped() { return TypeRef("unknown"); }
  [[nodiscard]] constexpr bool is_untyped() const noexcept { return oid == 705; }
};

}  // namespace palmetto
