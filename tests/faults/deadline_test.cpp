// Statements whose time is up.

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
using faults::milliseconds_of;
using faults::thrown_by;

namespace {

constexpr long long noisy = 4000;  // milliseconds that a busy machine may add

void check_usable(Connection& conn) {
  CHECK_FALSE(conn.closed());
  CHECK_FALSE(conn.broken());
  CHECK(conn.with({.timeout = 20s}).execute("SELECT 42").value<int>() == 42);
}

}  // namespace

TEST_CASE("a statement ends at its deadline, and the connection stays usable") {
  Connection conn = support::connect();
  const long long took = milliseconds_of([&] {
    const auto error = thrown_by<OperationTimeout>(
        [&] { conn.with({.timeout = 100ms}).execute("SELECT pg_sleep(30)"); });
    CHECK(error.statement() == "SELECT pg_sleep(30)");
    CHECK(error.where().line() != 0);
    CHECK_FALSE(error.is_retryable());
  });
  CHECK(took >= 100);
  CHECK(took < 100 + noisy);
  check_usable(conn);
}

TEST_CASE("a time of for ever is no time that has passed") {
  constexpr auto for_ever = std::chrono::milliseconds::max();
  Connection conn = connect(support::server_url(),
                            {.connect_timeout = for_ever, .timeout = for_ever, .grace = for_ever});
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
  CHECK_THROWS_AS(conn.with({.timeout = 50ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
  {
    Transaction left = conn.transaction();
    left.execute("SELECT 1");
  }
  check_usable(conn);
}

TEST_CASE("the cancel of a deadline never hits the next statement") {
  Connection conn = support::connect();
  for (int i = 0; i < 50; ++i) {
    CAPTURE(i);
    CHECK_THROWS_AS(conn.with({.timeout = 20ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
    REQUIRE_NOTHROW(conn.execute("SELECT pg_sleep(0.005)"));
  }
}

TEST_CASE("a statement that ends just when its time is up has a result or an OperationTimeout") {
  Connection conn = support::connect();
  for (int i = 0; i < 50; ++i) {
    CAPTURE(i);
    try {
      conn.with({.timeout = 10ms}).execute("SELECT pg_sleep(0.01)");
    } catch (const OperationTimeout&) {}
    REQUIRE_NOTHROW(conn.execute("SELECT pg_sleep(0.005)"));
  }
}

// The cancel may come before the statement, and so do nothing: then there is another one.
TEST_CASE("a deadline that has passed already is an OperationTimeout, and the connection stays") {
  Connection conn = connect(support::server_url(), {.grace = 20s});
  for (int i = 0; i < 30; ++i) {
    CAPTURE(i);
    static_cast<void>(thrown_by<OperationTimeout>(
        [&] { conn.with({.timeout = 0ms}).execute("SELECT pg_sleep(30)"); }));
    check_usable(conn);
  }
}

TEST_CASE("a cancel request that is lost, or hits nothing, is followed by another") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.grace = 20s});
  const int lost = 3;
  proxy.lose_cancels(lost);
  const long long took = milliseconds_of([&] {
    CHECK_THROWS_AS(conn.with({.timeout = 50ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
  });
  CHECK(took >= 50 + 100 + 200 + 400);
  CHECK(took < 50 + 700 + noisy);
  CHECK(proxy.cancels() > lost);
  check_usable(conn);
}

TEST_CASE("a cancel request that is under way is not followed by another") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.grace = 1s});
  proxy.hold_cancels();
  CHECK_THROWS_AS(conn.with({.timeout = 50ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
  CHECK(proxy.cancels() == 1);
  CHECK(conn.closed());
}

TEST_CASE("the repeated cancels of a deadline never hit the next statement") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.grace = 20s});
  for (int i = 0; i < 20; ++i) {
    CAPTURE(i);
    proxy.lose_cancels(1);
    CHECK_THROWS_AS(conn.with({.timeout = 10ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
    REQUIRE_NOTHROW(conn.execute("SELECT pg_sleep(0.005)"));
  }
}

TEST_CASE("the connection's timeout holds for the end of a transaction, too") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.timeout = 1s, .grace = 200ms});
  auto tx = conn.transaction();
  tx.execute("SELECT 1");
  SUBCASE("its rollback") {
    proxy.at({.type = 'S', .statement = "ROLLBACK"}, support::Then::swallow_answers);
    static_cast<void>(thrown_by<OperationTimeout>([&] { tx.rollback(); }));
  }
  SUBCASE("its commit") {
    proxy.at({.type = 'S', .statement = "COMMIT"}, support::Then::swallow_answers);
    static_cast<void>(thrown_by<AmbiguousCommit>([&] { tx.commit(); }));
  }
  SUBCASE("the release of a savepoint") {
    auto inner = tx.transaction();
    inner.execute("SELECT 1");
    proxy.at({.type = 'S', .statement = "RELEASE"}, support::Then::swallow_answers);
    static_cast<void>(thrown_by<OperationTimeout>([&] { inner.commit(); }));
  }
  SUBCASE("the rollback to a savepoint") {
    auto inner = tx.transaction();
    inner.execute("SELECT 1");
    proxy.at({.type = 'S', .statement = "RELEASE"}, support::Then::swallow_answers);
    static_cast<void>(thrown_by<OperationTimeout>([&] { inner.rollback(); }));
  }
  CHECK(conn.closed());
}

// The cancel may hit BEGIN, which travels with the statement.
TEST_CASE("a transaction that ran out of time at its beginning is not continued or committed") {
  faults::Observer observer;
  const int run = observer.new_run();
  for (int i = 0; i < 60; ++i) {
    CAPTURE(i);
    Connection conn = connect(support::server_url(), {.grace = 50ms});
    auto tx = conn.transaction();
    static_cast<void>(thrown_by<OperationTimeout>(
        [&] { tx.with({.timeout = 0ms}).execute("SELECT pg_sleep(30)"); }));
    CHECK_THROWS_AS(tx.execute("INSERT INTO faults VALUES ($1, 1)", run), Error);
    CHECK_THROWS_AS(tx.commit(), Error);
  }
  CHECK(observer.rows_of(run) == 0);
}

TEST_CASE("a cancel that comes late is waited for, and does not hit the next statement") {
  faults::Observer observer;
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  const int pid = conn.info().backend_pid();
  proxy.hold_cancels();

  // The statement ends on its own while its cancel is held, which is let go when the next statement
  // is being executed, or would have been.
  observer.connection().execute("SELECT pg_advisory_lock(4711)");
  std::thread late([&] {
    CHECK(proxy.wait_for_cancels(1, 5s));
    proxy.at({.type = 'S', .statement = "SELECT 'next'"}, support::Then::go_on);
    observer.connection().execute("SELECT pg_advisory_unlock(4711)");
    observer.wait_until_idle(pid);
    CHECK_FALSE(proxy.wait_for_moment(300ms));
    proxy.release_cancels();
  });
  CHECK_NOTHROW(conn.with({.timeout = 50ms}).execute("SELECT pg_advisory_lock(4711)"));
  CHECK_NOTHROW(conn.execute("SELECT 'next', pg_sleep(0.3)"));
  late.join();
  CHECK(proxy.cancels() == 1);
}

TEST_CASE("the connection's own timeout holds for each statement, unless the statement has one") {
  Connection conn = connect(support::server_url(), {.timeout = 800ms});
  static_cast<void>(thrown_by<OperationTimeout>([&] { conn.execute("SELECT pg_sleep(30)"); }));
  CHECK_NOTHROW(conn.with({.timeout = 20s}).execute("SELECT pg_sleep(0.9)"));
  for (int i = 0; i < 4; ++i) CHECK_NOTHROW(conn.execute("SELECT pg_sleep(0.25)"));
  static_cast<void>(thrown_by<OperationTimeout>(
      [&] { conn.execute_script(dynamic_sql("SELECT 1; SELECT pg_sleep(30)")); }));
  check_usable(conn);
}

TEST_CASE("a transaction whose statement ran out of time can't be committed") {
  faults::Observer observer;
  const int run = observer.new_run();
  Connection conn = support::connect();
  auto tx = conn.transaction();

  SUBCASE("in a later statement") {
    tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
    CHECK_THROWS_AS(tx.with({.timeout = 50ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
  }
  SUBCASE("in the statement that BEGIN travels with") {
    CHECK_THROWS_AS(tx.with({.timeout = 50ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
  }
  SUBCASE("in a later statement, after which another failed") {
    tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
    CHECK_THROWS_AS(tx.with({.timeout = 50ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
    CHECK_THROWS_AS(tx.execute("SELECT 1"), errors::InFailedSqlTransaction);
  }
  const auto error = thrown_by<TransactionRolledBack>([&] { tx.commit(); });
  CHECK(contains(error.message(), "the deadline passed"));
  CHECK(observer.rows_of(run) == 0);
  check_usable(conn);
}

TEST_CASE("a deadline within a savepoint leaves the outer transaction to be committed") {
  faults::Observer observer;
  const int run = observer.new_run();
  Connection conn = support::connect();
  auto tx = conn.transaction();
  tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
  {
    auto inner = tx.transaction();
    CHECK_THROWS_AS(inner.with({.timeout = 50ms}).execute("SELECT pg_sleep(30)"), OperationTimeout);
  }
  CHECK_NOTHROW(tx.commit());
  CHECK(observer.rows_of(run) == 1);
}

TEST_CASE("a deadline that passes during COMMIT leaves the outcome unknown") {
  Connection conn = connect(support::server_url(), {.timeout = 1s});
  conn.with({.timeout = 20s}).execute("CREATE TEMPORARY TABLE slow (n int)");
  conn.with({.timeout = 20s})
      .execute(
          "CREATE FUNCTION pg_temp.linger() RETURNS trigger LANGUAGE plpgsql AS "
          "$$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$");
  conn.with({.timeout = 20s})
      .execute(
          "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED "
          "FOR EACH ROW EXECUTE FUNCTION pg_temp.linger()");
  auto tx = conn.transaction();
  tx.execute("INSERT INTO slow VALUES (1)");
  static_cast<void>(thrown_by<AmbiguousCommit>([&] { tx.commit(); }));
  check_usable(conn);
}
