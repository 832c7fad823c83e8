// Rows as they arrive: the same on every road, whatever the arguments, and however it ends.

#include "palmetto/adapters/bitset.hpp"
#include "palmetto/palmetto.hpp"
#include "palmetto/pq/capabilities.hpp"

#include "support/server.hpp"
#include "support/thrown.hpp"

#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using support::contains;
using support::thrown_by;

namespace {

struct Road {
  StreamRoad road;
  const char* name;
};

std::vector<Road> roads() {
  std::vector<Road> all{{StreamRoad::copy, "copy"},
                        {StreamRoad::cursor, "cursor"},
                        {StreamRoad::single_row, "single_row"}};
  if (pq::capabilities().chunked_rows) all.push_back({StreamRoad::chunks, "chunks"});
  return all;
}

// Runs the check on every road, and within a transaction as well.
template <class Check>
void on_every_road(Check check) {
  for (const Road& road : roads()) {
    INFO(road.name);
    Connection conn = support::connect();
    check(conn.with({.road = road.road}));
    CHECK(conn.execute("SELECT 42").value<int>() == 42);
    auto tx = conn.transaction();
    check(tx.with({.road = road.road}));
    tx.commit();
    CHECK(conn.execute("SELECT 42").value<int>() == 42);
  }
}

struct Account {
  std::string owner;
  std::int64_t id;
};
BOOST_DESCRIBE_STRUCT(Account, (), (owner, id))

}  // namespace

TEST_CASE("the rows are the same on every road") {
  on_every_road([](const Executor& executor) {
    std::int64_t expected = 0;
    for (auto [n, text, none] : executor.stream<std::int64_t, std::string_view, std::optional<int>>(
             "SELECT n, 'text ' || n, NULL::int4 FROM generate_series(1, $1::int8) n; -- done",
             5000)) {
      ++expected;
      REQUIRE(n == expected);
      REQUIRE(text == "text " + std::to_string(n));
      REQUIRE_FALSE(none.has_value());
    }
    CHECK(expected == 5000);
  });
}

TEST_CASE("no rows are no rows on every road") {
  on_every_road([](const Executor& executor) {
    for (const int n : executor.stream<int>("SELECT 1 WHERE false")) FAIL(n);
  });
}

TEST_CASE("structs are read by name on every road") {
  on_every_road([](const Executor& executor) {
    std::vector<std::string> owners;
    for (const Account& account :
         executor.stream<Account>("SELECT 7 AS other, 1::int8 AS id, 'Ada' AS owner"))
      owners.push_back(account.owner + std::to_string(account.id));
    CHECK(owners == std::vector<std::string>{"Ada1"});
  });
}

TEST_CASE("arguments mean the same on every road") {
  using Time = std::chrono::sys_time<std::chrono::microseconds>;
  const auto check = [](auto argument, const char* expression) {
    CAPTURE(expression);
    Connection conn = support::connect();
    const auto statement = dynamic_sql("SELECT (" + std::string(expression) + ")::text");
    using Texts = std::vector<std::optional<std::string>>;
    const auto expected =
        conn.execute(statement, argument).template all<std::optional<std::string>>();
    on_every_road([&](const Executor& executor) {
      Texts texts;
      for (const auto& text : executor.stream<std::optional<std::string>>(statement, argument))
        texts.push_back(text);
      CHECK(texts == expected);
    });
  };
  check(-5, "1 -$1");
  check(-5, "1-$1 -- $2\n");
  check(std::int64_t{-9'000'000'000}, "$1");
  check(std::int16_t{-7}, "$1 * $1");
  check(std::uint64_t{18446744073709551615U}, "$1");
  check(-1.5e-300, "$1");
  check(true, "NOT $1");
  check("it's \\ a \"text\" $1 -- /* \n \t", "$1 || '$1' || $1");
  check("\\", "E'\\'' || $1 || '\\'");
  check("42", "$1 + 1");
  check("2024-02-29", "$1::date + 1");
  check("{1,2}", "$1::int4[]");
  check(nullptr, "$1::int4");
  check(std::optional<std::int32_t>(), "coalesce($1, 3)");
  check(std::vector<std::string>{"a,b", "c\"d", "\\", "NULL", ""}, "$1::text[]");
  check(std::vector<std::int64_t>{1, -2}, "3 = ANY($1) OR -2 = ANY($1)");
  check(boost::json::parse(R"({"a": ["'", "\\"]})"), "$1::jsonb -> 'a'");
  check(Time(std::chrono::microseconds(1'700'000'000'123'456)), "$1");
  check(Numeric::parse("-12345678901234567890.5000"), "$1");
  check(std::vector<std::byte>{std::byte{0}, std::byte{92}, std::byte{39}}, "$1::bytea");
  check('x', "$1::bpchar || 'y'");
  check(std::bitset<5>(0b10110), "$1");
  check(std::vector{std::bitset<3>(5)}, "$1");
}

TEST_CASE("errors are of the same class on every road, and the connection is usable after them") {
  for (const Road& road : roads()) {
    INFO(road.name);
    Connection conn = support::connect();
    const Executor executor = conn.with({.road = road.road});
    SUBCASE("a statement that is wrong") {
      const auto error = thrown_by<errors::UndefinedTable>(
          [&] { static_cast<void>(executor.stream<int>("SELECT 1 FROM missing")); });
      CHECK(error.statement() == "SELECT 1 FROM missing");
      CHECK(error.where().line() != 0);
    }
    SUBCASE("at the first row") {
      CHECK_THROWS_AS(static_cast<void>(executor.stream<int>("SELECT 1 / $1", 0)),
                      errors::DivisionByZero);
    }
    SUBCASE("among the rows") {
      int last = 0;
      const auto read = [&] {
        for (const int n :
             executor.stream<int>("SELECT n / (n <> 3000)::int4 FROM generate_series(1, 5000) n"))
          last = n;
      };
      CHECK_THROWS_AS(read(), errors::DivisionByZero);
      CHECK(last > 0);
      CHECK(last < 3000);
    }
    SUBCASE("columns that can't be read so") {
      const auto error = thrown_by<TypeMismatch>([&] {
        static_cast<void>(executor.stream<std::int32_t, bool>("SELECT 1::int8, 'x'::text"));
      });
      CHECK(contains(error.message(), "column 1"));
      CHECK(contains(error.message(), "column 2"));
    }
    SUBCASE("NULL into what takes none") {
      CHECK_THROWS_AS(
          [&] {
            for (const int n : executor.stream<int>("SELECT NULL::int4")) FAIL(n);
          }(),
          DataError);
    }
    CHECK_FALSE(conn.closed());
    CHECK(conn.execute("SELECT 42").value<int>() == 42);
  }
}

TEST_CASE("breaking out of the loop leaves the connection usable on every road") {
  for (const Road& road : roads()) {
    INFO(road.name);
    Connection conn = support::connect();
    for (const auto text : conn.with({.road = road.road})
                               .stream<std::string_view>(
                                   "SELECT repeat('x', 1000) FROM generate_series(1, 1000000)")) {
      CHECK(text.size() == 1000);
      break;
    }
    CHECK(conn.execute("SELECT 42").value<int>() == 42);
    auto tx = conn.transaction();
    for (const int n :
         tx.with({.road = road.road}).stream<int>("SELECT generate_series(1, 1000000)"))
      if (n == 2) break;
    if (road.road == StreamRoad::cursor) {
      CHECK(tx.execute("SELECT 42").value<int>() == 42);
      tx.commit();
    } else {
      CHECK_THROWS_AS(tx.commit(), TransactionRolledBack);
    }
  }
}

TEST_CASE("while rows arrive the connection is busy") {
  on_every_road([](const Executor& executor) {
    auto stream = executor.stream<int>("SELECT generate_series(1, 3)");
    const auto error = thrown_by<ProgrammingError>([&] { executor.execute("SELECT 1"); });
    CHECK(contains(error.message(), "the rows of another statement are still arriving"));
    int sum = 0;
    for (const int n : stream) sum += n;
    CHECK(sum == 6);
  });
}

TEST_CASE("the fastest road that there is is taken, and can be asked for") {
  Connection conn = support::connect();
  CHECK(conn.stream<int>("SELECT 1").road() == StreamRoad::copy);
  CHECK(conn.stream<int>("WITH a AS (SELECT 1) SELECT * FROM a").road() == StreamRoad::copy);
  CHECK(conn.stream<int>("VALUES (1)").road() == StreamRoad::copy);
  const StreamRoad other =
      pq::capabilities().chunked_rows ? StreamRoad::chunks : StreamRoad::single_row;
  conn.execute("CREATE TEMP TABLE t (n int4)");
  CHECK(conn.stream<int>("INSERT INTO t VALUES (1) RETURNING n").road() == other);
  CHECK(conn.with({.results = Format::text}).stream<std::string>("SELECT 1").road() !=
        StreamRoad::copy);
}

TEST_CASE("a road that can't be taken is refused before anything is sent") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE t (n int4)");
  for (const StreamRoad road : {StreamRoad::copy, StreamRoad::cursor})
    CHECK_THROWS_AS(
        static_cast<void>(
            conn.with({.road = road}).stream<int>("INSERT INTO t VALUES (1) RETURNING n")),
        NotSupportedError);
  CHECK(conn.execute("SELECT count(*) FROM t").value<std::int64_t>() == 0);
}

TEST_CASE("the deadline is of all the rows together") {
  for (const Road& road : roads()) {
    INFO(road.name);
    Connection conn = support::connect();
    const auto read = [&] {
      for (const int n :
           conn.with({.timeout = 200ms, .road = road.road})
               .stream<int>("SELECT CASE WHEN pg_sleep(0.01) IS NULL THEN 0 ELSE n END "
                            "FROM generate_series(1, 100000) n"))
        static_cast<void>(n);
    };
    CHECK_THROWS_AS(read(), OperationTimeout);
    CHECK_FALSE(conn.closed());
    CHECK(conn.execute("SELECT 42").value<int>() == 42);
  }
}

TEST_CASE("a stream that was closed, or moved, has no rows left") {
  Connection conn = support::connect();
  auto stream = conn.stream<int>("SELECT generate_series(1, 1000000)");
  auto moved = std::move(stream);
  moved.close();
  for (const int n : moved) FAIL(n);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}
