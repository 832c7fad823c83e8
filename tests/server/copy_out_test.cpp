// COPY to the client: typed rows, raw blocks.

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>

using namespace palmetto;
using support::contains;
using support::thrown_by;

namespace {

Connection connect_with_table() {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE t (id int8, owner text)");
  conn.execute("INSERT INTO t VALUES (1, 'Ada'), (2, NULL)");
  return conn;
}

}  // namespace

TEST_CASE("a table's rows come typed") {
  Connection conn = connect_with_table();
  std::string all;
  for (auto [owner, id] :
       conn.copy_out<std::optional<std::string_view>, std::int64_t>("t", {"owner", "id"}))
    all += std::to_string(id) + std::string(owner.value_or("-")) + " ";
  CHECK(all == "1Ada 2- ");
  for (auto [id, owner] : conn.copy_out<std::int64_t, std::optional<std::string>>("t", {}))
    all += 'x';
  CHECK(all == "1Ada 2- xx");
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a query's rows come typed") {
  Connection conn = connect_with_table();
  std::int64_t sum = 0;
  for (const std::int64_t id : conn.copy_out<std::int64_t>("SELECT id * 2 FROM t; -- twice"))
    sum += id;
  CHECK(sum == 6);
  CHECK_THROWS_AS(static_cast<void>(conn.copy_out<int>("SELECT id FROM t")), TypeMismatch);
  CHECK_THROWS_AS(static_cast<void>(conn.copy_out<int>("SELECT id FROM missing")),
                  errors::UndefinedTable);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("raw blocks come as the server writes them") {
  Connection conn = connect_with_table();
  auto copy = conn.copy_out_raw("COPY t TO STDOUT (FORMAT csv, HEADER)");
  CHECK_THROWS_AS(conn.execute("SELECT 1"), ProgrammingError);
  std::string all;
  while (const auto block = copy.next()) all += *block;
  CHECK(all == "id,owner\n1,Ada\n2,\n");
  CHECK_FALSE(copy.next().has_value());
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("a COPY to the client that is left is cancelled, and the connection is well") {
  Connection conn = support::connect();
  {
    auto copy = conn.copy_out_raw(
        "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT");
    CHECK(copy.next()->size() == 1001);
  }
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("an error among the blocks is thrown, and the connection is well") {
  Connection conn = support::connect();
  auto copy = conn.copy_out_raw("COPY (SELECT 1 / (3 - n) FROM generate_series(1, 5) n) TO STDOUT");
  const auto read = [&] {
    while (copy.next()) {}
  };
  CHECK_THROWS_AS(read(), errors::DivisionByZero);
  CHECK_THROWS_AS(static_cast<void>(conn.copy_out_raw("COPY missing TO STDOUT")),
                  errors::UndefinedTable);
  CHECK_THROWS_AS(static_cast<void>(conn.copy_out_raw("SELECT 1")), ProgrammingError);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}
