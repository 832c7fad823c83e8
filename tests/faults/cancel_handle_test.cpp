// CancelHandle: from other threads, and after its connection has gone.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::milliseconds_of;
using faults::thrown_by;

static_assert(std::is_copy_constructible_v<CancelHandle> &&
              std::is_copy_assignable_v<CancelHandle>);

namespace {

// Cancels, once that session sleeps, in a thread of its own.
std::thread cancel_when_asleep(faults::Observer& observer, int pid, CancelHandle handle) {
  return std::thread([&observer, pid, handle] {
    observer.wait_until_asleep(pid);
    handle.cancel();
  });
}

}  // namespace

// psycopg's test_concurrency.py::test_cancel_stream.
TEST_CASE("a cancel from a thread takes less than a second, and after a rollback all is well") {
  faults::Observer observer;
  Connection conn = support::connect();
  auto tx = conn.transaction();
  const int pid = tx.execute("SELECT pg_backend_pid()").value<int>();
  std::chrono::steady_clock::time_point cancelled;
  std::thread canceller([&, handle = conn.cancel_handle()] {
    observer.wait_until_asleep(pid);
    cancelled = std::chrono::steady_clock::now();
    handle.cancel();
  });
  CHECK_THROWS_AS(tx.execute("SELECT pg_sleep(30)"), errors::QueryCanceled);
  const auto noticed = std::chrono::steady_clock::now();
  canceller.join();
  CHECK(noticed - cancelled < 1s);
  CHECK_THROWS_AS(tx.execute("SELECT 1"), errors::InFailedSqlTransaction);
  tx.rollback();
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("handles may be copied, and used by several threads at once") {
  faults::Observer observer;
  Connection conn = support::connect();
  const int pid = conn.info().backend_pid();
  const CancelHandle handle = conn.cancel_handle();
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    std::atomic<bool> asleep = false;
    std::vector<std::thread> cancellers;
    for (int thread = 0; thread < 4; ++thread)
      cancellers.emplace_back([&asleep, copy = handle] {
        asleep.wait(false);
        for (int cancel = 0; cancel < 5; ++cancel) copy.cancel();
      });
    std::thread watcher([&] {
      observer.wait_until_asleep(pid);
      asleep = true;
      asleep.notify_all();
    });
    CHECK_THROWS_AS(conn.execute("SELECT pg_sleep(30)"), errors::QueryCanceled);
    watcher.join();
    for (std::thread& canceller : cancellers) canceller.join();
    REQUIRE_NOTHROW(conn.execute("SELECT pg_sleep(0.01)"));
  }
}

TEST_CASE("a handle goes with its connection when that is moved") {
  faults::Observer observer;
  Connection from = support::connect();
  const CancelHandle handle = from.cancel_handle();
  Connection conn = std::move(from);
  CHECK_NOTHROW(from.cancel_handle().cancel());  // NOLINT(bugprone-use-after-move)
  std::thread canceller = cancel_when_asleep(observer, conn.info().backend_pid(), handle);
  CHECK_THROWS_AS(conn.execute("SELECT pg_sleep(30)"), errors::QueryCanceled);
  canceller.join();
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("a handle of a connection that has ended does nothing, and sends nothing") {
  support::WireProxy proxy;
  std::optional<Connection> conn(connect(proxy.conninfo()));
  const CancelHandle handle = conn->cancel_handle();
  SUBCASE("it was closed") { conn->close(); }
  SUBCASE("it is gone") { conn.reset(); }
  SUBCASE("it was replaced") { *conn = connect(proxy.conninfo()); }
  SUBCASE("it was lost") {
    proxy.cut();
    CHECK_THROWS_AS(conn->execute("SELECT 1"), ConnectionLost);
  }
  CHECK_NOTHROW(handle.cancel());
  CHECK(proxy.cancels() == 0);
}

TEST_CASE("handles that are used while their connection is being closed, or lost, are harmless") {
  support::WireProxy proxy;
  for (int i = 0; i < 20; ++i) {
    CAPTURE(i);
    std::optional<Connection> conn(connect(proxy.conninfo()));
    std::atomic<bool> ended = false;
    std::atomic<int> cancels = 0;
    std::vector<std::thread> cancellers;
    for (int thread = 0; thread < 2; ++thread)
      cancellers.emplace_back([&, handle = conn->cancel_handle()] {
        while (!ended) {
          try {
            handle.cancel();
          } catch (const OperationalError&) {  // not delivered: the proxy cuts these, too
          }
          ++cancels;
          cancels.notify_all();
        }
      });
    cancels.wait(0);
    if (i % 2 == 0) proxy.cut();
    conn.reset();
    ended = true;
    for (std::thread& canceller : cancellers) canceller.join();
  }
}

TEST_CASE("a request that is not delivered in time is a CancellationTimeout, not a hang") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  proxy.hold_cancels();
  const long long took = milliseconds_of([&] {
    const auto error = thrown_by<CancellationTimeout>([&] { conn.cancel_handle().cancel(100ms); });
    CHECK(faults::contains(error.message(), "100 ms"));
  });
  CHECK(took >= 100);
  CHECK(took < 4000);
  CHECK_THROWS_AS(conn.cancel(0ms), OperationTimeout);
  // Before those requests get there after all: they would cancel it.
  CHECK(conn.with({.timeout = 20s}).execute("SELECT 42").value<int>() == 42);
  proxy.release_cancels();
  CHECK_NOTHROW(conn.cancel());
}

TEST_CASE("a handle cancels no other connection than its own") {
  Connection other = support::connect();
  Connection conn = support::connect();
  std::atomic<bool> ended = false;
  std::thread canceller([&, handle = other.cancel_handle()] {
    while (!ended) handle.cancel();
  });
  CHECK_NOTHROW(conn.execute("SELECT pg_sleep(0.2)"));
  ended = true;
  canceller.join();
}
