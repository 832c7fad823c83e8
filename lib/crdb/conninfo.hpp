#pragma once

#include <string>
#include <string_view>

namespace palmetto::crdb {

/// What libpq understands of what `crdb::connect` takes: a database's name alone is `dbname=`,
/// cockroachdb:// and crdb:// are postgresql://, and host, user and port are CockroachDB's defaults
/// where neither the connection string nor the environment has any. Leaves what is malformed
/// malformed.
[[nodiscard]] std::string to_libpq_conninfo(std::string_view conninfo);

}  // namespace palmetto::crdb
