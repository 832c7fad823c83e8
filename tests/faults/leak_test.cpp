// Connections that failed or were lost leave no file descriptor behind.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/server.hpp"
#include "support/silent_server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

using namespace palmetto;
using namespace std::chrono_literals;
using support::Then;

namespace {

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

// The thread that delivers a cancel may still be about to close its socket.
bool descriptors_go_back_to(std::ptrdiff_t before) {
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (open_descriptors() != before) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

void lose(support::WireProxy& proxy, faults::Observer& observer, int how) {
  Connection conn = connect(proxy.conninfo(), {.grace = 20ms});
  switch (how % 5) {
    case 0:
      proxy.cut();
      CHECK_THROWS_AS(conn.execute("SELECT 1"), ConnectionLost);
      break;
    case 1: {
      auto tx = conn.transaction();
      tx.execute("SELECT 1");
      proxy.at({.type = 'S', .statement = "COMMIT"}, Then::cut_at_answer);
      CHECK_THROWS_AS(tx.commit(), AmbiguousCommit);
      break;
    }
    case 2:
      observer.terminate(conn.info().backend_pid());
      CHECK_THROWS_AS(while (true) conn.execute("SELECT 1"), OperationalError);
      break;
    case 3: {
      support::WireProxy silent;
      conn = connect(silent.conninfo(), {.grace = 20ms});
      silent.fall_silent();
      CHECK_THROWS_AS(conn.with({.timeout = 10ms}).execute("SELECT 1"), OperationTimeout);
      break;
    }
    default: {
      auto tx = conn.transaction();
      tx.execute("SELECT 1");
      proxy.cut();
      break;
    }
  }
  CHECK(conn.broken());
}

}  // namespace

TEST_CASE("100 connections that failed leave no descriptor behind") {
  static_cast<void>(support::connect());  // what libpq opens once and keeps
  const std::ptrdiff_t before = open_descriptors();
  {
    const support::ClosedPort closed;
    const support::SilentServer silent;
    support::WireProxy proxy;
    for (int i = 0; i < 20; ++i) {
      CAPTURE(i);
      CHECK_THROWS_AS(static_cast<void>(connect("host=/nowhere-at-all")), OperationalError);
      CHECK_THROWS_AS(static_cast<void>(connect(closed.conninfo())), OperationalError);
      CHECK_THROWS_AS(
          static_cast<void>(connect(support::server_url_with("dbname=no_such_database"))),
          errors::InvalidCatalogName);
      CHECK_THROWS_AS(static_cast<void>(connect(silent.conninfo(), {.connect_timeout = 10ms})),
                      ConnectionTimeout);
      proxy.at({.type = support::Moment::startup}, Then::cut_after);
      CHECK_THROWS_AS(static_cast<void>(connect(proxy.conninfo())), OperationalError);
    }
  }
  CHECK(descriptors_go_back_to(before));
}

TEST_CASE("50 connections that were lost leave no descriptor behind") {
  static_cast<void>(support::connect());
  const std::ptrdiff_t before = open_descriptors();
  {
    faults::Observer observer;
    support::WireProxy proxy;
    for (int i = 0; i < 50; ++i) {
      CAPTURE(i);
      lose(proxy, observer, i);
    }
  }
  CHECK(descriptors_go_back_to(before));
}
