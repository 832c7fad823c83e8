#pragma once

#include "palmetto/connection.hpp"
#include "palmetto/crdb/sessions.hpp"
#include "palmetto/crdb/transaction_options.hpp"

#include <concepts>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace palmetto::crdb {

namespace detail {
class KeptSessionId;
}

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
  /// Where it has no host, user and port, and the environment (PGHOST, PGUSER, PGPORT) has none,
  /// they are localhost, root and 26257, the port each host's own; but for a postgresql:// URI or a
  /// service, whose defaults are libpq's.
  ///
  /// The server is not checked to be CockroachDB: `is_crdb` tells.
  /// Source: CockroachDB's manual, "Client Connection Parameters"; peewee's `CockroachDatabase`.
  [[nodiscard]] static CrdbConnection connect(
      std::string_view conninfo, const ConnectionOptions& options = ConnectionOptions::defaults());

  /// Whether the server of a connection, of whatever class, is CockroachDB: whether it reported
  /// crdb_version when connecting.
  [[nodiscard]] static bool is_crdb(const Connection& conn);

  [[nodiscard]] CrdbConnectionInfo info() const { return CrdbConnectionInfo(Connection::info()); }

  /// As `Connection::transaction`, with a priority, or as of a time in the past:
  ///
  ///     auto tx = conn.transaction({.system_time = crdb::SystemTime::ago(10s)});
  ///
  /// Throws ProgrammingError for what no transaction can be, before anything is sent.
  [[nodiscard]] Transaction transaction(const TransactionOptions& options = {});
  template <class F>
    requires std::invocable<F&, Transaction&>
  auto transaction(F&& function, const TransactionOptions& options = {}) {
    return palmetto::detail::run_in(transaction(options), function);
  }

  /// The id of this session in the cluster: SHOW session_id, asked once and kept.
  [[nodiscard]] std::string session_id(
      std::source_location where = std::source_location::current());

  /// What the cluster's sessions execute now, this very question included; of a user who is no
  /// admin and may not VIEWACTIVITY, only the user's own. What nodes execute that do not answer is
  /// missing. Since v20.2. Source: CockroachDB's manual, "SHOW STATEMENTS".
  [[nodiscard]] std::vector<RunningQuery> running_queries(
      std::source_location where = std::source_location::current());

  /// Cancels a statement, which then throws `errors::QueryCanceled` where it was executed. Throws
  /// the server's error when there is none of that id, which may be for it has ended; with
  /// `if_exists` that is none. Source: CockroachDB's manual, "CANCEL QUERY".
  void cancel_query(std::string_view query_id,
                    std::source_location where = std::source_location::current());
  void cancel_query(std::string_view query_id, IfExists,
                    std::source_location where = std::source_location::current());

  /// Ends a session: its connection is lost. Throws as `cancel_query` does; of this connection
  /// itself ConnectionLost, or `errors::QueryCanceled` just before it is lost.
  /// Source: CockroachDB's manual, "CANCEL SESSION".
  void cancel_session(std::string_view session_id,
                      std::source_location where = std::source_location::current());
  void cancel_session(std::string_view session_id, IfExists,
                      std::source_location where = std::source_location::current());

  /// As `cancel()`, but by way of another connection to the cluster, of the same user or an admin:
  /// for servers before v22.1, which take no other request, and for any other. From any thread that
  /// may use `other`, also while another executes here:
  ///
  ///     auto id = conn.session_id();                      // beforehand, while it executes nothing
  ///     std::thread watchdog([&] { conn.cancel_with(other); });
  ///     conn.execute("SELECT pg_sleep(60)");              // throws errors::QueryCanceled
  ///
  /// Does nothing when the connection is closed, or executes nothing. A statement that the server
  /// itself is retrying may escape; `cancel_session` does not let it. Throws ProgrammingError when
  /// session_id() was not called before, or `other` is this connection; and what `other` throws.
  void cancel_with(CrdbConnection& other,
                   std::source_location where = std::source_location::current()) const;

 private:
  explicit CrdbConnection(std::shared_ptr<palmetto::detail::Session> session);

  std::shared_ptr<detail::KeptSessionId> session_id_;
};

/// `CrdbConnection::connect`.
[[nodiscard]] CrdbConnection connect(
    std::string_view conninfo, const ConnectionOptions& options = ConnectionOptions::defaults());

}  // namespace palmetto::crdb
