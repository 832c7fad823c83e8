// Connections that die: terminated by the server, or cut on the way.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::contains;
using faults::thrown_by;
using support::Then;
using support::Way;

namespace {

void check_lost(Connection& conn) {
  CHECK(conn.closed());
  CHECK(conn.broken());
  CHECK_THROWS_AS(conn.execute("SELECT 1"), InterfaceError);
  CHECK_THROWS_AS(conn.execute_script(dynamic_sql("SELECT 1")), InterfaceError);
  CHECK_THROWS_AS(static_cast<void>(conn.transaction()), InterfaceError);
  CHECK_THROWS_AS(static_cast<void>(conn.info().backend_pid()), InterfaceError);
  CHECK_NOTHROW(conn.cancel());
  CHECK_NOTHROW(conn.close());
  CHECK(conn.broken());
}

}  // namespace

TEST_CASE("a session that is terminated in mid-query is errors::AdminShutdown") {
  faults::Observer observer;
  Connection conn = support::connect();
  const int pid = conn.info().backend_pid();
  std::thread terminator([&] {
    observer.wait_until_asleep(pid);
    observer.terminate(pid);
  });
  SUBCASE("a statement") {
    const auto error =
        thrown_by<errors::AdminShutdown>([&] { conn.execute("SELECT pg_sleep(30)"); });
    CHECK(error.sqlstate() == "57P01");
    CHECK(error.statement() == "SELECT pg_sleep(30)");
  }
  SUBCASE("a statement that BEGIN travels with") {
    auto tx = conn.transaction();
    const auto error = thrown_by<errors::AdminShutdown>([&] { tx.execute("SELECT pg_sleep(30)"); });
    CHECK(error.statement() == "SELECT pg_sleep(30)");
    CHECK_THROWS_AS(tx.commit(), InterfaceError);
  }
  SUBCASE("a script") {
    static_cast<void>(thrown_by<errors::AdminShutdown>(
        [&] { conn.execute_script(dynamic_sql("SELECT 1; SELECT pg_sleep(30); SELECT 2")); }));
  }
  SUBCASE("a statement with a deadline") {
    static_cast<void>(thrown_by<errors::AdminShutdown>(
        [&] { conn.with({.timeout = 20s}).execute("SELECT pg_sleep(30)"); }));
  }
  terminator.join();
  check_lost(conn);
}

TEST_CASE("a session that is terminated while idle fails at the next statement") {
  faults::Observer observer;
  Connection conn = connect(support::server_url_with("application_name=terminated_idle"));
  SUBCASE("outside a transaction") {
    observer.terminate(conn.info().backend_pid());
    observer.wait_until_gone("terminated_idle");
    CHECK_THROWS_AS(conn.execute("SELECT 1"), OperationalError);
  }
  SUBCASE("within a transaction") {
    auto tx = conn.transaction();
    tx.execute("SELECT 1");
    observer.terminate(conn.info().backend_pid());
    observer.wait_until_gone("terminated_idle");
    CHECK_THROWS_AS(tx.execute("SELECT 2"), OperationalError);
  }
  SUBCASE("before BEGIN has been sent") {
    auto tx = conn.transaction();
    observer.terminate(conn.info().backend_pid());
    observer.wait_until_gone("terminated_idle");
    CHECK_THROWS_AS(tx.execute("SELECT 2"), OperationalError);
  }
  SUBCASE("at a script") {
    observer.terminate(conn.info().backend_pid());
    observer.wait_until_gone("terminated_idle");
    CHECK_THROWS_AS(conn.execute_script(dynamic_sql("SELECT 1")), OperationalError);
  }
  check_lost(conn);
}

TEST_CASE("a connection that is cut in mid-query is a ConnectionLost") {
  faults::Observer observer;
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  const int pid = conn.info().backend_pid();
  std::thread cutter([&] {
    observer.wait_until_asleep(pid);
    proxy.cut();
  });
  const auto error = thrown_by<ConnectionLost>([&] { conn.execute("SELECT pg_sleep(30)"); });
  cutter.join();
  CHECK(error.statement() == "SELECT pg_sleep(30)");
  CHECK(error.where().line() != 0);
  CHECK_FALSE(error.message().empty());
  check_lost(conn);
}

TEST_CASE("a connection that was cut while idle is a ConnectionLost at the next statement") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  proxy.cut();
  SUBCASE("a statement") {
    static_cast<void>(thrown_by<ConnectionLost>([&] { conn.execute("SELECT 1"); }));
  }
  SUBCASE("a statement in a transaction") {
    auto tx = conn.transaction();
    static_cast<void>(thrown_by<ConnectionLost>([&] { tx.execute("SELECT 1"); }));
  }
  SUBCASE("a script") {
    static_cast<void>(
        thrown_by<ConnectionLost>([&] { conn.execute_script(dynamic_sql("SELECT 1")); }));
  }
  SUBCASE("a large statement") {
    const std::string large(4 << 20, 'x');
    static_cast<void>(
        thrown_by<ConnectionLost>([&] { conn.execute("SELECT length($1::text)", large); }));
  }
  check_lost(conn);
}

TEST_CASE("a connection that is cut within a large message is a ConnectionLost") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  const std::string large(4 << 20, 'x');
  SUBCASE("to the server") {
    proxy.cut_after_bytes(Way::to_server, 1 << 20);
    static_cast<void>(
        thrown_by<ConnectionLost>([&] { conn.execute("SELECT length($1::text)", large); }));
  }
  SUBCASE("to the client, within a row") {
    proxy.cut_after_bytes(Way::to_client, 1 << 20);
    static_cast<void>(
        thrown_by<ConnectionLost>([&] { conn.execute("SELECT repeat('x', 4000000)"); }));
  }
  SUBCASE("to the client, among many rows") {
    proxy.cut_after_bytes(Way::to_client, 1 << 20);
    static_cast<void>(thrown_by<ConnectionLost>(
        [&] { conn.execute("SELECT n, repeat('x', 100) FROM generate_series(1, 100000) n"); }));
  }
  SUBCASE("to the client, in the second result of a script") {
    proxy.cut_after_bytes(Way::to_client, 1 << 20);
    static_cast<void>(thrown_by<ConnectionLost>([&] {
      conn.execute_script(dynamic_sql(
          "SELECT 1; SELECT n, repeat('x', 100) FROM generate_series(1, 100000) n; SELECT 2"));
    }));
  }
  check_lost(conn);
}

TEST_CASE("a connection that is cut by the server during a COPY is a ConnectionLost") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  proxy.cut_after_bytes(Way::to_client, 1 << 20);
  static_cast<void>(thrown_by<ConnectionLost>([&] {
    conn.execute("COPY (SELECT repeat('x', 100) FROM generate_series(1, 100000)) TO STDOUT");
  }));
  check_lost(conn);
}

TEST_CASE("other connections through the same network are made anew after a cut") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  proxy.cut();
  CHECK_THROWS_AS(conn.execute("SELECT 1"), ConnectionLost);
  conn = connect(proxy.conninfo());
  CHECK_FALSE(conn.broken());
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}
