#include "palmetto/transaction.hpp"

#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"

#include "support/server.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using palmetto::Connection;
using palmetto::IsolationLevel;
using palmetto::Transaction;
using palmetto::pq::TransactionStatus;

namespace {

// A connection with an empty table of its own, which ends with the session.
Connection connect_with_table() {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE t (id int PRIMARY KEY)");
  return conn;
}

std::int64_t count(Connection& conn) {
  return conn.execute("SELECT count(*) FROM t").value<std::int64_t>();
}

void insert(const palmetto::Executor& executor, int id) {
  executor.execute("INSERT INTO t VALUES ($1)", id);
}

// Its second INSERT fails, and the failure is caught: what a program does that goes on regardless.
void violate_unique(const palmetto::Executor& executor) {
  insert(executor, 1);
  CHECK_THROWS_AS(insert(executor, 1), palmetto::errors::UniqueViolation);
}

}  // namespace

TEST_CASE("commit makes it permanent, leaving the scope without it does not") {
  Connection conn = connect_with_table();
  {
    Transaction tx = conn.transaction();
    insert(tx, 1);
    tx.commit();
  }
  CHECK(count(conn) == 1);
  {
    Transaction tx = conn.transaction();
    insert(tx, 2);
  }
  CHECK(count(conn) == 1);
  CHECK(conn.info().transaction_status() == TransactionStatus::idle);
}

TEST_CASE("rollback undoes") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  insert(tx, 1);
  tx.rollback();
  CHECK(count(conn) == 0);
}

TEST_CASE("a COMMIT that the server turned into ROLLBACK throws, and nothing was committed") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  violate_unique(tx);
  try {
    tx.commit();
    FAIL("the commit was reported as done");
  } catch (const palmetto::TransactionRolledBack& error) {
    CHECK(error.message().find("duplicate key value violates unique constraint") !=
          std::string::npos);
    CHECK(error.statement() == "INSERT INTO t VALUES ($1)");
  }
  CHECK(count(conn) == 0);
}

TEST_CASE("the function form commits when the function returns, and gives what it returned") {
  Connection conn = connect_with_table();
  const int value = conn.transaction([](Transaction& tx) {
    insert(tx, 1);
    return 42;
  });
  CHECK(value == 42);
  conn.transaction([](Transaction& tx) { insert(tx, 2); });
  CHECK(count(conn) == 2);
}

TEST_CASE("the function form rolls back when the function throws, and lets the exception pass") {
  Connection conn = connect_with_table();
  const auto fail = [](Transaction& tx) {
    insert(tx, 1);
    throw std::logic_error("mine");
  };
  CHECK_THROWS_WITH_AS(conn.transaction(fail), "mine", std::logic_error);
  CHECK(count(conn) == 0);
  CHECK_THROWS_AS(conn.transaction([](Transaction& tx) { violate_unique(tx); }),
                  palmetto::TransactionRolledBack);
  CHECK(count(conn) == 0);
}

TEST_CASE("the function may end its transaction itself") {
  Connection conn = connect_with_table();
  conn.transaction([](Transaction& tx) {
    insert(tx, 1);
    tx.rollback();
  });
  CHECK(count(conn) == 0);
}

TEST_CASE("an unused transaction sends nothing, committed or not") {
  Connection conn = connect_with_table();
  {
    Transaction tx = conn.transaction();
    CHECK(conn.info().transaction_status() == TransactionStatus::idle);
    tx.commit();
  }
  { Transaction tx = conn.transaction(); }
  {
    Transaction tx = conn.transaction();
    Transaction inner = tx.transaction();
    inner.commit();
    tx.commit();
  }
  CHECK(conn.info().transaction_status() == TransactionStatus::idle);
  CHECK(count(conn) == 0);
}

TEST_CASE("what the connection executes meanwhile belongs to the transaction") {
  Connection conn = connect_with_table();
  {
    Transaction tx = conn.transaction();
    insert(conn, 1);
  }
  CHECK(count(conn) == 0);
}

TEST_CASE("nested transactions are savepoints") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  insert(tx, 1);
  {
    Transaction inner = tx.transaction();
    insert(inner, 2);
    {
      Transaction innermost = inner.transaction();
      insert(innermost, 3);
    }
    CHECK(count(conn) == 2);
    inner.commit();
  }
  insert(tx, 4);
  tx.transaction([](Transaction& inner) { insert(inner, 5); });
  tx.commit();
  CHECK(conn.execute("SELECT id FROM t ORDER BY id").all<int>() == std::vector<int>{1, 2, 4, 5});
}

TEST_CASE("a savepoint saves the outer transaction from an error") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  insert(tx, 1);
  {
    Transaction inner = tx.transaction();
    CHECK_THROWS_AS(insert(inner, 1), palmetto::errors::UniqueViolation);
  }
  insert(tx, 2);
  tx.commit();
  CHECK(count(conn) == 2);
}

TEST_CASE("releasing a savepoint in which a statement failed throws, and rolls back to it") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  insert(tx, 7);
  Transaction inner = tx.transaction();
  violate_unique(inner);
  CHECK_THROWS_AS(inner.commit(), palmetto::TransactionRolledBack);
  tx.commit();
  CHECK(conn.execute("SELECT id FROM t").value<int>() == 7);
}

TEST_CASE("BEGIN and SAVEPOINT travel with the first statement, whose error is its own") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  Transaction inner = tx.transaction();
  try {
    inner.execute("SELECT 1 / $1", 0);
    FAIL("no error");
  } catch (const palmetto::errors::DivisionByZero& error) {
    CHECK(error.statement() == "SELECT 1 / $1");
  }
  inner.rollback();
  insert(tx, 1);
  tx.commit();
  CHECK(count(conn) == 1);
}

TEST_CASE("the options reach the server") {
  Connection conn = support::connect();
  const auto setting = [&](const char* name) {
    return conn.execute("SELECT current_setting($1)", name).value<std::string>();
  };
  struct Case {
    IsolationLevel level;
    const char* name;
  };
  for (const Case& c : {Case{IsolationLevel::read_uncommitted, "read uncommitted"},
                        Case{IsolationLevel::read_committed, "read committed"},
                        Case{IsolationLevel::repeatable_read, "repeatable read"},
                        Case{IsolationLevel::serializable, "serializable"}}) {
    Transaction tx = conn.transaction({.isolation = c.level});
    CHECK(setting("transaction_isolation") == c.name);
  }
  {
    Transaction tx = conn.transaction(
        {.isolation = IsolationLevel::serializable, .read_only = true, .deferrable = true});
    CHECK(setting("transaction_read_only") == "on");
    CHECK(setting("transaction_deferrable") == "on");
    CHECK_THROWS_AS(tx.execute("CREATE TABLE x (y int)"), palmetto::errors::ReadOnlySqlTransaction);
  }
  Transaction tx = conn.transaction({.read_only = false, .deferrable = false});
  CHECK(setting("transaction_read_only") == "off");
}

TEST_CASE("a savepoint takes no options") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  CHECK_THROWS_AS(static_cast<void>(conn.transaction({.read_only = true})),
                  palmetto::ProgrammingError);
}

TEST_CASE("transactions end in the reverse order of their beginning") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  insert(tx, 1);
  Transaction inner = tx.transaction();
  CHECK_THROWS_AS(tx.commit(), palmetto::OutOfOrderTransactionNesting);
  CHECK_THROWS_AS(tx.rollback(), palmetto::OutOfOrderTransactionNesting);
  CHECK_THROWS_AS(insert(tx, 2), palmetto::OutOfOrderTransactionNesting);
  CHECK_THROWS_AS(static_cast<void>(tx.transaction()), palmetto::OutOfOrderTransactionNesting);
  inner.commit();
  tx.commit();
  CHECK(count(conn) == 1);
}

TEST_CASE("a transaction ends once") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  insert(tx, 1);
  tx.commit();
  CHECK_THROWS_AS(tx.commit(), palmetto::ProgrammingError);
  CHECK_THROWS_AS(tx.rollback(), palmetto::ProgrammingError);
  CHECK_THROWS_AS(insert(tx, 2), palmetto::ProgrammingError);
  CHECK(count(conn) == 1);
}

TEST_CASE("a transaction that a statement ended can't be committed") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  insert(tx, 1);
  tx.execute("ROLLBACK");
  CHECK_THROWS_AS(tx.commit(), palmetto::ProgrammingError);
  CHECK(count(conn) == 0);
  conn.transaction([](Transaction& next) { insert(next, 2); });
  CHECK(count(conn) == 1);
}

TEST_CASE("within a BEGIN of the caller's own, a transaction is a savepoint") {
  Connection conn = connect_with_table();
  conn.execute("BEGIN");
  {
    Transaction tx = conn.transaction();
    insert(tx, 1);
    tx.commit();
  }
  CHECK(conn.info().transaction_status() == TransactionStatus::in_transaction);
  conn.execute("ROLLBACK");
  CHECK(count(conn) == 0);
}

TEST_CASE("an error of COMMIT itself is the server's, and nothing was applied") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE d (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  Transaction tx = conn.transaction();
  tx.execute("INSERT INTO d VALUES (1), (1)");
  CHECK_THROWS_AS(tx.commit(), palmetto::errors::UniqueViolation);
  CHECK(conn.execute("SELECT count(*) FROM d").value<std::int64_t>() == 0);
}

TEST_CASE("a transaction may outlive its connection") {
  std::optional<Transaction> tx;
  {
    Connection conn = connect_with_table();
    tx.emplace(conn.transaction());
    insert(*tx, 1);
  }
  CHECK_THROWS_AS(tx->commit(), palmetto::InterfaceError);
}

TEST_CASE("a transaction survives the move of its connection") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  insert(tx, 1);
  Connection moved = std::move(conn);
  insert(tx, 2);
  tx.commit();
  CHECK(count(moved) == 2);
}

TEST_CASE("a script and a COPY that is none of the client's work as a transaction's first") {
  Connection conn = connect_with_table();
  Transaction tx = conn.transaction();
  conn.execute_script(palmetto::dynamic_sql("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)"));
  CHECK(conn.info().transaction_status() == TransactionStatus::in_transaction);
  tx.rollback();
  CHECK(count(conn) == 0);
  Transaction second = conn.transaction();
  second.execute("COPY t TO PROGRAM 'cat > /dev/null'");
  CHECK(conn.info().transaction_status() == TransactionStatus::in_transaction);
}
