// Two-phase commits whose connection dies: what is reported is what happened, or that nobody knows.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::contains;
using faults::thrown_by;
using support::Moment;
using support::Then;
using support::Way;
using support::WireProxy;

namespace {

enum class Known { nothing, prepared, perhaps_prepared, applied, perhaps_applied };

GlobalXid xid_of(int run) { return GlobalXid(run, "faults"); }

// Inserts a row and commits it in two phases. What is known of it then; any exception of another
// family passes on, and is a failure of the test.
Known insert_one(const std::string& conninfo, int run) {
  std::optional<Connection> conn;
  try {
    conn.emplace(connect(conninfo));
  } catch (const OperationalError&) { return Known::nothing; }
  Known lost_now = Known::nothing;
  Known unknown_now = Known::nothing;
  try {
    TwoPhaseTransaction tx = conn->tpc_begin(xid_of(run));
    tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
    unknown_now = Known::perhaps_prepared;
    tx.tpc_prepare();
    CHECK(tx.prepared());
    lost_now = Known::prepared;
    unknown_now = Known::perhaps_applied;
    tx.tpc_commit();
    return Known::applied;
  } catch (const AmbiguousCommit&) {
    CHECK(unknown_now != Known::nothing);
    CHECK(conn->broken());
    return unknown_now;
  } catch (const ConnectionLost&) {
    CHECK(unknown_now == Known::nothing);
    CHECK(conn->broken());
    return Known::nothing;
  } catch (const InterfaceError&) {  // it was lost behind the answer before: nothing was sent
    CHECK(conn->broken());
    return lost_now;
  }
}

bool is_prepared(faults::Observer& observer, int run) {
  const auto found = observer.connection().tpc_recover();
  return std::ranges::any_of(
      found, [&](const PreparedTransaction& other) { return other.xid == xid_of(run); });
}

void check(Known known, bool prepared, std::int64_t rows) {
  CAPTURE(prepared);
  CAPTURE(rows);
  CHECK(rows <= 1);
  if (known == Known::nothing) CHECK((!prepared && rows == 0));
  if (known == Known::prepared) CHECK((prepared && rows == 0));
  if (known == Known::perhaps_prepared) CHECK(rows == 0);
  if (known == Known::applied) CHECK((!prepared && rows == 1));
  if (known == Known::perhaps_applied) CHECK(prepared == (rows == 0));
}

// A prepared transaction of one row, through a proxy.
struct LeftPrepared {
  faults::Observer observer;
  int run = observer.new_run();
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo() + " application_name=prepared");
  TwoPhaseTransaction tx = conn.tpc_begin(xid_of(run));

  LeftPrepared() {
    tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
    tx.tpc_prepare();
  }
  ~LeftPrepared() {
    if (is_prepared(observer, run)) observer.connection().tpc_rollback(xid_of(run));
  }
};

}  // namespace

TEST_CASE("wherever a two-phase commit's connection is cut, what is reported is what there is") {
  faults::Observer observer;
  support::Traffic traffic;
  {
    WireProxy proxy;
    proxy.at({.type = 'X'}, Then::go_on);
    REQUIRE(insert_one(proxy.conninfo(), observer.new_run()) == Known::applied);
    REQUIRE(proxy.wait_for_moment(5s));  // it is on its way
    traffic = proxy.traffic();
  }
  int seen[5] = {};
  const auto cut = [&](Way way, int nth, Then then) {
    CAPTURE(static_cast<int>(way));
    CAPTURE(static_cast<int>(then));
    CAPTURE(nth);
    const int run = observer.new_run();
    const std::string name = "tpc_" + std::to_string(run);
    WireProxy proxy;
    proxy.at({.way = way, .type = Moment::any, .statement = "", .nth = nth}, then);
    const Known known = insert_one(proxy.conninfo() + " application_name=" + name, run);
    observer.wait_until_gone(name);
    const bool prepared = is_prepared(observer, run);
    ++seen[static_cast<int>(known)];
    check(known, prepared, observer.rows_of(run));
    if (prepared) observer.connection().tpc_rollback(xid_of(run));
  };
  REQUIRE(traffic.messages_to_server > 12);
  for (const Then then : {Then::cut_before, Then::cut_inside, Then::cut_after}) {
    for (int nth = 1; nth <= traffic.messages_to_server; ++nth) cut(Way::to_server, nth, then);
    for (int nth = 1; nth <= traffic.messages_to_client; ++nth) cut(Way::to_client, nth, then);
  }
  for (int nth = 1; nth <= traffic.messages_to_server; ++nth)
    cut(Way::to_server, nth, Then::cut_at_answer);
  for (const int count : seen) CHECK(count > 0);
}

TEST_CASE("a connection that is cut at PREPARE TRANSACTION leaves its outcome unknown") {
  faults::Observer observer;
  const int run = observer.new_run();
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo() + " application_name=preparing");
  TwoPhaseTransaction tx = conn.tpc_begin(xid_of(run));
  tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
  bool arrives = false;
  SUBCASE("before it got to the server") {
    proxy.at({.type = 'P', .statement = "PREPARE"}, Then::cut_before);
  }
  SUBCASE("after") {
    proxy.at({.type = 'S', .statement = "PREPARE"}, Then::cut_at_answer);
    arrives = true;
  }
  const auto error = thrown_by<AmbiguousCommit>([&] { tx.tpc_prepare(); });
  CHECK(contains(error.message(), "PREPARE TRANSACTION"));
  CHECK(contains(error.message(), "may have been prepared"));
  CHECK_FALSE(tx.prepared());
  observer.wait_until_gone("preparing");
  CHECK(is_prepared(observer, run) == arrives);
  if (arrives) observer.connection().tpc_rollback(xid_of(run));
}

TEST_CASE("a connection that is cut at COMMIT PREPARED leaves its outcome unknown, and says so") {
  LeftPrepared prepared;
  bool arrives = false;
  SUBCASE("before it got to the server") {
    prepared.proxy.at({.type = 'P', .statement = "COMMIT"}, Then::cut_before);
  }
  SUBCASE("long before, when nobody knew") { prepared.proxy.cut(); }
  SUBCASE("after") {
    prepared.proxy.at({.type = 'S', .statement = "COMMIT"}, Then::cut_at_answer);
    arrives = true;
  }
  const auto error = thrown_by<AmbiguousCommit>([&] { prepared.tx.tpc_commit(); });
  CHECK(contains(error.message(), "tpc_recover()"));
  CHECK(contains(error.statement(), "COMMIT PREPARED"));
  CHECK(prepared.conn.broken());
  prepared.observer.wait_until_gone("prepared");
  CHECK(is_prepared(prepared.observer, prepared.run) != arrives);
  CHECK(prepared.observer.rows_of(prepared.run) == (arrives ? 1 : 0));
  CHECK_THROWS_AS(prepared.tx.tpc_commit(), InterfaceError);
}

TEST_CASE("an answer to COMMIT PREPARED that the server itself calls unknown is unknown") {
  LeftPrepared prepared;
  prepared.proxy.answer("COMMIT PREPARED", support::error("40003", "it is unknown"));
  const auto error = thrown_by<AmbiguousCommit>([&] { prepared.tx.tpc_commit(); });
  CHECK(contains(error.message(), "it is unknown"));
  CHECK_FALSE(prepared.conn.closed());
}

TEST_CASE("COMMIT PREPARED that the server refused can be tried again") {
  LeftPrepared prepared;
  prepared.proxy.fail("COMMIT PREPARED", support::error("55000", "it is busy"));
  CHECK_THROWS_AS(prepared.tx.tpc_commit(), errors::ObjectNotInPrerequisiteState);
  CHECK(prepared.tx.prepared());
  prepared.tx.tpc_commit();
  CHECK(prepared.observer.rows_of(prepared.run) == 1);
}

TEST_CASE("a connection that is cut at ROLLBACK PREPARED is lost") {
  LeftPrepared prepared;
  prepared.proxy.at({.type = 'P', .statement = "ROLLBACK"}, Then::cut_before);
  static_cast<void>(thrown_by<ConnectionLost>([&] { prepared.tx.tpc_rollback(); }));
  CHECK(prepared.conn.broken());
  CHECK(is_prepared(prepared.observer, prepared.run));
}
