// Pipelines and execute_many whose connection dies, at each of their messages: nothing partial is
// left, nothing hangs, and what is reported is what happened, or that nobody knows.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <ranges>
#include <string>

using namespace palmetto;
using namespace std::chrono_literals;
using support::Moment;
using support::Then;
using support::Way;
using support::WireProxy;

namespace {

constexpr int items = 4;

enum class Reported { applied, not_applied, unknown };

Reported report(const std::function<void()>& insert) {
  try {
    insert();
    return Reported::applied;
  } catch (const AmbiguousCommit&) { return Reported::unknown; } catch (const ConnectionLost&) {
    return Reported::not_applied;
  }
}

void execute_many(Connection& conn, int run) {
  conn.execute_many("INSERT INTO faults VALUES ($1, $2)",
                    std::views::iota(0, items) |
                        std::views::transform([run](int n) { return std::tuple(run, n); }));
}

void commit_with_pipeline(Connection& conn, int run) {
  Transaction tx = conn.transaction();
  const Pipeline pipeline = tx.pipeline();
  for (int n = 0; n < items; ++n) pipeline.execute("INSERT INTO faults VALUES ($1, $2)", run, n);
  tx.commit();
}

// With the connection cut at the nth message of one side; false when there were not so many.
bool cut_at(faults::Observer& observer, void (*insert)(Connection&, int), Way way, Then then,
            int nth) {
  WireProxy proxy;
  Connection conn =
      connect(proxy.conninfo() + " application_name=cut_pipeline", {.prepare_threshold = 0});
  proxy.at({way, Moment::any, "", nth}, then);
  const int run = observer.new_run();
  const Reported reported = report([&] { insert(conn, run); });
  const bool has_come = proxy.wait_for_moment(0ms);
  if (has_come && reported != Reported::applied) CHECK(conn.broken());
  conn.close();
  observer.wait_until_gone("cut_pipeline");
  const std::int64_t rows = observer.rows_of(run);
  CAPTURE(nth);
  if (reported == Reported::applied) CHECK(rows == items);
  if (reported == Reported::not_applied) CHECK(rows == 0);
  if (reported == Reported::unknown) CHECK((rows == 0 || rows == items));
  return has_come;
}

}  // namespace

TEST_CASE("cut at any message, a pipelined transaction is whole or not there") {
  faults::Observer observer;
  for (const auto insert : {&execute_many, &commit_with_pipeline}) {
    for (const Way way : {Way::to_server, Way::to_client}) {
      for (const Then then : {Then::cut_before, Then::cut_inside, Then::cut_after}) {
        int nth = 1;
        while (cut_at(observer, insert, way, then, nth)) ++nth;
        CHECK(nth > items);
      }
    }
  }
}

TEST_CASE("results that were queued when the connection died say so, each time they are asked") {
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  const Pipeline pipeline = conn.pipeline();
  const PipelineResult first = pipeline.execute("SELECT 1");
  const PipelineResult second = pipeline.execute("SELECT 2");
  CHECK(first.get().value<int>() == 1);
  proxy.cut();
  CHECK_THROWS_AS(pipeline.sync(), ConnectionLost);
  CHECK(conn.broken());
  const PipelineResult* const results[] = {&first, &second};
  CHECK(results[0]->get().value<int>() == 1);
  CHECK_NOTHROW(static_cast<void>(results[1]->ready()));
  CHECK_THROWS_AS(pipeline.execute("SELECT 3"), InterfaceError);
}

TEST_CASE("a pipeline whose server falls silent ends at its deadline") {
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.timeout = 200ms, .grace = 200ms});
  SUBCASE("sync") {
    const Pipeline pipeline = conn.pipeline();
    proxy.fall_silent();
    const PipelineResult result = pipeline.execute("SELECT 1");
    CHECK_THROWS_AS(pipeline.sync(), OperationTimeout);
    CHECK_THROWS_AS(static_cast<void>(result.get()), OperationalError);
  }
  SUBCASE("execute_many, however many items are made") {
    proxy.fall_silent();
    const std::string block(100'000, 'x');
    const auto endless =
        std::views::iota(0, 1'000'000) | std::views::transform([&](int) { return block; });
    CHECK_THROWS_AS(conn.execute_many("SELECT $1::text", endless), OperationTimeout);
  }
  CHECK(conn.broken());
}

TEST_CASE("execute_many that is cancelled leaves nothing, and the connection usable") {
  faults::Observer observer;
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  const int run = observer.new_run();
  const auto rows =
      std::views::iota(0, 100) | std::views::transform([run](int n) { return std::tuple(run, n); });
  CHECK_THROWS_AS(
      conn.with({.timeout = 200ms})
          .execute_many("INSERT INTO faults SELECT $1, $2::int FROM pg_sleep(0.05)", rows),
      OperationTimeout);
  CHECK(observer.rows_of(run) == 0);
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}
