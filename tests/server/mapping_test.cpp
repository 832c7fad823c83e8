#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/connection.hpp"

#include "server/caught.hpp"
#include "support/server.hpp"

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <ranges>

using namespace support;
using palmetto::DataError;
using palmetto::Format;
using palmetto::ProgrammingError;
using palmetto::Result;
using palmetto::Row;
using palmetto::RowCountError;
using palmetto::TypeMismatch;

namespace {

// By name.
struct Account {
  std::string owner;
  std::int64_t balance = 0;
  std::optional<std::string> note;
  friend bool operator==(const Account&, const Account&) = default;
};
BOOST_DESCRIBE_STRUCT(Account, (), (owner, balance, note))

struct Savings : Account {
  double interest = 0;
};
BOOST_DESCRIBE_STRUCT(Savings, (Account), (interest))

struct Glimpse {
  std::string_view owner;
};
BOOST_DESCRIBE_STRUCT(Glimpse, (), (owner))

// By position.
struct Plain {
  std::string owner;
  std::int64_t balance;
  std::optional<std::string> note;
};

const std::vector<Account> accounts{
    {"Ann", 100, "first"}, {"Bob", -5, std::nullopt}, {"Zo\u00EB", 9'000'000'000, ""}};

// The three accounts, with the columns in that order.
constexpr const char* select_accounts =
    "SELECT owner, balance, note FROM (VALUES (1, 'Ann', 100::int8, 'first'), "
    "(2, 'Bob', -5, NULL), (3, 'Zo\u00EB', 9000000000, '')) "
    "AS a (id, owner, balance, note) ORDER BY id";

bool is_account(const Plain& plain, const Account& account) {
  return plain.owner == account.owner && plain.balance == account.balance &&
         plain.note == account.note;
}

// What the TypeMismatch of reading the result as Ts says.
template <class... Ts>
std::string mismatch(const Result& result) {
  return caught<TypeMismatch>([&] { static_cast<void>(result.all<Ts...>()); }).message();
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// For a test of lifetimes.
template <class R>
concept IndexableTemporary = requires(R rows) { std::move(rows)[0]; };
template <class R>
concept IterableTemporary = requires(R rows) { std::move(rows).begin(); };

}  // namespace

// --- Shapes --------------------------------------------------------------------------------------

TEST_CASE("rows are read as tuples, pairs and single values, in both formats") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    CAPTURE(static_cast<int>(format));
    const auto with = conn.with({.results = format});
    const auto result = with.execute("VALUES (1, 'one'), (2, 'two'), (3, NULL)");
    using Text = std::optional<std::string>;
    const std::vector<std::tuple<int, Text>> tuples{{1, "one"}, {2, "two"}, {3, std::nullopt}};
    CHECK(bool(result.all<int, Text>() == tuples));
    CHECK(bool(result.all<std::tuple<int, Text>>() == tuples));
    const std::vector<std::pair<int, Text>> pairs{{1, "one"}, {2, "two"}, {3, std::nullopt}};
    CHECK(bool(result.all<std::pair<int, Text>>() == pairs));
    CHECK(bool(with.execute("VALUES (1), (2)").all<int>() == std::vector{1, 2}));
    CHECK(bool(with.execute("VALUES (1), (2)").all<std::tuple<int>>() ==
               std::vector<std::tuple<int>>{{1}, {2}}));
  }
}

TEST_CASE("rows are read as described structs, by name") {
  auto conn = connect();
  const auto inner = std::string("(") + select_accounts + ") AS a";
  const struct {
    std::string_view columns;
  } cases[] = {
      {"owner, balance, note"},                                 // in their order
      {"note, owner, balance"},                                 // in another
      {"42 AS id, note, now() AS at, balance, owner"},          // with others
      {"balance AS balance, owner AS \"Owner\", note, owner"},  // with one like it
  };
  for (const auto& c : cases) {
    CAPTURE(c.columns);
    for (const Format format : {Format::binary, Format::text})
      CHECK(bool(
          conn.with({.results = format})
              .execute(palmetto::dynamic_sql("SELECT " + std::string(c.columns) + " FROM " + inner))
              .all<Account>() == accounts));
  }
}

TEST_CASE("the members of a described struct's bases are columns as well") {
  auto conn = connect();
  const auto savings =
      conn.execute(
              "SELECT 0.5::float8 AS interest, 'n' AS note, 7::int8 AS balance, 'Ann' AS owner")
          .one<Savings>();
  CHECK(savings.owner == "Ann");
  CHECK(savings.balance == 7);
  CHECK(savings.note == "n");
  CHECK(savings.interest == 0.5);
}

TEST_CASE("rows are read as plain aggregates, by position") {
  auto conn = connect();
  const auto plain = conn.execute(palmetto::dynamic_sql(select_accounts)).all<Plain>();
  REQUIRE(plain.size() == accounts.size());
  for (std::size_t i = 0; i < plain.size(); ++i) CHECK(is_account(plain[i], accounts[i]));
  const auto renamed = conn.execute("SELECT 'Ann' AS note, 1::int8 AS owner, 'n' AS balance");
  CHECK(is_account(renamed.one<Plain>(), {"Ann", 1, "n"}));
}

TEST_CASE("columns are read into a vector each") {
  auto conn = connect();
  const auto [owners, balances, notes] =
      conn.execute(palmetto::dynamic_sql(select_accounts))
          .columns<std::string, std::int64_t, std::optional<std::string>>();
  CHECK(bool(owners == std::vector<std::string>{"Ann", "Bob", "Zo\u00EB"}));
  CHECK(bool(balances == std::vector<std::int64_t>{100, -5, 9'000'000'000}));
  CHECK(bool(notes == std::vector<std::optional<std::string>>{"first", std::nullopt, ""}));
}

TEST_CASE("a single row and a single value are read for what they are") {
  auto conn = connect();
  CHECK(bool(conn.execute("SELECT 1, 'a'").one<int, std::string>() == std::tuple(1, "a")));
  CHECK(bool(conn.execute("SELECT 'Ann' AS owner, 1::int8 AS balance, NULL::text AS note")
                 .one<Account>() == Account{"Ann", 1, std::nullopt}));
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
  CHECK(conn.execute("SELECT 42").one<int>() == 42);
  CHECK(conn.execute("SELECT NULL::int").value<std::optional<int>>() == std::nullopt);
  CHECK(conn.execute("SELECT 42").optional<int>() == 42);
  CHECK(conn.execute("SELECT 42 WHERE false").optional<int>() == std::nullopt);
  const auto null = conn.execute("SELECT NULL::int").optional<std::optional<int>>();
  REQUIRE(null.has_value());
  CHECK(!null->has_value());
}

TEST_CASE("rows are read dynamically, by name and by number") {
  auto conn = connect();
  const Result result = conn.execute(palmetto::dynamic_sql(select_accounts));
  REQUIRE(result.size() == 3);
  std::size_t i = 0;
  for (const Row& row : result) {
    CHECK(row.size() == 3);
    CHECK(row["owner"].as<std::string>() == accounts[i].owner);
    CHECK(row["owner"].as<std::string_view>() == accounts[i].owner);
    CHECK(row[0].as<std::string>() == accounts[i].owner);
    CHECK(row["balance"].as<std::int64_t>() == accounts[i].balance);
    CHECK(row[2].as<std::optional<std::string>>() == accounts[i].note);
    CHECK(row["note"].is_null() == !accounts[i].note.has_value());
    ++i;
  }
  CHECK(i == 3);
  CHECK(result[2]["owner"].as<std::string>() == "Zo\u00EB");
}

TEST_CASE("a row that is kept keeps its result") {
  auto conn = connect();
  const Row row = conn.execute("SELECT repeat('x', 5000) AS text")[0];
  conn.execute("SELECT 1");
  CHECK(row["text"].as<std::string_view>() == std::string(5000, 'x'));
}

// --- Views and ranges ----------------------------------------------------------------------------

TEST_CASE("string_views are good as long as the rows that they came with") {
  auto conn = connect();
  std::size_t total = 0;
  for (const auto& [text, n] :
       conn.execute("SELECT repeat('x', n), n FROM generate_series(1, 100) AS n")
           .rows<std::string_view, int>()) {
    conn.execute("SELECT 1");
    CHECK(text == std::string(static_cast<std::size_t>(n), 'x'));
    total += text.size();
  }
  CHECK(total == 5050);
  const auto rows = conn.execute("SELECT 'Ann' AS owner").rows<Glimpse>();
  conn.execute("SELECT 1");
  CHECK(rows[0].owner == "Ann");
}

TEST_CASE("rows that are moved and copied keep what they point to") {
  auto conn = connect();
  auto rows = conn.execute("SELECT repeat('x', 5000)").rows<std::string_view>();
  const auto copy = rows;
  const auto moved = std::move(rows);
  conn.execute("SELECT 1");
  CHECK(copy[0] == std::string(5000, 'x'));
  CHECK((*moved.begin()).data() == copy[0].data());
}

TEST_CASE("a view can't be had of rows or of a result that are gone at the end of the statement") {
  CHECK(!IterableTemporary<palmetto::Rows<int>>);
  CHECK(!IterableTemporary<Result>);
  CHECK(!IndexableTemporary<palmetto::Rows<std::string_view>>);
  CHECK(!IndexableTemporary<palmetto::Rows<Glimpse>>);
}

TEST_CASE("rows are a random access range") {
  using Rows = palmetto::Rows<std::tuple<int, std::string_view>>;
  static_assert(std::ranges::random_access_range<Rows>);
  static_assert(std::ranges::random_access_range<const Rows>);
  static_assert(std::ranges::sized_range<const Rows>);
  static_assert(std::ranges::common_range<const Rows>);
  static_assert(std::ranges::forward_range<const Result>);
  auto conn = connect();
  const auto rows = conn.execute("SELECT generate_series(1, 10)").rows<int>();
  CHECK(rows.size() == 10);
  CHECK(!rows.empty());
  const auto first = rows.begin();
  CHECK(first[9] == 10);
  CHECK(*(first + 3) == 4);
  CHECK(*(2 + first) == 3);
  CHECK(*(rows.end() - 1) == 10);
  CHECK(rows.end() - first == 10);
  CHECK(first < rows.end());
  CHECK(rows[4] == 5);
  auto at = first;
  CHECK(*at++ == 1);
  CHECK(*++at == 3);
  CHECK(*at-- == 3);
  CHECK(*--at == 1);
  CHECK(*(at += 5) == 6);
  CHECK(*(at -= 2) == 4);
  const auto found = std::ranges::lower_bound(rows, 7);
  REQUIRE(found != rows.end());
  CHECK(*found == 7);
}

TEST_CASE("rows go through views, of a variable and of a temporary") {
  namespace views = std::views;
  auto conn = connect();
  const auto square = [](int n) { return n * n; };
  const auto collect = [](auto&& range) {
    std::vector<int> values;
    for (const int n : range) values.push_back(n);
    return values;
  };
  const auto rows = conn.execute("SELECT generate_series(1, 10)").rows<int>();
  CHECK(bool(collect(rows | views::transform(square) | views::take(3)) == std::vector{1, 4, 9}));
  CHECK(bool(collect(rows | views::reverse | views::take(2)) == std::vector{10, 9}));
  CHECK(bool(collect(rows | views::drop(8)) == std::vector{9, 10}));
  CHECK(bool(collect(conn.execute("SELECT generate_series(1, 10)").rows<int>() |
                     views::filter([](int n) { return n % 5 == 0; }) | views::transform(square)) ==
             std::vector{25, 100}));
  std::string all;
  for (const std::string_view word :
       conn.execute("SELECT unnest(ARRAY['a', 'b', 'c'])").rows<std::string_view>() |
           views::take(2)) {
    conn.execute("SELECT 1");
    all += word;
  }
  CHECK(all == "ab");
}

// --- What a result says of itself ----------------------------------------------------------------

TEST_CASE("the description has every column's name, type, modifier and format") {
  auto conn = connect();
  conn.execute("CREATE TEMP TABLE described (a int8, b varchar(42), c numeric(10,2), d text[])");
  for (const Format format : {Format::binary, Format::text}) {
    const auto columns = conn.with({.results = format})
                             .execute("SELECT a, b AS \"B b\", c, d, 1::oid FROM described")
                             .description();
    REQUIRE(columns.size() == 5);
    const struct {
      std::string_view name;
      palmetto::Oid oid;
      std::string_view type;
      int modifier;
    } expected[] = {{"a", 20, "int8", -1},
                    {"B b", 1043, "varchar", 42 + 4},
                    {"c", 1700, "numeric", (10 << 16) + 2 + 4},
                    {"d", 1009, "text[]", -1},
                    {"oid", 26, "oid", -1}};
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(columns[i].name == expected[i].name);
      CHECK(columns[i].type_oid == expected[i].oid);
      CHECK(columns[i].type_name == expected[i].type);
      CHECK(columns[i].type_modifier == expected[i].modifier);
      CHECK(columns[i].format == format);
    }
  }
}

TEST_CASE("the command tag says what was done, and to how many rows") {
  auto conn = connect();
  const struct {
    const char* statement;
    std::string_view tag;
    std::int64_t rows;
  } cases[] = {
      {"CREATE TEMP TABLE t (id int)", "CREATE TABLE", 0},
      {"INSERT INTO t VALUES (1), (2), (3)", "INSERT 0 3", 3},
      {"INSERT INTO t VALUES (4), (5) RETURNING id", "INSERT 0 2", 2},
      {"INSERT INTO t SELECT 6 WHERE false", "INSERT 0 0", 0},
      {"UPDATE t SET id = id WHERE id < 3", "UPDATE 2", 2},
      {"SELECT * FROM t", "SELECT 5", 5},
      {"VALUES (1), (2)", "SELECT 2", 2},
      {"MERGE INTO t USING (VALUES (1)) AS v (id) ON t.id = v.id WHEN MATCHED THEN DELETE",
       "MERGE 1", 1},
      {"DELETE FROM t WHERE id = 2", "DELETE 1", 1},
      {"COPY t TO '/dev/null'", "COPY 3", 3},
      {"CREATE TEMP TABLE u AS SELECT * FROM t", "SELECT 3", 3},
      {"TRUNCATE t", "TRUNCATE TABLE", 0},
      {"SET work_mem = '4MB'", "SET", 0},
      {"", "", 0},
      {" -- nothing", "", 0},
  };
  for (const auto& c : cases) {
    const Result result = conn.execute(palmetto::dynamic_sql(c.statement));
    CAPTURE(std::string(c.statement));
    CHECK(result.command_tag() == c.tag);
    CHECK(result.rows_affected() == c.rows);
  }
}

TEST_CASE("an empty result has no rows, but columns whose types are checked") {
  auto conn = connect();
  const Result result = conn.execute("SELECT 1 AS a, 'x' AS b WHERE false");
  CHECK(result.empty());
  CHECK(result.size() == 0);
  CHECK(result.description().size() == 2);
  CHECK(result.all<int, std::string>().empty());
  CHECK(result.rows<int, std::string>().empty());
  CHECK(!result.optional<int, std::string>().has_value());
  const auto [a, b] = result.columns<int, std::string>();
  CHECK(a.empty());
  CHECK(b.empty());
  CHECK(result.begin() == result.end());
  CHECK_THROWS_AS(static_cast<void>(result.all<int, int>()), TypeMismatch);
  CHECK_THROWS_AS(static_cast<void>(result.optional<int>()), TypeMismatch);
}

TEST_CASE("what gives no rows has neither rows nor columns") {
  auto conn = connect();
  for (const char* statement : {"SET work_mem = '4MB'", ""}) {
    const Result result = conn.execute(palmetto::dynamic_sql(statement));
    CHECK(result.empty());
    CHECK(result.description().empty());
    CHECK_THROWS_AS(static_cast<void>(result.one<int>()), RowCountError);
    CHECK(contains(mismatch<int>(result), "0 columns"));
  }
  const Result no_columns = conn.execute("SELECT FROM generate_series(1, 3)");
  CHECK(no_columns.size() == 3);
  CHECK(no_columns[2].size() == 0);
}

// --- What does not fit ---------------------------------------------------------------------------

TEST_CASE("every mismatch is in one error, with column, PostgreSQL type and C++ type") {
  auto conn = connect();
  const Result result =
      conn.execute("SELECT 1::int8 AS id, 'Ann' AS owner, 2.5::numeric AS balance, true AS open");
  const std::string tuple = mismatch<std::int32_t, std::string, double, int>(result);
  CAPTURE(tuple);
  CHECK(contains(tuple, "column 1 \"id\" (int8) can't be read as std::int32_t"));
  CHECK(contains(tuple, "column 3 \"balance\" (numeric) can't be read as double"));
  CHECK(contains(tuple, "column 4 \"open\" (bool) can't be read as std::int32_t"));
  CHECK(count_of(tuple, "can't be read") == 3);

  struct Wrong {
    bool id;
    std::string owner;
    std::vector<double> balance;
    std::optional<bool> open;
  };
  const std::string aggregate = mismatch<Wrong>(result);
  CAPTURE(aggregate);
  CHECK(contains(aggregate, "column 1 \"id\" (int8) can't be read as bool"));
  CHECK(contains(aggregate, "column 3 \"balance\" (numeric) can't be read as std::vector<double>"));
  CHECK(count_of(aggregate, "can't be read") == 2);
}

TEST_CASE("a described struct's mismatches are all in one error, the missing columns among them") {
  auto conn = connect();
  const auto message = mismatch<Savings>(
      conn.execute("SELECT 1 AS owner, 2::numeric AS balance, 'n' AS note, 'm' AS note"));
  CAPTURE(message);
  CHECK(contains(message, "column 1 \"owner\" (int4) can't be read as std::string"));
  CHECK(contains(message, "column 2 \"balance\" (numeric) can't be read as std::int64_t"));
  CHECK(contains(message, "the result has several columns \"note\""));
  CHECK(contains(message, "the result has no column \"interest\""));
}

TEST_CASE("a type that may not fit is refused before any row is read") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.results = format});
    CHECK_THROWS_AS(static_cast<void>(with.execute("SELECT 1::int8").value<int>()), TypeMismatch);
    CHECK_THROWS_AS(static_cast<void>(with.execute("SELECT 'x'").value<int>()), TypeMismatch);
    CHECK_THROWS_AS(static_cast<void>(with.execute("SELECT NULL::int8").rows<int>()), TypeMismatch);
    CHECK_THROWS_AS(static_cast<void>(with.execute("SELECT 'x' WHERE false").columns<int>()),
                    TypeMismatch);
    CHECK_THROWS_AS(static_cast<void>(with.execute("SELECT 1::int8")[0][0].as<int>()),
                    TypeMismatch);
  }
}

TEST_CASE("a TypeMismatch is a DataError that the database had no part in") {
  auto conn = connect();
  const auto error =
      caught<DataError>([&] { static_cast<void>(conn.execute("SELECT 'x'").value<int>()); });
  CHECK(error.sqlstate().empty());
  CHECK(error.diagnostic().message_primary.empty());
  CHECK(!error.is_retryable());
}

TEST_CASE("another number of columns than the C++ type takes is a TypeMismatch with both") {
  auto conn = connect();
  const Result result = conn.execute("SELECT 1, 2");
  const auto check = [](const std::string& message, const std::string& taken) {
    CAPTURE(message);
    CHECK(contains(message, "2 columns"));
    CHECK(contains(message, taken));
  };
  check(mismatch<int>(result), "takes 1");
  check(mismatch<int, int, int>(result), "takes 3");
  check(mismatch<Plain>(result), "takes 3");
  CHECK_THROWS_AS(static_cast<void>(result.one<int>()), TypeMismatch);
  CHECK_THROWS_AS(static_cast<void>(result.value<int>()), TypeMismatch);
  CHECK_THROWS_AS(static_cast<void>(result.columns<int>()), TypeMismatch);
  CHECK_THROWS_AS(static_cast<void>(result.rows<std::tuple<int, int, int>>()), TypeMismatch);
}

TEST_CASE("a NULL for a type that takes none is a DataError naming column and row") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const Result result = conn.with({.results = format})
                              .execute(
                                  "SELECT 'Ann' AS owner, n::int8 AS balance, NULL::text AS note "
                                  "FROM (VALUES (1), (2), (NULL)) AS v (n)");
    const auto check = [](const DataError& error) {
      CAPTURE(error.message());
      CHECK(contains(error.message(), "column 2 \"balance\" (int8), row 3"));
      CHECK(contains(error.message(), "NULL"));
    };
    using Note = std::optional<std::string>;
    check(caught<DataError>(
        [&] { static_cast<void>(result.all<std::string, std::int64_t, Note>()); }));
    check(caught<DataError>([&] { static_cast<void>(result.all<Account>()); }));
    check(caught<DataError>([&] { static_cast<void>(result.all<Plain>()); }));
    check(caught<DataError>(
        [&] { static_cast<void>(result.columns<std::string, std::int64_t, Note>()); }));
    check(caught<DataError>([&] { static_cast<void>(result[2]["balance"].as<std::int64_t>()); }));
    const auto rows = result.rows<std::string, std::int64_t, Note>();
    CHECK(std::get<1>(rows[1]) == 2);
    check(caught<DataError>([&] { static_cast<void>(rows[2]); }));
  }
}

TEST_CASE("another number of rows than the call takes is a RowCountError") {
  auto conn = connect();
  const Result none = conn.execute("SELECT 1 WHERE false");
  const Result two = conn.execute("VALUES (1), (2)");
  const auto check = [](const RowCountError& error, const std::string& rows) {
    CAPTURE(error.message());
    CHECK(contains(error.message(), rows));
    CHECK(error.sqlstate().empty());
  };
  check(caught<RowCountError>([&] { static_cast<void>(none.one<int>()); }), "0 rows");
  check(caught<RowCountError>([&] { static_cast<void>(none.value<int>()); }), "0 rows");
  check(caught<RowCountError>([&] { static_cast<void>(two.one<int>()); }), "2 rows");
  check(caught<RowCountError>([&] { static_cast<void>(two.value<int>()); }), "2 rows");
  check(caught<RowCountError>([&] { static_cast<void>(two.optional<int>()); }), "2 rows");
}

TEST_CASE("a row or a column that is not there is a ProgrammingError that says what is") {
  auto conn = connect();
  const Result result = conn.execute("SELECT 1 AS a, 2 AS b, 3 AS b");
  const Row row = result[0];
  const auto refusal = [](auto&& read) { return caught<ProgrammingError>(read).message(); };
  CHECK(contains(refusal([&] { static_cast<void>(row["c"]); }), "no column \"c\""));
  CHECK(contains(refusal([&] { static_cast<void>(row["A"]); }), "no column \"A\""));
  CHECK(contains(refusal([&] { static_cast<void>(row["b"]); }), "several columns \"b\""));
  CHECK(contains(refusal([&] { static_cast<void>(row[3]); }), "3 columns"));
  CHECK(contains(refusal([&] { static_cast<void>(result[1]); }), "1 rows"));
  CHECK(row[2].as<int>() == 3);
}

// --- Where ---------------------------------------------------------------------------------------

TEST_CASE("an error in reading names the statement and the line that it stands on") {
  auto conn = connect();
  const int line = __LINE__ + 1;
  const Result result = conn.execute("SELECT NULL::int AS n FROM generate_series(1, 2)");
  const auto check = [&](const palmetto::Error& error) {
    CAPTURE(std::string(error.what()));
    CHECK(error.where().line() == line);
    CHECK(std::string(error.where().file_name()).ends_with("mapping_test.cpp"));
    CHECK(error.statement() == "SELECT NULL::int AS n FROM generate_series(1, 2)");
    CHECK(contains(error.what(), "SELECT NULL::int AS n FROM generate_series(1, 2)"));
    CHECK(contains(error.what(), "mapping_test.cpp:" + std::to_string(line)));
  };
  check(caught<TypeMismatch>([&] { static_cast<void>(result.all<std::string>()); }));
  check(caught<TypeMismatch>([&] { static_cast<void>(result.all<int, int>()); }));
  check(caught<TypeMismatch>([&] { static_cast<void>(result.all<Account>()); }));
  check(caught<TypeMismatch>([&] { static_cast<void>(result[0]["n"].as<bool>()); }));
  check(caught<DataError>([&] { static_cast<void>(result.all<int>()); }));
  check(caught<DataError>([&] { static_cast<void>(result[0]["n"].as<int>()); }));
  check(caught<RowCountError>([&] { static_cast<void>(result.value<int>()); }));
  check(caught<ProgrammingError>([&] { static_cast<void>(result[0]["m"]); }));
  check(caught<ProgrammingError>([&] { static_cast<void>(result[2]); }));
}

TEST_CASE("a text known at run time is named as it was when its result is read") {
  auto conn = connect();
  int line = 0;
  const Result result = [&] {
    std::string text = "SELECT 'x' AS word";
    line = __LINE__ + 1;
    const auto statement = palmetto::dynamic_sql(text);
    text.assign(text.size(), '?');
    return conn.execute(statement);
  }();
  const auto error = caught<TypeMismatch>([&] { static_cast<void>(result.value<int>()); });
  CHECK(error.statement() == "SELECT 'x' AS word");
  CHECK(error.where().line() == line);
}
