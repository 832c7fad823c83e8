#include "palmetto/crdb/connection.hpp"

#include "conninfo.hpp"
#include "dialect.hpp"

namespace palmetto::crdb {

CrdbConnection CrdbConnection::connect(std::string_view conninfo,
                                       const ConnectionOptions& options) {
  return CrdbConnection(open(to_libpq_conninfo(conninfo), options, &crdb_dialect));
}

bool CrdbConnection::is_crdb(const Connection& conn) {
  const auto version = conn.info().parameter_status("crdb_version");
  return version && !version->empty();
}

CrdbConnection connect(std::string_view conninfo, const ConnectionOptions& options) {
  return CrdbConnection::connect(conninfo, options);
}

}  // namespace palmetto::crdb
