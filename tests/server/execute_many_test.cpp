// One statement for every item of a range.

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"
#include "support/wire_proxy.hpp"

#include <boost/describe.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

using namespace palmetto;

namespace {

struct Plain {
  int id;
  std::optional<std::string> owner;
};

struct Described {
  std::string owner;
  int id;
};
BOOST_DESCRIBE_STRUCT(Described, (), (owner, id))

Connection connect_with_table() {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE t (id int4 PRIMARY KEY, owner text)");
  return conn;
}

std::vector<std::tuple<int, std::optional<std::string>>> all(Connection& conn) {
  return conn.execute("SELECT id, owner FROM t ORDER BY id").all<int, std::optional<std::string>>();
}

std::int64_t count(Connection& conn) {
  return conn.execute("SELECT count(*) FROM t").value<std::int64_t>();
}

}  // namespace

TEST_CASE("a statement is executed for tuples, pairs, structs and single values") {
  Connection conn = connect_with_table();
  const std::vector<std::tuple<int, std::optional<std::string>>> tuples{{1, "Ada"}, {2, {}}};
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1, $2)", tuples) == 2);
  const std::vector<Plain> plain{{3, "Bob"}};
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1, $2)", plain) == 1);
  const std::vector<Described> described{{"Cid", 4}};
  CHECK(conn.execute_many("INSERT INTO t (owner, id) VALUES ($1, $2)", described) == 1);
  const std::map<int, std::string> pairs{{5, "Dan"}};
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1, $2)", pairs) == 1);
  const int single[] = {6, 7};
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1, NULL)", single) == 2);
  CHECK(all(conn) ==
        std::vector<std::tuple<int, std::optional<std::string>>>{
            {1, "Ada"}, {2, {}}, {3, "Bob"}, {4, "Cid"}, {5, "Dan"}, {6, {}}, {7, {}}});
}

TEST_CASE("ranges may be made on the way, and be empty") {
  Connection conn = connect_with_table();
  auto squares = std::views::iota(1, 101) | std::views::transform([](int i) { return i * i; });
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1)", squares) == 100);
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1)", std::vector<int>()) == 0);
  CHECK(count(conn) == 100);
}

TEST_CASE("10,000 items are one round trip, a transaction of their own included") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  conn.execute("CREATE TEMP TABLE t (id int4 PRIMARY KEY)");
  support::Traffic traffic = proxy.traffic_of([&] {
    CHECK(conn.execute_many("INSERT INTO t VALUES ($1)", std::views::iota(0, 10'000)) == 10'000);
  });
  CHECK(traffic.round_trips == 1);
  traffic = proxy.traffic_of([&] {
    conn.transaction([](Transaction& tx) {
      tx.execute_many("UPDATE t SET id = id WHERE id = $1", std::views::iota(0, 10'000));
    });
  });
  CHECK(traffic.round_trips == 2);
  CHECK(
      proxy.traffic_of([&] { conn.execute_many("INSERT INTO t VALUES ($1)", std::vector<int>()); })
          .round_trips == 0);
}

TEST_CASE("each item's result can be looked at, and its rows") {
  Connection conn = connect_with_table();
  std::vector<int> ids;
  const std::int64_t rows =
      conn.execute_many("INSERT INTO t SELECT i FROM generate_series($1, $2) i RETURNING id",
                        std::vector<std::pair<int, int>>{{1, 3}, {4, 4}, {5, 4}},
                        [&](std::size_t item, const Result& result) {
                          const std::size_t expected[] = {3, 1, 0};
                          CHECK(result.size() == expected[item]);
                          for (const int id : result.rows<int>()) ids.push_back(id);
                        });
  CHECK(rows == 4);
  CHECK(ids == std::vector<int>{1, 2, 3, 4});
}

TEST_CASE("when one item fails none is executed, and the error says which it was") {
  Connection conn = connect_with_table();
  const std::vector<int> items{1, 2, 3, 2, 4};
  try {
    conn.execute_many("INSERT INTO t VALUES ($1)", items);
    FAIL("no error");
  } catch (const errors::UniqueViolation& error) {
    CHECK(error.message().find("(item 4 of execute_many)") != std::string::npos);
    CHECK(error.statement() == "INSERT INTO t VALUES ($1)");
    CHECK(error.where().line() != 0);
  }
  CHECK(count(conn) == 0);

  SUBCASE("within a transaction, which has failed then") {
    Transaction tx = conn.transaction();
    tx.execute("INSERT INTO t VALUES (10)");
    CHECK_THROWS_AS(tx.execute_many("INSERT INTO t VALUES ($1)", items), errors::UniqueViolation);
    CHECK_THROWS_AS(tx.commit(), TransactionRolledBack);
  }
  SUBCASE("within a savepoint") {
    Transaction tx = conn.transaction();
    tx.execute("INSERT INTO t VALUES (10)");
    {
      Transaction inner = tx.transaction();
      CHECK_THROWS_AS(inner.execute_many("INSERT INTO t VALUES ($1)", items),
                      errors::UniqueViolation);
    }
    tx.commit();
    CHECK(count(conn) == 1);
  }
}

TEST_CASE("an item that can't be written, or is not made, leaves nothing executed") {
  Connection conn = connect_with_table();
  SUBCASE("written") {
    const std::vector<std::string> items{"good", std::string("NUL \0", 5)};
    CHECK_THROWS_AS(conn.execute_many("INSERT INTO t VALUES (1, $1)", items), DataError);
  }
  SUBCASE("made") {
    auto items = std::views::iota(0, 10'000) | std::views::transform([](int i) {
                   if (i == 9'000) throw std::domain_error("no more");
                   return i;
                 });
    CHECK_THROWS_AS(conn.execute_many("INSERT INTO t VALUES ($1)", items), std::domain_error);
  }
  SUBCASE("taken by the handler") {
    const auto refuse = [](std::size_t, const Result&) { throw std::domain_error("no"); };
    CHECK_THROWS_AS(
        conn.execute_many("INSERT INTO t VALUES ($1)", std::views::iota(0, 10'000), refuse),
        std::domain_error);
  }
  CHECK(count(conn) == 0);
}

TEST_CASE("a handler can't use the connection") {
  Connection conn = connect_with_table();
  const auto use = [&](std::size_t, const Result&) { conn.execute("SELECT 1"); };
  CHECK_THROWS_AS(conn.execute_many("SELECT $1::int4", std::vector<int>{1}, use), ProgrammingError);
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("it is prepared from the first item on, unless nothing is to be") {
  const auto prepared = [](int threshold) {
    Connection conn = connect(support::server_url(), {.prepare_threshold = threshold});
    conn.execute_many("SELECT $1::int4", std::vector<int>{1, 2});
    return conn.with({.prepare_threshold = never_prepare})
        .execute("SELECT count(*) FROM pg_prepared_statements")
        .value<std::int64_t>();
  };
  CHECK(prepared(5) == 1);
  CHECK(prepared(never_prepare) == 0);
}

TEST_CASE("items whose types differ are prepared for each") {
  Connection conn = connect_with_table();
  const std::vector<std::variant<std::int16_t, std::int32_t>> items{
      std::int16_t{1}, std::int32_t{2}, std::int16_t{3}};
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1)", items) == 3);
  CHECK(count(conn) == 3);
}

TEST_CASE("items are written by the dumpers that were registered") {
  Connection conn = connect_with_table();
  conn.adapters().register_dumper<int>("int4", [](const int& id) { return id + 100; });
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1, $2)",
                          std::vector<std::tuple<int, const char*>>{{1, "Ada"}, {2, nullptr}}) ==
        2);
  CHECK(all(conn) ==
        std::vector<std::tuple<int, std::optional<std::string>>>{{101, "Ada"}, {102, {}}});
}

TEST_CASE("it goes into the pipeline that is open") {
  Connection conn = connect_with_table();
  const Pipeline pipeline = conn.pipeline();
  const PipelineResult before = pipeline.execute("INSERT INTO t VALUES (1)");
  CHECK(conn.execute_many("INSERT INTO t VALUES ($1)", std::vector<int>{2, 3}) == 2);
  CHECK(before.get().rows_affected() == 1);
  CHECK(count(conn) == 3);
}

TEST_CASE("an item's value is not in its error") {
  Connection conn = support::connect();
  const std::vector<std::string> items{"1", "a secret of two or three words"};
  try {
    conn.execute_many("DO LANGUAGE plpgsql $$ BEGIN END $$", std::vector<std::tuple<>>{});
    conn.execute(
        "CREATE FUNCTION pg_temp.refuse(t text) RETURNS text LANGUAGE plpgsql AS "
        "$$ BEGIN IF length(t) > 1 THEN RAISE 'not %', t; END IF; RETURN t; END $$");
    conn.execute_many("SELECT pg_temp.refuse($1)", items);
    FAIL("no error");
  } catch (const errors::RaiseException& error) {
    CHECK(std::string(error.what()).find("secret") == std::string::npos);
  }
}

TEST_CASE("many large items do not pile up: neither side waits for the other") {
  Connection conn = support::connect();
  std::size_t bytes = 0;
  const std::string block(100'000, 'x');
  const auto items = std::views::iota(0, 200) | std::views::transform([&](int) { return block; });
  conn.execute_many("SELECT $1::text", items, [&](std::size_t, const Result& result) {
    bytes += result.value<std::string_view>().size();
  });
  CHECK(bytes == 200 * block.size());
}
