#pragma once

#include "palmetto/adapt/builtin_types.hpp"
#include "palmetto/oid.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palmetto {

class Connection;

/// An attribute of a composite type; pg_attribute.
struct TypeAttribute {
  std::string name;
  Oid type = 0;
};

/// A type of a server: what `AdaptersMap::register_type` takes.
///
///     if (auto mood = palmetto::TypeInfo::fetch(conn, "mood"))
///       conn.adapters().register_type(*mood);
///
/// Source: psycopg's `TypeInfo`; the catalog pg_type.
struct TypeInfo {
  std::string name;  ///< without its schema
  Oid oid = 0;
  Oid array_oid = 0;      ///< 0: there is no array of it
  std::string regtype{};  ///< the server's display name: schema-qualified and quoted where needed
  TypeKind kind = TypeKind::base;
  Oid subtype = 0;       ///< what a range or a multirange is of; the base type of a domain
  char delimiter = ',';  ///< between the elements of an array's text
  std::vector<std::string> labels{};        ///< of an enum, in its order
  std::vector<TypeAttribute> attributes{};  ///< of a composite type, in its order
  std::vector<TypeInfo> dependencies{};     ///< the types, not builtin, that this one is made of

  /// Asks the server for the type `name`: written as in SQL, with a schema and quotes where needed.
  /// The types that it is made of come with it, in the same round trip. Nothing when there is no
  /// such type; the state of a transaction is left as it was. An array is found by its element
  /// type. Throws what `Connection::execute` throws.
  [[nodiscard]] static std::optional<TypeInfo> fetch(Connection& conn, std::string_view name);
};

/// The types of one kind: `EnumInfo::fetch(conn, "mood")` finds an enum, and nothing when "mood" is
/// a type of another kind. Source: psycopg's `EnumInfo`, `CompositeInfo`, `RangeInfo`,
/// `MultirangeInfo`.
template <TypeKind Kind>
struct TypeInfoOf : TypeInfo {
  [[nodiscard]] static std::optional<TypeInfoOf> fetch(Connection& conn, std::string_view name);
};

using EnumInfo = TypeInfoOf<TypeKind::enumeration>;
using CompositeInfo = TypeInfoOf<TypeKind::composite>;
using RangeInfo = TypeInfoOf<TypeKind::range>;
using MultirangeInfo = TypeInfoOf<TypeKind::multirange>;

}  // namespace palmetto
