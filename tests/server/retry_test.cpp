#include "palmetto/retry.hpp"

#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"

#include "support/server.hpp"

#include <doctest/doctest.h>

#include <exception>
#include <stdexcept>

using palmetto::Connection;
using palmetto::Transaction;
using namespace std::chrono_literals;

namespace {

constexpr palmetto::Backoff quick{.initial = 1ms, .maximum = 2ms};

// Fails as the server does, with a SQLSTATE of choice.
void raise(const palmetto::Executor& executor, const char* sqlstate) {
  executor.execute(palmetto::dynamic_sql(
      std::string("DO $$ BEGIN RAISE 'raised' USING ERRCODE = '") + sqlstate + "'; END $$"));
}

Connection connect_with_table() {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE t (id int)");
  return conn;
}

std::int64_t count(Connection& conn) {
  return conn.execute("SELECT count(*) FROM t").value<std::int64_t>();
}

}  // namespace

TEST_CASE("run_transaction commits and gives what the function returned") {
  Connection conn = connect_with_table();
  const std::string value = palmetto::run_transaction(conn, [](Transaction& tx) {
    tx.execute("INSERT INTO t VALUES (1)");
    return std::string("done");
  });
  CHECK(value == "done");
  CHECK(count(conn) == 1);
}

TEST_CASE("a serialization failure and a deadlock are tried again, from the start") {
  for (const char* sqlstate : {"40001", "40P01"}) {
    CAPTURE(sqlstate);
    Connection conn = connect_with_table();
    int attempts = 0;
    std::vector<int> reported;
    palmetto::run_transaction(
        conn,
        [&](Transaction& tx) {
          tx.execute("INSERT INTO t VALUES (1)");
          if (++attempts < 4) raise(tx, sqlstate);
        },
        {.backoff = quick, .on_retry = [&](int made, const palmetto::Error& error, auto delay) {
           reported.push_back(made);
           CHECK(error.sqlstate() == sqlstate);
           CHECK(delay <= quick.maximum);
         }});
    CHECK(attempts == 4);
    CHECK(reported == std::vector<int>{1, 2, 3});
    CHECK(count(conn) == 1);
  }
}

TEST_CASE("any other error is rolled back and passed on as it is") {
  Connection conn = connect_with_table();
  int attempts = 0;
  CHECK_THROWS_AS(palmetto::run_transaction(conn,
                                            [&](Transaction& tx) {
                                              ++attempts;
                                              tx.execute("INSERT INTO t VALUES (1)");
                                              raise(tx, "23505");
                                            }),
                  palmetto::errors::UniqueViolation);
  CHECK_THROWS_WITH_AS(palmetto::run_transaction(conn,
                                                 [&](Transaction& tx) {
                                                   ++attempts;
                                                   tx.execute("INSERT INTO t VALUES (1)");
                                                   throw std::logic_error("mine");
                                                 }),
                       "mine", std::logic_error);
  CHECK(attempts == 2);
  CHECK(count(conn) == 0);
}

TEST_CASE("an error that the function wrapped is found") {
  Connection conn = connect_with_table();
  int attempts = 0;
  palmetto::run_transaction(conn,
                            [&](Transaction& tx) {
                              tx.execute("INSERT INTO t VALUES (1)");
                              if (++attempts > 1) return;
                              try {
                                raise(tx, "40001");
                              } catch (...) {
                                std::throw_with_nested(std::runtime_error("wrapped"));
                              }
                            },
                            {.backoff = quick});
  CHECK(attempts == 2);
  CHECK(count(conn) == 1);
}

TEST_CASE("an error that the function swallowed is not committed") {
  Connection conn = connect_with_table();
  const auto swallow = [](const char* sqlstate, int& attempts) {
    return [sqlstate, &attempts](Transaction& tx) {
      tx.execute("INSERT INTO t VALUES (1)");
      if (++attempts > 1) return;
      try {
        raise(tx, sqlstate);
      } catch (const palmetto::Error&) { return; }
    };
  };
  int attempts = 0;
  CHECK_THROWS_AS(palmetto::run_transaction(conn, swallow("23505", attempts)),
                  palmetto::TransactionRolledBack);
  CHECK(attempts == 1);
  CHECK(count(conn) == 0);
  attempts = 0;
  palmetto::run_transaction(conn, swallow("40001", attempts), {.backoff = quick});
  CHECK(attempts == 2);
  CHECK(count(conn) == 1);
}

TEST_CASE("when the attempts are used up the last error is kept, and nothing was applied") {
  Connection conn = connect_with_table();
  int attempts = 0;
  try {
    palmetto::run_transaction(conn,
                              [&](Transaction& tx) {
                                ++attempts;
                                tx.execute("INSERT INTO t VALUES (1)");
                                raise(tx, "40001");
                              },
                              {.max_attempts = 3, .backoff = quick});
    FAIL("no error");
  } catch (const palmetto::ExceededMaxAttempts& error) {
    CHECK(error.attempts() == 3);
    CHECK(error.last_error().sqlstate() == "40001");
    CHECK_FALSE(error.is_retryable());
  }
  CHECK(attempts == 3);
  CHECK(count(conn) == 0);
  CHECK(conn.info().transaction_status() == palmetto::pq::TransactionStatus::idle);
}

TEST_CASE("the deadline ends the attempts") {
  Connection conn = connect_with_table();
  int attempts = 0;
  CHECK_THROWS_AS(palmetto::run_transaction(conn,
                                            [&](Transaction& tx) {
                                              ++attempts;
                                              tx.execute("INSERT INTO t VALUES (1)");
                                              raise(tx, "40001");
                                            },
                                            {.max_attempts = 1000000,
                                             .deadline = std::chrono::steady_clock::now() + 100ms,
                                             .backoff = quick}),
                  palmetto::OperationTimeout);
  CHECK(attempts > 1);
  CHECK(count(conn) == 0);
}

TEST_CASE("the deadline also ends a statement of the function") {
  Connection conn = support::connect();
  CHECK_THROWS_AS(
      palmetto::run_transaction(conn, [](Transaction& tx) { tx.execute("SELECT pg_sleep(60)"); },
                                {.deadline = std::chrono::steady_clock::now() + 100ms}),
      palmetto::OperationTimeout);
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("run_transaction is refused within a transaction") {
  Connection conn = connect_with_table();
  int attempts = 0;
  const auto function = [&](Transaction&) { ++attempts; };
  {
    Transaction tx = conn.transaction();
    CHECK_THROWS_AS(palmetto::run_transaction(conn, function), palmetto::ProgrammingError);
  }
  conn.execute("BEGIN");
  CHECK_THROWS_AS(palmetto::run_transaction(conn, function), palmetto::ProgrammingError);
  conn.execute("ROLLBACK");
  CHECK(attempts == 0);
}

TEST_CASE("run_transaction alone ends its transaction") {
  Connection conn = connect_with_table();
  CHECK_THROWS_AS(palmetto::run_transaction(conn, [](Transaction& tx) { tx.commit(); }),
                  palmetto::ProgrammingError);
  CHECK_THROWS_AS(palmetto::run_transaction(conn, [](Transaction& tx) { tx.rollback(); }),
                  palmetto::ProgrammingError);
  CHECK_THROWS_AS(palmetto::run_transaction(conn,
                                            [](Transaction& tx) {
                                              tx.execute("INSERT INTO t VALUES (1)");
                                              tx.execute("COMMIT");
                                            }),
                  palmetto::ProgrammingError);
}

TEST_CASE("no attempt at all is refused") {
  Connection conn = support::connect();
  CHECK_THROWS_AS(palmetto::run_transaction(conn, [](Transaction&) {}, {.max_attempts = 0}),
                  palmetto::ProgrammingError);
}

TEST_CASE("nested transactions within an attempt are savepoints, and 40001 passes through them") {
  Connection conn = connect_with_table();
  int attempts = 0;
  palmetto::run_transaction(conn,
                            [&](Transaction& tx) {
                              tx.execute("INSERT INTO t VALUES (1)");
                              tx.transaction([&](Transaction& inner) {
                                inner.execute("INSERT INTO t VALUES (2)");
                                if (++attempts == 1) raise(inner, "40001");
                              });
                            },
                            {.backoff = quick});
  CHECK(attempts == 2);
  CHECK(count(conn) == 2);
}
