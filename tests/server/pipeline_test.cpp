// Statements that are sent without waiting for the results of those before them.

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"
#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;

namespace {

std::int64_t count(Connection& conn) {
  return conn.execute("SELECT count(*) FROM t").value<std::int64_t>();
}

Connection connect_with_table() {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE t (id int4 PRIMARY KEY)");
  return conn;
}

}  // namespace

TEST_CASE("the results of a pipeline are those of its statements, in one round trip") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  const support::Traffic traffic = proxy.traffic_of([&] {
    const Pipeline pipeline = conn.pipeline();
    const PipelineResult number = pipeline.execute("SELECT $1::int4", 42);
    const PipelineResult text = pipeline.execute("SELECT $1::text", "Ada");
    pipeline.sync();
    CHECK(number.ready());
    CHECK(number.get().value<int>() == 42);
    CHECK(text.get().value<std::string>() == "Ada");
    CHECK(text.get().value<std::string>() == "Ada");
  });
  CHECK(traffic.round_trips == 1);
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("a result can be waited for before the batch ends") {
  Connection conn = connect_with_table();
  const Pipeline pipeline = conn.pipeline();
  pipeline.execute("INSERT INTO t VALUES (1)");
  const PipelineResult inserted = pipeline.execute("INSERT INTO t VALUES (2) RETURNING id");
  const PipelineResult counted = pipeline.execute("SELECT count(*) FROM t");
  CHECK(inserted.get().value<int>() == 2);
  CHECK(counted.get().value<std::int64_t>() == 2);
  pipeline.sync();
}

// psycopg: test_pipeline_errors_processed_in_order, test_pipeline_abort
TEST_CASE("an error belongs to its statement, and those behind it are skipped up to the sync") {
  Connection conn = connect_with_table();
  const Pipeline pipeline = conn.pipeline();
  const PipelineResult before = pipeline.execute("SELECT 1");
  const PipelineResult wrong = pipeline.execute("SELECT 1 / $1", 0);
  const PipelineResult skipped = pipeline.execute("INSERT INTO t VALUES (1)");
  CHECK_THROWS_AS(pipeline.sync(), errors::DivisionByZero);
  CHECK(before.get().value<int>() == 1);
  for (int i = 0; i < 2; ++i) {
    try {
      static_cast<void>(wrong.get());
      FAIL("no error");
    } catch (const errors::DivisionByZero& error) {
      CHECK(error.statement() == "SELECT 1 / $1");
      CHECK(error.where().line() != 0);
    }
    CHECK_THROWS_AS(static_cast<void>(skipped.get()), PipelineAborted);
  }
  const PipelineResult after = pipeline.execute("SELECT 2");
  pipeline.sync();
  CHECK(after.get().value<int>() == 2);
  CHECK(count(conn) == 0);
}

TEST_CASE("what stands between two syncs is one transaction") {
  Connection conn = connect_with_table();
  const Pipeline pipeline = conn.pipeline();
  pipeline.execute("INSERT INTO t VALUES (1)");
  pipeline.sync();
  pipeline.execute("INSERT INTO t VALUES (2)");
  pipeline.execute("INSERT INTO t VALUES (1)");
  CHECK_THROWS_AS(pipeline.sync(), errors::UniqueViolation);
  CHECK(count(conn) == 1);
}

TEST_CASE("the error of a batch's commit is thrown by the sync") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE t (id int4 UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  const Pipeline pipeline = conn.pipeline();
  pipeline.execute("INSERT INTO t VALUES (1)");
  pipeline.execute("INSERT INTO t VALUES (1)");
  CHECK_THROWS_AS(pipeline.sync(), errors::UniqueViolation);
  pipeline.execute("INSERT INTO t VALUES (1)");
  pipeline.sync();
  CHECK(count(conn) == 1);
}

TEST_CASE("a transaction within a pipeline, COMMIT included, is one round trip") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  conn.execute("CREATE TEMP TABLE t (id int4 PRIMARY KEY)");
  SUBCASE("with handles") {
    std::vector<PipelineResult> results;
    const support::Traffic traffic = proxy.traffic_of([&] {
      Transaction tx = conn.transaction();
      const Pipeline pipeline = tx.pipeline();
      for (int i = 0; i < 10; ++i)
        results.push_back(pipeline.execute("INSERT INTO t VALUES ($1)", i));
      tx.commit();
    });
    CHECK(traffic.round_trips == 1);
    for (const PipelineResult& result : results) CHECK(result.get().rows_affected() == 1);
    CHECK(count(conn) == 10);
  }
  SUBCASE("of one statement, two without") {
    const support::Traffic traffic = proxy.traffic_of(
        [&] { conn.transaction([](Transaction& tx) { tx.execute("INSERT INTO t VALUES (1)"); }); });
    CHECK(traffic.round_trips == 2);
  }
}

TEST_CASE(
    "a transaction of which a statement failed in the pipeline is rolled back, and says why") {
  Connection conn = connect_with_table();
  const Pipeline pipeline = conn.pipeline();
  Transaction tx = conn.transaction();
  pipeline.execute("INSERT INTO t VALUES (1)");
  const PipelineResult wrong = pipeline.execute("SELECT 1 / 0");
  try {
    tx.commit();
    FAIL("it was committed");
  } catch (const TransactionRolledBack& error) {
    CHECK(error.message().find("division by zero") != std::string::npos);
  }
  CHECK(tx.ended());
  CHECK_THROWS_AS(static_cast<void>(wrong.get()), errors::DivisionByZero);
  CHECK(count(conn) == 0);
  CHECK(conn.transaction([](Transaction& next) { return next.execute("SELECT 1").value<int>(); }) ==
        1);
}

TEST_CASE("a transaction that is left in a pipeline is rolled back") {
  Connection conn = connect_with_table();
  {
    const Pipeline pipeline = conn.pipeline();
    const Transaction tx = conn.transaction();
    pipeline.execute("INSERT INTO t VALUES (1)");
  }
  CHECK(count(conn) == 0);
}

TEST_CASE("savepoints within a pipeline roll back alone") {
  Connection conn = connect_with_table();
  const Pipeline pipeline = conn.pipeline();
  Transaction tx = conn.transaction();
  pipeline.execute("INSERT INTO t VALUES (1)");
  {
    Transaction inner = tx.transaction();
    pipeline.execute("INSERT INTO t VALUES (1)");
    CHECK_THROWS_AS(inner.commit(), TransactionRolledBack);
  }
  {
    Transaction inner = tx.transaction();
    pipeline.execute("INSERT INTO t VALUES (2)");
    inner.commit();
  }
  tx.commit();
  CHECK(count(conn) == 2);
}

TEST_CASE("the connection may be used while a pipeline is open") {
  Connection conn = connect_with_table();
  const Pipeline pipeline = conn.pipeline();
  pipeline.execute("INSERT INTO t VALUES (1)");
  CHECK(count(conn) == 1);
  pipeline.execute("SELECT 1 / 0");
  CHECK_THROWS_AS(conn.execute("SELECT 1"), PipelineAborted);
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
  CHECK_THROWS_AS(conn.execute_script(dynamic_sql("SELECT 1")), ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(conn.pipeline()), ProgrammingError);
  CHECK_THROWS_AS(pipeline.execute("COPY t TO STDOUT"), ProgrammingError);
}

// psycopg: test_prepare_error (#585)
TEST_CASE("statements are prepared within a pipeline, and what could not be is not used") {
  Connection conn = connect(support::server_url(), {.prepare_threshold = 0});
  const Pipeline pipeline = conn.pipeline();
  const PipelineResult wrong = pipeline.execute("SELECT nothing");
  const PipelineResult skipped = pipeline.execute("SELECT $1::int4", 1);
  CHECK_THROWS_AS(pipeline.sync(), errors::UndefinedColumn);
  CHECK_THROWS_AS(static_cast<void>(wrong.get()), errors::UndefinedColumn);
  CHECK_THROWS_AS(static_cast<void>(skipped.get()), PipelineAborted);
  for (int i = 0; i < 3; ++i) {
    const PipelineResult one = pipeline.execute("SELECT $1::int4", 1);
    const PipelineResult two = pipeline.execute("SELECT $1::int4", 2);
    pipeline.sync();
    CHECK(one.get().value<int>() + two.get().value<int>() == 3);
  }
  CHECK(conn.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%$1::int4'")
            .value<std::int64_t>() == 1);
}

TEST_CASE("a plan that does not hold any more fails once in a pipeline, and is made anew") {
  Connection conn = connect(support::server_url(), {.prepare_threshold = 0});
  Connection other = support::connect();
  other.execute("CREATE TABLE stale_plan (a int4)");
  const Pipeline pipeline = conn.pipeline();
  const auto columns = [&] {
    const PipelineResult result = pipeline.execute("SELECT * FROM stale_plan");
    pipeline.sync();
    return result.get().description().size();
  };
  CHECK(columns() == 1);
  other.execute("ALTER TABLE stale_plan ADD COLUMN b int4");
  CHECK_THROWS_AS(static_cast<void>(columns()), errors::FeatureNotSupported);
  CHECK(columns() == 2);
  conn.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
  CHECK_THROWS_AS(static_cast<void>(columns()), errors::InvalidSqlStatementName);
  CHECK(columns() == 2);
  other.execute("DROP TABLE stale_plan");
}

TEST_CASE("leaving a pipeline executes what was queued") {
  Connection conn = connect_with_table();
  std::optional<PipelineResult> result;
  {
    const Pipeline pipeline = conn.pipeline();
    result = pipeline.execute("INSERT INTO t VALUES (1)");
  }
  CHECK(result->get().rows_affected() == 1);
  CHECK(count(conn) == 1);
}

TEST_CASE("however much is queued in either direction, neither side waits for the other") {
  Connection conn = support::connect();
  const std::string block(1 << 20, 'x');
  const Pipeline pipeline = conn.pipeline();
  std::vector<PipelineResult> results;
  for (int i = 0; i < 40; ++i) results.push_back(pipeline.execute("SELECT $1::text", block));
  pipeline.sync();
  for (const PipelineResult& result : results)
    CHECK(result.get().value<std::string>().size() == block.size());
}

TEST_CASE("a parameter's value is not in the error of a queued statement") {
  Connection conn = support::connect();
  const Pipeline pipeline = conn.pipeline();
  pipeline.execute("SELECT $1::int4", "secret");
  try {
    pipeline.sync();
    FAIL("no error");
  } catch (const DataError& error) {
    CHECK(std::string(error.what()).find("secret") == std::string::npos);
  }
}

TEST_CASE("a batch whose deadline passes is cancelled, and the connection is usable") {
  Connection conn = support::connect();
  const Pipeline pipeline = conn.with({.timeout = 100ms}).pipeline();
  const PipelineResult slow = pipeline.execute("SELECT pg_sleep(60)");
  SUBCASE("sync") { CHECK_THROWS_AS(pipeline.sync(), OperationTimeout); }
  SUBCASE("get") {
    CHECK_THROWS_AS(static_cast<void>(slow.get()), OperationTimeout);
    CHECK_THROWS_AS(pipeline.sync(), OperationTimeout);
  }
  const PipelineResult next = pipeline.execute("SELECT 1");
  pipeline.sync();
  CHECK(next.get().value<int>() == 1);
}

TEST_CASE("a pipeline outlives its connection's close") {
  Connection conn = support::connect();
  std::optional<Pipeline> pipeline = conn.pipeline();
  const PipelineResult result = pipeline->execute("SELECT 1");
  conn.close();
  CHECK_THROWS_AS(pipeline->execute("SELECT 1"), InterfaceError);
  CHECK_THROWS_AS(pipeline->sync(), InterfaceError);
  pipeline.reset();
  CHECK_THROWS_AS(static_cast<void>(result.get()), ConnectionLost);
}
