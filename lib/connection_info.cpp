#include "palmetto/connection_info.hpp"

#include "session.hpp"

namespace palmetto {

std::string_view ConnectionInfo::vendor() const { return session_->dialect().vendor(); }

int ConnectionInfo::server_version() const { return session_->dialect().server_version(); }

int ConnectionInfo::backend_pid() const {
  return session_->dialect().has(Feature::backend_pid) ? session_->wire().backend_pid() : 0;
}

std::string ConnectionInfo::host() const { return std::string(session_->wire().host()); }
std::string ConnectionInfo::hostaddr() const { return std::string(session_->wire().hostaddr()); }
std::string ConnectionInfo::port() const { return std::string(session_->wire().port()); }
std::string ConnectionInfo::dbname() const { return std::string(session_->wire().db()); }
std::string ConnectionInfo::user() const { return std::string(session_->wire().user()); }
std::string ConnectionInfo::options() const { return std::string(session_->wire().options()); }
bool ConnectionInfo::ssl_in_use() const { return session_->wire().ssl_in_use(); }

std::optional<std::string> ConnectionInfo::parameter_status(const char* name) const {
  const auto value = session_->wire().parameter_status(name);
  if (!value) return std::nullopt;
  return std::string(*value);
}

pq::TransactionStatus ConnectionInfo::transaction_status() const {
  return session_->wire().transaction_status();
}

}  // namespace palmetto
