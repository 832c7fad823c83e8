// Much at once: large statements and results, and floods of notices.

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::milliseconds_of;

namespace {

constexpr std::size_t mebi = 1 << 20;

bool echoes(Connection& conn, const std::string& text) {
  const Result result = conn.execute("SELECT $1::text", text);
  return result.value<std::string_view>() == text;
}

}  // namespace

TEST_CASE("20 MiB there and back do not block each other") {
  const std::string text(20 * mebi, 'x');
  SUBCASE("to the server itself") {
    Connection conn = support::connect();
    CHECK(echoes(conn, text));
    CHECK(echoes(conn, text));
  }
  SUBCASE("through a network that takes little at a time") {
    support::WireProxy proxy;
    Connection conn = connect(proxy.conninfo());
    CHECK(echoes(conn, text));
  }
  SUBCASE("with BEGIN in front, and a deadline") {
    Connection conn = connect(support::server_url(), {.timeout = 30s});
    auto tx = conn.transaction();
    CHECK(tx.execute("SELECT $1::text", text).value<std::string>() == text);
    tx.commit();
  }
}

TEST_CASE("every one of 20,000 notices gets to the handler") {
  int notices = 0;
  Connection conn =
      connect(support::server_url(), {.notice_handler = [&](const Diagnostic& notice) {
                if (notice.message_primary.starts_with("notice ")) ++notices;
              }});
  conn.execute("DO $$ BEGIN FOR i IN 1..20000 LOOP RAISE NOTICE 'notice %', i; END LOOP; END $$");
  CHECK(notices == 20000);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a notice handler that throws disturbs nothing") {
  int notices = 0;
  Connection conn = connect(support::server_url(), {.notice_handler = [&](const Diagnostic&) {
                              ++notices;
                              throw std::runtime_error("the caller's");
                            }});
  conn.execute("DO $$ BEGIN FOR i IN 1..1000 LOOP RAISE NOTICE 'notice %', i; END LOOP; END $$");
  CHECK(notices == 1000);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a deadline passes in a flood that never lets the client wait") {
  // A handler that is slower than the server: there is always something to read.
  Connection conn =
      connect(support::server_url(), {.grace = 1s, .notice_handler = [](const Diagnostic&) {
                                        const auto until = std::chrono::steady_clock::now() + 100us;
                                        while (std::chrono::steady_clock::now() < until) continue;
                                      }});
  const long long took = milliseconds_of([&] {
    CHECK_THROWS_AS(conn.with({.timeout = 200ms}).execute(R"(
        DO $$
        DECLARE until timestamptz := clock_timestamp() + interval '8 seconds';
        BEGIN
          WHILE clock_timestamp() < until LOOP RAISE NOTICE 'flood'; END LOOP;
        END $$)"),
                    OperationTimeout);
  });
  CHECK(took < 5000);
  // A cancel that overtakes its statement finds nothing to cancel: then the grace period ends it.
  if (!conn.closed()) CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a deadline passes in a result that never lets the client wait") {
  Connection conn = connect(support::server_url(), {.grace = 1s});
  const long long took = milliseconds_of([&] {
    CHECK_THROWS_AS(
        conn.with({.timeout = 50ms}).execute("SELECT n, n FROM generate_series(1, 20000000) n"),
        OperationTimeout);
  });
  CHECK(took < 5000);
  // A cancel that overtakes its statement finds nothing to cancel: then the grace period ends it.
  if (!conn.closed()) CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a COPY to the client that execute() does not take is skipped, however long") {
  Connection conn = support::connect();
  CHECK_THROWS_AS(
      conn.execute("COPY (SELECT repeat('x', 100) FROM generate_series(1, 200000)) TO STDOUT"),
      ProgrammingError);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}
