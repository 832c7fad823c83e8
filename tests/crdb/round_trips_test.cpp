// What connecting, transactions and refusals cost on the network: counted in front of an emulated
// CockroachDB.

#include "palmetto/palmetto.hpp"

#include "emulated_cockroach.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>

using namespace palmetto;
using namespace crdb_tests;
using namespace std::chrono_literals;
using support::Traffic;
using support::Way;

namespace {

crdb::RetryOptions options_with(bool use_savepoint) {
  return {.backoff = {.initial = 1ms, .maximum = 1ms}, .use_savepoint = use_savepoint};
}

support::Answer conflict() { return support::error("40001", "restart transaction: planned"); }

void execute(Transaction& tx, int statements) {
  for (int i = 0; i < statements; ++i) tx.execute("SELECT $1::int8", i);
}

}  // namespace

TEST_CASE("connecting costs one round trip") {
  EmulatedCockroach cockroach("v21.1.0");
  const Traffic traffic = cockroach.proxy().traffic_of([&] {
    const crdb::CrdbConnection conn = crdb::connect(cockroach.conninfo());
    CHECK(conn.info().server_version() == 210100);
  });
  CHECK(traffic.round_trips == 1);
}

TEST_CASE("run_transaction with k statements costs k + 1 round trips, and connecting one") {
  EmulatedCockroach cockroach("v21.1.0");
  for (const bool use_savepoint : {true, false}) {
    for (const int statements : {1, 5}) {
      CAPTURE(use_savepoint);
      CAPTURE(statements);
      const Traffic traffic = cockroach.proxy().traffic_of([&] {
        crdb::CrdbConnection conn = crdb::connect(cockroach.conninfo());
        crdb::run_transaction(
            conn, [&](Transaction& tx) { execute(tx, statements); }, options_with(use_savepoint));
      });
      CHECK(traffic.round_trips == 1 + statements + 1);
    }
  }
}

TEST_CASE("an attempt that had a conflict at its last statement goes back for what COMMIT costs") {
  EmulatedCockroach cockroach("v21.1.0");
  crdb::CrdbConnection conn = crdb::connect(cockroach.conninfo());
  for (const bool use_savepoint : {true, false}) {
    CAPTURE(use_savepoint);
    int calls = 0;
    const auto attempt = [&](Transaction& tx) {
      execute(tx, 2);
      if (++calls < 3) cockroach.proxy().fail("SELECT", conflict());
      execute(tx, 1);
    };
    const Traffic traffic = cockroach.proxy().traffic_of(
        [&] { crdb::run_transaction(conn, attempt, options_with(use_savepoint)); });
    CHECK(calls == 3);
    CHECK(traffic.round_trips == 3 * (3 + 1));
  }
}

TEST_CASE("an attempt that had a conflict at its commit goes back for one round trip more") {
  EmulatedCockroach cockroach("v21.1.0");
  crdb::CrdbConnection conn = crdb::connect(cockroach.conninfo());
  const auto traffic_of_three_attempts = [&](bool use_savepoint) {
    cockroach.proxy().fail(use_savepoint ? "RELEASE" : "COMMIT", conflict(), 2);
    return cockroach.proxy().traffic_of([&] {
      crdb::run_transaction(
          conn, [](Transaction& tx) { execute(tx, 3); }, options_with(use_savepoint));
    });
  };
  CHECK(traffic_of_three_attempts(true).round_trips == 3 * (3 + 1) + 2);
  // The transaction has ended with the failed COMMIT: there is nothing to go back from.
  CHECK(traffic_of_three_attempts(false).round_trips == 3 * (3 + 1));
}

TEST_CASE("a transaction that does nothing costs nothing") {
  EmulatedCockroach cockroach("v21.1.0");
  crdb::CrdbConnection conn = crdb::connect(cockroach.conninfo());
  const Traffic traffic = cockroach.proxy().traffic_of([&] {
    conn.transaction([](Transaction&) {});
    { const Transaction left = conn.transaction(); }
    for (const bool use_savepoint : {true, false})
      crdb::run_transaction(
          conn, [](Transaction&) {}, options_with(use_savepoint));
  });
  CHECK(traffic.messages_to_server == 0);
  CHECK(traffic.round_trips == 0);
}

TEST_CASE("a gate that refuses sends nothing") {
  EmulatedCockroach cockroach("v21.1.0");
  crdb::CrdbConnection conn = crdb::connect(cockroach.conninfo());
  const Traffic traffic = cockroach.proxy().traffic_of([&] {
    CHECK_THROWS_AS(conn.cancel(), NotSupportedError);
    CHECK_THROWS_AS(static_cast<void>(conn.transaction({.deferrable = true})), NotSupportedError);
  });
  CHECK(traffic.messages_to_server == 0);
  CHECK(cockroach.proxy().cancels() == 0);
}

TEST_CASE("transfers over a slow network take the time of their round trips") {
  EmulatedCockroach cockroach("v21.1.0");
  crdb::CrdbConnection conn = crdb::connect(cockroach.conninfo());
  conn.execute("DROP TABLE IF EXISTS slow_accounts");
  conn.execute("CREATE TABLE slow_accounts (id INT PRIMARY KEY, balance BIGINT)");
  conn.execute("INSERT INTO slow_accounts VALUES (1, 100), (2, 0)");
  constexpr int transfers = 5;
  constexpr auto one_way = 20ms;
  cockroach.proxy().delay(Way::to_server, one_way);
  cockroach.proxy().delay(Way::to_client, one_way);

  std::chrono::steady_clock::duration took{};
  const Traffic traffic = cockroach.proxy().traffic_of([&] {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < transfers; ++i)
      crdb::run_transaction(conn, [](Transaction& tx) {
        tx.execute("UPDATE slow_accounts SET balance = balance - 10 WHERE id = 1");
        tx.execute("UPDATE slow_accounts SET balance = balance + 10 WHERE id = 2");
      });
    took = std::chrono::steady_clock::now() - begin;
  });
  CHECK(traffic.round_trips == transfers * (2 + 1));
  CHECK(took >= traffic.round_trips * 2 * one_way);
  CHECK(took < 4 * traffic.round_trips * 2 * one_way);
  cockroach.proxy().delay(Way::to_server, 0ms);
  cockroach.proxy().delay(Way::to_client, 0ms);
  CHECK(conn.execute("SELECT balance FROM slow_accounts ORDER BY id").all<std::int64_t>() ==
        std::vector<std::int64_t>{50, 50});
  conn.execute("DROP TABLE slow_accounts");
}
