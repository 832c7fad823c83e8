// Two-phase commit. The cases that are psycopg's are those of its test_tpc.py.

#include "palmetto/palmetto.hpp"

#include "caught.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace palmetto;
using pq::TransactionStatus;
using support::caught;
using support::contains;

namespace {

// Connects; what an earlier case left prepared is gone, and the table is empty.
Connection connect_with_table(const std::string& conninfo = support::server_url()) {
  Connection conn = connect(conninfo);
  for (const PreparedTransaction& left : conn.tpc_recover()) conn.tpc_rollback(left.xid);
  conn.execute("SET client_min_messages = warning");
  conn.execute("CREATE TABLE IF NOT EXISTS tpc (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
  conn.execute("TRUNCATE tpc");
  return conn;
}

std::int64_t rows(Connection& conn) {
  return conn.execute("SELECT count(*) FROM tpc").value<std::int64_t>();
}

std::vector<GlobalXid> prepared(Connection& conn) {
  std::vector<GlobalXid> xids;
  for (const PreparedTransaction& found : conn.tpc_recover()) xids.push_back(found.xid);
  return xids;
}

const GlobalXid xid(1, "transfer 4711", "bank a");

}  // namespace

TEST_CASE("a prepared transaction is applied when it is committed, by whichever connection") {
  Connection conn = connect_with_table();
  TwoPhaseTransaction tx = conn.tpc_begin({1, "transfer 4711", "bank a"});
  CHECK(tx.xid() == xid);
  tx.execute("INSERT INTO tpc VALUES (1)");
  tx.tpc_prepare();
  CHECK(tx.prepared());
  CHECK(rows(conn) == 0);
  CHECK(prepared(conn) == std::vector{xid});
  SUBCASE("itself") { tx.tpc_commit(); }
  SUBCASE("another") {
    Connection other = support::connect();
    other.tpc_commit(xid);
    CHECK_THROWS_AS(tx.tpc_commit(), errors::UndefinedObject);
    CHECK(tx.prepared());
  }
  SUBCASE("another, when this one is gone") {
    conn.close();
    conn = support::connect();
    conn.tpc_commit(xid);
  }
  CHECK(prepared(conn).empty());
  CHECK(rows(conn) == 1);
}

TEST_CASE("a prepared transaction can be rolled back, by whichever connection") {
  Connection conn = connect_with_table();
  TwoPhaseTransaction tx = conn.tpc_begin(xid);
  tx.execute("INSERT INTO tpc VALUES (1)");
  tx.tpc_prepare();
  SUBCASE("itself") {
    tx.tpc_rollback();
    CHECK_FALSE(tx.prepared());
  }
  SUBCASE("another") { support::connect().tpc_rollback(xid); }
  CHECK(prepared(conn).empty());
  CHECK(rows(conn) == 0);
}

TEST_CASE("a transaction that is not prepared is committed in one phase, or rolled back") {
  Connection conn = connect_with_table();
  TwoPhaseTransaction tx = conn.tpc_begin(xid);
  tx.execute("INSERT INTO tpc VALUES (1)");
  SUBCASE("committed") {
    tx.tpc_commit();
    CHECK(rows(conn) == 1);
  }
  SUBCASE("rolled back") {
    tx.tpc_rollback();
    CHECK(rows(conn) == 0);
  }
  CHECK_FALSE(tx.prepared());
  CHECK_THROWS_AS(tx.tpc_commit(), ProgrammingError);
  CHECK_THROWS_AS(tx.tpc_rollback(), ProgrammingError);
  CHECK_THROWS_AS(tx.tpc_prepare(), ProgrammingError);
  CHECK(prepared(conn).empty());
}

TEST_CASE("leaving the scope rolls back what was not prepared, and leaves what was") {
  Connection conn = connect_with_table();
  {
    TwoPhaseTransaction tx = conn.tpc_begin(xid);
    tx.execute("INSERT INTO tpc VALUES (1)");
  }
  CHECK(conn.info().transaction_status() == TransactionStatus::idle);
  CHECK(rows(conn) == 0);
  CHECK(prepared(conn).empty());
  {
    TwoPhaseTransaction tx = conn.tpc_begin(xid);
    tx.execute("INSERT INTO tpc VALUES (1)");
    TwoPhaseTransaction moved = std::move(tx);
    moved.tpc_prepare();
  }
  CHECK(prepared(conn) == std::vector{xid});
  conn.tpc_commit(xid);
  CHECK(rows(conn) == 1);
}

TEST_CASE("BEGIN travels with the first statement, or with PREPARE TRANSACTION") {
  connect_with_table();
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  std::optional<TwoPhaseTransaction> tx;
  const auto round_trips = [&](auto&& action) { return proxy.traffic_of(action).round_trips; };
  CHECK(round_trips([&] { tx.emplace(conn.tpc_begin(xid)); }) == 0);
  SUBCASE("with the first statement") {
    CHECK(round_trips([&] { tx->execute("INSERT INTO tpc VALUES (1)"); }) == 1);
    CHECK(round_trips([&] { tx->tpc_prepare(); }) == 1);
    CHECK(round_trips([&] { tx->tpc_commit(); }) == 1);
    CHECK(rows(conn) == 1);
  }
  SUBCASE("with PREPARE TRANSACTION: there is one, though it is empty") {
    CHECK(round_trips([&] { tx->tpc_prepare(); }) == 1);
    CHECK(prepared(conn) == std::vector{xid});
    CHECK(round_trips([&] { tx->tpc_rollback(); }) == 1);
  }
  SUBCASE("not at all when nothing was executed") {
    CHECK(round_trips([&] { tx->tpc_commit(); }) == 0);
  }
}

TEST_CASE("the connection is free while a transaction is prepared, which executes nothing more") {
  Connection conn = connect_with_table();
  TwoPhaseTransaction tx = conn.tpc_begin(xid);
  tx.execute("INSERT INTO tpc VALUES (1)");
  tx.tpc_prepare();
  CHECK_THROWS_AS(tx.execute("SELECT 1"), ProgrammingError);
  const auto error = caught<ProgrammingError>([&] { tx.tpc_prepare(); });
  CHECK(contains(error.message(), "has been prepared"));
  {
    Transaction other = conn.transaction();
    other.execute("INSERT INTO tpc VALUES (2)");
    const auto within = caught<ProgrammingError>([&] { tx.tpc_commit(); });
    CHECK(contains(within.message(), "within a transaction"));
    CHECK_THROWS_AS(tx.tpc_rollback(), ProgrammingError);
    CHECK_THROWS_AS(conn.tpc_commit(xid), ProgrammingError);
    CHECK_THROWS_AS(conn.tpc_rollback(xid), ProgrammingError);
    CHECK(tx.prepared());
    other.commit();
  }
  tx.tpc_commit();
  CHECK(rows(conn) == 2);
}

TEST_CASE("two-phase transactions begin outside of others, and have savepoints within") {
  support::WireProxy proxy;
  Connection conn = connect_with_table(proxy.conninfo());
  {
    Transaction other = conn.transaction();
    const auto traffic = proxy.traffic_of(
        [&] { CHECK_THROWS_AS(static_cast<void>(conn.tpc_begin(xid)), ProgrammingError); });
    CHECK(traffic.messages_to_server == 0);
  }
  conn.execute("BEGIN");
  CHECK_THROWS_AS(static_cast<void>(conn.tpc_begin(xid)), ProgrammingError);
  conn.execute("ROLLBACK");
  TwoPhaseTransaction tx = conn.tpc_begin(xid, {.isolation = IsolationLevel::serializable});
  CHECK(tx.execute("SHOW transaction_isolation").value<std::string>() == "serializable");
  tx.transaction([](Transaction& inner) { inner.execute("INSERT INTO tpc VALUES (1)"); });
  {
    Transaction inner = tx.transaction();
    inner.execute("INSERT INTO tpc VALUES (2)");
    CHECK_THROWS_AS(tx.tpc_prepare(), OutOfOrderTransactionNesting);
  }
  tx.tpc_prepare();
  tx.tpc_commit();
  CHECK(rows(conn) == 1);
}

TEST_CASE("PREPARE TRANSACTION that was answered with ROLLBACK throws, and nothing is prepared") {
  Connection conn = connect_with_table();
  TwoPhaseTransaction tx = conn.tpc_begin(xid);
  CHECK_THROWS_AS(tx.execute("SELECT 1 / 0"), errors::DivisionByZero);
  const auto error = caught<TransactionRolledBack>([&] { tx.tpc_prepare(); });
  CHECK(contains(error.message(), "PREPARE TRANSACTION was answered with ROLLBACK"));
  CHECK(contains(error.message(), "division by zero"));
  CHECK(error.statement() == "SELECT 1 / 0");
  CHECK_FALSE(tx.prepared());
  CHECK(conn.info().transaction_status() == TransactionStatus::idle);
  CHECK(prepared(conn).empty());
}

TEST_CASE("what PREPARE TRANSACTION itself fails for is the server's error, and rolls back") {
  Connection conn = connect_with_table();
  SUBCASE("a deferred constraint") {
    TwoPhaseTransaction tx = conn.tpc_begin(xid);
    tx.execute("INSERT INTO tpc VALUES (1), (1)");
    CHECK_THROWS_AS(tx.tpc_prepare(), errors::UniqueViolation);
    CHECK_FALSE(tx.prepared());
  }
  SUBCASE("a name that is taken") {
    TwoPhaseTransaction first = conn.tpc_begin(xid);
    first.tpc_prepare();
    TwoPhaseTransaction second = conn.tpc_begin(xid);
    second.execute("INSERT INTO tpc VALUES (1)");
    const auto error = caught<errors::DuplicateObject>([&] { second.tpc_prepare(); });
    CHECK(contains(error.message(), xid.text()));
    CHECK(contains(error.statement(), "PREPARE TRANSACTION"));
    first.tpc_rollback();
  }
  SUBCASE("a temporary table") {
    TwoPhaseTransaction tx = conn.tpc_begin(xid);
    tx.execute("CREATE TEMPORARY TABLE passing (n int)");
    CHECK_THROWS_AS(tx.tpc_prepare(), errors::FeatureNotSupported);
  }
  CHECK(conn.info().transaction_status() == TransactionStatus::idle);
  CHECK(rows(conn) == 0);
  CHECK(prepared(conn).empty());
}

TEST_CASE("a cursor's rows can be part of a two-phase transaction") {
  Connection conn = connect_with_table();
  TwoPhaseTransaction tx = conn.tpc_begin(xid);
  tx.execute("INSERT INTO tpc VALUES (1), (2)");
  {
    Cursor cursor = tx.cursor("numbers");
    cursor.execute("SELECT n FROM tpc ORDER BY n");
    CHECK(cursor.fetch_all<std::int32_t>()[1] == 2);
  }
  tx.tpc_prepare();
  tx.tpc_commit();
  CHECK(rows(conn) == 2);
}

TEST_CASE("a statement that ended the transaction is found out by tpc_prepare") {
  Connection conn = connect_with_table();
  TwoPhaseTransaction tx = conn.tpc_begin(xid);
  tx.execute("INSERT INTO tpc VALUES (1)");
  tx.execute("COMMIT");
  CHECK_THROWS_AS(tx.tpc_prepare(), ProgrammingError);
  CHECK(prepared(conn).empty());
}

TEST_CASE("a transaction that is not there can't be ended") {
  Connection conn = connect_with_table();
  const auto error = caught<errors::UndefinedObject>([&] { conn.tpc_commit(xid); });
  CHECK(contains(error.message(), xid.text()));
  CHECK(contains(error.where().file_name(), "tpc_test.cpp"));
  CHECK_THROWS_AS(conn.tpc_rollback(GlobalXid::from_text("it's \\ not there")),
                  errors::UndefinedObject);
}

TEST_CASE("the prepared transactions are found with their time, owner and database") {
  Connection conn = connect_with_table();
  const auto before =
      conn.execute("SELECT now()").value<std::chrono::sys_time<std::chrono::microseconds>>();
  const std::vector<GlobalXid> xids{GlobalXid(42, "gtrid", "bqual"),
                                    GlobalXid::from_text("it's a \\ \"name\" \u20ac"),
                                    GlobalXid(0x7fffffff, std::string(64, '\xff'), "")};
  for (const GlobalXid& next : xids) {
    TwoPhaseTransaction tx = conn.tpc_begin(next);
    tx.tpc_prepare();
  }
  CHECK(prepared(conn) == xids);
  const PreparedTransaction first = conn.tpc_recover().front();
  CHECK(first.xid.format_id() == 42);
  CHECK(first.xid.gtrid() == "gtrid");
  CHECK(first.xid.bqual() == "bqual");
  CHECK(first.prepared >= before);
  CHECK(first.prepared < before + std::chrono::minutes(1));
  CHECK(first.owner == conn.info().user());
  CHECK(first.database == conn.info().dbname());
  for (const GlobalXid& next : xids) conn.tpc_commit(next);
  CHECK(prepared(conn).empty());
}

TEST_CASE("looking for prepared transactions leaves a transaction as it is") {
  Connection conn = connect_with_table();
  CHECK(conn.tpc_recover().empty());
  CHECK(conn.info().transaction_status() == TransactionStatus::idle);
  Transaction tx = conn.transaction();
  tx.execute("SELECT 1");
  CHECK(conn.tpc_recover().empty());
  CHECK(conn.info().transaction_status() == TransactionStatus::in_transaction);
}
