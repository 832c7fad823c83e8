// COPY and streams that are cut, time out, are left or fail, at every stage.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::milliseconds_of;
using faults::thrown_by;
using support::Moment;
using support::Then;
using support::Way;
using support::WireProxy;

namespace {

constexpr int rows_of_copy = 3;

void copy_in(const Executor& executor, int run) {
  auto copy = executor.copy_in("faults", {"run", "n"});
  for (int n = 0; n < rows_of_copy; ++n) copy.write_row(run, n);
  if (copy.finish() != rows_of_copy) throw std::logic_error("rows are missing");
}

void read_stream(const Executor& executor) {
  int sum = 0;
  for (const int n : executor.stream<int>("SELECT generate_series(1, $1::int4)", 3)) sum += n;
  if (sum != 6) throw std::logic_error("rows are missing");
}

struct Action {
  std::string name;
  std::function<void(Connection&, int run)> run;
  bool writes;
};

std::vector<Action> actions() {
  std::vector<Action> all{{"copy_in", [](Connection& conn, int run) { copy_in(conn, run); }, true},
                          {"copy_in within a transaction",
                           [](Connection& conn, int run) {
                             auto tx = conn.transaction();
                             copy_in(tx, run);
                             tx.commit();
                           },
                           true},
                          {"copy_out",
                           [](Connection& conn, int) {
                             int sum = 0;
                             for (const int n : conn.copy_out<int>("SELECT generate_series(1, 3)"))
                               sum += n;
                             if (sum != 6) throw std::logic_error("rows are missing");
                           },
                           false},
                          {"copy_out_raw",
                           [](Connection& conn, int) {
                             auto copy =
                                 conn.copy_out_raw("COPY (SELECT generate_series(1, 3)) TO STDOUT");
                             std::string text;
                             while (const auto block = copy.next()) text += *block;
                             if (text != "1\n2\n3\n") throw std::logic_error("rows are missing");
                           },
                           false}};
  for (const StreamRoad road : {StreamRoad::copy, StreamRoad::cursor, StreamRoad::single_row}) {
    const std::string by = road == StreamRoad::copy     ? "COPY"
                           : road == StreamRoad::cursor ? "a cursor"
                                                        : "single rows";
    all.push_back({"stream by " + by,
                   [road](Connection& conn, int) { read_stream(conn.with({.road = road})); },
                   false});
    all.push_back({"stream within a transaction by " + by,
                   [road](Connection& conn, int) {
                     auto tx = conn.transaction();
                     read_stream(tx.with({.road = road}));
                     tx.commit();
                   },
                   false});
  }
  return all;
}

// Whether the action said that it was done.
bool is_done(const Action& action, Connection& conn, int run) {
  try {
    action.run(conn, run);
    return true;
  } catch (const OperationalError&) { return false; }
}

void cut_everywhere(faults::Observer& observer, const Action& action) {
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  const auto traffic = proxy.traffic_of([&] { action.run(conn, observer.new_run()); });
  REQUIRE(traffic.messages_to_server > 1);
  const auto cut = [&](Way way, int nth, Then then) {
    CAPTURE(nth);
    CAPTURE(static_cast<int>(way));
    CAPTURE(static_cast<int>(then));
    const int run = observer.new_run();
    const std::string name = "copy_" + std::to_string(run);
    Connection victim = connect(proxy.conninfo() + " application_name=" + name);
    proxy.at({.way = way, .type = Moment::any, .statement = "", .nth = nth}, then);
    const bool done = is_done(action, victim, run);
    if (!done) CHECK(victim.broken());
    victim.close();
    observer.wait_until_gone(name);
    const std::int64_t rows = observer.rows_of(run);
    CHECK((rows == 0 || (action.writes && rows == rows_of_copy)));
    if (done && action.writes) CHECK(rows == rows_of_copy);
  };
  for (const Then then : {Then::cut_before, Then::cut_inside, Then::cut_after}) {
    for (int nth = 1; nth <= traffic.messages_to_server; ++nth) cut(Way::to_server, nth, then);
    for (int nth = 1; nth <= traffic.messages_to_client; ++nth) cut(Way::to_client, nth, then);
  }
}

}  // namespace

TEST_CASE("wherever a COPY from the client is cut, it is lost, and nothing of it is half there") {
  faults::Observer observer;
  cut_everywhere(observer, actions()[0]);
}

TEST_CASE("wherever a COPY within a transaction is cut, the transaction is whole or not there") {
  faults::Observer observer;
  cut_everywhere(observer, actions()[1]);
}

TEST_CASE("wherever a COPY to the client is cut, it is lost") {
  faults::Observer observer;
  cut_everywhere(observer, actions()[2]);
  cut_everywhere(observer, actions()[3]);
}

TEST_CASE("wherever a stream is cut, on whichever road, it is lost") {
  faults::Observer observer;
  const std::vector<Action> all = actions();
  for (std::size_t i = 4; i < all.size(); i += 2) cut_everywhere(observer, all[i]);
}

TEST_CASE("wherever a stream within a transaction is cut, on whichever road, it is lost") {
  faults::Observer observer;
  const std::vector<Action> all = actions();
  for (std::size_t i = 5; i < all.size(); i += 2) cut_everywhere(observer, all[i]);
}

TEST_CASE("a COPY or a stream that the server does not answer times out, and is cancelled") {
  faults::Observer observer;
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE slow (n int)");
  conn.execute(
      "CREATE FUNCTION pg_temp.sleep() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_sleep(30); RETURN new; END $$");
  conn.execute(
      "CREATE TRIGGER sleep BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION pg_temp.sleep()");
  const Executor hurried = conn.with({.timeout = 200ms});
  SUBCASE("a COPY that waits at its end") {
    auto copy = hurried.copy_in("slow");
    copy.write_row(1);
    CHECK_THROWS_AS(copy.finish(), OperationTimeout);
  }
  SUBCASE("a COPY that waits for a lock at its beginning") {
    auto tx = observer.connection().transaction();
    tx.execute("LOCK TABLE faults IN ACCESS EXCLUSIVE MODE");
    CHECK_THROWS_AS(static_cast<void>(hurried.copy_in("faults")), OperationTimeout);
  }
  SUBCASE("a COPY within a transaction, which has failed then") {
    auto tx = conn.transaction();
    auto copy = tx.with({.timeout = 200ms}).copy_in("slow");
    copy.write_row(1);
    CHECK_THROWS_AS(copy.finish(), OperationTimeout);
    CHECK_THROWS_AS(tx.commit(), TransactionRolledBack);
  }
  SUBCASE("a COPY to the client") {
    const auto read = [&] {
      auto copy = hurried.copy_out_raw("COPY (SELECT pg_sleep(30)) TO STDOUT");
      static_cast<void>(copy.next());
    };
    CHECK_THROWS_AS(read(), OperationTimeout);
  }
  CHECK_FALSE(conn.closed());
  CHECK(conn.execute("SELECT count(*) FROM slow").value<std::int64_t>() == 0);
}

TEST_CASE("leaving a COPY that the server is busy with cancels it") {
  Connection conn = connect(support::server_url(), {.grace = 2s});
  conn.execute("CREATE TEMP TABLE slow (n int)");
  conn.execute(
      "CREATE FUNCTION pg_temp.sleep() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_sleep(30); RETURN new; END $$");
  conn.execute(
      "CREATE TRIGGER sleep BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION pg_temp.sleep()");
  const long long took = milliseconds_of([&] {
    auto copy = conn.copy_in("slow");
    // More than is kept back, and less than the socket takes.
    for (int n = 0; n < 8000; ++n) copy.write_row(n);
  });
  CHECK(took < 5000);
  CHECK(conn.execute("SELECT count(*) FROM slow").value<std::int64_t>() == 0);
}

TEST_CASE("a COPY or a stream that the server refuses fails, and the connection is well") {
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  for (const char* beginning : {"COPY", "SELECT", "DECLARE", "FETCH", "BEGIN", "COMMIT"}) {
    CAPTURE(beginning);
    for (const Action& action : actions()) {
      INFO(action.name);
      proxy.forget_answers();
      proxy.fail(beginning, support::error("53200", "out of memory"));
      try {
        action.run(conn, 0);
      } catch (const OperationalError& error) { CHECK(error.sqlstate() == "53200"); }
      proxy.forget_answers();
      REQUIRE_FALSE(conn.closed());
      REQUIRE(conn.info().transaction_status() == pq::TransactionStatus::idle);
    }
  }
  faults::Observer observer;
  observer.connection().execute("DELETE FROM faults WHERE run = 0");
}

TEST_CASE("a COPY whose session is terminated says so") {
  faults::Observer observer;
  const int run = observer.new_run();
  Connection conn = connect(support::server_url_with("application_name=terminated_copy"));
  auto copy = conn.copy_in("faults", {"run", "n"});
  copy.write_row(run, 1);
  observer.terminate(conn.info().backend_pid());
  observer.wait_until_gone("terminated_copy");
  const auto write = [&] {
    for (int n = 0; n < 1'000'000; ++n) copy.write_row(run, n);
    copy.finish();
  };
  CHECK_THROWS_AS(write(), OperationalError);
  CHECK(conn.broken());
  CHECK(observer.rows_of(run) == 0);
}
