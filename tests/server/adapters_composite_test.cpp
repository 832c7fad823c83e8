#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/composite.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/enumeration.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/range.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

using namespace support;
using palmetto::CompositeInfo;
using palmetto::DataError;
using palmetto::Format;
using palmetto::ProgrammingError;
using palmetto::TypeMismatch;

namespace {

struct Item {
  std::string name;
  std::optional<std::int32_t> supplier;
  double price = 0;
  friend bool operator==(const Item&, const Item&) = default;
};
BOOST_DESCRIBE_STRUCT(Item, (), (name, supplier, price))

// Its members are not in the order of the attributes.
struct Stock {
  std::int64_t count = 0;
  Item item;
  std::vector<std::string> labels;
  friend bool operator==(const Stock&, const Stock&) = default;
};
BOOST_DESCRIBE_STRUCT(Stock, (), (count, item, labels))

struct Name {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Name, (), (name))

enum class Mood { sad, ok, happy };
BOOST_DESCRIBE_ENUM(Mood, sad, ok, happy)

struct Person {
  std::string name;
  std::optional<Mood> mood;
  palmetto::Range<std::int32_t> years;
  friend bool operator==(const Person&, const Person&) = default;
};
BOOST_DESCRIBE_STRUCT(Person, (), (name, mood, years))

void create_types(palmetto::Connection& conn) {
  conn.execute("CREATE TYPE pg_temp.item AS (name text, supplier int4, price float8)");
  conn.execute("CREATE TYPE pg_temp.stock AS (item item, count int8, labels text[])");
  conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'ok', 'happy')");
  conn.execute("CREATE TYPE pg_temp.person AS (name text, mood mood, years int4range)");
}

palmetto::Connection connect_with_types() {
  auto conn = connect();
  create_types(conn);
  conn.adapters().register_types(conn, "item", "stock", "mood", "person");
  return conn;
}

template <class T>
void register_composite(palmetto::Connection& conn, std::string_view name) {
  conn.adapters().register_composite<T>(*CompositeInfo::fetch(conn, name));
}

const Item nail{"nail", 7, 0.25};
const Item odd{"a,(b)\"c\\ ", std::nullopt, -1.5};

std::vector<RoundTrip<Item>> items() {
  return {
      {nail, "(nail,7,0.25)"}, {odd, R"~(("a,(b)""c\\ ",,-1.5))~"}, {{"", 0, 0}, R"~(("",0,0))~"}};
}

}  // namespace

TEST_CASE("described structs are composite types, with a type of their own and without") {
  auto conn = connect_with_types();
  check_round_trips<Item>(conn, "item", items());
  register_composite<Item>(conn, "item");
  check_round_trips<Item>(conn, "item", items());
  CHECK(conn.execute("SELECT pg_typeof($1)::text", nail).value<std::string>() == "item");
}

TEST_CASE("composite types within composite types, and arrays of them") {
  auto conn = connect_with_types();
  const Stock stock{3, odd, {"x", "y z"}};
  check_round_trip(conn, std::vector<Item>{nail, odd}, "item[]");
  register_composite<Stock>(conn, "stock");
  check_round_trip(conn, stock, "stock");
  register_composite<Item>(conn, "item");
  check_round_trip(conn, stock, "stock");
  check_round_trip(conn, std::vector<Item>{nail, odd}, "item[]");
  check_round_trip(conn, std::vector<std::optional<Item>>{nail, std::nullopt}, "item[]");
  check_round_trip(conn, std::vector<std::vector<Item>>{{nail}, {odd}}, "item[]");
}

TEST_CASE("enums and ranges within composite types") {
  auto conn = connect_with_types();
  register_composite<Person>(conn, "person");
  check_round_trip(conn, Person{"Ann", Mood::ok, {1, 5}}, "person", "(Ann,ok,\"[1,5)\")");
  check_round_trip(conn, Person{"Bob", std::nullopt, {}}, "person", "(Bob,,\"(,)\")");
}

TEST_CASE("what is registered for a member's type holds within the composite type") {
  auto conn = connect_with_types();
  register_composite<Person>(conn, "person");
  conn.adapters().register_enum<Mood>(*palmetto::EnumInfo::fetch(conn, "mood"),
                                      {{Mood::ok, "happy"}});
  check_round_trip(conn, Person{"Ann", Mood::ok, {1, 5}}, "person", "(Ann,happy,\"[1,5)\")");
}

TEST_CASE("tuples are composite types by position") {
  auto conn = connect_with_types();
  using Tuple = std::tuple<std::string, std::optional<std::int32_t>, double>;
  check_round_trip(conn, Tuple{"nail", std::nullopt, 2}, "item", "(nail,,2)");
  conn.adapters().register_composite<Tuple>(*CompositeInfo::fetch(conn, "item"));
  check_round_trip(conn, Tuple{"nail", 1, 2}, "item", "(nail,1,2)");
  conn.execute("CREATE TYPE pg_temp.pair AS (a int4, b bool)");
  conn.adapters().register_types(conn, "pair");
  check_round_trip(conn, std::pair(1, true), "pair", "(1,t)");
}

TEST_CASE("random composite values travel") {
  auto conn = connect_with_types();
  register_composite<Item>(conn, "item");
  check_random_round_trips(conn, "item", [](Random& random) {
    Item item{"", std::nullopt, static_cast<double>(random.between(-999, 999)) / 8};
    for (int i = random.between(0, 8); i-- > 0;)
      item.name += static_cast<char>(random.between<int>(1, 127));
    if (random.between(0, 2) != 0) item.supplier = random.between<std::int32_t>(-99, 99);
    return item;
  });
}

TEST_CASE("as a row such a struct is its columns, as a field it is one") {
  auto conn = connect_with_types();
  const auto result = conn.execute(
      "SELECT 'nail' AS name, 7 AS supplier, 0.25::float8 AS price, $1::item AS item", nail);
  CHECK(result.one<Item>() == nail);
  const auto item = conn.execute("SELECT $1::item, 1", nail).one<Item, std::int32_t>();
  CHECK(std::get<0>(item) == nail);
  CHECK(conn.execute("SELECT $1::item", nail).value<Item>() == nail);
  CHECK(conn.execute("SELECT $1::item AS i", nail)[0]["i"].as<Item>() == nail);
  CHECK(!conn.execute("SELECT NULL::item").value<std::optional<Item>>().has_value());
}

TEST_CASE("attributes that the struct has no member for are left aside when read, and not sent") {
  auto conn = connect_with_types();
  for (const Format format : {Format::binary, Format::text})
    CHECK(conn.with({.results = format}).execute("SELECT $1::item", nail).value<Name>().name ==
          "nail");
  register_composite<Name>(conn, "item");
  const auto error = caught<ProgrammingError>([&] { conn.execute("SELECT $1", Name{"x"}); });
  CHECK(contains(error.message(), "\"supplier\""));
  const auto stock = conn.execute("SELECT ROW($1::item, 1, '{}')::stock", nail);
  CHECK_THROWS_AS(static_cast<void>(stock.value<Item>()), TypeMismatch);
}

TEST_CASE("anonymous records are tuples, whose shapes may differ from row to row") {
  auto conn = connect_with_types();
  using Pair = std::tuple<std::int64_t, std::optional<std::string>>;
  const auto rows =
      conn.execute("VALUES (ROW(1, 'a'::text)), (ROW(2::int8, 'b'::varchar)), (ROW(3::int2, NULL))")
          .all<std::tuple<Pair>>();
  REQUIRE(rows.size() == 3);
  CHECK(std::get<0>(rows[0]) == Pair{1, "a"});
  CHECK(std::get<0>(rows[1]) == Pair{2, "b"});
  CHECK(std::get<0>(rows[2]) == Pair{3, std::nullopt});
  using Nested = std::tuple<std::int32_t, std::tuple<std::string, std::vector<std::int32_t>>>;
  CHECK(conn.execute("SELECT ROW(1, ROW('x'::text, ARRAY[1, 2]))").value<Nested>() ==
        Nested{1, {"x", {1, 2}}});
  CHECK(conn.execute("SELECT ARRAY[ROW(1, 'a'::text), ROW(2, 'b'::text)]")
            .value<std::vector<Pair>>() == std::vector<Pair>{{1, "a"}, {2, "b"}});

  const auto refused = [&](const char* sql) {
    const auto result = conn.execute(palmetto::dynamic_sql(sql));
    return caught<DataError>([&] { static_cast<void>(result.value<Pair>()); }).message();
  };
  CHECK(contains(refused("SELECT ROW(1.5, 'a'::text)"),
                 "attribute 1 of the composite value (numeric) can't be read as std::int64_t"));
  CHECK(contains(refused("SELECT ROW(1)"), "has 1 attributes, the C++ type takes 2"));
  CHECK(contains(refused("SELECT ROW(NULL::int8, 'a'::text)"), "attribute 1"));
}

TEST_CASE("a loader that is registered holds within arrays and records, in both formats") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text})
    conn.adapters().register_loader<std::string>(
        "text", [](palmetto::Reader& in) { return std::string(in.rest()) + "!"; }, format);
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.results = format});
    using Texts = std::vector<std::string>;
    CHECK(with.execute("SELECT ARRAY['a'::text, 'b']").value<Texts>() == Texts{"a!", "b!"});
  }
  using Pair = std::pair<std::string, std::int32_t>;
  CHECK(conn.execute("SELECT ROW('a'::text, 1)").value<Pair>() == Pair{"a!", 1});
  CHECK(conn.execute("SELECT ARRAY[ROW('a'::text, 1)]").value<std::vector<Pair>>() ==
        std::vector<Pair>{{"a!", 1}});
}

TEST_CASE("a record in text has strings alone") {
  auto conn = connect();
  const auto result =
      conn.with({.results = Format::text}).execute("SELECT ROW(1, 'a b'::text, NULL)");
  using Strings = std::tuple<std::string, std::string, std::optional<std::string>>;
  CHECK(result.value<Strings>() == Strings{"1", "a b", std::nullopt});
  CHECK_THROWS_AS(
      static_cast<void>(result.value<std::tuple<std::int32_t, std::string, std::optional<int>>>()),
      DataError);
}

TEST_CASE("a table's own type is a composite type") {
  auto conn = connect();
  conn.execute("CREATE TEMP TABLE item (name text, gone bool, supplier int4, price float8)");
  conn.execute("ALTER TABLE item DROP COLUMN gone");
  conn.execute("INSERT INTO item VALUES ('nail', 7, 0.25)");
  register_composite<Item>(conn, "item");
  CHECK(conn.execute("SELECT item FROM item").value<Item>() == nail);
  check_round_trip(conn, odd, "item");
}

TEST_CASE("a composite type that changed since it was registered is a DataError") {
  auto conn = connect_with_types();
  conn.execute("ALTER TYPE item ALTER ATTRIBUTE supplier TYPE int8");
  const auto result = conn.execute("SELECT ROW('a', 1, 2)::item");
  CHECK_THROWS_AS(static_cast<void>(result.value<Item>()), DataError);
}

TEST_CASE("domains are read as what they are made of, within other types too") {
  auto conn = connect();
  conn.execute("CREATE DOMAIN pg_temp.positive AS int4 CHECK (VALUE > 0)");
  conn.execute("CREATE DOMAIN pg_temp.small AS positive CHECK (VALUE < 9)");
  conn.execute("CREATE TYPE pg_temp.item AS (name text, supplier small, price float8)");
  conn.adapters().register_types(conn, "item");
  register_composite<Item>(conn, "item");
  CHECK(conn.execute("SELECT 5::small").value<std::int32_t>() == 5);
  check_round_trip(conn, nail, "item", "(nail,7,0.25)");
  check_round_trip(conn, std::vector<std::int32_t>{1, 2}, "small[]", "{1,2}");
  CHECK_THROWS_AS(conn.execute("SELECT $1", Item{"x", 10, 0}), palmetto::errors::CheckViolation);
}
