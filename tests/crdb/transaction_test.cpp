// Transactions that the caller ends, on CockroachDB; against a scripted server.

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace palmetto;
using namespace crdb_tests;
using support::contains;
using support::thrown_by;

TEST_CASE("no savepoint of a nested transaction has a name that CockroachDB gives a meaning") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  conn.transaction([](Transaction& tx) {
    tx.transaction([](Transaction& inner) {
      inner.execute("INSERT");
      inner.transaction([](Transaction& innermost) { innermost.execute("INSERT"); });
    });
  });
  crdb::run_transaction(conn, [](Transaction& tx) {
    tx.execute("INSERT");
    tx.transaction([](Transaction& inner) {
      inner.execute("INSERT");
      inner.transaction([](Transaction& innermost) { innermost.execute("INSERT"); });
    });
  });
  int savepoints = 0;
  int restart_savepoints = 0;
  for (const support::SentStatement& statement : cockroach.server().statements()) {
    if (!statement.text.starts_with("SAVEPOINT ")) continue;
    ++savepoints;
    if (statement.text.starts_with("SAVEPOINT cockroach_restart")) ++restart_savepoints;
  }
  CHECK(savepoints == 5);
  CHECK(restart_savepoints == 1);  // run_transaction's own
  CHECK(cockroach.commits() == 2);
}

TEST_CASE("a conflict at COMMIT is the server's error, and the transaction has ended") {
  Cockroach cockroach;
  cockroach.next("COMMIT", restart_transaction());
  crdb::CrdbConnection conn = cockroach.connect();
  Transaction tx = conn.transaction();
  tx.execute("INSERT");
  const auto error = thrown_by<errors::SerializationFailure>([&] { tx.commit(); });
  CHECK(error.is_retryable());
  CHECK(
      error.message().starts_with("restart transaction: TransactionRetryWithProtoRefreshError: "
                                  "TransactionRetryError: retry txn "
                                  "(RETRY_SERIALIZABLE - failed preemptive refresh)"));
  CHECK(error.diagnostic().message_hint ==
        "See: https://www.cockroachlabs.com/docs/v21.1/"
        "transaction-retry-error-reference.html#retry_serializable");
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
  CHECK(cockroach.conversation() == "BEGIN; INSERT\nCOMMIT\n");
  CHECK_NOTHROW(conn.execute("INSERT"));
}

TEST_CASE("a transaction that a conflict has failed is rolled back, not committed") {
  Cockroach cockroach;
  cockroach.next("INSERT", write_too_old());
  crdb::CrdbConnection conn = cockroach.connect();
  Transaction tx = conn.transaction();
  CHECK_THROWS_AS(tx.execute("INSERT"), errors::SerializationFailure);
  const auto error = thrown_by<TransactionRolledBack>([&] { tx.commit(); });
  CHECK(contains(error.message(), "WriteTooOldError"));
  CHECK(cockroach.commits() == 0);
  CHECK(cockroach.transaction() == 'I');
}

TEST_CASE("what failed a transaction is told, not that all after it failed for it") {
  Cockroach cockroach;
  cockroach.next("INSERT", duplicate_key());
  crdb::CrdbConnection conn = cockroach.connect();
  Transaction tx = conn.transaction();
  CHECK_THROWS_AS(tx.execute("INSERT"), errors::UniqueViolation);
  CHECK_THROWS_AS(tx.execute("UPDATE"), errors::InFailedSqlTransaction);
  const auto error = thrown_by<TransactionRolledBack>([&] { tx.commit(); });
  CHECK(contains(error.message(), "duplicate key value"));
  CHECK(error.statement() == "INSERT");
}

TEST_CASE("a nested transaction whose rollback is refused leaves the first error as it was") {
  Cockroach cockroach;
  cockroach.next("UPDATE", write_too_old());
  cockroach.next("ROLLBACK TO", restart_transaction());
  crdb::CrdbConnection conn = cockroach.connect();
  Transaction tx = conn.transaction();
  tx.execute("INSERT");
  const auto error = thrown_by<errors::SerializationFailure>(
      [&] { tx.transaction([](Transaction& inner) { inner.execute("UPDATE"); }); });
  CHECK(contains(error.message(), "WriteTooOldError"));
  CHECK(error.statement() == "UPDATE");
  CHECK_NOTHROW(tx.rollback());
  CHECK(cockroach.conversation() ==
        "BEGIN; INSERT\n"
        "SAVEPOINT palmetto_1; UPDATE\n"
        "ROLLBACK TO palmetto_1; RELEASE palmetto_1\n"
        "ROLLBACK\n");
}

TEST_CASE("an ambiguous COMMIT of an ordinary transaction is an AmbiguousCommit") {
  Cockroach cockroach;
  SUBCASE("40003") { cockroach.next("COMMIT", support::error("40003", "result is ambiguous")); }
  SUBCASE("08007") { cockroach.next("COMMIT", support::error("08007", "result is unknown")); }
  SUBCASE("57014") {  // in the place of any other error when it was cancelled, 40003 included
    cockroach.next("COMMIT", support::error("57014", "query execution canceled"));
  }
  SUBCASE("the connection is cut") { cockroach.next("COMMIT", support::cut()); }
  crdb::CrdbConnection conn = cockroach.connect();
  Transaction tx = conn.transaction();
  tx.execute("INSERT");
  const auto error = thrown_by<AmbiguousCommit>([&] { tx.commit(); });
  CHECK_FALSE(error.is_retryable());
}
