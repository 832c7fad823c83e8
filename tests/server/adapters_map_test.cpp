#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/json.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <charconv>

using namespace support;
using palmetto::AdaptersMap;
using palmetto::Connection;
using palmetto::Format;
using palmetto::ProgrammingError;
using palmetto::Reader;
using palmetto::TypeInfo;
using palmetto::TypeMismatch;
using palmetto::Writer;
using palmetto::pq::TransactionStatus;

namespace {

// Adapted by what a test registers, and nothing else.
struct Money {
  std::int64_t cents = 0;
  friend bool operator==(const Money&, const Money&) = default;
};

// Adapted at compile time, to a type of the server that has to be registered.
enum class Mood { sad, happy };

}  // namespace

template <>
struct palmetto::Adapter<Money> : palmetto::RegisteredAtRunTime {};

template <>
struct palmetto::Adapter<Mood> {
  static constexpr TypeRef type = "mood";
  static void write_text(Writer& out, Mood mood) {
    out.append(mood == Mood::happy ? "happy" : "sad");
  }
  static Mood read(Reader& in) {
    const std::string_view label = in.rest();
    if (label != "happy" && label != "sad") in.fail("there is no such mood");
    return label == "happy" ? Mood::happy : Mood::sad;
  }
  static Mood read_text(Reader& in) { return read(in); }
};

namespace {

// Puts the template back as it was.
class KeepTemplate {
 public:
  KeepTemplate() = default;
  KeepTemplate(const KeepTemplate&) = delete;
  KeepTemplate& operator=(const KeepTemplate&) = delete;
  ~KeepTemplate() { palmetto::adapters() = kept_; }

 private:
  AdaptersMap kept_ = palmetto::adapters();
};

std::int64_t cents_of(const Money& money) { return money.cents; }
Money money_of(std::int64_t cents) { return {cents}; }

// Sends and reads money as so many cents.
void register_money(AdaptersMap& map) {
  map.register_dumper<Money>("int8", &cents_of);
  map.register_loader<Money>("int8", &money_of);
}

// What the server gets as Money{100}; empty when it can't be sent.
std::string sent(const palmetto::Executor& conn) {
  try {
    return conn.execute("SELECT $1::text", Money{100}).value<std::string>();
  } catch (const ProgrammingError&) { return {}; }
}

bool reads_money(const palmetto::Executor& conn) {
  try {
    return conn.execute("SELECT 100::int8").value<Money>() == Money{100};
  } catch (const TypeMismatch&) { return false; }
}

TransactionStatus status(const Connection& conn) { return conn.info().transaction_status(); }

}  // namespace

// --- The template, the connections and the statements --------------------------------------------

TEST_CASE("a change to the template reaches the connections made afterwards alone") {
  const KeepTemplate keep;
  auto before = connect();
  register_money(palmetto::adapters());
  auto after = connect();
  CHECK(sent(before).empty());
  CHECK(!reads_money(before));
  CHECK(sent(after) == "100");
  CHECK(reads_money(after));
}

TEST_CASE("a change to a connection's adapters reaches neither the template nor the others") {
  auto conn = connect();
  auto other = connect();
  register_money(conn.adapters());
  auto later = connect();
  CHECK(sent(conn) == "100");
  CHECK(reads_money(conn));
  CHECK(sent(other).empty());
  CHECK(!reads_money(other));
  CHECK(sent(later).empty());
  CHECK(!reads_money(later));
}

TEST_CASE("a later change to the template does not undo a connection's own") {
  const KeepTemplate keep;
  auto conn = connect();
  register_money(conn.adapters());
  palmetto::adapters().register_dumper<Money>("int8",
                                              [](const Money& money) { return money.cents * 2; });
  auto later = connect();
  CHECK(sent(conn) == "100");
  CHECK(sent(later) == "200");
}

TEST_CASE("a statement can have adapters of its own") {
  auto conn = connect();
  AdaptersMap map = conn.adapters();
  register_money(map);
  const auto with = conn.with({.adapters = map});
  CHECK(sent(with) == "100");
  CHECK(reads_money(with));
  CHECK(sent(conn).empty());
  CHECK(!reads_money(conn));
  auto tx = conn.transaction();
  CHECK(sent(tx.with({.adapters = map})) == "100");
  CHECK(sent(tx).empty());
}

TEST_CASE("copies of a map go their own ways") {
  auto conn = connect();
  AdaptersMap a = conn.adapters();
  register_money(a);
  AdaptersMap b = a;
  b.register_dumper<Money>("int8", [](const Money& money) { return money.cents + 1; });
  a.register_dumper<Money>("int8", [](const Money& money) { return money.cents - 1; });
  CHECK(sent(conn.with({.adapters = a})) == "99");
  CHECK(sent(conn.with({.adapters = b})) == "101");
}

TEST_CASE("a connection can be made with adapters of its own") {
  AdaptersMap map = palmetto::adapters();
  register_money(map);
  auto conn = palmetto::connect(server_url(), {.adapters = map});
  CHECK(sent(conn) == "100");
  CHECK(reads_money(conn));
}

TEST_CASE("a result is read with the adapters that it was made with") {
  auto conn = connect();
  register_money(conn.adapters());
  const auto result = conn.execute("SELECT 100::int8");
  conn.adapters().register_loader<Money>("int8",
                                         [](std::int64_t cents) { return Money{cents + 1}; });
  CHECK(bool(result.value<Money>() == Money{100}));
  CHECK(bool(conn.execute("SELECT 100::int8").value<Money>() == Money{101}));
}

// --- Registering ---------------------------------------------------------------------------------

TEST_CASE("the last registered wins") {
  auto conn = connect();
  auto& map = conn.adapters();
  register_money(map);
  map.register_dumper<Money>(
      "text", [](const Money& money) { return "EUR " + std::to_string(money.cents); });
  map.register_loader<Money>("int8", [](std::int64_t cents) { return Money{-cents}; });
  CHECK(sent(conn) == "EUR 100");
  CHECK(bool(conn.execute("SELECT 100::int8").value<Money>() == Money{-100}));
  register_money(map);
  CHECK(sent(conn) == "100");
  CHECK(reads_money(conn));
}

TEST_CASE("a dumper is a function that gives a value with an adapter") {
  auto conn = connect();
  conn.adapters().register_dumper<Money>("int8", &cents_of);
  conn.adapters().register_loader<Money>("int8", &money_of);
  check_round_trip(conn, Money{12345}, "int8", "12345");
  conn.adapters().register_dumper<Money>("text", [suffix = std::string(" EUR")](const Money& m) {
    return std::to_string(m.cents) + suffix;
  });
  for (const Format format : {Format::binary, Format::text})
    CHECK(conn.with({.parameters = format}).execute("SELECT $1", Money{5}).value<std::string>() ==
          "5 EUR");
}

TEST_CASE("a dumper is a function that writes the binary format itself") {
  auto conn = connect();
  conn.adapters().register_dumper<Money>(
      "int8", [factor = std::int64_t{10}](Writer& out, const Money& money) {
        out.put<std::int64_t>(money.cents * factor);
      });
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.parameters = format});
    CHECK(sent(with) == "1000");
    CHECK(with.execute("SELECT pg_typeof($1)::text", Money{}).value<std::string>() == "bigint");
  }
}

TEST_CASE("a dumper that fails names the parameter, and not its value") {
  auto conn = connect();
  conn.adapters().register_dumper<Money>("int8", [](Writer& out, const Money& money) {
    if (money.cents < 0) out.fail("the money is negative");
    out.put<std::int64_t>(money.cents);
  });
  const auto error = caught<palmetto::DataError>(
      [&] { conn.execute("SELECT $1::int, $2::int8", 1, Money{-98765}); });
  CHECK(contains(error.message(), "parameter $2: the money is negative"));
  CHECK(!contains(error.what(), "98765"));
  CHECK(sent(conn) == "100");
}

TEST_CASE("a loader is a function of a value with an adapter") {
  auto conn = connect();
  conn.adapters().register_loader<Money>("int8", &money_of);
  conn.adapters().register_loader<Money>("text", [](std::string_view text) {
    Money money;
    std::from_chars(text.data(), text.data() + text.size(), money.cents);
    return money;
  });
  conn.adapters().register_loader<Money>("int8[]", [](const std::vector<std::int64_t>& parts) {
    Money sum;
    for (const std::int64_t part : parts) sum.cents += part;
    return sum;
  });
  for (const Format format : {Format::binary, Format::text}) {
    CAPTURE(name_of(format));
    const auto result = conn.with({.results = format})
                            .execute(
                                "SELECT 5::int8 AS a, '6 EUR'::text AS b, "
                                "ARRAY[3, 4]::int8[] AS c, 8::int2 AS d");
    CHECK(bool(result[0]["a"].as<Money>() == Money{5}));
    CHECK(bool(result[0]["b"].as<Money>() == Money{6}));
    CHECK(bool(result[0]["c"].as<Money>() == Money{7}));
    CHECK_THROWS_AS(static_cast<void>(result[0]["d"].as<Money>()), TypeMismatch);
  }
}

TEST_CASE("a loader is a function that reads the bytes itself, of the one format or the other") {
  auto conn = connect();
  auto& map = conn.adapters();
  map.register_loader<Money>("int8", [](Reader& in) { return Money{in.get<std::int64_t>()}; });
  const auto text = conn.with({.results = Format::text});
  CHECK(reads_money(conn));
  CHECK(!reads_money(text));
  map.register_loader<Money>(
      "int8", [](Reader& in) { return Money{std::stoll(std::string(in.rest()))}; }, Format::text);
  CHECK(reads_money(conn));
  CHECK(reads_money(text));
}

TEST_CASE("a loader that leaves bytes, takes too many or fails is a DataError naming the column") {
  auto conn = connect();
  const auto refusal = [&](auto loader) {
    conn.adapters().register_loader<Money>("int8", loader);
    return caught<palmetto::DataError>(
               [&] { static_cast<void>(conn.execute("SELECT 1::int8 AS price").value<Money>()); })
        .message();
  };
  const std::string column = "column 1 \"price\" (int8), row 1";
  CHECK(contains(refusal([](Reader& in) { return Money{in.get<std::int32_t>()}; }), column));
  CHECK(contains(refusal([](Reader& in) {
                   static_cast<void>(in.get<std::int64_t>());
                   return Money{in.get<std::int16_t>()};
                 }),
                 column));
  CHECK(contains(refusal([](Reader& in) -> Money { in.fail("no money"); }), "no money"));
}

TEST_CASE("what is registered for a type holds for its arrays") {
  auto conn = connect();
  register_money(conn.adapters());
  check_round_trip(conn, std::vector{Money{1}, Money{-2}}, "int8[]", "{1,-2}");
  check_round_trip(conn, std::vector<std::optional<Money>>{Money{1}, std::nullopt}, "int8[]",
                   "{1,NULL}");
  conn.adapters().register_dumper<Money>(
      "text", [](const Money& money) { return "{" + std::to_string(money.cents) + ", \"EUR\"}"; });
  conn.adapters().register_loader<Money>(
      "text", [](const std::string& text) { return Money{std::stoll(text.substr(1))}; });
  check_round_trip(conn, std::vector{Money{1}, Money{-2}}, "text[]",
                   R"({"{1, \"EUR\"}","{-2, \"EUR\"}"})");
  check_round_trip(conn, std::vector<std::optional<Money>>{std::nullopt, Money{3}}, "text[]",
                   R"({NULL,"{3, \"EUR\"}"})");
}

TEST_CASE("what is registered reaches rows of every shape") {
  auto conn = connect();
  register_money(conn.adapters());
  const auto result = conn.execute("SELECT 'tea' AS name, 250::int8 AS price, NULL::int8 AS tax");
  const auto [name, price, tax] = result.one<std::string, Money, std::optional<Money>>();
  CHECK(bool(price == Money{250}));
  CHECK(!tax.has_value());
  struct Item {
    std::string name;
    Money price;
    std::optional<Money> tax;
  };
  CHECK(bool(result.one<Item>().price == Money{250}));
  CHECK(bool(result[0]["price"].as<Money>() == Money{250}));
}

TEST_CASE("a loader of a builtin type is replaced, for the type named and no other") {
  auto conn = connect();
  conn.adapters().register_loader<std::int64_t>("int8", [](std::int64_t n) { return n * 100; });
  for (const Format format : {Format::binary, Format::text}) {
    CAPTURE(name_of(format));
    const auto result =
        conn.with({.results = format}).execute("SELECT 7::int8, 7::int4, ARRAY[7::int8, 8]");
    const auto [a, b, c] = result.one<std::int64_t, std::int64_t, std::vector<std::int64_t>>();
    CHECK(a == 700);
    CHECK(b == 7);
    CHECK(bool(c == std::vector<std::int64_t>{700, 800}));
    CHECK(result[0][std::size_t{0}].as<std::int64_t>() == 700);
  }
  auto other = connect();
  CHECK(other.execute("SELECT 7::int8").value<std::int64_t>() == 7);
}

TEST_CASE("a dumper of a builtin type is replaced, and can use the one it replaces") {
  auto conn = connect();
  conn.adapters().register_dumper<std::int64_t>("int8",
                                                [](const std::int64_t& n) { return n * 100; });
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.parameters = format});
    CHECK(with.execute("SELECT $1::text", std::int64_t{7}).value<std::string>() == "700");
    CHECK(with.execute("SELECT $1::text", std::vector<std::int64_t>{7}).value<std::string>() ==
          "{700}");
    CHECK(with.execute("SELECT $1::text", std::int32_t{7}).value<std::string>() == "7");
  }
}

TEST_CASE("a dumper never sends the bytes of one type as those of another") {
  auto conn = connect();
  const struct {
    std::string_view type;
    std::string_view shown;
  } cases[] = {{"numeric", "100"}, {"float8", "100"}, {"int4", "100"}, {"money", "$100.00"}};
  for (const auto& c : cases) {
    CAPTURE(c.type);
    conn.adapters().register_dumper<Money>(c.type, &cents_of);
    try {
      CHECK(conn.execute("SELECT $1::text", Money{100}).value<std::string>() == c.shown);
    } catch (const palmetto::Error& error) {
      CHECK(error.sqlstate() == "");  // refused before it was sent
    }
  }
}

// --- Types that are not there --------------------------------------------------------------------

TEST_CASE("registering for an unknown type is a ProgrammingError that names it") {
  auto conn = connect();
  const auto at_once = caught<ProgrammingError>(
      [&] { conn.adapters().register_loader<Money>("no_such_type", &money_of); });
  CHECK(contains(at_once.message(), "no_such_type"));
  CHECK_THROWS_AS(conn.adapters().register_loader<Money>("no_such_type[]", &money_of),
                  ProgrammingError);
  conn.adapters().register_dumper<Money>("no_such_type", &cents_of);
  const auto when_sent =
      caught<ProgrammingError>([&] { conn.execute("SELECT $1::text", Money{}); });
  CHECK(contains(when_sent.message(), "no_such_type"));
  CHECK(when_sent.sqlstate().empty());
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("a type registered at run time that nothing is registered for is a ProgrammingError") {
  auto conn = connect();
  CHECK_THROWS_AS(conn.execute("SELECT $1::text", Money{}), ProgrammingError);
  CHECK_THROWS_AS(conn.execute("SELECT $1::text", std::optional<Money>()), ProgrammingError);
  CHECK_THROWS_AS(conn.execute("SELECT $1::text", std::vector<Money>()), ProgrammingError);
  const auto error = caught<TypeMismatch>(
      [&] { static_cast<void>(conn.execute("SELECT 1::int8 AS price").value<Money>()); });
  CHECK(contains(error.message(), "column 1 \"price\" (int8)"));
  CHECK(contains(error.message(), "Money"));
}

TEST_CASE("nothing is sent when an argument can't be") {
  auto conn = connect();
  auto tx = conn.transaction();
  tx.execute("SELECT 1");
  CHECK_THROWS_AS(tx.execute("SELECT $1::text", Money{}), ProgrammingError);
  CHECK(status(conn) == TransactionStatus::in_transaction);
  CHECK(tx.execute("SELECT 2").value<int>() == 2);
  tx.commit();
}

TEST_CASE("an adapter for a type that is not registered is a ProgrammingError") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')");
  const auto error = caught<ProgrammingError>([&] { conn.execute("SELECT $1", Mood::happy); });
  CHECK(contains(error.message(), "mood"));
  CHECK(contains(error.message(), "register_type"));
  CHECK_THROWS_AS(conn.execute("SELECT $1", std::vector{Mood::happy}), ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(conn.execute("SELECT 'sad'::mood").value<Mood>()),
                  TypeMismatch);
}

// --- Types of the server's -----------------------------------------------------------------------

TEST_CASE("a type of the user's is fetched, registered, sent and read, alone and in arrays") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')");
  const auto mood = TypeInfo::fetch(conn, "mood");
  REQUIRE(mood.has_value());
  conn.adapters().register_type(*mood);
  for (const auto& [value, label] : {std::pair(Mood::happy, "happy"), {Mood::sad, "sad"}}) {
    check_round_trip(conn, value, "mood", label);
    check_round_trip<std::optional<Mood>>(conn, value, "mood", label);
  }
  check_round_trip<std::optional<Mood>>(conn, std::nullopt, "mood", "NULL");
  check_round_trip(conn, std::vector{Mood::happy, Mood::sad}, "mood[]", "{happy,sad}");
  check_round_trip(conn, std::vector<std::optional<Mood>>{std::nullopt, Mood::sad}, "mood[]",
                   "{NULL,sad}");
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Mood::sad).value<std::string>() == "mood");
  auto other = connect();
  CHECK(other.adapters().types().find("mood") == nullptr);
}

TEST_CASE("a registered type is found by its names and its OIDs, and named in columns") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')");
  const auto unnamed = conn.execute("SELECT 'sad'::mood, ARRAY['sad'::mood]").description();
  const auto mood = TypeInfo::fetch(conn, "mood");
  REQUIRE(mood.has_value());
  const auto [oid, array] = conn.execute("SELECT 'mood'::regtype::oid, 'mood[]'::regtype::oid")
                                .one<palmetto::Oid, palmetto::Oid>();
  CHECK(mood->name == "mood");
  CHECK(mood->regtype == "mood");
  CHECK(mood->oid == oid);
  CHECK(mood->array_oid == array);
  CHECK(mood->kind == palmetto::TypeKind::enumeration);
  CHECK(mood->delimiter == ',');

  conn.adapters().register_type(*mood);
  const auto& types = conn.adapters().types();
  REQUIRE(types.find("mood") != nullptr);
  CHECK(types.find("mood")->oid == oid);
  CHECK(types.find(oid) == types.find("mood"));
  CHECK(types.find_by_array(array) == types.find("mood"));
  const auto named = conn.execute("SELECT 'sad'::mood, ARRAY['sad'::mood]").description();
  CHECK(unnamed[0].type_name == "OID " + std::to_string(oid));
  CHECK(unnamed[1].type_name == "OID " + std::to_string(array));
  CHECK(named[0].type_name == "mood");
  CHECK(named[1].type_name == "mood[]");
}

TEST_CASE("types of every kind are fetched by name, qualified and quoted as in SQL") {
  auto conn = connect();
  auto tx = conn.transaction();
  tx.execute("CREATE SCHEMA \"Odd Schema\"");
  tx.execute("CREATE TYPE \"Odd Schema\".\"Type!\" AS (a int)");
  tx.execute("CREATE DOMAIN pg_temp.positive AS int8 CHECK (VALUE > 0)");
  tx.execute("CREATE TYPE pg_temp.stretch AS RANGE (subtype = float8)");
  const struct {
    std::string_view asked;
    std::string_view name;
    std::string_view regtype;
    palmetto::TypeKind kind;
    std::string_view subtype = "";
  } cases[] = {
      {"int8", "int8", "bigint", palmetto::TypeKind::base},
      {"bigint", "int8", "bigint", palmetto::TypeKind::base},
      {"timestamp with time zone", "timestamptz", "timestamp with time zone",
       palmetto::TypeKind::base},
      {"\"Odd Schema\".\"Type!\"", "Type!", "\"Odd Schema\".\"Type!\"",
       palmetto::TypeKind::composite},
      {"pg_temp.positive", "positive", "positive", palmetto::TypeKind::domain, "int8"},
      {"pg_temp.stretch", "stretch", "stretch", palmetto::TypeKind::range, "float8"},
      {"int4multirange", "int4multirange", "int4multirange", palmetto::TypeKind::multirange},
      {"record", "record", "record", palmetto::TypeKind::pseudo},
      {"box", "box", "box", palmetto::TypeKind::base},
  };
  for (const auto& c : cases) {
    CAPTURE(c.asked);
    const auto info = TypeInfo::fetch(conn, c.asked);
    REQUIRE(info.has_value());
    CHECK(info->name == c.name);
    CHECK(info->regtype == c.regtype);
    CHECK(info->kind == c.kind);
    CHECK(info->delimiter == (c.name == "box" ? ';' : ','));
    if (!c.subtype.empty()) CHECK(info->subtype == conn.adapters().types().find(c.subtype)->oid);
  }
}

TEST_CASE(
    "a type that the server does not have is not found, and the transaction stays as it was") {
  auto conn = connect();
  for (const char* name : {"no_such_type", "no_such_schema.mood", "\"INT8\""}) {
    CHECK(!TypeInfo::fetch(conn, name).has_value());
    CHECK(status(conn) == TransactionStatus::idle);
  }
  auto tx = conn.transaction();
  tx.execute("SELECT 1");
  for (const char* name : {"no_such_type", "no_such_schema.mood", "\"INT8\""}) {
    CHECK(!TypeInfo::fetch(conn, name).has_value());
    CHECK(status(conn) == TransactionStatus::in_transaction);
  }
  tx.commit();
}

TEST_CASE("what the library knows of the builtin types is what the server says") {
  auto conn = connect();
  int known = 0;
  for (const palmetto::BuiltinType& builtin : palmetto::builtin_types) {
    CAPTURE(builtin.name);
    const palmetto::TypeInfo* type = conn.adapters().types().find(builtin.oid);
    REQUIRE(type != nullptr);
    const auto row = conn.execute(
                             "SELECT typname, typarray, oid::regtype::text, typdelim FROM pg_type "
                             "WHERE oid = $1",
                             builtin.oid)
                         .optional<std::string, palmetto::Oid, std::string, char>();
    REQUIRE(row.has_value());
    const auto& [name, array, regtype, delimiter] = *row;
    CHECK(type->name == name);
    CHECK(type->array_oid == array);
    CHECK(type->regtype == regtype);
    CHECK(type->delimiter == delimiter);
    ++known;
  }
  CHECK(known > 70);
}

// --- What users make of it -----------------------------------------------------------------------

namespace {

struct Celsius {
  double degrees;
  friend bool operator==(const Celsius&, const Celsius&) = default;
};

}  // namespace

template <>
struct palmetto::Adapter<Celsius> {
  static constexpr TypeRef type = "float8";
  static void write(Writer& out, Celsius t) { out.put<double>(t.degrees); }
  static Celsius read(Reader& in) { return {in.get<double>()}; }
};

TEST_CASE("a type of the user's takes ten lines, and goes everywhere that a builtin one does") {
  auto conn = connect();
  const auto binary = conn.with({.parameters = Format::text});  // there is no other format
  for (const auto& executor : {binary, conn.with({})}) {
    const auto result =
        executor.execute("SELECT $1::float8 AS a, $2::float8[] AS b, $3 AS c", Celsius{36.6},
                         std::vector{Celsius{1}, Celsius{2}}, std::optional<Celsius>());
    const auto [a, b, c] = result.one<Celsius, std::vector<Celsius>, std::optional<Celsius>>();
    CHECK(bool(a == Celsius{36.6}));
    CHECK(bool(b == std::vector{Celsius{1}, Celsius{2}}));
    CHECK(!c.has_value());
    CHECK(bool(result[0]["a"].as<Celsius>() == Celsius{36.6}));
    struct Reading {
      Celsius a;
      std::vector<Celsius> b;
      std::optional<Celsius> c;
    };
    CHECK(bool(result.one<Reading>().a == Celsius{36.6}));
  }
  const auto error = caught<TypeMismatch>([&] {
    static_cast<void>(
        conn.with({.results = Format::text}).execute("SELECT 1::float8").value<Celsius>());
  });
  CHECK(contains(error.message(), "Celsius from its text format"));
}

TEST_CASE("a user can give a meaning of their own to infinite dates") {
  using namespace std::chrono;
  static constexpr year_month_day forever = 9999y / 12 / 31;
  auto conn = connect();
  conn.adapters().register_dumper<year_month_day>("date", [](const year_month_day& date) {
    return date == forever ? sys_days::max() : sys_days(date);
  });
  conn.adapters().register_loader<year_month_day>("date", [](sys_days days) {
    return days == sys_days::max() ? forever : year_month_day(days);
  });
  check_round_trip(conn, forever, "date", "infinity");
  check_round_trip(conn, year_month_day(2026y / 11 / 21), "date", "2026-11-21");
  check_round_trip(conn, std::vector{forever, year_month_day(2026y / 11 / 21)}, "date[]",
                   "{infinity,2026-11-21}");
}

TEST_CASE("a user can have JSON written another way, on one connection") {
  auto conn = connect();
  const boost::json::value json{{"a", 1}};
  conn.adapters().register_dumper<boost::json::value>("jsonb", [](const boost::json::value& v) {
    return boost::json::value{{"wrapped", v}};
  });
  for (const Format format : {Format::binary, Format::text})
    CHECK(conn.with({.parameters = format}).execute("SELECT $1::text", json).value<std::string>() ==
          "{\"wrapped\": {\"a\": 1}}");
  auto other = connect();
  CHECK(other.execute("SELECT $1::text", json).value<std::string>() == "{\"a\": 1}");
}

TEST_CASE("a registered enum is read as text, without an adapter of its own") {
  auto conn = support::connect();
  conn.execute("CREATE TYPE pg_temp.weather AS ENUM ('fair', 'foul')");
  CHECK_THROWS_AS(
      static_cast<void>(conn.execute("SELECT 'foul'::pg_temp.weather").value<std::string>()),
      palmetto::TypeMismatch);
  const auto weather = palmetto::TypeInfo::fetch(conn, "pg_temp.weather");
  REQUIRE(weather.has_value());
  conn.adapters().register_type(*weather);
  CHECK(conn.execute("SELECT 'foul'::pg_temp.weather").value<std::string>() == "foul");
}
