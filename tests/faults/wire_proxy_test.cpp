// The wire proxy itself, between palmetto and the server.

#include "support/wire_proxy.hpp"

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <future>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::milliseconds_of;
using faults::thrown_by;
using pq::TransactionStatus;
using support::done;
using support::error;
using support::Then;
using support::Traffic;
using support::Way;
using support::WireProxy;

namespace {

// A connection through a proxy, and a place for its rows.
struct Proxied {
  faults::Observer observer;
  int run = observer.new_run();
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo() + " application_name=proxied");

  template <class Executor>
  std::string insert(Executor& executor, int n) {
    return executor.execute("INSERT INTO faults VALUES ($1, $2)", run, n).command_tag();
  }
  TransactionStatus status() const { return conn.info().transaction_status(); }
  std::int64_t rows() { return observer.rows_of(run); }
  std::int64_t rows_in_the_end() {
    observer.wait_until_gone("proxied");
    return rows();
  }
};

constexpr const char* three_rows = "SELECT n FROM generate_series(1, 3) n";

}  // namespace

TEST_CASE("a parameter that the server reports has another value, and one is added") {
  WireProxy proxy;
  proxy.set_parameter("crdb_version", "CockroachDB CCL v25.2.1 (x86_64-pc-linux-gnu)");
  proxy.set_parameter("server_version", "13.0.0");
  const Traffic traffic = proxy.traffic_of([&] {
    const auto conn = crdb::connect(proxy.conninfo());
    CHECK(conn.info().parameter_status("server_version") == "13.0.0");
    CHECK(conn.info().parameter_status("server_encoding") == "UTF8");
    CHECK(crdb::CrdbConnection::is_crdb(conn));
    CHECK(conn.info().server_version() == 250201);
  });
  WireProxy plain;
  const Traffic without = plain.traffic_of([&] { static_cast<void>(connect(plain.conninfo())); });
  CHECK(traffic.messages_to_client == without.messages_to_client + 1);
}

TEST_CASE("a connection is told another process ID") {
  WireProxy proxy;
  proxy.set_backend_key(4711, 1);
  CHECK(connect(proxy.conninfo()).info().backend_pid() == 4711);
  proxy.set_backend_key(0, 0);
  CHECK(connect(proxy.conninfo()).info().backend_pid() == 0);
}

TEST_CASE("the server gets another statement than the client wrote") {
  Proxied proxied;
  proxied.proxy.rewrite("SHOW session_id", "SELECT 'abc'");
  CHECK(proxied.conn.execute("SHOW session_id").value<std::string>() == "abc");
  SUBCASE("with its parameters") {
    proxied.proxy.rewrite("UPSERT", "INSERT INTO faults VALUES ($1, $2)");
    CHECK(proxied.conn.execute("UPSERT $1, $2", proxied.run, 1).command_tag() == "INSERT 0 1");
    CHECK(proxied.rows() == 1);
  }
  SUBCASE("in a script") {
    const auto results = proxied.conn.execute_script(dynamic_sql("SHOW session_id"));
    CHECK(results.at(0).value<std::string>() == "abc");
  }
  SUBCASE("by what the transaction has come to") {
    proxied.proxy.rewrite([](std::string_view statement, char status) {
      return statement == "SHOW status" ? std::string("SELECT '") + status + "'"
                                        : std::string(statement);
    });
    CHECK(proxied.conn.execute("SHOW status").value<std::string>() == "I");
    Transaction tx = proxied.conn.transaction();
    tx.execute("SELECT 1");
    CHECK(tx.execute("SHOW status").value<std::string>() == "T");
  }
}

TEST_CASE("a statement fails as planned, and others do not") {
  Proxied proxied;
  const auto refused = error("42501", "planned", {{'D', "a detail"}, {'H', "a hint"}});
  SUBCASE("outside a transaction") {
    proxied.proxy.fail("INSERT", refused);
    const auto thrown =
        thrown_by<errors::InsufficientPrivilege>([&] { proxied.insert(proxied.conn, 1); });
    CHECK(thrown.diagnostic().message_primary == "planned");
    CHECK(thrown.diagnostic().message_detail == "a detail");
    CHECK(thrown.diagnostic().message_hint == "a hint");
    CHECK(thrown.diagnostic().severity_nonlocalized.empty());
    CHECK(proxied.status() == TransactionStatus::idle);
    CHECK(proxied.insert(proxied.conn, 2) == "INSERT 0 1");
    CHECK(proxied.rows() == 1);
  }
  SUBCASE("twice") {
    proxied.proxy.fail("INSERT", refused, 2);
    for (int i = 0; i < 2; ++i)
      CHECK_THROWS_AS(proxied.insert(proxied.conn, 1), errors::InsufficientPrivilege);
    CHECK(proxied.insert(proxied.conn, 1) == "INSERT 0 1");
  }
  SUBCASE("from now on, until it is forgotten") {
    proxied.proxy.fail("INSERT", refused, WireProxy::always);
    for (int i = 0; i < 10; ++i)
      CHECK_THROWS_AS(proxied.insert(proxied.conn, 1), errors::InsufficientPrivilege);
    proxied.proxy.forget_answers();
    CHECK(proxied.insert(proxied.conn, 1) == "INSERT 0 1");
  }
  SUBCASE("in a script") {
    proxied.proxy.fail("SELECT 1", refused);
    CHECK_THROWS_AS(proxied.conn.execute_script(dynamic_sql("SELECT 1; SELECT 2")),
                    errors::InsufficientPrivilege);
    CHECK(proxied.conn.execute("SELECT 1").value<int>() == 1);
  }
}

TEST_CASE("a transaction in which a statement fails as planned is a failed one at the server") {
  Proxied proxied;
  Transaction tx = proxied.conn.transaction();
  SUBCASE("behind BEGIN, in one pipeline") {
    proxied.proxy.fail("INSERT", error("40001", "planned"));
    CHECK_THROWS_AS(proxied.insert(tx, 1), errors::SerializationFailure);
  }
  SUBCASE("in front of others of its pipeline, which are skipped") {
    proxied.insert(tx, 1);
    auto inner = tx.transaction();
    proxied.proxy.fail("SAVEPOINT", error("40001", "planned"));
    CHECK_THROWS_AS(proxied.insert(inner, 2), errors::SerializationFailure);
  }
  CHECK(proxied.status() == TransactionStatus::in_error);
  tx.rollback();
  CHECK(proxied.rows() == 0);
}

TEST_CASE("a planned failure of a statement that was skipped is for a later one") {
  Proxied proxied;
  proxied.proxy.fail("BEGIN", error("53300", "planned"));
  proxied.proxy.fail("INSERT", error("40001", "planned"));
  {
    Transaction tx = proxied.conn.transaction();
    CHECK_THROWS_AS(proxied.insert(tx, 1), errors::TooManyConnections);
  }
  CHECK_THROWS_AS(proxied.insert(proxied.conn, 1), errors::SerializationFailure);
  CHECK(proxied.insert(proxied.conn, 1) == "INSERT 0 1");
}

TEST_CASE("a COMMIT that fails as planned has ended the transaction, and committed nothing") {
  Proxied proxied;
  proxied.proxy.fail("COMMIT", error("40001", "planned"));
  Transaction tx = proxied.conn.transaction();
  proxied.insert(tx, 1);
  CHECK_THROWS_AS(tx.commit(), errors::SerializationFailure);
  CHECK(proxied.status() == TransactionStatus::idle);
  CHECK(proxied.rows() == 0);
  CHECK(proxied.conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a statement is executed and answered otherwise") {
  Proxied proxied;
  SUBCASE("with another tag") {
    proxied.proxy.answer("INSERT", done("UPSERT 7"));
    CHECK(proxied.insert(proxied.conn, 1) == "UPSERT 7");
    CHECK(proxied.insert(proxied.conn, 2) == "INSERT 0 1");
    CHECK(proxied.rows() == 2);
  }
  SUBCASE("with another tag in a script, for the first of its statements") {
    proxied.proxy.answer("SELECT", done("FIRST"));
    const auto results = proxied.conn.execute_script(dynamic_sql("SELECT 1; SELECT 2"));
    CHECK(results.at(0).command_tag() == "FIRST");
    CHECK(results.at(1).command_tag() == "SELECT 1");
  }
  SUBCASE("but its real failure is told") {
    proxied.proxy.answer("SELECT", done("FINE"));
    CHECK_THROWS_AS(proxied.conn.execute("SELECT 1 / 0"), errors::DivisionByZero);
  }
  SUBCASE("with an error") {
    proxied.proxy.answer("COMMIT", error("40003", "planned"));
    Transaction tx = proxied.conn.transaction();
    proxied.insert(tx, 1);
    CHECK_THROWS_AS(tx.commit(), Error);
    CHECK(proxied.status() == TransactionStatus::idle);
    CHECK(proxied.rows() == 1);
  }
  SUBCASE("with an error, and what follows in its pipeline is skipped") {
    proxied.conn.execute("CREATE TEMPORARY SEQUENCE attempts");
    proxied.proxy.answer("BEGIN", error("53300", "planned"));
    {
      Transaction tx = proxied.conn.transaction();
      CHECK_THROWS_AS(tx.execute("SELECT nextval('attempts')"), errors::TooManyConnections);
      CHECK(proxied.status() == TransactionStatus::in_transaction);
    }
    CHECK(proxied.conn.execute("SELECT nextval('attempts')").value<std::int64_t>() == 1);
  }
  SUBCASE("and the transaction's status is told otherwise, once") {
    proxied.proxy.answer("SELECT", done("SELECT 1", 'T'));
    proxied.conn.execute("SELECT 1");
    CHECK(proxied.status() == TransactionStatus::in_transaction);
  }
}

TEST_CASE("each way has its delay, and a pipeline has it once") {
  Proxied proxied;
  const auto select = [&] { CHECK(proxied.conn.execute("SELECT 42").value<int>() == 42); };
  proxied.proxy.delay(Way::to_client, 200ms);
  CHECK(milliseconds_of(select) >= 200);
  proxied.proxy.delay(Way::to_server, 200ms);
  CHECK(milliseconds_of(select) >= 400);
  Transaction tx = proxied.conn.transaction();
  Transaction inner = tx.transaction();
  const Traffic traffic = proxied.proxy.traffic_of([&] {
    // BEGIN and SAVEPOINT travel with it.
    const long long took =
        milliseconds_of([&] { CHECK(proxied.insert(inner, 1) == "INSERT 0 1"); });
    CHECK(took >= 400);
    CHECK(took < 400 + 12 * 200);
  });
  CHECK(traffic.messages_to_server == 13);
  CHECK(traffic.round_trips == 1);
  proxied.proxy.delay(Way::to_server, 0ms);
  proxied.proxy.delay(Way::to_client, 0ms);
  inner.commit();
  CHECK(milliseconds_of([&] { tx.commit(); }) < 400);
}

TEST_CASE("what is under way when the delay becomes shorter is not overtaken") {
  Proxied proxied;
  proxied.proxy.delay(Way::to_client, 100ms);
  proxied.proxy.at({.way = Way::to_client, .type = 'T'}, Then::go_on);
  auto numbers = std::async(std::launch::async, [&] {
    return proxied.conn.execute("SELECT n, pg_sleep(0.02) FROM generate_series(1, 3) n")
        .all<int, std::optional<std::string>>()
        .size();
  });
  CHECK(proxied.proxy.wait_for_moment(5s));
  proxied.proxy.delay(Way::to_client, 0ms);
  CHECK(numbers.get() == 3);
}

TEST_CASE("a connection is cut before, inside or behind any message to the client") {
  struct Case {
    Then then;
    char type;
    int nth;
    bool has_result;
  };
  for (const Case& cut : std::vector<Case>{{Then::cut_before, 'D', 2, false},
                                           {Then::cut_inside, 'D', 2, false},
                                           {Then::cut_after, 'D', 3, false},
                                           {Then::cut_before, 'Z', 1, false},
                                           {Then::cut_inside, 'Z', 1, false},
                                           {Then::cut_after, 'Z', 1, true}}) {
    CAPTURE(cut.type);
    CAPTURE(static_cast<int>(cut.then));
    WireProxy proxy;
    Connection conn = connect(proxy.conninfo());
    proxy.at({.way = Way::to_client, .type = cut.type, .statement = "SELECT n", .nth = cut.nth},
             cut.then);
    if (cut.has_result) {
      CHECK(conn.execute(three_rows).size() == 3);
      CHECK_THROWS_AS(conn.execute(three_rows), ConnectionLost);
    } else {
      CHECK_THROWS_AS(conn.execute(three_rows), ConnectionLost);
    }
    CHECK(conn.broken());
    CHECK(connect(proxy.conninfo()).execute(three_rows).size() == 3);
  }
}

TEST_CASE("how much gets through before a cut is exact") {
  for (const Then then : {Then::cut_before, Then::cut_inside, Then::cut_after}) {
    CAPTURE(static_cast<int>(then));
    Proxied proxied;
    proxied.proxy.at({.type = 'S', .statement = "INSERT"}, then);
    CHECK_THROWS_AS(proxied.insert(proxied.conn, 1), ConnectionLost);
    // Without a whole Sync it is executed, and not committed.
    CHECK(proxied.rows_in_the_end() == (then == Then::cut_after ? 1 : 0));
  }
}

TEST_CASE("a message to the client is a moment for silence, too") {
  Proxied proxied;
  Connection conn = connect(proxied.proxy.conninfo(), {.grace = 100ms});
  SUBCASE("of all") {
    proxied.proxy.at({.way = Way::to_client, .type = 'D', .nth = 2}, Then::fall_silent);
  }
  SUBCASE("of the server") {
    proxied.proxy.at({.way = Way::to_client, .type = 'D', .nth = 2}, Then::swallow_answers);
  }
  CHECK_THROWS_AS(conn.with({.timeout = 100ms}).execute(three_rows), OperationTimeout);
  CHECK(conn.broken());
  CHECK_THROWS_AS(proxied.proxy.at({.way = Way::to_client}, Then::cut_at_answer),
                  std::invalid_argument);
}

TEST_CASE("round trips are counted, whatever is in them") {
  Proxied proxied;
  const auto round_trips_of = [&](auto&& action) {
    return proxied.proxy.traffic_of(action).round_trips;
  };
  CHECK(round_trips_of([&] { static_cast<void>(connect(proxied.proxy.conninfo())); }) == 1);
  CHECK(round_trips_of([&] { proxied.conn.execute(three_rows); }) == 1);
  CHECK(round_trips_of([&] {
          proxied.conn.execute_script(dynamic_sql("SELECT 1; SELECT 2; SELECT 3"));
        }) == 1);
  CHECK(round_trips_of([&] {
          CHECK_THROWS_AS(proxied.conn.execute("SELECT 1 / 0"), errors::DivisionByZero);
        }) == 1);
  CHECK(round_trips_of([&] {
          Transaction tx = proxied.conn.transaction();
          proxied.insert(tx, 1);  // BEGIN travels with it
          proxied.insert(tx, 2);
          tx.commit();
        }) == 3);
  CHECK(round_trips_of([] {}) == 0);
}

TEST_CASE("an answer to a password is a round trip of its own") {
  Proxied proxied;
  Connection& admin = proxied.observer.connection();
  admin.execute("DROP ROLE IF EXISTS palmetto_password");
  admin.execute("CREATE ROLE palmetto_password LOGIN PASSWORD 'huntertw0'");
  const Traffic traffic = proxied.proxy.traffic_of([&] {
    static_cast<void>(
        connect(proxied.proxy.conninfo() + " user=palmetto_password password=huntertw0"));
  });
  CHECK(traffic.round_trips == 3);  // SCRAM: startup, the first and the last message of the client
  admin.execute("DROP ROLE palmetto_password");
}

TEST_CASE("messages and bytes are counted each way") {
  Proxied proxied;
  const std::string text(100'000, 'x');
  const Traffic traffic =
      proxied.proxy.traffic_of([&] { proxied.conn.execute("SELECT length($1::text)", text); });
  CHECK(traffic.messages_to_server == 5);  // Parse, Bind, Describe, Execute, Sync
  // ParseComplete, BindComplete, RowDescription, DataRow, CommandComplete, ReadyForQuery
  CHECK(traffic.messages_to_client == 6);
  CHECK(traffic.bytes_to_server > text.size());
  CHECK(traffic.bytes_to_server < text.size() + 200);
  CHECK(traffic.bytes_to_client > 50);
  CHECK(traffic.bytes_to_client < 200);
}

TEST_CASE("several connections at once do not disturb each other") {
  Proxied proxied;
  proxied.proxy.answer("SELECT 'tag'", done("PLANNED"), WireProxy::always);
  constexpr int connections = 8;
  constexpr int statements = 40;
  const Traffic traffic = proxied.proxy.traffic_of([&] {
    std::vector<std::future<int>> right;
    for (int i = 0; i < connections; ++i)
      right.push_back(std::async(std::launch::async, [&, i] {
        Connection conn = connect(proxied.proxy.conninfo());
        int count = 0;
        for (int n = 0; n < statements / 2; ++n) {
          if (conn.execute("SELECT $1::int8", i * n).value<std::int64_t>() == i * n) ++count;
          if (conn.execute("SELECT 'tag'").command_tag() == "PLANNED") ++count;
        }
        return count;
      }));
    for (std::future<int>& count : right) CHECK(count.get() == statements);
  });
  CHECK(traffic.round_trips == connections * (1 + statements));
}

TEST_CASE("a proxy that takes no connections takes them again when it is told to") {
  Proxied proxied;
  for (const auto go : {&WireProxy::refuse, &WireProxy::hang_up}) {
    (proxied.proxy.*go)();
    CHECK_THROWS_AS(static_cast<void>(connect(proxied.proxy.conninfo())), OperationalError);
    CHECK(proxied.conn.execute("SELECT 1").value<int>() == 1);
    proxied.proxy.take_connections();
    CHECK(connect(proxied.proxy.conninfo()).execute("SELECT 1").value<int>() == 1);
  }
}
