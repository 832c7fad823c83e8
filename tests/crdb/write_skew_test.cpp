// Transactions in conflict, on real servers: on PostgreSQL, and on CockroachDB or what emulates it.
// The conflict is cockroach-go's (crdb/testing_util.go): two accounts, and two transactions that
// each read both and then take from one of them.

#include "palmetto/palmetto.hpp"

#include "own_schema.hpp"
#include "support/server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

using namespace palmetto;
using crdb_tests::Cluster;
using crdb_tests::OwnSchema;
using namespace std::chrono_literals;

namespace {

// Where two threads wait for each other.
class Meeting {
 public:
  void arrive() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    if (!changed_.wait_for(lock, 10s, [this] { return arrived_ == 2; }))
      throw std::runtime_error("the other transaction did not come");
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
};

// The table of accounts, for as long as this.
class Accounts {
 public:
  explicit Accounts(Connection& conn) : conn_(conn) {
    conn_.execute("DROP TABLE IF EXISTS write_skew_accounts");
    conn_.execute("CREATE TABLE write_skew_accounts (id INT PRIMARY KEY, balance BIGINT)");
    conn_.execute("INSERT INTO write_skew_accounts VALUES (1, 100), (2, 100)");
  }
  ~Accounts() {
    try {
      conn_.execute("DROP TABLE write_skew_accounts");
    } catch (const Error&) { return; }
  }
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  [[nodiscard]] std::vector<std::int64_t> balances() const {
    return conn_.execute("SELECT balance FROM write_skew_accounts ORDER BY id").all<std::int64_t>();
  }

 private:
  Connection& conn_;
};

// Takes 100 from the account when both together have 200 at least, and says how many attempts that
// took. Both transactions have read before either of them writes, in their first attempts.
template <class Conn, class Run>
int withdraw(Conn conn, Run run, int account, Meeting& meeting) {
  int attempts = 0;
  run(conn, [&](Transaction& tx) {
    ++attempts;
    try {
      const auto total = tx.execute("SELECT sum(balance)::BIGINT FROM write_skew_accounts")
                             .template value<std::int64_t>();
      if (attempts == 1) meeting.arrive();
      if (total >= 200)
        tx.execute("UPDATE write_skew_accounts SET balance = balance - 100 WHERE id = $1", account);
    } catch (const Error&) { std::throw_with_nested(std::runtime_error("while withdrawing")); }
  });
  return attempts;
}

// `connect()` makes the connections, `run(conn, function)` a transaction.
template <class Connect, class Run>
void check_write_skew(Connect connect, Run run) {
  auto conn = connect();
  const Accounts accounts(conn);
  Meeting meeting;
  auto first = std::async(std::launch::async, [&] { return withdraw(connect(), run, 1, meeting); });
  auto second =
      std::async(std::launch::async, [&] { return withdraw(connect(), run, 2, meeting); });
  CHECK(first.get() + second.get() > 2);
  const std::vector<std::int64_t> balances = accounts.balances();
  REQUIRE(balances.size() == 2);
  CHECK(balances[0] + balances[1] == 100);  // one of them came too late
}

template <class Connect, class Run>
void check_run_transaction(Connect connect, Run run) {
  auto conn = connect();
  const Accounts accounts(conn);
  int calls = 0;
  SUBCASE("commits what the function did") {
    run(conn, [&](Transaction& tx) {
      ++calls;
      tx.execute("UPDATE write_skew_accounts SET balance = balance - 1 WHERE id = 1");
      tx.transaction([](Transaction& inner) {
        inner.execute("UPDATE write_skew_accounts SET balance = balance + 1 WHERE id = 2");
      });
    });
    CHECK(accounts.balances() == std::vector<std::int64_t>{99, 101});
    CHECK(calls == 1);
  }
  SUBCASE("tries again after a conflict at a statement") {
    auto other = connect();
    run(conn, [&](Transaction& tx) {
      ++calls;
      const auto balance =
          tx.execute("SELECT balance FROM write_skew_accounts WHERE id = 1").value<std::int64_t>();
      if (calls == 1) other.execute("UPDATE write_skew_accounts SET balance = 50 WHERE id = 1");
      tx.execute("UPDATE write_skew_accounts SET balance = $1 WHERE id = 1", balance - 1);
    });
    CHECK(accounts.balances() == std::vector<std::int64_t>{49, 100});
    CHECK(calls == 2);
  }
  SUBCASE("rolls back what a function did that threw") {
    CHECK_THROWS_AS(run(conn,
                        [&](Transaction& tx) {
                          ++calls;
                          tx.execute("UPDATE write_skew_accounts SET balance = 0");
                          throw std::domain_error("the caller's");
                        }),
                    std::domain_error);
    CHECK(accounts.balances() == std::vector<std::int64_t>{100, 100});
    CHECK(calls == 1);
  }
  SUBCASE("passes an error of the server, and rolls back") {
    CHECK_THROWS_AS(run(conn,
                        [&](Transaction& tx) {
                          ++calls;
                          tx.execute("UPDATE write_skew_accounts SET balance = 0");
                          tx.execute("INSERT INTO write_skew_accounts VALUES (1, 0)");
                        }),
                    errors::UniqueViolation);
    CHECK(accounts.balances() == std::vector<std::int64_t>{100, 100});
    CHECK(calls == 1);
  }
  SUBCASE("does not commit what an error that was hidden has failed") {
    CHECK_THROWS_AS(run(conn,
                        [&](Transaction& tx) {
                          ++calls;
                          tx.execute("UPDATE write_skew_accounts SET balance = 0");
                          CHECK_THROWS_AS(tx.execute("INSERT INTO write_skew_accounts VALUES (1)"),
                                          errors::UniqueViolation);
                        }),
                    TransactionRolledBack);
    CHECK(accounts.balances() == std::vector<std::int64_t>{100, 100});
    CHECK(calls == 1);
  }
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
}

constexpr int enough_attempts = 20;
constexpr Backoff short_backoff{.initial = 1ms, .maximum = 20ms};

const auto run_with_savepoint = [](crdb::CrdbConnection& conn, auto&& function) {
  crdb::run_transaction(conn, function,
                        {.max_attempts = enough_attempts,
                         .backoff = short_backoff,
                         .isolation = IsolationLevel::serializable});
};
const auto run_whole = [](crdb::CrdbConnection& conn, auto&& function) {
  crdb::run_transaction(conn, function,
                        {.max_attempts = enough_attempts,
                         .backoff = short_backoff,
                         .isolation = IsolationLevel::serializable,
                         .use_savepoint = false});
};
const auto run_as_postgresql = [](Connection& conn, auto&& function) {
  palmetto::run_transaction(conn, function,
                            {.max_attempts = enough_attempts,
                             .backoff = short_backoff,
                             .isolation = IsolationLevel::serializable});
};

crdb::CrdbConnection connect_to_postgresql() { return crdb::connect(support::server_url()); }

}  // namespace

TEST_CASE("crdb::run_transaction as it comes, on PostgreSQL") {
  check_run_transaction(connect_to_postgresql, run_with_savepoint);
}
TEST_CASE("crdb::run_transaction with whole transactions, on PostgreSQL") {
  check_run_transaction(connect_to_postgresql, run_whole);
}
TEST_CASE("palmetto::run_transaction, on PostgreSQL") {
  check_run_transaction(support::connect, run_as_postgresql);
}

TEST_CASE("a write skew is resolved by crdb::run_transaction as it comes, on PostgreSQL") {
  check_write_skew(connect_to_postgresql, run_with_savepoint);
}
TEST_CASE("a write skew is resolved by crdb::run_transaction without savepoint, on PostgreSQL") {
  check_write_skew(connect_to_postgresql, run_whole);
}
TEST_CASE("a write skew is resolved by palmetto::run_transaction, on PostgreSQL") {
  check_write_skew(support::connect, run_as_postgresql);
}

TEST_CASE("crdb::run_transaction with its savepoint, on CockroachDB") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  check_run_transaction([&] { return schema.connect(); }, run_with_savepoint);
}
TEST_CASE("crdb::run_transaction with whole transactions, on CockroachDB") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  check_run_transaction([&] { return schema.connect(); }, run_whole);
}
TEST_CASE("a write skew is resolved by crdb::run_transaction with its savepoint, on CockroachDB") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  check_write_skew([&] { return schema.connect(); }, run_with_savepoint);
}
TEST_CASE("a write skew is resolved by crdb::run_transaction without savepoint, on CockroachDB") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  check_write_skew([&] { return schema.connect(); }, run_whole);
}
