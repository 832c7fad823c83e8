// Connection::cancel, from other threads and at all times.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::milliseconds_of;
using faults::thrown_by;

TEST_CASE("a cancel from another thread ends the statement with errors::QueryCanceled") {
  faults::Observer observer;
  Connection conn = support::connect();
  const int pid = conn.info().backend_pid();
  const long long took = milliseconds_of([&] {
    std::thread canceller([&] {
      observer.wait_until_asleep(pid);
      conn.cancel();
    });
    const auto error =
        thrown_by<errors::QueryCanceled>([&] { conn.execute("SELECT pg_sleep(30)"); });
    canceller.join();
    CHECK(error.sqlstate() == "57014");
    CHECK(error.statement() == "SELECT pg_sleep(30)");
  });
  CHECK(took < 10000);
  CHECK_FALSE(conn.closed());
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a cancelled statement of a transaction rolls it back, not the connection") {
  faults::Observer observer;
  const int run = observer.new_run();
  Connection conn = support::connect();
  const int pid = conn.info().backend_pid();
  auto tx = conn.transaction();
  tx.execute("INSERT INTO faults VALUES ($1, 1)", run);
  std::thread canceller([&] {
    observer.wait_until_asleep(pid);
    conn.cancel();
  });
  CHECK_THROWS_AS(tx.execute("SELECT pg_sleep(30)"), errors::QueryCanceled);
  canceller.join();
  CHECK_THROWS_AS(tx.commit(), TransactionRolledBack);
  CHECK(observer.rows_of(run) == 0);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a cancel while nothing is executed is harmless") {
  Connection conn = support::connect();
  for (int i = 0; i < 30; ++i) {
    CAPTURE(i);
    conn.cancel();
    REQUIRE_NOTHROW(conn.execute("SELECT pg_sleep(0.001)"));
  }
}

TEST_CASE("many cancels in a row, from many threads, are one QueryCanceled at most per statement") {
  faults::Observer observer;
  Connection conn = support::connect();
  const int pid = conn.info().backend_pid();
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    std::atomic<bool> asleep = false;
    std::vector<std::thread> cancellers;
    for (int thread = 0; thread < 4; ++thread)
      cancellers.emplace_back([&] {
        asleep.wait(false);
        for (int cancel = 0; cancel < 10; ++cancel) conn.cancel();
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

TEST_CASE("a cancel of a closed connection does nothing") {
  Connection conn = support::connect();
  conn.close();
  CHECK_NOTHROW(conn.cancel());
}

TEST_CASE("a cancel that can't be delivered is an OperationalError, and the connection is well") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  proxy.refuse();
  static_cast<void>(thrown_by<OperationalError>([&] { conn.cancel(); }));
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

namespace {

std::atomic<int> broken_pipes = 0;

// Counts SIGPIPE, which otherwise ends the process, while it lives.
class CountBrokenPipes {
 public:
  CountBrokenPipes() : before_(std::signal(SIGPIPE, [](int) { ++broken_pipes; })) {
    broken_pipes = 0;
  }
  ~CountBrokenPipes() { std::signal(SIGPIPE, before_); }
  CountBrokenPipes(const CountBrokenPipes&) = delete;
  CountBrokenPipes& operator=(const CountBrokenPipes&) = delete;

 private:
  void (*before_)(int);
};

}  // namespace

TEST_CASE(
    "a cancel whose own connection is closed raises no SIGPIPE, which would end the process") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  proxy.hang_up();
  const CountBrokenPipes count;
  for (int i = 0; i < 3000 && broken_pipes == 0; ++i) {
    try {
      conn.cancel();
    } catch (const OperationalError&) {  // that is fine
    }
  }
  CHECK(broken_pipes.load() == 0);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("cancelling while the connection is being lost, or closed, is harmless") {
  support::WireProxy proxy;
  for (int i = 0; i < 20; ++i) {
    CAPTURE(i);
    Connection conn = connect(proxy.conninfo());
    std::atomic<bool> ended = false;
    std::atomic<int> cancels = 0;
    std::thread canceller([&] {
      while (!ended) {
        try {
          conn.cancel();
        } catch (const OperationalError&) {  // not delivered: the proxy cuts these, too
        }
        ++cancels;
        cancels.notify_all();
      }
    });
    cancels.wait(0);
    if (i % 2 == 0) {
      proxy.cut();
      CHECK_THROWS_AS(conn.execute("SELECT 1"), ConnectionLost);
    } else {
      conn.close();
    }
    CHECK(conn.closed());
    ended = true;
    canceller.join();
  }
}
