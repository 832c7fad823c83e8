// What a connection to CockroachDB knows of it, and refuses; against a scripted server.

#include "palmetto/crdb/connection.hpp"

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/server.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>

using namespace palmetto;
using namespace std::chrono_literals;
using namespace crdb_tests;
using support::contains;
using support::thrown_by;

namespace {

// Connections are taken in the order that they come in: once it has taken another one, the server
// has seen all that came before.
void check_only_connection(const Cockroach& cockroach) {
  static_cast<void>(connect(cockroach.server().conninfo()));
  CHECK(cockroach.server().connections() == 2);
  CHECK(cockroach.server().cancels() == 0);
}

}  // namespace

TEST_CASE("a connection to v21.1 knows that it is CockroachDB, and which") {
  Cockroach cockroach;
  const crdb::CrdbConnection conn = cockroach.connect();
  CHECK(crdb::CrdbConnection::is_crdb(conn));
  CHECK(conn.info().vendor() == "CockroachDB");
  CHECK(conn.info().server_version() == 210100);
  CHECK(conn.info().backend_pid() == 0);
  CHECK(
      conn.info().parameter_status("crdb_version").value().starts_with("CockroachDB CCL v21.1.0"));
  CHECK(conn.info().parameter_status("server_version") == "13.0.0");
  CHECK(conn.dialect().vendor() == "CockroachDB");
  CHECK(conn.adapters().server() == "CockroachDB v21.1.0");
  CHECK(cockroach.conversation().empty());
}

TEST_CASE("a plain connection to CockroachDB is PostgreSQL's, but is_crdb knows") {
  Cockroach cockroach;
  const Connection conn = connect(cockroach.server().conninfo());
  CHECK(crdb::CrdbConnection::is_crdb(conn));
  CHECK(conn.info().vendor() == "PostgreSQL");
  CHECK(conn.info().server_version() == 130000);
  CHECK(conn.adapters().server() == "PostgreSQL");
}

TEST_CASE("PostgreSQL is not CockroachDB, whatever the class of the connection") {
  CHECK_FALSE(crdb::CrdbConnection::is_crdb(support::connect()));
  const auto conn = crdb::connect(support::server_url());
  CHECK_FALSE(crdb::CrdbConnection::is_crdb(conn));
  CHECK_THROWS_AS(static_cast<void>(conn.info().server_version()), InternalError);
  CHECK(conn.info().backend_pid() != 0);
}

TEST_CASE("from v22.1 on there is a backend_pid") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v22.1.3 (x86_64-pc-linux-gnu)", 4711));
  const auto conn = cockroach.connect();
  CHECK(conn.info().server_version() == 220103);
  CHECK(conn.info().backend_pid() == 4711);
}

TEST_CASE("a backend_pid before v22.1 is not shown: it means nothing") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v21.2.17 (x86_64-unknown-linux-gnu)", 4711));
  CHECK(cockroach.connect().info().backend_pid() == 0);
}

TEST_CASE("a pre-release is of the version that it comes before") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v25.4.0-alpha.1-dev (x86_64-pc-linux-gnu)"));
  CHECK(cockroach.connect().info().server_version() == 250400);
}

TEST_CASE("server_version() throws InternalError when there is no crdb_version") {
  support::Greeting greeting;
  SUBCASE("not reported") { greeting = greeting_without_version(); }
  SUBCASE("empty") { greeting = greeting_of(""); }
  Cockroach cockroach(greeting);
  const auto conn = cockroach.connect();
  CHECK_FALSE(crdb::CrdbConnection::is_crdb(conn));
  CHECK(conn.info().vendor() == "CockroachDB");
  const auto error =
      thrown_by<InternalError>([&] { static_cast<void>(conn.info().server_version()); });
  CHECK(contains(error.message(), "crdb_version"));
}

TEST_CASE("server_version() throws InterfaceError when there is no version in crdb_version") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v26.2 (x86_64-pc-linux-gnu)"));
  const auto conn = cockroach.connect();
  CHECK(crdb::CrdbConnection::is_crdb(conn));
  const auto error =
      thrown_by<InterfaceError>([&] { static_cast<void>(conn.info().server_version()); });
  CHECK(contains(error.message(), "CockroachDB CCL v26.2 (x86_64-pc-linux-gnu)"));
}

TEST_CASE("a connection to a version that can't be parsed works") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v26.2 (x86_64-pc-linux-gnu)"));
  crdb::CrdbConnection conn = cockroach.connect();
  SUBCASE("a statement") {
    conn.execute("INSERT");
    CHECK(cockroach.conversation() == "INSERT\n");
  }
  SUBCASE("a statement with a deadline") {
    CHECK_NOTHROW(conn.with({.timeout = 2s}).execute("INSERT"));
    CHECK(cockroach.conversation() == "INSERT\n");
  }
  SUBCASE("a transaction that is rolled back") {
    CHECK_THROWS_AS(conn.transaction([](Transaction& tx) {
      tx.execute("INSERT");
      throw std::domain_error("the caller's");
    }),
                    std::domain_error);
    CHECK(cockroach.conversation() == "BEGIN; INSERT\nROLLBACK\n");
    CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
  }
}

TEST_CASE("cancel() before v22.1 is refused, and nothing is sent") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const auto error = thrown_by<NotSupportedError>([&] { conn.cancel(); });
  CHECK(contains(error.message(), "v21.1.0"));
  CHECK(contains(error.message(), "22.1"));
  CHECK(contains(error.message(), "41335"));
  CHECK(contains(error.message(), "CANCEL QUERY"));
  check_only_connection(cockroach);
  CHECK(cockroach.conversation().empty());
  CHECK_NOTHROW(conn.execute("INSERT"));
}

TEST_CASE("cancel() from v22.1 on is a cancel request") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v22.1.0 (x86_64-pc-linux-gnu)", 4711));
  const auto conn = cockroach.connect();
  conn.cancel();
  CHECK(cockroach.server().cancels() == 1);
  CHECK(cockroach.conversation().empty());
}

TEST_CASE("cancel() of a closed connection does nothing, on v21.1 too") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  conn.close();
  CHECK_NOTHROW(conn.cancel());
}

TEST_CASE("a handle knows what its server can't do, and its connection's end") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const CancelHandle handle = conn.cancel_handle();
  const auto error = thrown_by<NotSupportedError>([&] { handle.cancel(); });
  CHECK(contains(error.message(), "41335"));
  check_only_connection(cockroach);
  conn.close();
  CHECK_NOTHROW(handle.cancel());
}

TEST_CASE("notifications are refused, and nothing is sent") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v25.1.0 (x86_64-pc-linux-gnu)"));
  crdb::CrdbConnection conn = cockroach.connect();
  const auto check_refusal = [](auto&& action) {
    const auto error = thrown_by<NotSupportedError>(action);
    CHECK(contains(error.message(), "v25.1.0"));
    CHECK(contains(error.message(), "LISTEN"));
    CHECK(contains(error.message(), "41522"));
    CHECK(contains(error.message(), "changefeed"));
  };
  check_refusal([&] { static_cast<void>(conn.notifies({.timeout = 0ms})); });
  check_refusal([&] { conn.add_notify_handler([](const Notify&) {}); });
  CHECK(cockroach.conversation().empty());
  CHECK_NOTHROW(conn.execute("INSERT"));
}

TEST_CASE("a deadline on a server without cancel closes the connection after the grace") {
  Cockroach cockroach;
  cockroach.next("SELECT", support::silence());
  crdb::CrdbConnection conn = cockroach.connect({.grace = 100ms});
  const auto begin = std::chrono::steady_clock::now();
  const auto error = thrown_by<OperationTimeout>(
      [&] { conn.with({.timeout = 50ms}).execute("SELECT pg_sleep(10)"); });
  CHECK(std::chrono::steady_clock::now() - begin >= 150ms);
  CHECK(error.statement() == "SELECT pg_sleep(10)");
  CHECK(conn.closed());
  CHECK(conn.broken());
  check_only_connection(cockroach);
}

TEST_CASE("a deadline on a server with cancel cancels the statement, and the connection stays") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v22.1.0 (x86_64-pc-linux-gnu)", 4711));
  cockroach.next("SELECT",
                 support::when_cancelled(support::error("57014", "query execution canceled")));
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK_THROWS_AS(conn.with({.timeout = 50ms}).execute("SELECT pg_sleep(10)"), OperationTimeout);
  CHECK(cockroach.server().cancels() >= 1);
  CHECK_FALSE(conn.closed());
  CHECK_NOTHROW(conn.execute("INSERT"));
}

TEST_CASE("a deadline that is not reached costs nothing") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect({.timeout = 2s});
  conn.execute("INSERT");
  CHECK_FALSE(conn.closed());
  CHECK(cockroach.conversation() == "INSERT\n");
}

TEST_CASE("a transaction within a transaction is refused before v20.1, and nothing is sent") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v19.2.12 (x86_64-unknown-linux-gnu)"));
  crdb::CrdbConnection conn = cockroach.connect();
  Transaction tx = conn.transaction();
  for (const bool of_the_connection : {false, true}) {
    CAPTURE(of_the_connection);
    const auto error = thrown_by<NotSupportedError>(
        [&] { static_cast<void>(of_the_connection ? conn.transaction() : tx.transaction()); });
    CHECK(contains(error.message(), "v19.2.12"));
    CHECK(contains(error.message(), "v20.1"));
    CHECK(contains(error.message(), "10735"));
  }
  CHECK(cockroach.conversation().empty());

  tx.execute("INSERT");
  tx.commit();
  CHECK(cockroach.conversation() == "BEGIN; INSERT\nCOMMIT\n");
}

TEST_CASE("a transaction within a transaction is a savepoint from v20.1 on") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v20.1.0 (x86_64-unknown-linux-gnu)"));
  crdb::CrdbConnection conn = cockroach.connect();
  conn.transaction(
      [](Transaction& tx) { tx.transaction([](Transaction& inner) { inner.execute("INSERT"); }); });
  CHECK(cockroach.conversation() ==
        "BEGIN; SAVEPOINT palmetto_1; INSERT\n"
        "RELEASE palmetto_1\n"
        "COMMIT\n");
}

TEST_CASE("a deferrable transaction is refused, and nothing is sent") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const auto error = thrown_by<NotSupportedError>(
      [&] { static_cast<void>(conn.transaction({.deferrable = true})); });
  CHECK(contains(error.message(), "DEFERRABLE"));
  CHECK(contains(error.message(), "48307"));
  CHECK(contains(error.message(), "AS OF SYSTEM TIME"));
  CHECK(cockroach.conversation().empty());
  CHECK_NOTHROW(conn.transaction([](Transaction& tx) { tx.execute("INSERT"); }));
}

TEST_CASE("what is refused on CockroachDB is not on a PostgreSQL that was connected to as such") {
  crdb::CrdbConnection conn = crdb::connect(support::server_url());
  CHECK_NOTHROW(conn.cancel());
  Transaction tx = conn.transaction({.deferrable = true});
  tx.execute("SELECT 1");
  CHECK_NOTHROW(static_cast<void>(tx.transaction()));
}

TEST_CASE("a SQLSTATE that only CockroachDB has is a DatabaseError") {
  Cockroach cockroach;
  cockroach.next("CANCEL", support::error("XXUUU", "unable to look up descriptor for n0"));
  crdb::CrdbConnection conn = cockroach.connect();
  try {
    conn.execute("CANCEL QUERY '00'");
    FAIL("nothing was thrown");
  } catch (const DatabaseError& error) {
    CHECK(error.sqlstate() == "XXUUU");
    CHECK(error.message() == "unable to look up descriptor for n0");
  }
}
