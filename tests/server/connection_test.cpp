#include "palmetto/connection.hpp"

#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/pq/capabilities.hpp"

#include "support/server.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>

using palmetto::Connection;

TEST_CASE("info says what the connection is") {
  Connection conn = support::connect();
  const auto info = conn.info();
  CHECK(info.vendor() == "PostgreSQL");
  CHECK(info.server_version() ==
        conn.execute("SELECT current_setting('server_version_num')::int").value<int>());
  CHECK(info.backend_pid() == conn.execute("SELECT pg_backend_pid()").value<int>());
  CHECK(info.dbname() == conn.execute("SELECT current_database()::text").value<std::string>());
  CHECK(info.user() == conn.execute("SELECT current_user::text").value<std::string>());
  CHECK(info.parameter_status("client_encoding") == "UTF8");
  CHECK(info.parameter_status("no_such_setting") == std::nullopt);
  CHECK(info.transaction_status() == palmetto::pq::TransactionStatus::idle);
  CHECK_FALSE(info.ssl_in_use());
}

TEST_CASE("a parameter status follows the setting") {
  Connection conn = support::connect();
  conn.execute("SET TimeZone = 'Asia/Tokyo'");
  CHECK(conn.info().parameter_status("TimeZone") == "Asia/Tokyo");
}

TEST_CASE("the application's name is the connection string's, the options', or the library's") {
  const auto name = [](Connection conn) {
    return conn.execute("SELECT current_setting('application_name')").value<std::string>();
  };
  CHECK(name(support::connect()) == "palmetto");
  CHECK(name(palmetto::connect(support::server_url(), {.application_name = "bank"})) == "bank");
  CHECK(name(palmetto::connect(support::server_url_with("application_name=mine"),
                               {.application_name = "bank"})) == "mine");
}

TEST_CASE("strings are UTF-8 whatever the environment says") {
  Connection conn = palmetto::connect(support::server_url_with("client_encoding=LATIN1"));
  CHECK(conn.execute("SELECT $1::text", "\xe2\x82\xac").value<std::string>() == "\xe2\x82\xac");
  CHECK(conn.execute("SELECT length($1)", "\xe2\x82\xac").value<int>() == 1);
}

TEST_CASE("close closes, and says so") {
  Connection conn = support::connect();
  CHECK_FALSE(conn.closed());
  conn.close();
  CHECK(conn.closed());
  CHECK_FALSE(conn.broken());
  CHECK_THROWS_AS(conn.execute("SELECT 1"), palmetto::InterfaceError);
  CHECK_THROWS_AS(static_cast<void>(conn.transaction()), palmetto::InterfaceError);
  CHECK_THROWS_AS(static_cast<void>(conn.info().host()), palmetto::InterfaceError);
  conn.close();
  conn.cancel();
}

TEST_CASE("a connection that was moved from is closed, the other goes on") {
  Connection conn = support::connect();
  Connection moved = std::move(conn);
  CHECK(conn.closed());
  CHECK_THROWS_AS(conn.execute("SELECT 1"), palmetto::InterfaceError);
  CHECK(moved.execute("SELECT 1").value<int>() == 1);
  Connection other = support::connect();
  const int pid = other.info().backend_pid();
  other = std::move(moved);
  CHECK(other.info().backend_pid() != pid);
  CHECK(other.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("results outlive their connection") {
  std::optional<palmetto::Result> result;
  {
    Connection conn = support::connect();
    result = conn.execute("SELECT 'kept'::text");
  }
  CHECK(result->value<std::string>() == "kept");
}

TEST_CASE("a script gives a result for each statement, as text") {
  Connection conn = support::connect();
  const auto results = conn.execute_script(
      palmetto::dynamic_sql("CREATE TEMP TABLE s (i int); INSERT INTO s VALUES (1), (2);"
                            "SELECT i FROM s ORDER BY i"));
  REQUIRE(results.size() == 3);
  CHECK(results[1].rows_affected() == 2);
  CHECK(results[2].all<int>() == std::vector<int>{1, 2});
}

TEST_CASE("a script stops at its first error and is undone as a whole") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE s (i int)");
  CHECK_THROWS_AS(conn.execute_script(palmetto::dynamic_sql(
                      "INSERT INTO s VALUES (1); SELECT 1/0; INSERT INTO s VALUES (2)")),
                  palmetto::errors::DivisionByZero);
  CHECK(conn.execute("SELECT count(*) FROM s").value<std::int64_t>() == 0);
}

TEST_CASE("a script takes no parameters") {
  Connection conn = support::connect();
  CHECK_THROWS_AS(conn.execute_script(palmetto::dynamic_sql("SELECT $1")),
                  palmetto::ProgrammingError);
}

TEST_CASE("dynamic and composed statements count their placeholders when they are executed") {
  namespace sql = palmetto::sql;
  Connection conn = support::connect();
  CHECK(conn.execute(palmetto::dynamic_sql("SELECT $1::int + $2"), 1, 2).value<int>() == 3);
  const auto composed =
      sql::SQL("SELECT {}::int + {}").format(sql::Placeholder(1), sql::Literal(2));
  CHECK(conn.execute(composed, 1).value<int>() == 3);
  CHECK(conn.execute(sql::SQL("SELECT 1")).value<int>() == 1);
  CHECK_THROWS_AS(conn.execute(palmetto::dynamic_sql("SELECT $1::int"), 1, 2),
                  palmetto::ProgrammingError);
  CHECK_THROWS_AS(conn.execute(composed), palmetto::ProgrammingError);
  CHECK_THROWS_WITH_AS(conn.execute(palmetto::dynamic_sql("SELECT $1, $3"), 1, 2, 3),
                       doctest::Contains("$2"), palmetto::ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(palmetto::dynamic_sql(std::string_view("a\0b", 3))),
                  palmetto::ProgrammingError);
}

TEST_CASE("composed names and values reach the server as they are") {
  namespace sql = palmetto::sql;
  Connection conn = support::connect();
  const std::string name = "weird \"name'; --";
  const std::string value = "it's \\ a \"value\"";
  conn.execute(sql::SQL("CREATE TEMP TABLE {} ({} text)")
                   .format(sql::Identifier(name), sql::Identifier("a.b")));
  conn.execute(
      sql::SQL("INSERT INTO {} VALUES ({})").format(sql::Identifier(name), sql::Literal(value)));
  for (const char* setting : {"on", "off"}) {
    conn.execute("SELECT set_config('standard_conforming_strings', $1, false)", setting);
    CHECK(conn.execute(sql::SQL("SELECT {} FROM {} WHERE {} = {}")
                           .format(sql::Identifier("a.b"), sql::Identifier(name),
                                   sql::Identifier("a.b"), sql::Literal(value)))
              .value<std::string>() == value);
  }
}

TEST_CASE("a handler of notices may add another, for those to come") {
  Connection conn = support::connect();
  int added = 0;
  std::vector<std::string> seen;
  const std::string mark(100, '!');  // what the handler holds itself
  conn.add_notice_handler([&, mark](const palmetto::Diagnostic& notice) {
    for (int i = 0; i < 10; ++i)
      conn.add_notice_handler([&](const palmetto::Diagnostic&) { ++added; });
    seen.push_back(notice.message_primary + mark);
  });
  conn.execute("DO $$ BEGIN RAISE NOTICE 'one'; END $$");
  CHECK(added == 0);
  conn.execute("DO $$ BEGIN RAISE NOTICE 'two'; END $$");
  CHECK(added == 10);
  CHECK(seen == std::vector<std::string>{"one" + mark, "two" + mark});
}

TEST_CASE("a handler of notices can't use the connection, which stays as it is") {
  Connection conn = support::connect();
  int refused = 0;
  std::optional<palmetto::Transaction> open;
  const auto use = [&](const auto& function) {
    try {
      function();
    } catch (const palmetto::ProgrammingError&) { ++refused; }
  };
  conn.add_notice_handler([&](const palmetto::Diagnostic&) {
    use([&] { conn.execute("SELECT 1"); });
    use([&] { static_cast<void>(conn.transaction()); });
    if (open) use([&] { open->commit(); });
  });
  conn.execute("DO $$ BEGIN RAISE NOTICE 'one'; END $$");
  CHECK(refused == 2);
  open.emplace(conn.transaction());
  open->execute("DO $$ BEGIN RAISE NOTICE 'two'; END $$");
  CHECK(refused == 5);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a handler of notices may close the connection: its statement was the last") {
  Connection conn = support::connect();
  conn.add_notice_handler([&](const palmetto::Diagnostic&) { conn.close(); });
  conn.execute("DO $$ BEGIN RAISE NOTICE 'one'; END $$");
  CHECK(conn.closed());
  CHECK_THROWS_AS(conn.execute("SELECT 1"), palmetto::InterfaceError);
}

TEST_CASE("notices go to every handler, and what a handler throws is dropped") {
  std::vector<std::string> first;
  int second = 0;
  Connection conn = palmetto::connect(support::server_url(),
                                      {.notice_handler = [&](const palmetto::Diagnostic& notice) {
                                        first.push_back(notice.message_primary);
                                        throw std::runtime_error("dropped");
                                      }});
  conn.execute("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$");
  CHECK(first == std::vector<std::string>{"one", "two"});
  Connection other = support::connect();
  other.add_notice_handler([&](const palmetto::Diagnostic& notice) {
    CHECK(notice.severity_nonlocalized == "NOTICE");
    CHECK(notice.message_detail == "more");
    CHECK(notice.sqlstate == "01234");
    ++second;
  });
  other.execute("DO $$ BEGIN RAISE NOTICE 'n' USING DETAIL = 'more', ERRCODE = '01234'; END $$");
  CHECK(second == 1);
}

TEST_CASE("the loaded libpq tells what it can do") {
  const auto& capabilities = palmetto::pq::capabilities();
  CHECK(capabilities.libpq_version >= 140000);
  if (const char* meant = std::getenv("PALMETTO_TEST_LIBPQ"))  // by tools/test --postgres
    CHECK(capabilities.libpq_version / 10000 == std::atoi(meant));
  CHECK(capabilities.pipeline);
  CHECK(capabilities.chunked_rows == (capabilities.libpq_version >= 170000));
  CHECK(capabilities.cancel_connection == (capabilities.libpq_version >= 170000));
}
