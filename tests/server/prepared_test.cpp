// Statements that are prepared on the server by themselves: when, how many, and what they survive.

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"
#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace palmetto;

namespace {

// What is prepared on the server, the oldest first.
std::vector<std::string> prepared_on(Connection& conn) {
  return conn.with({.prepare_threshold = never_prepare})
      .execute("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")
      .all<std::string>();
}

Connection connect_with(int threshold, std::size_t most = 100) {
  return connect(support::server_url(), {.prepare_threshold = threshold, .prepared_max = most});
}

}  // namespace

TEST_CASE("a statement is prepared when it was executed prepare_threshold times before") {
  Connection conn = support::connect();
  for (int i = 0; i < 5; ++i) CHECK(conn.execute("SELECT $1::int4", i).value<int>() == i);
  CHECK(prepared_on(conn).empty());
  CHECK(conn.execute("SELECT $1::int4", 5).value<int>() == 5);
  CHECK(prepared_on(conn) == std::vector<std::string>{"SELECT $1::int4"});
  CHECK(conn.execute("SELECT $1::int4", 6).value<int>() == 6);
  CHECK(prepared_on(conn).size() == 1);
}

TEST_CASE("preparing costs no round trip") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.prepare_threshold = 2});
  const support::Traffic traffic = proxy.traffic_of([&] {
    for (int i = 0; i < 5; ++i) conn.execute("SELECT $1::int4", i);
  });
  CHECK(traffic.round_trips == 5);
}

TEST_CASE("prepare_threshold is the connection's, and a call's own") {
  SUBCASE("0 prepares at once") {
    Connection conn = connect_with(0);
    conn.execute("SELECT 1");
    CHECK(prepared_on(conn).size() == 1);
  }
  SUBCASE("never_prepare never does") {
    Connection conn = connect_with(never_prepare);
    for (int i = 0; i < 10; ++i) conn.execute("SELECT 1");
    CHECK(prepared_on(conn).empty());
  }
  SUBCASE("one call's") {
    Connection conn = connect_with(never_prepare);
    conn.with({.prepare_threshold = 0}).execute("SELECT 1");
    conn.execute("SELECT 2");
    CHECK(prepared_on(conn) == std::vector<std::string>{"SELECT 1"});
  }
  SUBCASE("it can be changed") {
    Connection conn = connect_with(5);
    CHECK(conn.prepare_threshold() == 5);
    conn.set_prepare_threshold(0);
    conn.execute("SELECT 1");
    CHECK(prepared_on(conn).size() == 1);
  }
}

TEST_CASE("statements are told apart by their text and by their parameters' types") {
  Connection conn = connect_with(0);
  CHECK(conn.execute("SELECT $1 + 1", std::int16_t{1}).value<int>() == 2);
  CHECK(conn.execute("SELECT $1 + 1", std::int64_t{1}).value<std::int64_t>() == 2);
  CHECK(conn.execute("SELECT $1 + 1", std::int64_t{2}).value<std::int64_t>() == 3);
  CHECK(prepared_on(conn).size() == 2);
}

TEST_CASE("what a server does not plan is not prepared") {
  Connection conn = connect_with(0);
  conn.execute("CREATE TEMP TABLE t (a int4)");
  conn.execute("SET application_name = 'x'");
  conn.execute("BEGIN");
  conn.execute("COMMIT");
  CHECK(prepared_on(conn).empty());
  conn.execute("INSERT INTO t VALUES (1)");
  conn.execute("WITH a AS (SELECT 1) SELECT * FROM a");
  CHECK(prepared_on(conn).size() == 2);
}

// psycopg: test_evict_lru_deallocate
TEST_CASE("of more than prepared_max the least recently used is closed") {
  Connection conn = connect_with(0, 3);
  const auto execute = [&](const char* text) { conn.execute(dynamic_sql(text)); };
  for (const char* text : {"SELECT 1", "SELECT 2", "SELECT 3", "SELECT 1", "SELECT 4", "SELECT 5"})
    execute(text);
  CHECK(prepared_on(conn) == std::vector<std::string>{"SELECT 1", "SELECT 4", "SELECT 5"});
}

TEST_CASE("closing waits for the end of the transaction, and does not harm it") {
  Connection conn = connect_with(0, 1);
  conn.transaction([](Transaction& tx) {
    CHECK(tx.execute("SELECT 1").value<int>() == 1);
    CHECK(tx.execute("SELECT 2").value<int>() == 2);
    CHECK(tx.execute("SELECT 3").value<int>() == 3);
  });
  CHECK(prepared_on(conn) == std::vector<std::string>{"SELECT 3"});
}

// psycopg: test_discard_clears_state
TEST_CASE("DISCARD ALL and DEALLOCATE ALL are noticed") {
  for (const char* text : {"DISCARD ALL", "DEALLOCATE ALL"}) {
    Connection conn = connect_with(0);
    conn.execute("SELECT 1");
    SUBCASE("executed") { conn.execute(dynamic_sql(text)); }
    SUBCASE("in a script") { conn.execute_script(dynamic_sql(text)); }
    CHECK(conn.transaction([](Transaction& tx) { return tx.execute("SELECT 1").value<int>(); }) ==
          1);
    CHECK(prepared_on(conn).size() == 1);
  }
}

// psycopg: test_alter_table_clears_state
TEST_CASE("a table that this connection alters is read anew, also within a transaction") {
  Connection conn = connect_with(0);
  conn.execute("CREATE TEMP TABLE t (a int4)");
  conn.execute("INSERT INTO t VALUES (1)");
  CHECK(conn.execute("SELECT * FROM t").one<int>() == 1);
  conn.transaction([](Transaction& tx) {
    tx.execute("ALTER TABLE t ADD COLUMN b int4 DEFAULT 2");
    CHECK(tx.execute("SELECT * FROM t").one<int, int>() == std::tuple(1, 2));
  });
  conn.execute("DROP TABLE t");
  conn.execute("CREATE TEMP TABLE t (a text)");
  CHECK(conn.execute("SELECT * FROM t").empty());
}

TEST_CASE("a table that another connection alters is planned again") {
  Connection conn = connect_with(0);
  Connection other = support::connect();
  other.execute("CREATE TABLE replanned (a int4)");
  other.execute("INSERT INTO replanned VALUES (1)");
  const auto read = [](const Executor& executor) {
    return executor.execute("SELECT * FROM replanned").description().size();
  };
  CHECK(read(conn) == 1);
  other.execute("ALTER TABLE replanned ADD COLUMN b int4");

  SUBCASE("outside a transaction in silence") { CHECK(read(conn) == 2); }
  SUBCASE("in a transaction, after it has failed once") {
    {
      Transaction tx = conn.transaction();
      CHECK_THROWS_AS(static_cast<void>(read(tx)), errors::FeatureNotSupported);
    }
    Transaction tx = conn.transaction();
    CHECK(read(tx) == 2);
  }
  other.execute("DROP TABLE replanned");
}

TEST_CASE("a statement that the server has lost is prepared again") {
  Connection conn = connect_with(0);
  // Behind the driver's back: a function's DEALLOCATE has no tag of its own.
  conn.execute("SELECT 1");
  conn.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
  SUBCASE("outside a transaction in silence") { CHECK(conn.execute("SELECT 1").value<int>() == 1); }
  SUBCASE("in a transaction, after it has failed once") {
    {
      Transaction tx = conn.transaction();
      CHECK_THROWS_AS(tx.execute("SELECT 1"), errors::InvalidSqlStatementName);
    }
    CHECK(conn.transaction([](Transaction& tx) { return tx.execute("SELECT 1").value<int>(); }) ==
          1);
  }
  CHECK(prepared_on(conn).size() == 1);
}

// psycopg: test_prepare_error
TEST_CASE("a statement that can't be prepared fails as it would by itself, and each time") {
  Connection conn = connect_with(0);
  for (int i = 0; i < 2; ++i) {
    try {
      conn.execute("SELECT nothing FROM $1", 1);
      FAIL("it was executed");
    } catch (const errors::SyntaxError& error) {
      CHECK(error.statement() == "SELECT nothing FROM $1");
      CHECK(error.where().line() != 0);
    }
  }
  CHECK(prepared_on(conn).empty());
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("a statement is not taken for prepared when what travelled in front of it failed") {
  Connection conn = connect_with(0);
  Transaction failed = conn.transaction();
  CHECK_THROWS_AS(failed.execute("SELECT 1 / 0"), errors::DivisionByZero);
  {
    Transaction savepoint = failed.transaction();
    CHECK_THROWS_AS(savepoint.execute("SELECT 42"), errors::InFailedSqlTransaction);
  }
  failed.rollback();
  Transaction next = conn.transaction();
  CHECK(next.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a prepared statement's own commit can fail") {
  Connection conn = connect_with(0);
  conn.execute("CREATE TEMP TABLE deferred (id int4 UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  CHECK(conn.execute("INSERT INTO deferred VALUES ($1)", 1).rows_affected() == 1);
  CHECK_THROWS_AS(conn.execute("INSERT INTO deferred VALUES ($1)", 1), errors::UniqueViolation);
  // The first time, too, in one batch with PREPARE.
  CHECK_THROWS_AS(conn.execute("INSERT INTO deferred SELECT $1::int4", 1), errors::UniqueViolation);
  CHECK(conn.execute("SELECT count(*) FROM deferred").value<std::int64_t>() == 1);
}

TEST_CASE("a rollback keeps what was prepared") {
  Connection conn = connect_with(0);
  {
    Transaction tx = conn.transaction();
    tx.execute("SELECT 1");
  }
  const auto before = conn.with({.prepare_threshold = never_prepare})
                          .execute("SELECT name FROM pg_prepared_statements")
                          .all<std::string>();
  CHECK(before.size() == 1);
  conn.execute("SELECT 1");
  CHECK(conn.with({.prepare_threshold = never_prepare})
            .execute("SELECT name FROM pg_prepared_statements")
            .all<std::string>() == before);
}

TEST_CASE("a statement can be prepared ahead of its first execution") {
  Connection conn = support::connect();
  const auto add = conn.prepare<std::int64_t, std::int32_t>("SELECT $1 + $2 AS sum, 'x'::text");
  CHECK(prepared_on(conn).size() == 1);
  CHECK(add.parameter_types() == std::vector<std::string>{"int8", "int4"});
  REQUIRE(add.description().size() == 2);
  CHECK(add.description()[0].name == "sum");
  CHECK(add.description()[0].type_name == "int8");
  for (int i = 0; i < 3; ++i)
    CHECK(add.execute(40, 2).one<std::int64_t, std::string>() == std::tuple(42, "x"));
  CHECK(prepared_on(conn).size() == 1);
}

TEST_CASE("what was prepared ahead is not closed for others, as long as it is used") {
  Connection conn = connect_with(0, 2);
  {
    const auto pinned = conn.prepare<>("SELECT 'pinned'");
    for (const char* text : {"SELECT 1", "SELECT 2", "SELECT 3"}) conn.execute(dynamic_sql(text));
    CHECK(prepared_on(conn) == std::vector<std::string>{"SELECT 'pinned'", "SELECT 2", "SELECT 3"});
    conn.execute("DISCARD ALL");
    CHECK(pinned.execute().value<std::string>() == "pinned");
  }
  for (const char* text : {"SELECT 1", "SELECT 2", "SELECT 3"}) conn.execute(dynamic_sql(text));
  CHECK(prepared_on(conn) == std::vector<std::string>{"SELECT 2", "SELECT 3"});
}

TEST_CASE("preparing ahead throws what is wrong with the statement") {
  Connection conn = connect_with(5, 1);
  CHECK_THROWS_AS(static_cast<void>(conn.prepare<int>("SELECT nothing WHERE $1 = 1")),
                  errors::UndefinedColumn);
  Transaction tx = conn.transaction();
  const auto one = tx.prepare<>("SELECT 1");
  CHECK(one.execute().value<int>() == 1);
  tx.commit();
  CHECK_THROWS_AS(one.execute(), ProgrammingError);
}

TEST_CASE("how a prepared statement's rows are read is what the adapters say now") {
  Connection conn = connect_with(0);
  const auto read = [&] { return conn.execute("SELECT 1::int8").value<std::int64_t>(); };
  CHECK(read() == 1);
  CHECK(read() == 1);
  conn.adapters().register_loader<std::int64_t>("int8", [](std::int64_t v) { return v * 100; });
  CHECK(read() == 100);
  conn.adapters().register_loader<std::int64_t>("int8", [](std::int64_t v) { return v * 1000; });
  CHECK(read() == 1000);
  CHECK(conn.with({.adapters = AdaptersMap(), .prepare_threshold = 0})
            .execute("SELECT 1::int8")
            .value<std::int64_t>() == 1);
  CHECK(read() == 1000);
}

TEST_CASE("the one value of a prepared statement's result is checked as that of any other") {
  Connection conn = connect_with(0);
  for (int i = 0; i < 3; ++i) {
    const Result null = conn.execute("SELECT NULL::int8");
    CHECK_FALSE(null.value<std::optional<std::int64_t>>());
    CHECK_THROWS_AS(static_cast<void>(null.value<std::int64_t>()), DataError);
    CHECK_THROWS_AS(static_cast<void>(null.value<std::int32_t>()), TypeMismatch);
    CHECK(conn.execute("SELECT 7::int4").value<std::int64_t>() == 7);
    CHECK_THROWS_AS(static_cast<void>(conn.execute("SELECT 1::int8, 2").value<std::int64_t>()),
                    TypeMismatch);
    CHECK_THROWS_AS(
        static_cast<void>(conn.execute("SELECT 1::int8 WHERE false").value<std::int64_t>()),
        RowCountError);
  }
}

TEST_CASE("a prepared statement's results can be read as several types, and in both formats") {
  Connection conn = connect_with(0);
  for (int i = 0; i < 3; ++i) {
    const Result result = conn.execute("SELECT 1::int4 AS a, 'x'::text AS b");
    CHECK(result.one<int, std::string>() == std::tuple(1, "x"));
    CHECK(result.one<std::int64_t, std::string_view>() == std::tuple(1, "x"));
    CHECK_THROWS_AS(static_cast<void>(result.one<int, int>()), TypeMismatch);
    CHECK(result[0]["b"].as<std::string>() == "x");
    const Result text = conn.with({.results = Format::text, .prepare_threshold = 0})
                            .execute("SELECT 1::int4 AS a, 'x'::text AS b");
    CHECK(text.one<int, std::string>() == std::tuple(1, "x"));
  }
}
