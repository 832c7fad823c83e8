// run_transaction in conflicts that a cluster sees itself, and in those that a real one makes up.

#include "palmetto/crdb/retry_transaction.hpp"
#include "palmetto/palmetto.hpp"

#include "own_schema.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using namespace palmetto;
using crdb_tests::Cluster;
using crdb_tests::only_cockroachdb;
using crdb_tests::OwnSchema;
using pq::TransactionStatus;
using support::thrown_by;

namespace {

constexpr int v22_1 = 220100;
constexpr int v23_1 = 230100;
constexpr int v26_1 = 260100;
constexpr auto serializable = IsolationLevel::serializable;

// Three counters, and two connections to them.
struct Counters {
  Cluster cluster;
  OwnSchema schema{cluster};
  crdb::CrdbConnection conn = schema.connect();
  crdb::CrdbConnection other = schema.connect();

  Counters() {
    conn.execute("CREATE TABLE counters (id INT8 PRIMARY KEY, n INT8 NOT NULL)");
    conn.execute("INSERT INTO counters VALUES (1, 0), (2, 0), (3, 0)");
  }

  static std::int64_t read(const Executor& executor, int id) {
    return executor.execute("SELECT n FROM counters WHERE id = $1", id).value<std::int64_t>();
  }
  static void write(const Executor& executor, int id, std::int64_t n) {
    executor.execute("UPDATE counters SET n = $1 WHERE id = $2", n, id);
  }
  std::vector<std::int64_t> all() const {
    return conn.execute("SELECT n FROM counters ORDER BY id").all<std::int64_t>();
  }

  // What the transaction has read is changed before it writes.
  void count_in_conflict(Transaction& tx, int id) {
    const std::int64_t n = read(tx, id);
    write(other, id, 100);
    write(tx, id, n + 1);
  }
};

// In either mode: with the savepoint, and with whole transactions.
crdb::RetryOptions options_of(bool use_savepoint, int max_attempts = 50) {
  return {.max_attempts = max_attempts, .isolation = serializable, .use_savepoint = use_savepoint};
}

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a transaction in conflict on a cluster is tried again, and its value is of the last") {
  for (const bool use_savepoint : {true, false}) {
    CAPTURE(use_savepoint);
    Counters counters;
    int calls = 0;
    int retries = 0;
    crdb::RetryOptions options = options_of(use_savepoint);
    options.on_retry = [&](int attempts, const Error& error, std::chrono::milliseconds) {
      ++retries;
      CHECK(attempts == calls);
      CHECK(error.sqlstate() == "40001");
    };
    const std::int64_t n = crdb::run_transaction(
        counters.conn,
        [&](Transaction& tx) {
          if (++calls == 1) counters.count_in_conflict(tx, 1);
          else counters.write(tx, 1, counters.read(tx, 1) + 1);
          return counters.read(tx, 1);
        },
        options);
    CHECK(n == 101);
    CHECK(counters.all() == Numbers{101, 0, 0});
    CHECK(calls >= 2);
    CHECK(retries == calls - 1);
  }
}

TEST_CASE(
    "a conflict within a nested transaction on a cluster goes up to where it is tried again") {
  for (const bool use_savepoint : {true, false}) {
    CAPTURE(use_savepoint);
    Counters counters;
    int calls = 0;
    crdb::run_transaction(
        counters.conn,
        [&](Transaction& tx) {
          const bool in_conflict = ++calls == 1;
          counters.write(tx, 3, 1);
          tx.transaction([&](Transaction& inner) {
            if (in_conflict) counters.count_in_conflict(inner, 1);
            else counters.write(inner, 1, counters.read(inner, 1) + 1);
          });
        },
        options_of(use_savepoint));
    CHECK(counters.all() == Numbers{101, 0, 1});
    CHECK(calls >= 2);
  }
}

TEST_CASE(
    "functions that run one after the other in a transaction on a cluster each give a value") {
  Counters counters;
  int calls = 0;
  const auto count = [&](int id) {
    return [&counters, id](Transaction& tx) {
      counters.write(tx, id, counters.read(tx, id) + id);
      return counters.read(tx, id);
    };
  };
  const Numbers values = crdb::run_transaction(counters.conn, [&](Transaction& tx) {
    if (++calls == 1) counters.count_in_conflict(tx, 3);
    return Numbers{tx.transaction(count(1)), tx.transaction(count(2))};
  });
  CHECK(values == Numbers{1, 2});
  CHECK(counters.all() == Numbers{1, 2, 100});
  CHECK(calls >= 2);
}

TEST_CASE("a conflict on a cluster that the function wrapped, or hid, is tried again") {
  for (const bool hidden : {true, false}) {
    CAPTURE(hidden);
    Counters counters;
    int calls = 0;
    crdb::run_transaction(
        counters.conn,
        [&](Transaction& tx) {
          if (++calls > 1) return counters.write(tx, 1, 7);
          try {
            counters.count_in_conflict(tx, 1);
          } catch (const errors::SerializationFailure&) {
            if (!hidden) std::throw_with_nested(std::runtime_error("while counting"));
          }
        },
        options_of(true));
    CHECK(counters.all() == Numbers{7, 0, 0});
    CHECK(calls >= 2);
  }
}

TEST_CASE("a transaction on a cluster that is in conflict each time is given up, unapplied") {
  for (const bool use_savepoint : {true, false}) {
    CAPTURE(use_savepoint);
    Counters counters;
    int calls = 0;
    // Another row each time: what an attempt has locked, the next one may have kept.
    const auto error = thrown_by<ExceededMaxAttempts>([&] {
      crdb::run_transaction(
          counters.conn, [&](Transaction& tx) { counters.count_in_conflict(tx, ++calls); },
          options_of(use_savepoint, 3));
    });
    CHECK(error.attempts() == 3);
    CHECK(error.last_error().sqlstate() == "40001");
    CHECK(counters.all() == Numbers{100, 100, 100});
    CHECK(counters.conn.info().transaction_status() == TransactionStatus::idle);
  }
}

TEST_CASE("an exception leaves nothing of a transaction on a cluster, and is the same object") {
  Counters counters;
  const std::domain_error* thrown = nullptr;
  try {
    crdb::run_transaction(counters.conn, [&](Transaction& tx) {
      counters.write(tx, 1, 1);
      try {
        throw std::domain_error("no");
      } catch (const std::domain_error& error) {
        thrown = &error;
        throw;
      }
    });
  } catch (const std::domain_error& error) { CHECK(&error == thrown); }
  CHECK(thrown != nullptr);
  CHECK(counters.all() == Numbers{0, 0, 0});
}

TEST_CASE("a function that ends its transaction on a cluster by itself is told so") {
  Counters counters;
  CHECK_THROWS_AS(crdb::run_transaction(counters.conn,
                                        [&](Transaction& tx) {
                                          counters.write(tx, 1, 1);
                                          tx.execute("ROLLBACK");
                                        }),
                  ProgrammingError);
  CHECK(counters.all() == Numbers{0, 0, 0});
  auto tx = counters.conn.transaction();
  CHECK_THROWS_AS(crdb::run_transaction(counters.conn, [](Transaction&) {}), ProgrammingError);
}

TEST_CASE("a cluster makes up a conflict, behind rows that were read" * only_cockroachdb()) {
  Counters counters;
  if (counters.cluster.version() >= v26_1)
    counters.conn.execute("SET allow_unsafe_internals = true");
  for (const bool use_savepoint : {true, false}) {
    CAPTURE(use_savepoint);
    int calls = 0;
    const auto read = crdb::run_transaction(
        counters.conn,
        [&](Transaction& tx) {
          counters.write(tx, 1, ++calls);
          auto rows = tx.execute("SELECT n FROM counters ORDER BY id").all<std::int64_t>();
          // Nothing but an answer that the client has keeps the server from trying again itself.
          if (calls < 3) tx.execute("SELECT crdb_internal.force_retry('1h')");
          return rows;
        },
        options_of(use_savepoint));
    CHECK(calls >= 3);
    CHECK(read == Numbers{calls, 0, 0});
    CHECK(counters.all() == read);
  }
}

TEST_CASE("a cluster makes up a conflict in a nested transaction" * only_cockroachdb()) {
  Counters counters;
  if (counters.cluster.version() >= v26_1)
    counters.conn.execute("SET allow_unsafe_internals = true");
  int calls = 0;
  crdb::run_transaction(counters.conn, [&](Transaction& tx) {
    ++calls;
    static_cast<void>(counters.read(tx, 1));
    tx.transaction([&](Transaction& inner) {
      counters.write(inner, 1, calls);
      static_cast<void>(counters.read(inner, 1));
      if (calls < 3) inner.execute("SELECT crdb_internal.force_retry('1h')");
    });
  });
  CHECK(calls >= 3);
  CHECK(counters.all() == Numbers{calls, 0, 0});
}

// The docs' page "Advanced Client-Side Transaction Retries" on inject_retry_errors_enabled: each
// statement fails until the third attempt from SAVEPOINT cockroach_restart, and without that for
// ever. A SELECT in the transaction would, too: cockroach#98572.
TEST_CASE("a cluster that injects conflicts is done with them after three from the savepoint" *
          only_cockroachdb()) {
  Counters counters;
  if (!counters.cluster.is_from(v22_1)) return;
  counters.conn.execute("SET inject_retry_errors_enabled = true");
  int calls = 0;
  const auto count = crdb::retry_transaction(
      [&](Transaction& tx) { counters.write(tx, 1, ++calls); }, options_of(true, 10));
  count(counters.conn);
  CHECK(calls >= 4);

  const auto error = thrown_by<ExceededMaxAttempts>([&] {
    crdb::run_transaction(
        counters.conn, [&](Transaction& tx) { counters.write(tx, 2, 1); }, options_of(false, 3));
  });
  CHECK(error.attempts() == 3);
  counters.conn.execute("SET inject_retry_errors_enabled = false");
  CHECK(counters.all() == Numbers{calls, 0, 0});
}

TEST_CASE("a cluster injects conflicts at COMMIT until it is told to stop" * only_cockroachdb()) {
  Counters counters;
  if (!counters.cluster.is_from(v23_1)) return;
  counters.conn.execute("SET inject_retry_errors_on_commit_enabled = true");
  int calls = 0;
  crdb::run_transaction(
      counters.conn,
      [&](Transaction& tx) {
        if (++calls == 3) tx.execute("SET inject_retry_errors_on_commit_enabled = false");
        counters.write(tx, 1, calls);
      },
      options_of(false));
  CHECK(calls >= 3);
  CHECK(counters.all() == Numbers{calls, 0, 0});
}
