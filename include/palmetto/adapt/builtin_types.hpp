#pragma once

#include "palmetto/oid.hpp"

#include <cstddef>
#include <iterator>
#include <string_view>

namespace palmetto {

/// What a type is made of; pg_type.typtype.
enum class TypeKind { base, enumeration, composite, range, multirange, domain, pseudo };

/// A type that every PostgreSQL server has, under the same OID.
struct BuiltinType {
  std::string_view name{};  ///< pg_type.typname
  Oid oid = 0;
  Oid array_oid = 0;           ///< 0: there is no array of it
  std::string_view regtype{};  ///< how the server displays it, when not by its name
  TypeKind kind = TypeKind::base;
  Oid subtype = 0;       ///< of a range or a multirange
  char delimiter = ',';  ///< between the elements of an array's text
};

/// Sorted by name. Source: pg_type of PostgreSQL 15 (the OIDs never change).
inline constexpr BuiltinType builtin_types[] = {
    {"aclitem", 1033, 1034},
    {"bit", 1560, 1561},
    {"bool", 16, 1000, "boolean"},
    {"box", 603, 1020, "", TypeKind::base, 0, ';'},
    {"bpchar", 1042, 1014, "character"},
    {"bytea", 17, 1001},
    {"char", 18, 1002, "\"char\""},
    {"cid", 29, 1012},
    {"cidr", 650, 651},
    {"circle", 718, 719},
    {"date", 1082, 1182},
    {"datemultirange", 4535, 6155, "", TypeKind::multirange, 1082},
    {"daterange", 3912, 3913, "", TypeKind::range, 1082},
    {"float4", 700, 1021, "real"},
    {"float8", 701, 1022, "double precision"},
    {"inet", 869, 1041},
    {"int2", 21, 1005, "smallint"},
    {"int2vector", 22, 1006},
    {"int4", 23, 1007, "integer"},
    {"int4multirange", 4451, 6150, "", TypeKind::multirange, 23},
    {"int4range", 3904, 3905, "", TypeKind::range, 23},
    {"int8", 20, 1016, "bigint"},
    {"int8multirange", 4536, 6157, "", TypeKind::multirange, 20},
    {"int8range", 3926, 3927, "", TypeKind::range, 20},
    {"interval", 1186, 1187},
    {"json", 114, 199},
    {"jsonb", 3802, 3807},
    {"jsonpath", 4072, 4073},
    {"line", 628, 629},
    {"lseg", 601, 1018},
    {"macaddr", 829, 1040},
    {"macaddr8", 774, 775},
    {"money", 790, 791},
    {"name", 19, 1003},
    {"numeric", 1700, 1231},
    {"nummultirange", 4532, 6151, "", TypeKind::multirange, 1700},
    {"numrange", 3906, 3907, "", TypeKind::range, 1700},
    {"oid", 26, 1028},
    {"oidvector", 30, 1013},
    {"path", 602, 1019},
    {"pg_lsn", 3220, 3221},
    {"pg_snapshot", 5038, 5039},
    {"point", 600, 1017},
    {"polygon", 604, 1027},
    {"record", 2249, 2287, "", TypeKind::pseudo},
    {"refcursor", 1790, 2201},
    {"regclass", 2205, 2210},
    {"regcollation", 4191, 4192},
    {"regconfig", 3734, 3735},
    {"regdictionary", 3769, 3770},
    {"regnamespace", 4089, 4090},
    {"regoper", 2203, 2208},
    {"regoperator", 2204, 2209},
    {"regproc", 24, 1008},
    {"regprocedure", 2202, 2207},
    {"regrole", 4096, 4097},
    {"regtype", 2206, 2211},
    {"text", 25, 1009},
    {"tid", 27, 1010},
    {"time", 1083, 1183, "time without time zone"},
    {"timestamp", 1114, 1115, "timestamp without time zone"},
    {"timestamptz", 1184, 1185, "timestamp with time zone"},
    {"timetz", 1266, 1270, "time with time zone"},
    {"tsmultirange", 4533, 6152, "", TypeKind::multirange, 1114},
    {"tsquery", 3615, 3645},
    {"tsrange", 3908, 3909, "", TypeKind::range, 1114},
    {"tstzmultirange", 4534, 6153, "", TypeKind::multirange, 1184},
    {"tstzrange", 3910, 3911, "", TypeKind::range, 1184},
    {"tsvector", 3614, 3643},
    {"txid_snapshot", 2970, 2949},
    {"unknown", 705, 0, "", TypeKind::pseudo},
    {"uuid", 2950, 2951},
    {"varbit", 1562, 1563, "bit varying"},
    {"varchar", 1043, 1015, "character varying"},
    {"void", 2278, 0, "", TypeKind::pseudo},
    {"xid", 28, 1011},
    {"xid8", 5069, 271},
    {"xml", 142, 143},
};

/// The builtin type of that name, which ends with a NUL; its OID is 0 when there is none. The
/// comparison is the compiler's own while it compiles: many a header has dozens of these.
[[nodiscard]] constexpr BuiltinType find_builtin_type(const char* name) noexcept {
  std::size_t first = 0;
  std::size_t last = std::size(builtin_types);
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    const int order = __builtin_strcmp(builtin_types[middle].name.data(), name);
    if (order == 0) return builtin_types[middle];
    if (order < 0) first = middle + 1;
    else last = middle;
  }
  return {};
}

}  // namespace palmetto
