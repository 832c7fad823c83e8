#include "palmetto/adapt/type_info.hpp"

#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/connection.hpp"
#include "palmetto/errors.hpp"

#include "type_name.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace palmetto {
namespace {

using detail::TypeName;

// --- Asking the server ---------------------------------------------------------------------------

// A type is as many rows as it has labels or attributes, or one. `place` is that of its schema in
// the search path, 0 when it is not there. Every column is of a type that PostgreSQL and
// CockroachDB send the same way.
constexpr std::string_view columns =
    "SELECT t.oid::int8, t.typname::text, s.nspname::text, "
    "coalesce(array_position(current_schemas(true)::text[], s.nspname::text), 0)::int8 AS place, "
    "t.typarray::int8, t.oid::regtype::text, t.typtype::text, t.typdelim::text, "
    "e.enumlabel::text, a.attname::text, coalesce(a.atttypid, 0)::int8, ";
constexpr std::string_view joins =
    "JOIN pg_catalog.pg_namespace s ON s.oid = t.typnamespace "
    "LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid "
    "LEFT JOIN pg_catalog.pg_attribute a ON t.typtype = 'c' AND a.attrelid = t.typrelid "
    "AND a.attnum > 0 AND NOT a.attisdropped "
    "WHERE t.typcategory <> 'A' ";  // arrays are known by their elements
constexpr std::string_view order = "ORDER BY t.oid, e.enumsortorder, a.attnum";

// The types of these names, and all that they are made of but for what comes with the server.
// PostgreSQL before 14 has no multiranges, and no column of that name: hence the way by JSON.
constexpr std::string_view with_dependencies =
    "WITH RECURSIVE ranges AS (SELECT rngtypid, rngsubtype, "
    "(to_jsonb(r) ->> 'rngmultitypid')::oid AS rngmultitypid FROM pg_catalog.pg_range r), "
    "needed (oid) AS (SELECT oid FROM pg_catalog.pg_type WHERE typname::text = ANY ($1::text[]) "
    "UNION SELECT d.oid FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.oid "
    "LEFT JOIN ranges r ON t.oid IN (r.rngtypid, r.rngmultitypid) "
    "LEFT JOIN pg_catalog.pg_attribute a ON t.typtype = 'c' AND a.attrelid = t.typrelid "
    "AND a.attnum > 0 AND NOT a.attisdropped "
    "CROSS JOIN LATERAL (VALUES (t.typbasetype), (t.typelem), (r.rngsubtype), (r.rngtypid), "
    "(r.rngmultitypid), (a.atttypid)) AS d (oid) WHERE d.oid >= 10000) ";

std::string query(bool has_ranges) {
  std::string text;
  if (has_ranges) {
    text += with_dependencies;
    text += columns;
    text +=
        "coalesce(r.rngsubtype, t.typbasetype)::int8 "
        "FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.oid "
        "LEFT JOIN ranges r ON t.oid IN (r.rngtypid, r.rngmultitypid) ";
    text += joins;
  } else {
    text += columns;
    text += "t.typbasetype::int8 FROM pg_catalog.pg_type t ";
    text += joins;
    text += "AND t.typname::text = ANY ($1::text[]) ";
  }
  text += order;
  return text;
}

using Row = std::tuple<std::int64_t, std::string, std::string, std::int64_t, std::int64_t,
                       std::string, std::string, std::string, std::optional<std::string>,
                       std::optional<std::string>, std::int64_t, std::int64_t>;

// --- What it answered ----------------------------------------------------------------------------

struct FoundType {
  TypeInfo info;
  std::string schema;
  std::int64_t place = 0;
};
using FoundTypes = std::map<Oid, FoundType>;

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

void add_row(FoundTypes& found, const Row& row) {
  const auto& [oid, name, schema, place, array, regtype, kind, delimiter, label, attribute,
               attribute_type, subtype] = row;
  FoundType& type = found[static_cast<Oid>(oid)];
  type.schema = schema;
  type.place = place;
  type.info.name = name;
  type.info.oid = static_cast<Oid>(oid);
  type.info.array_oid = static_cast<Oid>(array);
  type.info.regtype = regtype;
  type.info.kind = kind_of(kind);
  type.info.subtype = static_cast<Oid>(subtype);
  type.info.delimiter = delimiter.empty() ? ',' : delimiter.front();
  if (label) type.info.labels.push_back(*label);
  if (attribute) type.info.attributes.push_back({*attribute, static_cast<Oid>(attribute_type)});
}

FoundTypes ask(Connection& conn, const std::vector<TypeName>& wanted) {
  std::vector<std::string> names;
  for (const TypeName& type : wanted) names.push_back(type.name);
  const Result result =
      conn.execute(dynamic_sql(query(conn.dialect().has(Feature::ranges))), names);
  FoundTypes found;
  for (const Row& row : result.rows<Row>()) add_row(found, row);
  return found;
}

bool is_in_schema(const FoundType& type, std::string_view schema) {
  // pg_temp is whichever is the session's own.
  if (schema == "pg_temp") return type.place > 0 && type.schema.starts_with("pg_temp_");
  return schema.empty() ? type.place > 0 : type.schema == schema;
}

// Of the types of that name the one in its schema, or the first in the search path.
const FoundType* choose(const FoundTypes& found, const TypeName& name) {
  const FoundType* chosen = nullptr;
  for (const auto& [oid, type] : found) {
    if (type.info.name != name.name || !is_in_schema(type, name.schema)) continue;
    if (chosen == nullptr || type.place < chosen->place) chosen = &type;
  }
  return chosen;
}

std::vector<TypeInfo> others(const FoundTypes& found, Oid oid) {
  std::vector<TypeInfo> infos;
  for (const auto& [other, type] : found)
    if (other != oid) infos.push_back(type.info);
  return infos;
}

}  // namespace

std::optional<TypeInfo> TypeInfo::fetch(Connection& conn, std::string_view name) {
  const auto type_name = detail::parse_type_name(name);
  if (!type_name) return std::nullopt;
  const FoundTypes found = ask(conn, {*type_name});
  const FoundType* type = choose(found, *type_name);
  if (type == nullptr) return std::nullopt;
  TypeInfo info = type->info;
  info.dependencies = others(found, info.oid);
  return info;
}

template <TypeKind Kind>
std::optional<TypeInfoOf<Kind>> TypeInfoOf<Kind>::fetch(Connection& conn, std::string_view name) {
  auto info = TypeInfo::fetch(conn, name);
  if (!info || info->kind != Kind) return std::nullopt;
  return TypeInfoOf{std::move(*info)};
}

template struct TypeInfoOf<TypeKind::enumeration>;
template struct TypeInfoOf<TypeKind::composite>;
template struct TypeInfoOf<TypeKind::range>;
template struct TypeInfoOf<TypeKind::multirange>;

void AdaptersMap::register_types(Connection& conn, std::initializer_list<std::string_view> names) {
  std::vector<TypeName> wanted;
  for (const std::string_view name : names) {
    auto type_name = detail::parse_type_name(name);
    if (!type_name) throw ProgrammingError("\"" + std::string(name) + "\" is no name of a type");
    wanted.push_back(std::move(*type_name));
  }
  const FoundTypes found = ask(conn, wanted);
  std::vector<TypeInfo> chosen;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const FoundType* type = choose(found, wanted[i]);
    if (type == nullptr)
      throw ProgrammingError("the server has no type " + std::string(names.begin()[i]));
    chosen.push_back(type->info);
  }
  // What they depend on first, so that the names are those of what was asked for.
  for (const auto& [oid, type] : found) register_type(type.info);
  for (const TypeInfo& info : chosen) register_type(info);
}

}  // namespace palmetto
