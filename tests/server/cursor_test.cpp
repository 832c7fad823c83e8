// Server-side cursors. The cases that are psycopg's are those of its test_cursor_server.py.

#include "palmetto/palmetto.hpp"

#include "caught.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

using namespace palmetto;
using support::caught;
using support::contains;

namespace {

using Numbers = std::vector<std::int32_t>;

template <class Rows>
Numbers numbers_of(const Rows& rows) {
  return Numbers(rows.begin(), rows.end());
}

std::int64_t open_cursors(const Executor& executor) {
  return executor.execute("SELECT count(*) FROM pg_cursors WHERE name <> ''").value<std::int64_t>();
}

void count_to(Cursor& cursor, int last) { cursor.execute("SELECT generate_series(1, $1)", last); }

}  // namespace

TEST_CASE("a cursor gives the rows of its query by as many as are asked for") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("numbers");
  count_to(cursor, 5);
  CHECK(numbers_of(cursor.fetch<std::int32_t>(2)) == Numbers{1, 2});
  CHECK(cursor.fetch(1).value<std::int32_t>() == 3);
  CHECK(cursor.fetch_one<std::int32_t>() == 4);
  CHECK(numbers_of(cursor.fetch<std::int32_t>(100)) == Numbers{5});
  CHECK(cursor.fetch_one<std::int32_t>() == std::nullopt);
  CHECK(cursor.fetch_all().empty());
}

TEST_CASE("the rest of a cursor comes at once, from the row it is on") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("numbers");
  count_to(cursor, 3);
  CHECK(cursor.fetch_one<std::int32_t>() == 1);
  CHECK(numbers_of(cursor.fetch_all<std::int32_t>()) == Numbers{2, 3});
}

TEST_CASE("the server binds a cursor's parameters, of any type") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("parameters");
  cursor.execute("SELECT $1::text, $2::int8, $3::text IS NULL, $4 || 'x'", "it's", std::int64_t{42},
                 std::optional<std::string>(), std::string("\\"));
  CHECK(cursor.fetch_one<std::string, std::int64_t, bool, std::string>() ==
        std::tuple(std::string("it's"), std::int64_t{42}, true, std::string("\\x")));
}

TEST_CASE("a cursor's query can be composed") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("composed");
  cursor.execute(sql::SQL("SELECT {} + {} AS {}")
                     .format(sql::Literal(1), sql::Placeholder(1), sql::Identifier("a sum")),
                 41);
  const Result sum = cursor.fetch(1);
  CHECK(sum[0]["a sum"].as<std::int32_t>() == 42);
  CHECK_THROWS_AS(cursor.execute(sql::SQL("SELECT 1"), 42), ProgrammingError);
  CHECK_THROWS_AS(cursor.execute(dynamic_sql("SELECT $1::int4")), ProgrammingError);
  cursor.execute(dynamic_sql("SELECT $1::int4"), 42);
  CHECK(cursor.fetch_one<std::int32_t>() == 42);
}

TEST_CASE("a cursor is iterated over in batches, and views are good within a step") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  for (const int rows : {0, 1, 9, 10, 11, 20, 25}) {
    CAPTURE(rows);
    Cursor cursor = tx.cursor("batches");
    cursor.execute("SELECT n, 'row ' || n FROM generate_series(1, $1) n", rows);
    int last = 0;
    for (auto [number, text] : cursor.rows<std::int32_t, std::string_view>(10)) {
      CHECK(number == ++last);
      CHECK(text == "row " + std::to_string(number));
    }
    CHECK(last == rows);
  }
}

TEST_CASE(
    "a loop over a cursor costs a round trip per batch, and one less when the last is short") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("batches");
  CHECK(proxy.traffic_of([&] { count_to(cursor, 25); }).round_trips == 1);  // with its BEGIN
  int rows = 0;
  const auto read = [&] {
    for (const std::int32_t number : cursor.rows<std::int32_t>(10)) rows += number > 0 ? 1 : 0;
  };
  CHECK(proxy.traffic_of(read).round_trips == 3);
  CHECK(rows == 25);
  CHECK(proxy.traffic_of([&] { cursor.close(); }).round_trips == 1);
}

TEST_CASE("a loop that is left leaves the cursor behind its batch, and the connection usable") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("left");
  count_to(cursor, 10);
  for (const std::int32_t number : cursor.rows<std::int32_t>(4))
    if (number == 2) break;
  CHECK(tx.execute("SELECT 1").value<std::int32_t>() == 1);
  Numbers rest;
  for (const std::int32_t number : cursor.rows<std::int32_t>(4)) rest.push_back(number);
  CHECK(rest == Numbers{5, 6, 7, 8, 9, 10});
}

TEST_CASE("rows that were fetched outlive their cursor and the connection") {
  std::optional<Rows<std::string_view>> kept;
  {
    Connection conn = support::connect();
    Transaction tx = conn.transaction();
    Cursor cursor = tx.cursor("kept");
    cursor.execute("SELECT 'a text that no small string holds'");
    kept = cursor.fetch<std::string_view>(1);
  }
  CHECK((*kept)[0] == "a text that no small string holds");
}

TEST_CASE("a cursor scrolls, relatively and absolutely, and stays at an end that it overruns") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("scrolling", {.scroll = true});
  count_to(cursor, 100);
  cursor.scroll(7);
  CHECK(cursor.fetch_one<std::int32_t>() == 8);
  cursor.scroll(-3);
  CHECK(cursor.fetch_one<std::int32_t>() == 6);
  cursor.scroll(0);
  CHECK(cursor.fetch_one<std::int32_t>() == 7);
  cursor.scroll(50, ScrollMode::absolute);
  CHECK(cursor.fetch_one<std::int32_t>() == 51);
  cursor.scroll(0, ScrollMode::absolute);
  CHECK(cursor.fetch_one<std::int32_t>() == 1);
  cursor.scroll(-2, ScrollMode::absolute);
  CHECK(cursor.fetch_one<std::int32_t>() == 100);
  cursor.scroll(1000);
  CHECK(cursor.fetch_one<std::int32_t>() == std::nullopt);
  cursor.scroll(-1000);
  CHECK(cursor.fetch_one<std::int32_t>() == 1);
}

TEST_CASE("a cursor that is not to scroll does so forward alone") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("forward", {.scroll = false});
  count_to(cursor, 5);
  cursor.scroll(2);
  CHECK(cursor.fetch_one<std::int32_t>() == 3);
  const auto error = caught<errors::ObjectNotInPrerequisiteState>([&] { cursor.scroll(-1); });
  CHECK(contains(error.message(), "cursor can only scan forward"));
  CHECK(contains(error.statement(), "SELECT generate_series"));
}

TEST_CASE("a held cursor outlives its transaction, committed; and can have none") {
  Connection conn = support::connect();
  SUBCASE("declared in a transaction") {
    Transaction tx = conn.transaction();
    Cursor cursor = tx.cursor("held", {.hold = true});
    count_to(cursor, 3);
    CHECK(cursor.fetch_one<std::int32_t>() == 1);
    tx.commit();
    CHECK(numbers_of(cursor.fetch_all<std::int32_t>()) == Numbers{2, 3});
    CHECK(open_cursors(conn) == 1);
  }
  SUBCASE("declared outside of one") {
    Cursor cursor = conn.cursor("held", {.hold = true});
    count_to(cursor, 3);
    CHECK(numbers_of(cursor.fetch_all<std::int32_t>()) == Numbers{1, 2, 3});
    CHECK(open_cursors(conn) == 1);
  }
  SUBCASE("that is rolled back: then it is gone, and its end harms nobody") {
    Transaction tx = conn.transaction();
    Cursor cursor = tx.cursor("held", {.hold = true});
    count_to(cursor, 3);
    tx.rollback();
    CHECK_THROWS_AS(static_cast<void>(cursor.fetch(1)), errors::InvalidCursorName);
    Transaction other = conn.transaction();
    other.execute("SELECT 1");
    cursor.close();
    CHECK(other.execute("SELECT 1").value<std::int32_t>() == 1);
  }
  CHECK(open_cursors(conn) == 0);
}

TEST_CASE("outside of a transaction a cursor is refused before anything is sent") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Cursor cursor = conn.cursor("nowhere");
  const support::Traffic traffic = proxy.traffic_of([&] {
    const auto error = caught<ProgrammingError>([&] { cursor.execute("SELECT * FROM accounts"); });
    CHECK(contains(error.message(), "conn.transaction()"));
    CHECK(contains(error.message(), "{.hold = true}"));
    CHECK(error.statement() == "SELECT * FROM accounts");
    CHECK(contains(error.where().file_name(), "cursor_test.cpp"));
  });
  CHECK(traffic.messages_to_server == 0);
  conn.execute("BEGIN");
  count_to(cursor, 1);
  CHECK(cursor.fetch_one<std::int32_t>() == 1);
  conn.execute("COMMIT");
  CHECK_THROWS_AS(static_cast<void>(cursor.fetch(1)), ProgrammingError);
}

TEST_CASE("a cursor that is not held ends with its transaction") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Transaction tx = conn.transaction();
  std::optional<Cursor> made;
  SUBCASE("the transaction's own") { made.emplace(tx.cursor("ending")); }
  SUBCASE("the connection's") { made.emplace(conn.cursor("ending")); }
  Cursor& cursor = *made;
  count_to(cursor, 3);
  tx.commit();
  const support::Traffic traffic = proxy.traffic_of([&] {
    const auto error =
        caught<ProgrammingError>([&] { static_cast<void>(cursor.fetch_one<std::int32_t>()); });
    CHECK(contains(error.message(), "has ended"));
    CHECK_THROWS_AS(cursor.scroll(1), ProgrammingError);
    CHECK_THROWS_AS(static_cast<void>(cursor.description()), ProgrammingError);
    cursor.close();
  });
  CHECK(traffic.messages_to_server == 0);
}

TEST_CASE("leaving a cursor's scope closes it") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  for (int i = 0; i < 3; ++i) {  // by the same name
    Cursor cursor = tx.cursor("scoped");
    count_to(cursor, 3);
    CHECK(open_cursors(tx) == 1);
  }
  CHECK(open_cursors(tx) == 0);
  tx.commit();
}

TEST_CASE("leaving the scope of a cursor that can't be closed harms nobody") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Transaction tx = conn.transaction();
  tx.execute("SELECT 1");
  SUBCASE("nothing was executed") {
    const auto traffic = proxy.traffic_of([&] { static_cast<void>(tx.cursor("left")); });
    CHECK(traffic.messages_to_server == 0);
  }
  SUBCASE("the transaction has failed") {
    Transaction inner = tx.transaction();
    {
      Cursor cursor = inner.cursor("left");
      count_to(cursor, 3);
      CHECK_THROWS_AS(inner.execute("SELECT 1 / 0"), errors::DivisionByZero);
    }
    inner.rollback();
  }
  SUBCASE("the savepoint that it was declared in is rolled back") {
    Cursor cursor = conn.cursor("left");
    Transaction inner = tx.transaction();
    count_to(cursor, 3);
    inner.rollback();
  }
  SUBCASE("an inner transaction is open") {
    std::optional<Cursor> cursor(tx.cursor("left"));
    count_to(*cursor, 3);
    Transaction inner = tx.transaction();
    inner.execute("SELECT 1");
    cursor.reset();
    inner.commit();
  }
  SUBCASE("it was moved") {
    Cursor cursor = tx.cursor("left");
    count_to(cursor, 3);
    const Cursor moved = std::move(cursor);
    CHECK(open_cursors(tx) == 1);
  }
  CHECK(tx.execute("SELECT 1").value<std::int32_t>() == 1);
  CHECK_NOTHROW(tx.commit());
}

TEST_CASE("a cursor whose savepoint was released is closed like any other") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  {
    Cursor cursor = conn.cursor("released");
    tx.transaction([&](Transaction&) { count_to(cursor, 3); });
    CHECK(cursor.fetch_one<std::int32_t>() == 1);
  }
  CHECK(open_cursors(tx) == 0);
}

TEST_CASE("leaving the scope of a cursor whose connection was closed harms nobody") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("orphan");
  count_to(cursor, 3);
  conn.close();
  CHECK_THROWS_AS(static_cast<void>(cursor.fetch(1)), InterfaceError);
  CHECK_NOTHROW(cursor.close());
}

TEST_CASE("a closed cursor can't be used, but closed once more") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("closed");
  count_to(cursor, 3);
  cursor.close();
  CHECK(cursor.closed());
  CHECK(open_cursors(tx) == 0);
  CHECK_NOTHROW(cursor.close());
  CHECK_THROWS_AS(count_to(cursor, 3), InterfaceError);
  CHECK_THROWS_AS(static_cast<void>(cursor.fetch(1)), InterfaceError);
  CHECK_THROWS_AS(cursor.scroll(1), InterfaceError);
  CHECK_THROWS_AS(static_cast<void>(cursor.description()), InterfaceError);
}

TEST_CASE("a cursor that executes again begins anew") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("again");
  count_to(cursor, 3);
  CHECK(cursor.fetch_one<std::int32_t>() == 1);
  CHECK(cursor.description()[0].name == "generate_series");
  cursor.execute("SELECT 'x' AS letter");
  CHECK(cursor.description()[0].name == "letter");
  CHECK(cursor.fetch_one<std::string>() == "x");
  CHECK(open_cursors(tx) == 1);
}

TEST_CASE("a cursor that was not executed takes over the one that is there under its name") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  tx.execute("DECLARE stolen SCROLL CURSOR FOR SELECT generate_series(1, 3) AS n");
  {
    Cursor cursor = tx.cursor("stolen");
    SUBCASE("and closes it when it was used") {
      CHECK(cursor.description()[0].name == "n");
      CHECK(cursor.fetch_one<std::int32_t>() == 1);
      CHECK(numbers_of(cursor.fetch_all<std::int32_t>()) == Numbers{2, 3});
    }
    SUBCASE("and closes it when it is told to") { cursor.close(); }
    SUBCASE("or leaves it alone") { CHECK_FALSE(cursor.closed()); }
  }
  Cursor other = tx.cursor("nobody's");
  CHECK_NOTHROW(other.close());
  CHECK(open_cursors(tx) <= 1);
}

TEST_CASE("there is no cursor to take over") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("missing");
  const auto error = caught<errors::InvalidCursorName>([&] { static_cast<void>(cursor.fetch(1)); });
  CHECK(contains(error.message(), "\"missing\""));
  CHECK(error.statement() == "FETCH FORWARD 1 FROM \"missing\"");
  CHECK(contains(error.where().file_name(), "cursor_test.cpp"));
}

TEST_CASE("a cursor's name is quoted") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  for (const char* name : {"1-2-3", "it's", "a \"b\"", "Foo", "\u20ac", "\\"}) {
    CAPTURE(name);
    Cursor cursor = tx.cursor(name);
    count_to(cursor, 1);
    CHECK(tx.execute("SELECT name FROM pg_cursors WHERE name <> ''").value<std::string>() == name);
    CHECK(cursor.name() == name);
    CHECK(cursor.description().size() == 1);
    CHECK(cursor.fetch_one<std::int32_t>() == 1);
  }
  CHECK_THROWS_AS(static_cast<void>(tx.cursor("")), ProgrammingError);
}

TEST_CASE("the columns of a cursor are known before a row is fetched, and asked for once") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("described");
  cursor.execute("SELECT 1 AS id, 'x'::varchar(42) AS owner");
  const support::Traffic traffic = proxy.traffic_of([&] {
    const std::vector<Column> columns = cursor.description();
    REQUIRE(columns.size() == 2);
    CHECK(columns[0].name == "id");
    CHECK(columns[0].type_name == "int4");
    CHECK(columns[0].format == Format::binary);
    CHECK(columns[1].type_name == "varchar");
    CHECK(cursor.description().size() == 2);
  });
  CHECK(traffic.round_trips == 1);
  CHECK(cursor.fetch_one<std::int32_t, std::string>() == std::tuple(1, std::string("x")));
}

TEST_CASE("the columns of a cursor that is not there are the server's error") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("missing");
  CHECK_THROWS_AS(static_cast<void>(cursor.description()), errors::InvalidCursorName);
  tx.rollback();
  CHECK(conn.execute("SELECT 1").value<std::int32_t>() == 1);
}

TEST_CASE(
    "a query that is none, or wrong, is the server's error, with the statement and its place") {
  Connection conn = support::connect();
  SUBCASE("no query") {
    Transaction tx = conn.transaction();
    Cursor cursor = tx.cursor("wrong");
    const auto error =
        caught<errors::SyntaxError>([&] { cursor.execute("UPDATE accounts SET owner = ''"); });
    CHECK(contains(error.statement(), "UPDATE accounts SET owner = ''"));
    CHECK(contains(error.where().file_name(), "cursor_test.cpp"));
  }
  SUBCASE("no such table, in the transaction's first statement") {
    Transaction tx = conn.transaction();
    Cursor cursor = tx.cursor("wrong");
    const auto error = caught<errors::UndefinedTable>(
        [&] { cursor.execute("SELECT * FROM nowhere WHERE id = $1", 42); });
    CHECK(error.statement() == "DECLARE \"wrong\" CURSOR FOR SELECT * FROM nowhere WHERE id = $1");
    CHECK(error.diagnostic().statement_position == 42);
  }
  SUBCASE("a name that is taken") {
    Transaction tx = conn.transaction();
    Cursor first = tx.cursor("taken");
    count_to(first, 1);
    Cursor second = tx.cursor("taken");
    const auto error = caught<errors::DuplicateCursor>([&] { count_to(second, 1); });
    CHECK(contains(error.message(), "\"taken\""));
  }
  SUBCASE("an error in a row shows what it was fetched for") {
    Transaction tx = conn.transaction();
    Cursor cursor = tx.cursor("dividing");
    cursor.execute("SELECT 1 / (2 - n) FROM generate_series(1, 3) n");
    CHECK(cursor.fetch_one<std::int32_t>() == 1);
    const auto error = caught<errors::DivisionByZero>([&] { static_cast<void>(cursor.fetch(1)); });
    CHECK(contains(error.statement(), "SELECT 1 / (2 - n)"));
  }
  CHECK(conn.execute("SELECT 1").value<std::int32_t>() == 1);
}

TEST_CASE("a parameter's value is in no error, of a FETCH neither") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("secret");
  cursor.execute("SELECT CASE n WHEN 2 THEN $1 ELSE '1' END::int4 FROM generate_series(1, 2) n",
                 std::string("s3cr3t"));
  CHECK(cursor.fetch_one<std::int32_t>() == 1);
  const auto error =
      caught<errors::InvalidTextRepresentation>([&] { static_cast<void>(cursor.fetch(1)); });
  CHECK(contains(error.message(), "invalid input syntax for type integer"));
  CHECK_FALSE(contains(error.what(), "s3cr3t"));
}

TEST_CASE("no rows at all can't be fetched, and nothing is sent for them") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("counted");
  count_to(cursor, 3);
  for (const std::int64_t count : {0, -1}) {
    CHECK_THROWS_AS(static_cast<void>(cursor.fetch(count)), ProgrammingError);
    auto rows = cursor.rows<std::int32_t>(count);
    CHECK_THROWS_AS(static_cast<void>(rows.begin()), ProgrammingError);
  }
  CHECK(cursor.fetch_one<std::int32_t>() == 1);
}

TEST_CASE("rows of other types than asked for are refused, and the cursor goes on behind them") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("mistyped");
  count_to(cursor, 3);
  CHECK_THROWS_AS(static_cast<void>(cursor.fetch_one<std::string>()), TypeMismatch);
  CHECK(cursor.fetch_one<std::int32_t>() == 2);
}

TEST_CASE("a cursor's rows come in the format, and with the adapters, of its executor") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  CHECK(tx.execute("SELECT 1").description()[0].format == Format::binary);
  Cursor cursor = tx.with({.results = Format::text}).cursor("text");
  count_to(cursor, 2);
  CHECK(cursor.description()[0].format == Format::text);
  const Result row = cursor.fetch(1);
  CHECK(row.description()[0].format == Format::text);
  CHECK(row.value<std::int32_t>() == 1);
  Cursor binary = tx.cursor("binary");
  count_to(binary, 1);
  CHECK(binary.fetch(1).description()[0].format == Format::binary);
}
