#include "palmetto/adapt/type_info.hpp"

#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/connection.hpp"

namespace palmetto {
namespace {

// Every column with a type that both PostgreSQL and CockroachDB read the same way.
constexpr const char* by_regtype =
    "SELECT t.typname::text, t.oid::int8, t.typarray::int8, t.oid::regtype::text, "
    "t.typtype::text, t.typdelim::text, coalesce(r.rngsubtype, t.typbasetype)::int8 "
    "FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid "
    "WHERE t.oid = to_regtype($1)";

// Without to_regtype(), a cast to regtype would fail for a missing type, and the transaction with
// it; without pg_range, there are no ranges.
constexpr const char* by_name =
    "SELECT t.typname::text, t.oid::int8, t.typarray::int8, t.oid::regtype::text, "
    "t.typtype::text, t.typdelim::text, t.typbasetype::int8 "
    "FROM pg_catalog.pg_type t WHERE t.typname = $1 OR format_type(t.oid, NULL) = $1 "
    "ORDER BY t.typname = $1 DESC LIMIT 1";

TypeKind kind_of(std::string_view typtype) {
  switch (typtype.empty() ? 'b' : typtype.front()) {
    case 'e':
      return TypeKind::enumeration;
    case 'c':
      return TypeKind::composite;
    case 'r':
      return TypeKind::range;
    case 'm':
      return TypeKind::multirange;
    case 'd':
      return TypeKind::domain;
    case 'p':
      return TypeKind::pseudo;
    default:
      return TypeKind::base;
  }
}

}  // namespace

std::optional<TypeInfo> TypeInfo::fetch(Connection& conn, std::string_view name) {
  const Result result = conn.dialect().has(Feature::to_regtype) ? conn.execute(by_regtype, name)
                                                                : conn.execute(by_name, name);
  using Columns = std::tuple<std::string, std::int64_t, std::int64_t, std::string, std::string,
                             std::string, std::int64_t>;
  const auto row = result.optional<Columns>();
  if (!row) return std::nullopt;
  const auto& [typname, oid, array, regtype, kind, delimiter, subtype] = *row;
  return TypeInfo{.name = typname,
                  .oid = static_cast<Oid>(oid),
                  .array_oid = static_cast<Oid>(array),
                  .regtype = regtype,
                  .kind = kind_of(kind),
                  .subtype = static_cast<Oid>(subtype),
                  .delimiter = delimiter.empty() ? ',' : delimiter.front()};
}

}  // namespace palmetto
