#include "later_types.hpp"

#include "palmetto/crdb/version.hpp"

namespace palmetto::crdb {
namespace {

struct LaterType {
  const char* name;
  Oid oid;
  Oid array_oid;
  int first_version;
};

// From its release notes. The OIDs from 90000 on are CockroachDB's own: pkg/sql/oidext/oidext.go.
constexpr LaterType later_types[] = {
    {"tsquery", 3615, 3645, 230100},  {"tsvector", 3614, 3643, 230100},
    {"pg_lsn", 3220, 3221, 230200},   {"refcursor", 1790, 2201, 230200},
    {"vector", 90006, 90007, 240200}, {"jsonpath", 4072, 4073, 250200},
    {"citext", 90008, 90009, 250300},
};

}  // namespace

void add_later_types(TypesRegistry& types) {
  for (const LaterType& type : later_types)
    if (types.find(type.name) == nullptr)
      types.add(
          {.name = type.name, .oid = type.oid, .array_oid = type.array_oid, .regtype = type.name});
}

void remove_later_types(AdaptersMap& map, int version) {
  for (const LaterType& type : later_types) {
    const TypeInfo* known = map.types().find(type.name);
    const bool is_users_own = known != nullptr && known->oid != type.oid;
    if (version >= type.first_version || known == nullptr || is_users_own) continue;
    map.types_for_change().remove(type.name);
    map.set_server("CockroachDB v" + format_version(version));
  }
}

}  // namespace palmetto::crdb
