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
  /// As `Connection::connect`. Beside libpq's connection strings and URIs, `conninfo` may be the
  /// name of a database alone (without blanks, `=`, `:` and `/`), or a cockroachdb:// or crdb://
  /// URI, otherwise like a postgresql:// one:
  ///
  ///     crdb::connect("bank");
  ///     crdb::connect("cockroachdb://node1,node2,node3/bank?sslmode=verify-full");
  ///     crdb::connect("host=free-tier.cockroachlabs.cloud options=--cluster=crawling-fox-42");
  ///
  /// Where it has no user and port, and the environment (PGUSER, PGPORT) has none, they are root
  /// and 26257, each host's own; but for a postgresql:// URI or a service, whose defaults are
  /// libpq's.
  ///
  /// The server is not checked to be CockroachDB: `is_crdb` tells.
  /// Source: CockroachDB's manual, "Client Connection Parameters"; peewee's `CockroachDatabase`.
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
