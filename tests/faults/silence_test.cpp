// A network that is gone without a word: nothing comes through, cancel requests neither.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::contains;
using faults::milliseconds_of;
using faults::thrown_by;
using support::Then;

namespace {

constexpr auto grace = 2s;
// What one wait for the grace period may take on a busy machine, and two of them can't.
constexpr long long grace_and_noise = 2000 + 1700;

void check_given_up(const Connection& conn) {
  CHECK(conn.closed());
  CHECK(conn.broken());
  const auto error = thrown_by<InterfaceError>([&] { conn.execute("SELECT 1"); });
  CHECK(contains(error.message(), "the deadline passed"));
}

}  // namespace

TEST_CASE("a statement that is never answered is given up after the grace period") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.grace = grace});
  SUBCASE("it never gets to the server") {
    proxy.at({.type = 'P', .statement = "SELECT 'lost'"}, Then::fall_silent);
  }
  SUBCASE("its answer never comes back") {
    proxy.at({.type = 'S', .statement = "SELECT 'lost'"}, Then::swallow_answers);
  }
  SUBCASE("a cancel request can't be made") {
    proxy.refuse();
    proxy.at({.type = 'S', .statement = "SELECT 'lost'"}, Then::swallow_answers);
  }
  const long long took = milliseconds_of([&] {
    const auto error = thrown_by<OperationTimeout>(
        [&] { conn.with({.timeout = 100ms}).execute("SELECT 'lost'"); });
    CHECK(contains(error.message(), "closed"));
  });
  CHECK(took >= 100);
  CHECK(took < 100 + grace_and_noise);
  check_given_up(conn);
}

TEST_CASE("a large statement that the network takes a part of is given up after the grace period") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.grace = grace});
  proxy.fall_silent();
  const std::string large(8 << 20, 'x');
  const long long took = milliseconds_of([&] {
    CHECK_THROWS_AS(conn.with({.timeout = 100ms}).execute("SELECT length($1::text)", large),
                    OperationTimeout);
  });
  CHECK(took < 100 + grace_and_noise);
  check_given_up(conn);
}

TEST_CASE("a COMMIT that is never answered is ambiguous after the grace period") {
  faults::Observer observer;
  const int run = observer.new_run();
  std::optional<support::WireProxy> proxy(std::in_place);
  Connection conn = connect(proxy->conninfo() + " application_name=silent_commit",
                            {.timeout = 1s, .grace = grace});
  auto tx = conn.transaction();
  tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
  int rows = 0;
  SUBCASE("it never gets to the server") {
    proxy->at({.type = 'P', .statement = "COMMIT"}, Then::fall_silent);
  }
  SUBCASE("its answer never comes back") {
    proxy->at({.type = 'S', .statement = "COMMIT"}, Then::swallow_answers);
    rows = 1;
  }
  const long long took =
      milliseconds_of([&] { static_cast<void>(thrown_by<AmbiguousCommit>([&] { tx.commit(); })); });
  CHECK(took < 1000 + grace_and_noise);
  check_given_up(conn);
  proxy.reset();
  observer.wait_until_gone("silent_commit");
  CHECK(observer.rows_of(run) == rows);
}

TEST_CASE("a transaction is left in silence without a hang") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.grace = 1500ms});
  // ROLLBACK has the grace period, and its cancel has it again.
  const long long took = milliseconds_of([&] {
    auto tx = conn.transaction();
    tx.execute("SELECT 1");
    proxy.fall_silent();
  });
  CHECK(took < 3000 + 1400);
  check_given_up(conn);
}

TEST_CASE("run_transaction gives up at its deadline when the network is gone") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.grace = 1s});
  int calls = 0;
  const long long took = milliseconds_of([&] {
    CHECK_THROWS_AS(run_transaction(conn,
                                    [&](Transaction& tx) {
                                      ++calls;
                                      tx.execute("SELECT 1");
                                      proxy.fall_silent();
                                      tx.execute("SELECT 2");
                                    },
                                    {.deadline = std::chrono::steady_clock::now() + 1s}),
                    OperationTimeout);
  });
  CHECK(took < 1000 + 1000 + 3000);
  CHECK(calls == 1);
  check_given_up(conn);
}

TEST_CASE("closing in silence does not wait") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  proxy.fall_silent();
  CHECK(milliseconds_of([&] { conn.close(); }) < 2000);
  CHECK(conn.closed());
  CHECK_FALSE(conn.broken());
}
