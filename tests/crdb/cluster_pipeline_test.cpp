// Pipelines, execute_many and statements prepared ahead, on CockroachDB or on what emulates it.

#include "palmetto/palmetto.hpp"

#include "emulated_cockroach.hpp"
#include "own_schema.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

using namespace palmetto;
using crdb_tests::Cluster;
using crdb_tests::OwnSchema;

namespace {

struct Table {
  Cluster cluster;
  OwnSchema schema{cluster};
  crdb::CrdbConnection conn = schema.connect({.prepare_threshold = 0});

  Table() { conn.execute("CREATE TABLE t (id INT8 PRIMARY KEY, owner TEXT)"); }
  [[nodiscard]] std::int64_t count() const {
    return conn.execute("SELECT count(*) FROM t").value<std::int64_t>();
  }
};

using Item = std::tuple<std::int64_t, std::string>;

}  // namespace

TEST_CASE("on CockroachDB execute_many is executed as a whole, or not at all") {
  Table table;
  CHECK(table.conn.execute_many("INSERT INTO t VALUES ($1, $2)",
                                std::vector<Item>{{1, "Ada"}, {2, "Bob"}}) == 2);
  CHECK_THROWS_AS(table.conn.execute_many("INSERT INTO t VALUES ($1, $2)",
                                          std::vector<Item>{{3, "Cid"}, {1, "Dan"}, {4, "Eve"}}),
                  errors::UniqueViolation);
  CHECK(table.count() == 2);
}

TEST_CASE("on CockroachDB a pipeline gives the results of its statements") {
  Table table;
  const Pipeline pipeline = table.conn.pipeline();
  const PipelineResult inserted =
      pipeline.execute("INSERT INTO t VALUES ($1, $2) RETURNING id", std::int64_t{1}, "Ada");
  const PipelineResult wrong = pipeline.execute("SELECT 1 / $1::INT8", std::int64_t{0});
  const PipelineResult skipped = pipeline.execute("SELECT 1");
  CHECK_THROWS_AS(pipeline.sync(), errors::DivisionByZero);
  CHECK(inserted.get().value<std::int64_t>() == 1);
  CHECK_THROWS_AS(static_cast<void>(wrong.get()), errors::DivisionByZero);
  CHECK_THROWS_AS(static_cast<void>(skipped.get()), PipelineAborted);
  const PipelineResult after = pipeline.execute("SELECT $1::INT8", std::int64_t{7});
  CHECK(after.get().value<std::int64_t>() == 7);
}

TEST_CASE("on CockroachDB a transaction that is tried again keeps its prepared statements") {
  for (const bool use_savepoint : {true, false}) {
    CAPTURE(use_savepoint);
    Table table;
    const crdb::CrdbConnection other = table.schema.connect();
    table.conn.execute("INSERT INTO t VALUES (1, 'Ada')");
    int calls = 0;
    crdb::run_transaction(
        table.conn,
        [&](Transaction& tx) {
          const auto owner =
              tx.execute("SELECT owner FROM t WHERE id = $1", std::int64_t{1}).value<std::string>();
          // What the transaction has read is changed before it writes.
          if (++calls == 1) other.execute("UPDATE t SET owner = 'Bob' WHERE id = 1");
          tx.execute("UPDATE t SET owner = $1 WHERE id = $2", owner + "!", std::int64_t{1});
        },
        {.use_savepoint = use_savepoint});
    CHECK(calls >= 2);
    CHECK(table.conn.execute("SELECT owner FROM t").value<std::string>() == "Bob!");
    if (table.cluster.is_real()) return;
    CHECK(table.conn
              .execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM t "
                       "WHERE id = $1' OR statement LIKE 'UPDATE%'")
              .value<std::int64_t>() == 2);
  }
}

TEST_CASE("on CockroachDB a statement whose columns changed is prepared again") {
  Table table;
  const auto names = [&] {
    std::vector<std::string> found;
    for (const Column& column : table.conn.execute("SELECT * FROM t").description())
      found.emplace_back(column.name);
    return found;
  };
  CHECK(names().size() == 2);
  // By another one, so that this connection does not hear of it.
  table.schema.connect().execute("ALTER TABLE t ADD COLUMN balance INT8");
  CHECK(names().size() == 3);
}
