// PostgreSQL that speaks as CockroachDB: that it does.

#include "emulated_cockroach.hpp"

#include "palmetto/palmetto.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

using namespace palmetto;
using namespace crdb_tests;
using pq::TransactionStatus;

namespace {

constexpr const char* release = "RELEASE SAVEPOINT cockroach_restart";
constexpr const char* go_back = "ROLLBACK TO SAVEPOINT cockroach_restart";

// Statement by statement, with no transaction that palmetto knows of.
class Session {
 public:
  explicit Session(const EmulatedCockroach& cockroach)
      : conn_(crdb::connect(cockroach.conninfo())) {}

  std::string operator()(const std::string& statement) {
    return std::string(conn_.execute(dynamic_sql(statement)).command_tag());
  }
  TransactionStatus status() const { return conn_.info().transaction_status(); }
  crdb::CrdbConnection& conn() { return conn_; }

 private:
  crdb::CrdbConnection conn_;
};

// Two transactions that both read two rows, and then write one each: the second to end has lost.
struct Skewed {
  Session winner;
  Session loser;

  Skewed(const EmulatedCockroach& cockroach, bool at_release)
      : winner(cockroach), loser(cockroach) {
    winner("DROP TABLE IF EXISTS skewed");
    winner("CREATE TABLE skewed (id INT PRIMARY KEY, n INT)");
    winner("INSERT INTO skewed VALUES (1, 100), (2, 100)");
    for (Session* session : {&winner, &loser}) {
      (*session)("BEGIN");
      (*session)("SAVEPOINT cockroach_restart");
      (*session)("SELECT sum(n) FROM skewed");
    }
    winner("UPDATE skewed SET n = 0 WHERE id = 1");
    if (at_release) loser("UPDATE skewed SET n = 0 WHERE id = 2");
    CHECK(winner(release) == "COMMIT");
    CHECK(winner("COMMIT") == "COMMIT");
    CHECK_THROWS_AS(loser(at_release ? release : "UPDATE skewed SET n = 0 WHERE id = 1"),
                    errors::SerializationFailure);
  }
};

}  // namespace

TEST_CASE("an emulated CockroachDB is of its version") {
  for (const auto& [name, version] : std::vector<std::tuple<std::string, int>>{
           {"v20.2.19", 200219}, {"v21.1.0-alpha.3", 210100}, {"v25.4.1", 250401}}) {
    CAPTURE(name);
    EmulatedCockroach cockroach(name);
    const crdb::CrdbConnection conn = crdb::connect(cockroach.conninfo());
    CHECK(crdb::CrdbConnection::is_crdb(conn));
    CHECK(conn.info().vendor() == "CockroachDB");
    CHECK(conn.info().server_version() == version);
    CHECK(conn.info().parameter_status("server_version") == "13.0.0");
    if (version >= 220100) CHECK(conn.info().backend_pid() != 0);
  }
}

TEST_CASE("an emulated CockroachDB's transactions are SERIALIZABLE unless they say otherwise") {
  const EmulatedCockroach cockroach("v25.4.1");
  Session session(cockroach);
  const char* const show = "SHOW transaction_isolation";
  CHECK(session.conn().execute("SHOW transaction_isolation").value<std::string>() ==
        "serializable");
  session("BEGIN ISOLATION LEVEL READ COMMITTED");
  CHECK(session.conn().execute(dynamic_sql(show)).value<std::string>() == "read committed");
  session("COMMIT");
}

TEST_CASE("an emulated RELEASE of cockroach_restart commits, and only COMMIT is left to say") {
  const EmulatedCockroach cockroach("v21.1.0");
  Session session(cockroach);
  Session other(cockroach);
  other("DROP TABLE IF EXISTS released");
  other("CREATE TABLE released (n INT)");
  CHECK(session("BEGIN") == "BEGIN");
  CHECK(session("SAVEPOINT cockroach_restart") == "SAVEPOINT");
  CHECK(session("INSERT INTO released VALUES (1)") == "INSERT 0 1");
  CHECK(session(release) == "COMMIT");
  CHECK(session.status() == TransactionStatus::in_transaction);
  CHECK(other("SELECT n FROM released") == "SELECT 1");
  CHECK(session("COMMIT") == "COMMIT");
  CHECK(session.status() == TransactionStatus::idle);
  other("DROP TABLE released");
}

TEST_CASE("an emulated transaction that had a real conflict goes back to cockroach_restart") {
  const EmulatedCockroach cockroach("v21.1.0");
  for (const bool at_release : {true, false}) {
    CAPTURE(at_release);
    Skewed skewed(cockroach, at_release);
    Session& loser = skewed.loser;
    CHECK(loser(go_back) == "ROLLBACK");
    CHECK(loser.status() == TransactionStatus::in_transaction);
    CHECK(loser("UPDATE skewed SET n = n - 1 WHERE id = 2") == "UPDATE 1");
    CHECK(loser(release) == "COMMIT");
    CHECK(loser("COMMIT") == "COMMIT");
    CHECK(loser.status() == TransactionStatus::idle);
    CHECK(loser.conn().execute("SELECT n FROM skewed WHERE id = 2").value<int>() == 99);
  }
}

TEST_CASE("an emulated transaction that had a real conflict is a failed one, and rolled back") {
  const EmulatedCockroach cockroach("v21.1.0");
  for (const bool at_release : {true, false}) {
    CAPTURE(at_release);
    Skewed skewed(cockroach, at_release);
    Session& loser = skewed.loser;
    CHECK(loser.status() == TransactionStatus::in_error);
    CHECK_THROWS_AS(loser("SELECT 1"), errors::InFailedSqlTransaction);
    CHECK_THROWS_AS(loser(release), errors::InFailedSqlTransaction);
    CHECK(loser("ROLLBACK") == "ROLLBACK");
    CHECK(loser.status() == TransactionStatus::idle);
  }
}

TEST_CASE("an emulated BEGIN has a priority and a time, which are left out") {
  const EmulatedCockroach cockroach("v21.1.0");
  Session session(cockroach);
  for (const char* begin :
       {"BEGIN PRIORITY HIGH", "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY PRIORITY LOW",
        "BEGIN AS OF SYSTEM TIME '-1s'", "BEGIN AS OF SYSTEM TIME follower_read_timestamp()",
        "BEGIN READ ONLY PRIORITY NORMAL AS OF SYSTEM TIME '2026-01-01 00:00:00+00:00'"}) {
    CAPTURE(begin);
    CHECK(session(begin) == "BEGIN");
    CHECK(session("COMMIT") == "COMMIT");
  }
  session("BEGIN");
  CHECK(session("SET TRANSACTION PRIORITY HIGH, AS OF SYSTEM TIME '-1s'") == "SET");
  CHECK(session("SET TRANSACTION READ ONLY, PRIORITY HIGH") == "SET");
  session("COMMIT");
}

TEST_CASE("an emulated UPSERT inserts or updates") {
  const EmulatedCockroach cockroach("v21.1.0");
  Session session(cockroach);
  session("DROP TABLE IF EXISTS upserted");
  session("CREATE TABLE upserted (id INT PRIMARY KEY, name STRING, data BYTES)");
  const auto upsert = [&](int id, const std::string& name) {
    return session.conn()
        .execute("UPSERT INTO upserted (id, name) VALUES ($1, $2) RETURNING name", id, name)
        .value<std::string>();
  };
  CHECK(upsert(1, "one") == "one");
  CHECK(upsert(1, "uno") == "uno");
  CHECK(upsert(2, "two") == "two");
  CHECK(session.conn().execute("SELECT name FROM upserted ORDER BY id").all<std::string>() ==
        std::vector<std::string>{"uno", "two"});
  CHECK(session("UPSERT INTO \"upserted\" (\"id\", \"name\") SELECT 2, 'dos'") == "INSERT 0 1");
  session("DROP TABLE upserted");
}

TEST_CASE("an emulated CockroachDB has session IDs and row IDs") {
  const EmulatedCockroach cockroach("v21.1.0");
  Session one(cockroach);
  Session other(cockroach);
  const auto id = one.conn().execute("SHOW session_id").value<std::string>();
  CHECK(id.size() == 32);
  CHECK(id != other.conn().execute("SHOW session_id").value<std::string>());
  const auto ids =
      one.conn().execute("SELECT unique_rowid(), unique_rowid()").one<std::int64_t, std::int64_t>();
  CHECK(std::get<0>(ids) != std::get<1>(ids));
  CHECK(std::get<0>(ids) > std::int64_t{1} << 50);
}

TEST_CASE("a case holds from a version on, or before one") {
  const Cluster cluster("v22.1.3");
  if (cluster.is_real()) {
    CHECK(cluster.is_from(cluster.version()));
    CHECK_FALSE(cluster.is_before(cluster.version()));
    CHECK_THROWS_AS(static_cast<void>(cluster.proxy()), std::logic_error);
  } else {
    CHECK(cluster.version() == 220103);
    CHECK(cluster.is_from(220100));
    CHECK(cluster.is_from(220103));
    CHECK(cluster.is_before(230100));
    CHECK_FALSE(cluster.is_from(230100));
    CHECK_FALSE(cluster.is_before(220103));
  }
}
