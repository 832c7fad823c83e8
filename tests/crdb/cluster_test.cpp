// What a user does with a cluster, on CockroachDB or on what emulates it: the connection, errors,
// transactions.

#include "palmetto/palmetto.hpp"

#include "emulated_cockroach.hpp"
#include "own_schema.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace palmetto;
using crdb_tests::Cluster;
using crdb_tests::only_cockroachdb;
using crdb_tests::OwnSchema;
using pq::TransactionStatus;
using support::contains;
using support::thrown_by;

namespace {

constexpr int v22_1 = 220100;
constexpr int v24_1 = 240100;

// A table of accounts, of which there is one, and one of what belongs to them.
struct Bank {
  Cluster cluster;
  OwnSchema schema{cluster};
  crdb::CrdbConnection conn = schema.connect();

  Bank() {
    conn.execute(
        "CREATE TABLE accounts (id INT8 PRIMARY KEY, owner TEXT NOT NULL UNIQUE, "
        "balance INT8 NOT NULL CHECK (balance >= 0))");
    conn.execute("CREATE TABLE cards (id INT8 PRIMARY KEY, account INT8 REFERENCES accounts (id))");
    insert(conn, 1, "Ann");
  }
  static void insert(const Executor& executor, std::int64_t id, const std::string& owner) {
    executor.execute("INSERT INTO accounts VALUES ($1, $2, 100)", id, owner);
  }
  [[nodiscard]] std::vector<std::string> owners() const {
    return conn.execute("SELECT owner FROM accounts ORDER BY id").all<std::string>();
  }
};

}  // namespace

TEST_CASE("a cluster says what it is, and of which version") {
  for (const char* const version : {"v21.1.0", "v22.1.3"}) {
    const Cluster cluster(version);
    const auto conn = cluster.connect();
    CHECK(crdb::CrdbConnection::is_crdb(conn));
    CHECK(conn.info().vendor() == "CockroachDB");
    CHECK(conn.info().server_version() == cluster.version());
    CHECK((conn.info().backend_pid() != 0) == (cluster.version() >= v22_1));
    CHECK(conn.dialect().has(Feature::backend_pid) == (cluster.version() >= v22_1));
    const std::string crdb_version = conn.info().parameter_status("crdb_version").value();
    CHECK(crdb_version.starts_with("CockroachDB "));
    if (cluster.is_real())
      CHECK(conn.execute("SHOW crdb_version").value<std::string>() == crdb_version);
  }
}

TEST_CASE("a cluster is known by a plain connection, too, if its URI is libpq's") {
  const Cluster cluster;
  if (!contains(cluster.conninfo(), "dbname=") && !cluster.conninfo().starts_with("postgres")) {
    MESSAGE("libpq does not know this: ", cluster.conninfo());
    return;
  }
  CHECK(crdb::CrdbConnection::is_crdb(connect(cluster.conninfo())));
}

TEST_CASE("a cluster is asked for nothing that its version does not have") {
  for (const char* const version : {"v21.1.0", "v25.4.1"}) {
    const Cluster cluster(version);
    auto conn = cluster.connect();
    const auto begin = [&](const crdb::TransactionOptions& options) {
      static_cast<void>(conn.transaction(options));
    };
    if (cluster.version() < v22_1) CHECK_THROWS_AS(conn.cancel(), NotSupportedError);
    else CHECK_NOTHROW(conn.cancel());
    if (cluster.version() < v24_1)
      CHECK_THROWS_AS(begin({.isolation = IsolationLevel::read_committed}), NotSupportedError);
    else CHECK_NOTHROW(begin({.isolation = IsolationLevel::read_committed}));
    CHECK_THROWS_AS(begin({.deferrable = true}), NotSupportedError);
    CHECK_THROWS_AS(conn.execute("SELECT $1", Range<std::int64_t>{}), NotSupportedError);
    CHECK(conn.execute("SELECT 1").value<std::int64_t>() == 1);
  }
}

TEST_CASE("an error of a cluster's is of its SQLSTATE's class, and harms nothing") {
  Bank bank;
  auto& conn = bank.conn;
  const auto error = thrown_by<errors::UniqueViolation>([&] { bank.insert(conn, 2, "Ann"); });
  CHECK(error.sqlstate() == "23505");
  CHECK(error.diagnostic().constraint_name == "accounts_owner_key");
  CHECK(contains(error.diagnostic().message_detail, "already exists"));
  CHECK(contains(error.what(), "INSERT INTO accounts"));
  CHECK_THROWS_AS(conn.execute("INSERT INTO cards VALUES (1, 99)"), errors::ForeignKeyViolation);
  CHECK_THROWS_AS(conn.execute("UPDATE accounts SET owner = NULL"), errors::NotNullViolation);
  CHECK_THROWS_AS(conn.execute("UPDATE accounts SET balance = -1"), errors::CheckViolation);
  CHECK_THROWS_AS(conn.execute("SELECT 1 FROM nowhere"), errors::UndefinedTable);
  CHECK_THROWS_AS(conn.execute("SELECT nothing FROM accounts"), errors::UndefinedColumn);
  CHECK_THROWS_AS(conn.execute("CREATE TABLE accounts (id INT8)"), errors::DuplicateTable);
  CHECK_THROWS_AS(conn.execute("SELEC 1"), errors::SyntaxError);
  CHECK_THROWS_AS(conn.execute("SELECT 1 / (balance - balance) FROM accounts"),
                  errors::DivisionByZero);
  CHECK_THROWS_AS(conn.execute("SELECT 'x'::INT8"), errors::InvalidTextRepresentation);
  CHECK(conn.info().transaction_status() == TransactionStatus::idle);
  CHECK(bank.owners() == std::vector<std::string>{"Ann"});
}

TEST_CASE("a cluster counts what a statement did") {
  Bank bank;
  auto& conn = bank.conn;
  CHECK(conn.execute("INSERT INTO accounts VALUES (2, 'Bob', 1), (3, 'Eve', 1)").rows_affected() ==
        2);
  CHECK(conn.execute("UPDATE accounts SET balance = 0 WHERE id > 1").rows_affected() == 2);
  CHECK(conn.execute("DELETE FROM accounts WHERE id = 9").rows_affected() == 0);
  const auto results = conn.execute_script(
      dynamic_sql("SELECT owner FROM accounts WHERE id = 2; DELETE FROM accounts WHERE id = 3"));
  REQUIRE(results.size() == 2);
  CHECK(results[0].value<std::string>() == "Bob");
  CHECK(results[1].command_tag() == "DELETE 1");
  CHECK(bank.owners() == std::vector<std::string>{"Ann", "Bob"});
}

TEST_CASE("a statement's plan on a cluster is as good for a large number as for a small one") {
  const Cluster cluster;
  const auto conn = cluster.connect();
  CHECK(conn.execute("SELECT $1", std::int32_t{7}).value<std::int64_t>() == 7);
  CHECK(conn.execute("SELECT $1", std::int64_t{1} << 40).value<std::int64_t>() == std::int64_t{1}
                                                                                      << 40);
}

TEST_CASE("a transaction on a cluster is applied whole, or not at all") {
  Bank bank;
  bank.conn.transaction([&](Transaction& tx) { bank.insert(tx, 2, "Bob"); });
  CHECK_THROWS_AS(bank.conn.transaction([&](Transaction& tx) {
    bank.insert(tx, 3, "Eve");
    bank.insert(tx, 4, "Eve");
  }),
                  errors::UniqueViolation);
  {
    auto tx = bank.conn.transaction();
    bank.insert(tx, 5, "Kim");
    tx.rollback();
  }
  {
    auto tx = bank.conn.transaction();
    bank.insert(tx, 6, "Lee");
  }
  CHECK(bank.owners() == std::vector<std::string>{"Ann", "Bob"});
}

TEST_CASE("a transaction within one on a cluster goes by itself") {
  Bank bank;
  bank.conn.transaction([&](Transaction& tx) {
    bank.insert(tx, 2, "Bob");
    CHECK_THROWS_AS(tx.transaction([&](Transaction& inner) { bank.insert(inner, 3, "Ann"); }),
                    errors::UniqueViolation);
    tx.transaction([&](Transaction& inner) {
      bank.insert(inner, 4, "Eve");
      auto innermost = inner.transaction();
      bank.insert(innermost, 5, "Kim");
      innermost.rollback();
    });
  });
  CHECK(bank.owners() == std::vector<std::string>{"Ann", "Bob", "Eve"});
}

TEST_CASE("a transaction on a cluster whose error was hidden is not committed") {
  Bank bank;
  auto tx = bank.conn.transaction();
  bank.insert(tx, 2, "Bob");
  CHECK_THROWS_AS(bank.insert(tx, 3, "Bob"), errors::UniqueViolation);
  CHECK_THROWS_AS(tx.execute("SELECT 1"), errors::InFailedSqlTransaction);
  CHECK_THROWS_AS(tx.commit(), TransactionRolledBack);
  CHECK(bank.conn.info().transaction_status() == TransactionStatus::idle);
  CHECK(bank.owners() == std::vector<std::string>{"Ann"});
}

TEST_CASE("a transaction on a cluster is as it was asked for") {
  Bank bank;
  bank.conn.transaction(
      [&](Transaction& tx) {
        CHECK(tx.execute("SHOW transaction_read_only").value<std::string>() == "on");
        CHECK_THROWS_AS(bank.insert(tx, 2, "Bob"), errors::ReadOnlySqlTransaction);
        tx.rollback();
      },
      {.isolation = IsolationLevel::serializable, .read_only = true});
  CHECK(bank.owners() == std::vector<std::string>{"Ann"});
}

TEST_CASE("a transaction's priority is what the cluster says it is" * only_cockroachdb()) {
  const Cluster cluster;
  auto conn = cluster.connect();
  for (const auto& [priority, name] :
       std::vector<std::pair<crdb::Priority, std::string>>{{crdb::Priority::low, "low"},
                                                           {crdb::Priority::normal, "normal"},
                                                           {crdb::Priority::high, "high"}}) {
    CHECK(conn.transaction(
              [](Transaction& tx) {
                return tx.execute("SHOW transaction_priority").value<std::string>();
              },
              {.priority = priority}) == name);
    CHECK(
        crdb::run_transaction(conn,
                              [](Transaction& tx) {
                                return tx.execute("SHOW transaction_priority").value<std::string>();
                              },
                              {.priority = priority}) == name);
  }
}
