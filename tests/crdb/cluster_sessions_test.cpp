// The sessions of a cluster: which there are, what they execute, and ending that.

#include "palmetto/palmetto.hpp"

#include "emulated_cockroach.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using crdb_tests::Cluster;
using support::contains;

namespace {

constexpr int v22_1 = 220100;

std::optional<crdb::RunningQuery> query_of(crdb::CrdbConnection& conn, const std::string& session) {
  for (crdb::RunningQuery& query : conn.running_queries())
    if (query.session_id == session) return query;
  return std::nullopt;
}

// A connection that sleeps for a minute in another thread, and one to see that by.
class Sleeper {
 public:
  explicit Sleeper(const Cluster& cluster)
      : conn(cluster.connect()), other(cluster.connect()), session(conn.session_id()) {}

  // Does it once the cluster knows of the sleep, and gives what the sleep ended with.
  template <class F>
  std::future<void> sleep_until(F wake) {
    auto sleep = std::async(std::launch::async, [this] { conn.execute("SELECT pg_sleep(60)"); });
    wake(wait_for_query());
    return sleep;
  }

  crdb::CrdbConnection conn;
  crdb::CrdbConnection other;
  std::string session;

 private:
  crdb::RunningQuery wait_for_query() {
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < until) {
      const auto query = query_of(other, session);
      if (query && contains(query->query, "pg_sleep")) return *query;
      std::this_thread::sleep_for(5ms);
    }
    throw std::runtime_error("the cluster does not know of the sleep");
  }
};

void check_usable(const crdb::CrdbConnection& conn) {
  REQUIRE_FALSE(conn.closed());
  CHECK(conn.execute("SELECT 1").value<std::int64_t>() == 1);
}

// A real cluster may say of a statement that it was cancelled, and hang up behind that.
void check_lost(crdb::CrdbConnection& conn) {
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (!conn.closed() && std::chrono::steady_clock::now() < until) try {
      conn.execute("SELECT 1");
    } catch (const OperationalError&) { continue; }
  CHECK(conn.closed());
  CHECK(conn.broken());
}

}  // namespace

TEST_CASE("a cluster's sessions have ids of their own") {
  const Cluster cluster;
  auto conn = cluster.connect();
  auto other = cluster.connect();
  CHECK(conn.session_id().size() == 32);
  CHECK(conn.session_id() == conn.session_id());
  CHECK(conn.session_id() != other.session_id());
}

TEST_CASE("what a cluster executes is told, the question itself included") {
  const Cluster cluster;
  const auto before = std::chrono::system_clock::now();
  auto conn = cluster.connect({.application_name = "palmetto_asks"});
  const auto query = query_of(conn, conn.session_id());
  REQUIRE(query.has_value());
  CHECK_FALSE(query->query_id.empty());
  CHECK(query->node_id >= 1);
  CHECK(query->user_name == conn.info().user());
  CHECK(contains(query->query, "query_id"));
  if (!contains(cluster.conninfo(), "application_name"))
    CHECK(query->application_name == "palmetto_asks");
  CHECK(query->phase == "executing");
  // A cluster's clock need not be ours to the minute; its time zone is not ours, either.
  CHECK(query->start > before - 10min);
  CHECK(query->start < before + 10min);
}

TEST_CASE("what a session executes is cancelled by way of another connection") {
  for (const char* const version : {"v21.1.0", "v22.1.3"}) {
    const Cluster cluster(version);
    Sleeper sleeper(cluster);
    auto sleep = sleeper.sleep_until(
        [&](const crdb::RunningQuery&) { sleeper.conn.cancel_with(sleeper.other); });
    CHECK_THROWS_AS(sleep.get(), errors::QueryCanceled);
    check_usable(sleeper.conn);

    sleep = sleeper.sleep_until(
        [&](const crdb::RunningQuery& query) { sleeper.other.cancel_query(query.query_id); });
    CHECK_THROWS_AS(sleep.get(), errors::QueryCanceled);
    check_usable(sleeper.conn);
    check_usable(sleeper.other);
  }
}

TEST_CASE("what a session executes is cancelled by the connection itself, from v22.1 on") {
  const Cluster cluster("v22.1.3");
  if (!cluster.is_from(v22_1)) return;
  Sleeper sleeper(cluster);
  auto sleep = sleeper.sleep_until([&](const crdb::RunningQuery&) { sleeper.conn.cancel(); });
  CHECK_THROWS_AS(sleep.get(), errors::QueryCanceled);
  check_usable(sleeper.conn);
}

TEST_CASE("a deadline ends a statement on a cluster; before v22.1, and the connection") {
  for (const char* const version : {"v21.1.0", "v22.1.3"}) {
    const Cluster cluster(version);
    auto conn = cluster.connect();
    CHECK_THROWS_AS(conn.with({.timeout = 100ms}).execute("SELECT pg_sleep(60)"), OperationTimeout);
    if (cluster.version() < v22_1) CHECK(conn.closed());
    else check_usable(conn);
  }
}

TEST_CASE("a session of a cluster's that another connection ended is lost") {
  const Cluster cluster;
  Sleeper sleeper(cluster);
  SUBCASE("while it executes") {
    auto sleep = sleeper.sleep_until(
        [&](const crdb::RunningQuery&) { sleeper.other.cancel_session(sleeper.session); });
    CHECK_THROWS_AS(sleep.get(), OperationalError);
  }
  SUBCASE("while it is idle") { sleeper.other.cancel_session(sleeper.session); }
  check_lost(sleeper.conn);
  check_usable(sleeper.other);
  CHECK_NOTHROW(sleeper.other.cancel_session(sleeper.session, crdb::if_exists));
}

TEST_CASE("a session of a cluster's that ends itself is lost") {
  const Cluster cluster;
  auto conn = cluster.connect();
  const std::string session = conn.session_id();
  CHECK_THROWS_AS(conn.cancel_session(session), OperationalError);
  check_lost(conn);
}
