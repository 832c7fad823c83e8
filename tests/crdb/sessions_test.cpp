// Sessions of CockroachDB, and cancelling by SQL: cockroachdb-observed.md, section 9.

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using namespace crdb_tests;
using std::chrono::sys_time;
using support::contains;
using support::thrown_by;
using namespace std::chrono;

namespace {

constexpr const char* session = "18e9e31cbf2c34d10000000000000001";
constexpr const char* query = "18e9e31cdf6718700000000000000001";

constexpr std::uint32_t text_oid = 25;
constexpr std::uint32_t timestamp_oid = 1114;
constexpr std::uint32_t timestamptz_oid = 1184;

support::Answer session_id_is(const std::string& id) {
  support::Answer answer = support::rows({{"session_id", text_oid}}, {{id}});
  answer.tag = "SHOW 1";
  return answer;
}

support::Answer query_canceled() {
  return support::error("57014", "query execution canceled",
                        {{'F', "cancel_checker.go"}, {'L', "74"}, {'R', "init"}});
}

// The binary format of an int8, and of a timestamp, which is one.
std::string int8(std::int64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> shift);
  return bytes;
}

constexpr auto started = sys_days(2026y / 11 / 20) + 23h + 39s + 630469us;

// A row of SHOW CLUSTER QUERIES, of which v21.1 says that `start` is a TIMESTAMP.
support::Answer queries(std::uint32_t start_oid,
                        const std::optional<std::string>& distributed = std::string(1, '\0')) {
  const std::string start = int8((started - sys_days(2000y / 1 / 1)) / 1us);
  return support::rows({{"query_id", text_oid},
                        {"node_id", 20},
                        {"session_id", text_oid},
                        {"user_name", text_oid},
                        {"start", start_oid},
                        {"query", text_oid},
                        {"client_address", text_oid},
                        {"application_name", text_oid},
                        {"distributed", 16},
                        {"phase", text_oid}},
                       {{query, int8(1), session, "root", start, "SELECT pg_sleep(5)",
                         "127.0.0.1:57582", "", distributed, "executing"}});
}

// A connection that knows its session, and a second one.
class Two {
 public:
  Two() {
    cockroach.next("SHOW session_id", session_id_is(session));
    static_cast<void>(conn.session_id());
  }

  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  crdb::CrdbConnection other = cockroach.connect();
};

}  // namespace

TEST_CASE("session_id() asks once") {
  Cockroach cockroach;
  cockroach.next("SHOW session_id", session_id_is(session));
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK(conn.session_id() == session);
  CHECK(conn.session_id() == session);
  crdb::CrdbConnection moved = std::move(conn);
  CHECK(moved.session_id() == session);
  CHECK(cockroach.conversation() == "SHOW session_id\n");
}

TEST_CASE("session_id() is of the connection that it is asked of, also within a transaction") {
  Two two;
  two.cockroach.next("SHOW session_id", session_id_is("18e9e31cbf524bcb0000000000000001"));
  two.other.transaction(
      [&](Transaction&) { CHECK(two.other.session_id() == "18e9e31cbf524bcb0000000000000001"); });
  CHECK(two.conn.session_id() == session);
}

TEST_CASE("session_id() that failed is asked again") {
  Cockroach cockroach;
  cockroach.next("SHOW session_id",
                 support::error("42704", "unrecognized configuration parameter"));
  cockroach.next("SHOW session_id", session_id_is(session));
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK_THROWS_AS(static_cast<void>(conn.session_id()), errors::UndefinedObject);
  CHECK(conn.session_id() == session);
}

TEST_CASE("session_id() of a connection that is closed, or was moved from, is an InterfaceError") {
  Two two;
  two.conn.close();
  CHECK_THROWS_AS(static_cast<void>(two.conn.session_id()), InterfaceError);
  const crdb::CrdbConnection moved = std::move(two.other);
  CHECK_THROWS_AS(static_cast<void>(two.other.session_id()), InterfaceError);
}

TEST_CASE("running_queries() are rows with types") {
  Cockroach cockroach;
  SUBCASE("of v21.1, whose start is a TIMESTAMP") {
    cockroach.next("SELECT query_id", queries(timestamp_oid));
  }
  SUBCASE("of later versions, whose start is a TIMESTAMPTZ") {
    cockroach.next("SELECT query_id", queries(timestamptz_oid));
  }
  crdb::CrdbConnection conn = cockroach.connect();
  const std::vector<crdb::RunningQuery> running = conn.running_queries();
  REQUIRE(running.size() == 1);
  CHECK(running[0].query_id == query);
  CHECK(running[0].node_id == 1);
  CHECK(running[0].session_id == session);
  CHECK(running[0].user_name == "root");
  CHECK((running[0].start == started));
  CHECK(running[0].query == "SELECT pg_sleep(5)");
  CHECK(running[0].client_address == "127.0.0.1:57582");
  CHECK(running[0].application_name.empty());
  CHECK(running[0].distributed == false);
  CHECK(running[0].phase == "executing");
  CHECK(cockroach.conversation() ==
        "SELECT query_id, node_id, session_id, user_name, start, query, client_address, "
        "application_name, distributed, phase FROM [SHOW CLUSTER QUERIES] WHERE query_id IS NOT "
        "NULL\n");
}

TEST_CASE("whether a query is distributed is unknown while it is planned") {
  Cockroach cockroach;
  cockroach.next("SELECT query_id", queries(timestamptz_oid, std::nullopt));
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK_FALSE(conn.running_queries().at(0).distributed.has_value());
}

TEST_CASE("cancel_query and cancel_session name what is to be cancelled") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  conn.cancel_query(query);
  conn.cancel_query(query, crdb::if_exists);
  conn.cancel_session(session);
  conn.cancel_session(session, crdb::if_exists);
  CHECK(cockroach.conversation() ==
        "CANCEL QUERY '18e9e31cdf6718700000000000000001'\n"
        "CANCEL QUERY IF EXISTS '18e9e31cdf6718700000000000000001'\n"
        "CANCEL SESSION '18e9e31cbf2c34d10000000000000001'\n"
        "CANCEL SESSION IF EXISTS '18e9e31cbf2c34d10000000000000001'\n");
}

TEST_CASE("an id is a string, whatever is in it") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  conn.cancel_query("00' OR '1'='1");
  CHECK(cockroach.conversation() == "CANCEL QUERY '00'' OR ''1''=''1'\n");
}

TEST_CASE("cancelling a query that is not there is the server's error") {
  Cockroach cockroach;
  // v21.1's own, of an id whose node is none.
  cockroach.next("CANCEL QUERY '00'",
                 support::error("XXUUU", "unable to look up descriptor for n0",
                                {{'F', "gossip.go"}, {'R', "getNodeDescriptorLocked"}}));
  crdb::CrdbConnection conn = cockroach.connect();
  try {
    conn.cancel_query("00");
    FAIL("nothing was thrown");
  } catch (const DatabaseError& error) {
    CHECK(error.sqlstate() == "XXUUU");
    CHECK(error.message() == "unable to look up descriptor for n0");
    CHECK(error.statement() == "CANCEL QUERY ?");
    CHECK(std::string_view(error.where().file_name()).ends_with("sessions_test.cpp"));
  }
  CHECK_NOTHROW(conn.execute("INSERT"));
}

TEST_CASE("cancelling its own session breaks the connection") {
  Two two;
  two.cockroach.next("CANCEL SESSION", support::cut());
  CHECK_THROWS_AS(two.conn.cancel_session(two.conn.session_id()), ConnectionLost);
  CHECK(two.conn.closed());
  CHECK(two.conn.broken());
}

TEST_CASE("a session that another one cancelled is lost with its next statement") {
  Two two;
  two.other.cancel_session(two.conn.session_id());
  two.cockroach.next("INSERT", support::cut());  // as v21.1: the end, without a message
  CHECK_THROWS_AS(two.conn.execute("INSERT"), ConnectionLost);
  CHECK(two.conn.broken());
}

TEST_CASE("cancel_with cancels what the connection executes, by way of another") {
  Two two;
  two.cockroach.next("SELECT pg_sleep(60)", support::when_cancelled(query_canceled()));
  std::thread watchdog([&] {
    // While it executes: not before the server has the statement.
    while (two.cockroach.server().statements().size() < 2) std::this_thread::yield();
    two.conn.cancel_with(two.other);
  });
  const auto error =
      thrown_by<errors::QueryCanceled>([&] { two.conn.execute("SELECT pg_sleep(60)"); });
  watchdog.join();
  CHECK(error.sqlstate() == "57014");
  CHECK(error.message() == "query execution canceled");
  CHECK(two.cockroach.server().statements().at(2).text ==
        "CANCEL QUERIES IF EXISTS (SELECT query_id FROM [SHOW CLUSTER QUERIES] WHERE session_id = "
        "'18e9e31cbf2c34d10000000000000001')");
  CHECK_NOTHROW(two.conn.execute("INSERT"));
  CHECK_NOTHROW(two.other.execute("INSERT"));
}

TEST_CASE("cancel_with from many threads, each with a connection, is safe while it executes") {
  Two two;
  std::atomic<bool> ended = false;
  std::vector<std::thread> watchdogs;
  for (int i = 0; i < 3; ++i)
    watchdogs.emplace_back([&] {
      crdb::CrdbConnection other = two.cockroach.connect();
      while (!ended) two.conn.cancel_with(other);
    });
  for (int i = 0; i < 20; ++i) {
    two.conn.execute("INSERT");
    CHECK(two.conn.session_id() == session);
  }
  two.conn.close();
  ended = true;
  for (std::thread& watchdog : watchdogs) watchdog.join();
}

TEST_CASE("cancel_with of a connection whose session is not known says how to know it") {
  Cockroach cockroach;
  const crdb::CrdbConnection conn = cockroach.connect();
  crdb::CrdbConnection other = cockroach.connect();
  const auto error = thrown_by<ProgrammingError>([&] { conn.cancel_with(other); });
  CHECK(contains(error.message(), "session_id()"));
  CHECK(cockroach.conversation().empty());
}

TEST_CASE("cancel_with the connection itself is refused") {
  Two two;
  const auto error = thrown_by<ProgrammingError>([&] { two.conn.cancel_with(two.conn); });
  CHECK(contains(error.message(), "another connection"));
  CHECK(two.cockroach.conversation() == "SHOW session_id\n");
}

TEST_CASE("cancel_with of a closed connection does nothing") {
  Two two;
  two.conn.close();
  CHECK_NOTHROW(two.conn.cancel_with(two.other));
  CHECK(two.cockroach.conversation() == "SHOW session_id\n");
}

TEST_CASE("the deadline of the other connection is that of cancel_with") {
  Two two;
  two.cockroach.next("CANCEL QUERIES", support::silence());
  crdb::CrdbConnection slow = two.cockroach.connect({.timeout = 100ms, .grace = 100ms});
  CHECK_THROWS_AS(two.conn.cancel_with(slow), OperationTimeout);
  CHECK_NOTHROW(two.conn.execute("INSERT"));
}
