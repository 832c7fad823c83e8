// Transactions whose connection dies: what is reported is what happened, or that nobody knows.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>

using namespace palmetto;
using faults::contains;
using faults::thrown_by;
using support::Moment;
using support::Then;
using support::Way;
using support::WireProxy;

namespace {

enum class Reported { applied, not_applied, unknown };

// Connects, and inserts three rows in a transaction, the last within a savepoint. Any exception of
// another family passes on, and is a failure of the test.
Reported insert_three(const std::string& conninfo, int run) {
  std::optional<Connection> conn;
  try {
    conn.emplace(connect(conninfo));
  } catch (const OperationalError&) { return Reported::not_applied; }

  bool committing = false;
  try {
    auto tx = conn->transaction();
    tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
    tx.execute("INSERT INTO faults VALUES ($1, 2)", run);
    tx.transaction(
        [&](Transaction& inner) { inner.execute("INSERT INTO faults VALUES ($1, 3)", run); });
    committing = true;
    tx.commit();
  } catch (const AmbiguousCommit&) {
    CHECK(committing);
    CHECK(conn->broken());
    CHECK_THROWS_AS(conn->execute("SELECT 1"), InterfaceError);
    return Reported::unknown;
  } catch (const ConnectionLost&) {
    CHECK_FALSE(committing);
    CHECK(conn->broken());
    CHECK_THROWS_AS(conn->execute("SELECT 1"), InterfaceError);
    return Reported::not_applied;
  } catch (const InterfaceError&) {  // it was lost behind the answer before: nothing was sent
    CHECK(conn->broken());
    return Reported::not_applied;
  }
  return Reported::applied;
}

support::Traffic traffic_of_three(faults::Observer& observer) {
  WireProxy proxy;
  proxy.at({.type = 'X'}, Then::go_on);
  REQUIRE(insert_three(proxy.conninfo(), observer.new_run()) == Reported::applied);
  REQUIRE(proxy.wait_for_moment(std::chrono::seconds(5)));  // it is on its way
  return proxy.traffic();
}

// A transaction that has inserted a row, through a proxy.
struct Started {
  faults::Observer observer;
  int run = observer.new_run();
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo() + " application_name=started");
  Transaction tx = conn.transaction();

  Started() { tx.execute("INSERT INTO faults VALUES ($1, 1)", run); }

  std::int64_t rows() {
    observer.wait_until_gone("started");
    return observer.rows_of(run);
  }
};

}  // namespace

TEST_CASE("wherever a transaction's connection is cut, what is reported agrees with the rows") {
  faults::Observer observer;
  const support::Traffic traffic = traffic_of_three(observer);
  int seen[3] = {};
  const auto cut = [&](Way way, int nth, Then then) {
    CAPTURE(static_cast<int>(way));
    CAPTURE(static_cast<int>(then));
    CAPTURE(nth);
    const int run = observer.new_run();
    const std::string name = "cut_" + std::to_string(run);
    WireProxy proxy;
    proxy.at({.way = way, .type = Moment::any, .statement = "", .nth = nth}, then);
    const Reported reported = insert_three(proxy.conninfo() + " application_name=" + name, run);
    observer.wait_until_gone(name);
    const std::int64_t rows = observer.rows_of(run);
    CAPTURE(rows);
    ++seen[static_cast<int>(reported)];
    if (reported == Reported::applied) CHECK(rows == 3);
    if (reported == Reported::not_applied) CHECK(rows == 0);
    if (reported == Reported::unknown) CHECK((rows == 0 || rows == 3));
  };
  REQUIRE(traffic.messages_to_server > 12);
  REQUIRE(traffic.messages_to_client > 12);
  for (const Then then : {Then::cut_before, Then::cut_inside, Then::cut_after}) {
    for (int nth = 1; nth <= traffic.messages_to_server; ++nth) cut(Way::to_server, nth, then);
    for (int nth = 1; nth <= traffic.messages_to_client; ++nth) cut(Way::to_client, nth, then);
  }
  for (int nth = 1; nth <= traffic.messages_to_server; ++nth)
    cut(Way::to_server, nth, Then::cut_at_answer);
  CHECK(seen[static_cast<int>(Reported::applied)] > 0);  // cut at the connection's own end
  CHECK(seen[static_cast<int>(Reported::not_applied)] > 0);
  CHECK(seen[static_cast<int>(Reported::unknown)] > 0);
}

TEST_CASE(
    "a connection that is cut before COMMIT is lost, and the transaction ends without a word") {
  Started started;
  SUBCASE("at a statement") {
    started.proxy.at({.type = 'P', .statement = "SELECT 'cut'"}, Then::cut_before);
    static_cast<void>(thrown_by<ConnectionLost>([&] { started.tx.execute("SELECT 'cut'"); }));
  }
  SUBCASE("in the answer to a statement") {
    started.proxy.at({.type = 'S', .statement = "SELECT 'cut'"}, Then::cut_at_answer);
    static_cast<void>(thrown_by<ConnectionLost>([&] { started.tx.execute("SELECT 'cut'"); }));
  }
  SUBCASE("at a savepoint") {
    started.proxy.at({.type = 'E', .statement = "SAVEPOINT"}, Then::cut_after);
    auto inner = started.tx.transaction();
    static_cast<void>(thrown_by<ConnectionLost>([&] { inner.execute("SELECT 1"); }));
  }
  SUBCASE("at a savepoint's RELEASE") {
    auto inner = started.tx.transaction();
    inner.execute("SELECT 1");
    started.proxy.at({.type = 'S', .statement = "RELEASE"}, Then::cut_at_answer);
    static_cast<void>(thrown_by<ConnectionLost>([&] { inner.commit(); }));
  }
  SUBCASE("at ROLLBACK") {
    started.proxy.at({.type = 'P', .statement = "ROLLBACK"}, Then::cut_before);
    static_cast<void>(thrown_by<ConnectionLost>([&] { started.tx.rollback(); }));
  }
  CHECK(started.conn.broken());
  CHECK(started.rows() == 0);
  CHECK_THROWS_AS(started.tx.execute("SELECT 1"), InterfaceError);
  CHECK_THROWS_AS(started.tx.commit(), InterfaceError);
}

TEST_CASE("a connection that is cut when a transaction is left does no harm") {
  faults::Observer observer;
  const int run = observer.new_run();
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo() + " application_name=left");
  {
    auto tx = conn.transaction();
    tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
    SUBCASE("before it knows") { proxy.cut(); }
    SUBCASE("at its ROLLBACK") {
      proxy.at({.type = 'P', .statement = "ROLLBACK"}, Then::cut_before);
    }
    SUBCASE("in the answer to its ROLLBACK") {
      proxy.at({.type = 'S', .statement = "ROLLBACK"}, Then::cut_at_answer);
    }
    SUBCASE("with a savepoint in it") {
      auto inner = tx.transaction();
      inner.execute("INSERT INTO faults VALUES ($1, 2)", run);
      proxy.cut();
    }
  }
  CHECK(conn.broken());
  observer.wait_until_gone("left");
  CHECK(observer.rows_of(run) == 0);
}

TEST_CASE("a connection that is cut after COMMIT got to the server is an AmbiguousCommit") {
  Started started;
  SUBCASE("before the answer") {
    started.proxy.at({.type = 'S', .statement = "COMMIT"}, Then::cut_after);
  }
  SUBCASE("in place of the answer") {
    started.proxy.at({.type = 'S', .statement = "COMMIT"}, Then::cut_at_answer);
  }
  const auto error = thrown_by<AmbiguousCommit>([&] { started.tx.commit(); });
  CHECK(contains(error.message(), "may have been applied"));
  CHECK_FALSE(error.is_retryable());
  CHECK(started.conn.broken());
  CHECK(started.rows() == 1);
}

TEST_CASE(
    "a connection that is cut before COMMIT got to the server is an AmbiguousCommit as well") {
  Started started;
  SUBCASE("at COMMIT") { started.proxy.at({.type = 'P', .statement = "COMMIT"}, Then::cut_before); }
  SUBCASE("long before, when nobody knew") { started.proxy.cut(); }
  static_cast<void>(thrown_by<AmbiguousCommit>([&] { started.tx.commit(); }));
  CHECK(started.conn.broken());
  CHECK(started.rows() == 0);
}

TEST_CASE("a session that is terminated before COMMIT has applied nothing") {
  Started started;
  started.observer.terminate(started.conn.info().backend_pid());
  CHECK(started.rows() == 0);
  CHECK_THROWS_AS(started.tx.commit(), OperationalError);  // AmbiguousCommit, or AdminShutdown
  CHECK(started.conn.broken());
}

TEST_CASE("a connection that is cut while BEGIN travels with the first statement is lost") {
  for (const Then then : {Then::cut_before, Then::cut_after, Then::cut_at_answer}) {
    for (const char type : {'P', 'B', 'E'}) {
      for (const char* statement : {"BEGIN", "INSERT"}) {
        CAPTURE(static_cast<int>(then));
        CAPTURE(type);
        CAPTURE(statement);
        faults::Observer observer;
        const int run = observer.new_run();
        WireProxy proxy;
        Connection conn = connect(proxy.conninfo() + " application_name=begin");
        proxy.at({.type = type, .statement = statement}, then);
        {
          auto tx = conn.transaction();
          const auto error = thrown_by<ConnectionLost>(
              [&] { tx.execute("INSERT INTO faults VALUES ($1, 1)", run); });
          CHECK(contains(error.statement(), "INSERT"));
          CHECK_THROWS_AS(tx.commit(), InterfaceError);
        }
        CHECK(conn.broken());
        observer.wait_until_gone("begin");
        CHECK(observer.rows_of(run) == 0);
      }
    }
  }
}
