#include "palmetto/crdb/connection.hpp"

#include "conninfo.hpp"
#include "dialect.hpp"
#include "kept_session_id.hpp"
#include "transaction_options.hpp"

namespace palmetto::crdb {

CrdbConnection::CrdbConnection(std::shared_ptr<palmetto::detail::Session> session)
    : Connection(std::move(session)), session_id_(std::make_shared<detail::KeptSessionId>()) {}

CrdbConnection CrdbConnection::connect(std::string_view conninfo,
                                       const ConnectionOptions& options) {
  return CrdbConnection(open(to_libpq_conninfo(conninfo), options, &crdb_dialect));
}

bool CrdbConnection::is_crdb(const Connection& conn) {
  const auto version = conn.info().parameter_status("crdb_version");
  return version && !version->empty();
}

Transaction CrdbConnection::transaction(const TransactionOptions& options) {
  return begin({options.isolation, options.read_only, options.deferrable},
               more_options(options.priority, options.system_time, options.read_only));
}

CrdbConnection connect(std::string_view conninfo, const ConnectionOptions& options) {
  return CrdbConnection::connect(conninfo, options);
}

}  // namespace palmetto::crdb
