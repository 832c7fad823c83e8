#pragma once

#include "palmetto/adapt/builtin_types.hpp"
#include "palmetto/oid.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palmetto {

class Connection;

/// A type of a server: what `AdaptersMap::register_type` takes.
///
///     if (auto mood = palmetto::TypeInfo::fetch(conn, "mood"))
///     conn.adapters().register_type(*mood);
///
/// Source: psycopg's `TypeInfo`; the catalog pg_type.
struct TypeInfo {
  std::string name;  ///< without its schema
  Oid oid = 0;
  Oid array_oid = 0;    ///< 0: there is no array of it
  std::string regtype;  ///< the server's display name: schema-qualified and quoted where needed
  TypeKind kind = TypeKind::base;
  Oid subtype = 0;       ///< of a range or a multirange; the base type of a domain
  char delimiter = ',';  ///< between the elements of an array's text

  /// Asks the server for the type `name`: written as in SQL, with a schema and quotes where needed.
  /// Nothing when there is no such type; the state of a transaction is left as it was. One round
  /// trip. Throws what `Connection::execute` throws.
  [[nodiscard]] static std::optional<TypeInfo> fetch(Connection& conn, std::string_view name);
};

}  // namespace palmetto
