// Reading a cluster's past. PostgreSQL has none: these cases are a real cluster's alone.

#include "palmetto/crdb/hlc_timestamp.hpp"
#include "palmetto/palmetto.hpp"

#include "own_schema.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

using namespace palmetto;
using namespace std::chrono_literals;
using crdb::SystemTime;
using crdb_tests::Cluster;
using crdb_tests::only_cockroachdb;
using crdb_tests::OwnSchema;

namespace {

constexpr int v21_2 = 210200;

std::int64_t read_now(const Executor& executor) {
  return executor.execute("SELECT n FROM counter").value<std::int64_t>();
}

std::int64_t read_as_of(const Executor& executor, const SystemTime& time) {
  return executor
      .execute(sql::SQL("SELECT n FROM counter {} WHERE id = $1").format(as_of_system_time(time)),
               1)
      .value<std::int64_t>();
}

using Time = std::chrono::sys_time<std::chrono::microseconds>;

// A counter that was 1 at these times, and is 2 since.
struct Counter {
  OwnSchema schema;
  crdb::CrdbConnection conn = schema.connect();
  Numeric time;  // the cluster's own
  Time clock;    // of the node that we are connected to

  explicit Counter(const Cluster& cluster) : schema(cluster) {
    conn.execute("CREATE TABLE counter (id INT8 PRIMARY KEY, n INT8)");
    conn.execute("INSERT INTO counter VALUES (1, 1)");
    time = conn.execute("SELECT cluster_logical_timestamp()").value<Numeric>();
    // The cluster's time may be ahead of the clock: of another node's.
    do clock = conn.execute("SELECT clock_timestamp()").value<Time>();
    while (clock <= crdb::HlcTimestamp::parse(time.to_string()).time);
    conn.execute("UPDATE counter SET n = 2");
  }

  // What is 2 as of a time that moves on, in time: the table must have been there, too.
  std::int64_t read_in_time(const SystemTime& moving) {
    const auto until = std::chrono::steady_clock::now() + 120s;
    while (true) {
      try {
        const std::int64_t n = read_as_of(conn, moving);
        if (n == 2 || std::chrono::steady_clock::now() > until) return n;
      } catch (const ProgrammingError&) {
        if (std::chrono::steady_clock::now() > until) throw;
      } catch (const RowCountError&) {
        if (std::chrono::steady_clock::now() > until) throw;
      }
      std::this_thread::sleep_for(100ms);
    }
  }
};

}  // namespace

TEST_CASE("a statement reads a cluster's past, beside its parameters" * only_cockroachdb()) {
  const Cluster cluster;
  Counter counter(cluster);
  CHECK(read_as_of(counter.conn, SystemTime::hlc(counter.time)) == 1);
  CHECK(read_as_of(counter.conn, SystemTime(counter.time.to_string())) == 1);
  CHECK(read_as_of(counter.conn, crdb::HlcTimestamp::parse(counter.time.to_string())) == 1);
  CHECK(read_now(counter.conn) == 2);
  CHECK_THROWS_AS(read_as_of(counter.conn, SystemTime::ago(std::chrono::hours(10))), DatabaseError);
  CHECK(read_now(counter.conn) == 2);
}

TEST_CASE("a point in time, or a length of time ago, is one of a cluster's past" *
          only_cockroachdb()) {
  const Cluster cluster;
  Counter counter(cluster);
  CHECK(read_as_of(counter.conn, SystemTime(counter.clock)) == 1);
  CHECK(counter.read_in_time(SystemTime::ago(1s)) == 2);
  CHECK(counter.read_in_time(SystemTime("-1s")) == 2);
}

TEST_CASE("a transaction reads a cluster's past, and nothing else" * only_cockroachdb()) {
  const Cluster cluster;
  Counter counter(cluster);
  const SystemTime time = SystemTime::hlc(counter.time);
  counter.conn.transaction(
      [&](Transaction& tx) {
        CHECK(read_now(tx) == 1);
        CHECK(read_now(tx) == 1);
      },
      {.system_time = time});
  CHECK(crdb::run_transaction(counter.conn, read_now, {.system_time = time}) == 1);
  CHECK(crdb::run_transaction(counter.conn, read_now,
                              {.system_time = time, .use_savepoint = false}) == 1);
  CHECK_THROWS_AS(
      counter.conn.transaction([](Transaction& tx) { tx.execute("UPDATE counter SET n = 3"); },
                               {.system_time = time}),
      errors::ReadOnlySqlTransaction);
  CHECK(read_now(counter.conn) == 2);
}

TEST_CASE("the closest replica's past is a cluster's" * only_cockroachdb()) {
  const Cluster cluster;
  Counter counter(cluster);
  CHECK(counter.read_in_time(SystemTime::follower_read()) == 2);
  const SystemTime time = SystemTime::follower_read();
  CHECK(counter.conn.transaction(read_now, {.system_time = time}) == 2);
}

TEST_CASE("a statement reads a cluster's past by how stale it may be, from v21.2 on" *
          only_cockroachdb()) {
  const Cluster cluster;
  if (!cluster.is_from(v21_2)) return;
  Counter counter(cluster);
  try {
    CHECK(counter.read_in_time(SystemTime::with_max_staleness(10s)) == 2);
  } catch (const errors::CCLRequired& error) {
    MESSAGE("not with this build: ", error.message());
  } catch (const errors::CCLValidLicenseRequired& error) {
    MESSAGE("not with this licence: ", error.message());
  }
}
