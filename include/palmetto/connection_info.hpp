#pragma once

#include "palmetto/pq/enums.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace palmetto {

namespace detail {
class Session;
}

/// What there is to know about a connection; nothing here asks the server. Good as long as its
/// connection is open: every member throws InterfaceError once it is closed.
/// Source: psycopg's `ConnectionInfo`; the manual, section 34.2 "Connection Status Functions".
class ConnectionInfo {
 public:
  /// "PostgreSQL", or "CockroachDB" for a connection made by `crdb::connect`.
  [[nodiscard]] std::string_view vendor() const;
  /// 150018 for PostgreSQL 15.18.
  [[nodiscard]] int server_version() const;
  /// The process id of the session on the server; 0 when the server has none to show.
  [[nodiscard]] int backend_pid() const;

  [[nodiscard]] std::string host() const;      ///< as given, or the socket's directory
  [[nodiscard]] std::string hostaddr() const;  ///< the address connected to; empty for a socket
  [[nodiscard]] std::string port() const;
  [[nodiscard]] std::string dbname() const;
  [[nodiscard]] std::string user() const;
  [[nodiscard]] std::string options() const;
  [[nodiscard]] bool ssl_in_use() const;

  /// What the server reported of a setting at last ("TimeZone"); nothing when it does not report
  /// it.
  [[nodiscard]] std::optional<std::string> parameter_status(const char* name) const;
  [[nodiscard]] pq::TransactionStatus transaction_status() const;

 protected:
  friend class Connection;
  explicit ConnectionInfo(std::shared_ptr<const detail::Session> session) noexcept
      : session_(std::move(session)) {}

 private:
  std::shared_ptr<const detail::Session> session_;
};

}  // namespace palmetto
