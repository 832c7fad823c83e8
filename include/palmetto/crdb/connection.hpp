#pragma once

#include "palmetto/connection.hpp"

#include <string_view>

namespace palmetto::crdb {

/// A `ConnectionInfo` that knows CockroachDB: `vendor()` is "CockroachDB", `backend_pid()` is 0
/// before v22.1, and `server_version()` is 220103 for v22.1.3. That throws InternalError when the
/// server did not report crdb_version, InterfaceError when there is no version in it. Source:
/// psycopg's `CrdbConnectionInfo`.
class CrdbConnectionInfo : public ConnectionInfo {
 public:
  explicit CrdbConnectionInfo(ConnectionInfo info) noexcept : ConnectionInfo(std::move(info)) {}
};

/// A connection to CockroachDB: a `Connection` with CockroachDB's adapters, which refuses what the
/// server's version can't do before anything is sent. Source: psycopg's `CrdbConnection`.
class CrdbConnection : public Connection {
 public:
  /// As `Connection::connect`. The server is not checked to be CockroachDB: `is_crdb` tells.
  [[nodiscard]] static CrdbConnection connect(
      std::string_view conninfo, const ConnectionOptions& options = ConnectionOptions::defaults());

  /// Whether the server of a connection, of whatever class, is CockroachDB: whether it reported
  /// crdb_version when connecting.
  [[nodiscard]] static bool is_crdb(const Connection& conn);

  [[nodiscard]] CrdbConnectionInfo info() const { return CrdbConnectionInfo(Connection::info()); }

 private:
  using Connection::Connection;
};

/// `CrdbConnection::connect`.
[[nodiscard]] CrdbConnection connect(
    std::string_view conninfo, const ConnectionOptions& options = ConnectionOptions::defaults());

}  // namespace palmetto::crdb
