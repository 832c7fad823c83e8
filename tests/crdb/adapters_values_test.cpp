// The values of CockroachDB's types: what v21.1 sent (cockroachdb-observed.md, section 5.1), played
// by a scripted server in both formats; what is sent to it; and what is refused.

#include "palmetto/adapters/bitset.hpp"
#include "palmetto/adapters/multiprecision.hpp"
#include "palmetto/adapters/vector.hpp"
#include "palmetto/palmetto.hpp"

#include "sent.hpp"
#include "support/thrown.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <doctest/doctest.h>

#include <array>
#include <bitset>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using namespace palmetto;
using namespace std::chrono;
using namespace std::string_literals;
using namespace crdb_tests;
using support::contains;
using support::thrown_by;
using test::from_hex;

namespace {

using Bytes = std::vector<std::byte>;
using UtcTime = sys_time<microseconds>;
using LocalTime = local_time<microseconds>;
using boost::uuids::uuid;

enum class Mood { sad, ok, happy };
BOOST_DESCRIBE_ENUM(Mood, sad, ok, happy)

struct Item {
  std::string name;
  int count = 0;
};
BOOST_DESCRIBE_STRUCT(Item, (), (name, count))

struct UserId {
  std::int32_t value = 0;
  friend bool operator==(const UserId&, const UserId&) = default;
};

struct Office {
  Cidr network;
};

struct Email : std::string {
  using std::string::string;
  explicit Email(std::string text) : std::string(std::move(text)) {}
};

constexpr Oid mood_oid = 100'056;
constexpr Oid mood_array = 100'057;

EnumInfo mood_info() {
  return {{.name = "mood",
           .oid = mood_oid,
           .array_oid = mood_array,
           .regtype = "mood",
           .kind = TypeKind::enumeration,
           .labels = {"sad", "ok", "happy"}}};
}

uuid one_uuid() {
  uuid id{};
  const std::string bytes = from_hex("5b3d4b0a000000000000000000000001");
  std::copy(bytes.begin(), bytes.end(), id.begin());
  return id;
}

constexpr auto noon_and_more = 12h + 34min + 56s + 789ms;
constexpr auto four_and_more = 4h + 5min + 6s + 789ms;

// A connection to a CockroachDB that answers with the one value that a test has.
class Columns {
 public:
  Columns() { conn_.adapters().register_type(mood_info()); }

  /// SELECT `expression`, and what comes is read as a T.
  template <class T>
  [[nodiscard]] T read(const std::string& expression, Oid oid, Format format,
                       std::optional<std::string> bytes) {
    cockroach_.next("SELECT", support::rows({{"x", oid}}, {{std::move(bytes)}}));
    auto conn = conn_.with({.results = format});
    return conn.execute(dynamic_sql("SELECT " + expression + " AS x")).template value<T>();
  }
  template <class T>
  [[nodiscard]] T read_text(const std::string& expression, Oid oid, std::string text) {
    return read<T>(expression, oid, Format::text, std::move(text));
  }
  template <class T>
  [[nodiscard]] T read_binary(const std::string& expression, Oid oid, std::string_view hex) {
    return read<T>(expression, oid, Format::binary, from_hex(hex));
  }

  /// A row of the table: both formats are read as that value.
  template <class T>
  void check(const std::string& expression, Oid oid, const std::string& text, std::string_view hex,
             const T& expected) {
    CAPTURE(expression);
    CHECK(bool(read_text<T>(expression, oid, text) == expected));
    CHECK(bool(read_binary<T>(expression, oid, hex) == expected));
  }

 private:
  Cockroach cockroach_;
  crdb::CrdbConnection conn_ = cockroach_.connect();
};

}  // namespace

template <>
struct palmetto::Adapter<UserId> : palmetto::StrongTypedef<&UserId::value> {};
template <>
struct palmetto::Adapter<Office> : palmetto::StrongTypedef<&Office::network> {};

// --- What is read --------------------------------------------------------------------------------

TEST_CASE("CockroachDB's integers are read") {
  Columns columns;
  columns.check("1::int", 20, "1", "0000000000000001", std::int64_t{1});
  columns.check("1::int2", 21, "1", "0001", std::int16_t{1});
  columns.check("1::int2", 21, "1", "0001", 1);
  columns.check("1::int4", 23, "1", "00000001", 1);
  columns.check("1::int4", 23, "1", "00000001", std::int64_t{1});
  columns.check("1::int4", 23, "1", "00000001", UserId{1});
  columns.check("1::int8", 20, "1", "0000000000000001", 1LL);
  columns.check("1", 20, "1", "0000000000000001", std::uint64_t{1});
  columns.check("2147483648", 20, "2147483648", "0000000080000000", std::int64_t{2147483648});
  columns.check("2147483648", 20, "2147483648", "0000000080000000", std::uint32_t{2147483648});
}

TEST_CASE("an INT of CockroachDB's is an int8: no smaller integer is read from it") {
  Columns columns;
  CHECK_THROWS_AS(static_cast<void>(columns.read_text<int>("1", 20, "1")), TypeMismatch);
  CHECK_THROWS_AS(static_cast<void>(columns.read_binary<int>("1", 20, "0000000000000001")),
                  TypeMismatch);
}

TEST_CASE("CockroachDB's bools are read") {
  Columns columns;
  columns.check("true", 16, "t", "01", true);
  columns.check("false", 16, "f", "00", false);
}

TEST_CASE("CockroachDB's decimals are read, with their scale") {
  Columns columns;
  const auto check = [&](const std::string& expression, const std::string& text,
                         std::string_view hex) {
    columns.check(expression, 1700, text, hex, Numeric::parse(text));
    CHECK(columns.read_text<Numeric>(expression, 1700, text).to_string() == text);
    CHECK(columns.read_binary<Numeric>(expression, 1700, hex).to_string() == text);
  };
  check("1.5", "1.5", "000200000000000100011388");
  check("1.5::decimal", "1.5", "000200000000000100011388");
  check("1.5::decimal(10,2)", "1.50", "000200000000000200011388");
  check("'NaN'::decimal", "NaN", "00000000c0000000");
  columns.check("1.5", 1700, "1.5", "000200000000000100011388", Nearest<double>{1.5});
  columns.check("1.5", 1700, "1.5", "000200000000000100011388",
                boost::multiprecision::cpp_dec_float_50("1.5"));
}

TEST_CASE("an infinite decimal of CockroachDB's is read in text; in binary it comes as NaN") {
  Columns columns;
  CHECK(columns.read_text<Numeric>("'Infinity'::decimal", 1700, "Infinity") ==
        Numeric::parse("Infinity"));
  CHECK(columns.read_binary<Numeric>("'Infinity'::decimal", 1700, "00000000c0000000").is_nan());
}

TEST_CASE("CockroachDB writes decimals with an exponent, which are read") {
  Columns columns;
  CHECK(columns.read_text<Numeric>("1e10::decimal", 1700, "1E+10").to_string() == "10000000000");
  CHECK(columns.read_text<Numeric>("0e-10::decimal", 1700, "0E-10").to_string() == "0.0000000000");
  CHECK(columns.read_text<Numeric>("1.5e-9::decimal", 1700, "1.5E-9").to_string() ==
        "0.0000000015");
  CHECK(columns.read_text<std::uint64_t>("1e10::decimal", 1700, "1E+10") == 10'000'000'000);
  CHECK(columns.read_text<Nearest<double>>("1e10::decimal", 1700, "1E+10").value == 1e10);
  CHECK(columns.read_text<std::vector<Numeric>>("ARRAY[1e10]", 1231, "{1E+10}") ==
        std::vector{Numeric(10'000'000'000)});
}

TEST_CASE("CockroachDB's floats are read, infinity as it writes it") {
  Columns columns;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  columns.check("1.5::float", 701, "1.5", "3ff8000000000000", 1.5);
  columns.check("1.5::float4", 700, "1.5", "3fc00000", 1.5F);
  columns.check("1.5::float4", 700, "1.5", "3fc00000", 1.5);
  columns.check("'Infinity'::float", 701, "+Inf", "7ff0000000000000", infinity);
  columns.check("'-Infinity'::float", 701, "-Inf", "fff0000000000000", -infinity);
  columns.check("'Infinity'::float4", 700, "+Inf", "7f800000",
                std::numeric_limits<float>::infinity());
  CHECK(std::isnan(columns.read_text<double>("'NaN'::float", 701, "NaN")));
  CHECK(std::isnan(columns.read_binary<double>("'NaN'::float", 701, "7ff8000000000001")));
  CHECK(columns.read_text<Nearest<double>>("'Infinity'::float", 701, "+Inf").value == infinity);
}

TEST_CASE("CockroachDB's strings are read") {
  Columns columns;
  columns.check("'abc'::string", 25, "abc", "616263", "abc"s);
  columns.check("'abc'::string(10)", 25, "abc", "616263", "abc"s);
  columns.check("'abc'::text", 25, "abc", "616263", "abc"s);
  columns.check("'abc'::varchar(10)", 1043, "abc", "616263", "abc"s);
  columns.check("'abc'::char(5)", 1042, "abc  ", "6162632020", "abc  "s);
  columns.check("'a'::\"char\"", 18, "a", "61", "a"s);
  columns.check("'a'::\"char\"", 18, "a", "61", 'a');
  columns.check("'abc'::name", 19, "abc", "616263", "abc"s);
  columns.check("'abc'", 25, "abc", "616263", "abc"s);
  columns.check("'abc'", 25, "abc", "616263", Email("abc"));
  columns.check("'abc' COLLATE en", 25, "abc", "616263", "abc"s);
  columns.check("pg_typeof(1)", 25, "bigint", "626967696e74", "bigint"s);
}

TEST_CASE("CockroachDB's NULL without a type is read") {
  Columns columns;
  using Text = std::optional<std::string>;
  CHECK(columns.read<Text>("NULL", 705, Format::text, std::nullopt) == std::nullopt);
  CHECK(columns.read<Text>("NULL", 705, Format::binary, std::nullopt) == std::nullopt);
}

TEST_CASE("CockroachDB's bytes are read") {
  Columns columns;
  const Bytes abc{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
  columns.check("b'abc'::bytes", 17, "\\x616263", "616263", abc);
  columns.check("'\\x616263'::bytea", 17, "\\x616263", "616263", abc);
}

TEST_CASE("CockroachDB's uuids and addresses are read") {
  Columns columns;
  columns.check("'5b3d4b0a-0000-0000-0000-000000000001'::uuid", 2950,
                "5b3d4b0a-0000-0000-0000-000000000001", "5b3d4b0a000000000000000000000001",
                one_uuid());
  columns.check("'192.168.0.1/24'::inet", 869, "192.168.0.1/24", "02180004c0a80001",
                Inet::v4({192, 168, 0, 1}, 24));
  columns.check("'::1'::inet", 869, "::1", "0380001000000000000000000000000000000001",
                Inet::parse("::1"));
}

TEST_CASE("CockroachDB's dates and times are read") {
  Columns columns;
  columns.check("'2021-02-03'::date", 1082, "2021-02-03", "00001e18", sys_days(2021y / 2 / 3));
  columns.check("'2021-02-03'::date", 1082, "2021-02-03", "00001e18", 2021y / 2 / 3);
  columns.check("'infinity'::date", 1082, "infinity", "7fffffff", sys_days::max());
  columns.check("current_date", 1082, "2026-11-20", "0000265c", local_days(2026y / 11 / 20));
  columns.check("'12:34:56.789'::time", 1083, "12:34:56.789", "0000000a8be62608",
                TimeOfDay(noon_and_more));
  columns.check("'12:34:56.789+03'::timetz", 1266, "12:34:56.789+03:00", "0000000a8be62608ffffd5d0",
                OffsetTimeOfDay(TimeOfDay(noon_and_more), 3h));
  columns.check("'2021-02-03 04:05:06.789'::timestamp", 1114, "2021-02-03 04:05:06.789",
                "00025d657608ca88", LocalTime(local_days(2021y / 2 / 3) + four_and_more));
  columns.check("'2021-02-03 04:05:06.789+00'::timestamptz", 1184, "2021-02-03 04:05:06.789+00:00",
                "00025d657608ca88", UtcTime(sys_days(2021y / 2 / 3) + four_and_more));
  columns.check("'4714-11-24 00:00:00+00 BC'::timestamptz", 1184, "4714-11-24 00:00:00+00:00 BC",
                "fd0f7cc1411fa000", UtcTime(sys_days(year(-4713) / 11 / 24)));
  // Of two transactions, and so of two times.
  const UtcTime then = sys_days(2026y / 11 / 20) + 22h + 58min + 5s;
  CHECK(columns.read_text<UtcTime>("now()", 1184, "2026-11-20 22:58:05.887817+00:00") ==
        then + 887817us);
  CHECK(columns.read_binary<UtcTime>("now()", 1184, "000303bbf21dae48") == then + 931080us);
}

TEST_CASE("an infinite timestamptz comes as the end of the year 294276, which is a DataError") {
  Columns columns;
  const std::string expression = "'infinity'::timestamptz";
  const std::string text = "294276-12-31 23:59:59.999999+00:00";
  CHECK_THROWS_AS(static_cast<void>(columns.read_text<UtcTime>(expression, 1184, text)), DataError);
  CHECK_THROWS_AS(
      static_cast<void>(columns.read_binary<UtcTime>(expression, 1184, "7fffff5bb3b29fff")),
      DataError);
}

TEST_CASE("CockroachDB's intervals are read") {
  Columns columns;
  const std::string expression = "'1 year 2 mons 3 days 04:05:06.789'::interval";
  columns.check(expression, 1186, "1 year 2 mons 3 days 04:05:06.789",
                "000000036c97ca88000000030000000e",
                Interval(years(1)) + months(2) + days(3) + four_and_more);
  columns.check("'1h'::interval", 1186, "01:00:00", "00000000d693a4000000000000000000",
                minutes(60));
}

TEST_CASE("CockroachDB's JSON is read") {
  Columns columns;
  const boost::json::value a = {{"a", {1, 2, nullptr}}};
  const std::string text = R"({"a": [1, 2, null]})";
  const std::string_view hex = "017b2261223a205b312c20322c206e756c6c5d7d";
  columns.check(R"('{"a":[1,2,null]}'::jsonb)", 3802, text, hex, a);
  columns.check(R"('{"a":[1,2,null]}'::jsonb)", 3802, text, hex, text);
  columns.check(R"('{"a":1}'::json)", 3802, R"({"a": 1})", "017b2261223a20317d",
                boost::json::value{{"a", 1}});
}

TEST_CASE("CockroachDB's bit strings are read") {
  Columns columns;
  for (const auto& [expression, oid] :
       {std::pair("B'1011'", Oid{1562}), std::pair("B'1011'::bit(4)", Oid{1560}),
        std::pair("B'1011'::varbit", Oid{1562})}) {
    columns.check(expression, oid, "1011", "00000004b0", BitString::parse("1011"));
    columns.check(expression, oid, "1011", "00000004b0", std::bitset<4>(0b1011));
  }
}

TEST_CASE("CockroachDB's OIDs are read; those of names in binary, and in text the names") {
  Columns columns;
  columns.check("26::oid", 26, "26", "0000001a", Oid{26});
  columns.check("26::oid", 26, "26", "0000001a", std::int64_t{26});
  const auto check = [&](const std::string& expression, Oid oid, const std::string& text,
                         std::string_view hex, Oid expected) {
    CAPTURE(expression);
    CHECK(columns.read_text<std::string>(expression, oid, text) == text);
    CHECK(columns.read_binary<Oid>(expression, oid, hex) == expected);
  };
  check("'t'::regclass", 2205, "t", "00000034", 52);
  check("'int8'::regtype", 2206, "bigint", "00000014", 20);
  check("'public'::regnamespace", 4089, "public", "4f52ec27", 0x4f52ec27);
}

TEST_CASE("CockroachDB's enums are read") {
  Columns columns;
  columns.check("'ok'::mood", mood_oid, "ok", "6f6b", Mood::ok);
  columns.check("'ok'::mood", mood_oid, "ok", "6f6b", "ok"s);
}

TEST_CASE("CockroachDB's arrays are read") {
  Columns columns;
  columns.check("ARRAY[1,2,NULL]", 1016, "{1,2,NULL}",
                "000000010000000100000014000000030000000100000008000000000000000100000008"
                "0000000000000002ffffffff",
                std::vector<std::optional<std::int64_t>>{1, 2, std::nullopt});
  columns.check("ARRAY[1,2]::int4[]", 1007, "{1,2}",
                "000000010000000000000017000000020000000100000004000000010000000400000002",
                std::array{1, 2});
  columns.check("ARRAY['a','b,c',NULL]", 1009, R"({a,"b,c",NULL})",
                "0000000100000001000000190000000300000001000000016100000003622c63ffffffff",
                std::vector<std::optional<std::string>>{"a", "b,c", std::nullopt});
  columns.check("ARRAY[1.5]::decimal[]", 1231, "{1.5}",
                "0000000100000000000006a400000001000000010000000c000200000000000100011388",
                std::vector{Numeric::parse("1.5")});
  columns.check("ARRAY[1.5]::float[]", 1022, "{1.5}",
                "0000000100000000000002bd0000000100000001000000083ff8000000000000",
                std::vector{1.5});
  columns.check("ARRAY[true]", 1000, "{t}", "00000001000000000000001000000001000000010000000101",
                std::vector<bool>{true});
  columns.check("ARRAY['5b3d4b0a-0000-0000-0000-000000000001']::uuid[]", 2951,
                "{5b3d4b0a-0000-0000-0000-000000000001}",
                "000000010000000000000b860000000100000001000000105b3d4b0a0000000000000000"
                "00000001",
                std::vector{one_uuid()});
  columns.check("ARRAY[b'a']::bytes[]", 1001, R"({"\\x61"})",
                "00000001000000000000001100000001000000010000000161",
                std::vector<Bytes>{{std::byte{'a'}}});
  columns.check("ARRAY['1.2.3.4']::inet[]", 1041, "{1.2.3.4}",
                "0000000100000000000003650000000100000001000000080220000401020304",
                std::vector{Inet::v4({1, 2, 3, 4})});
  columns.check("ARRAY[B'1']", 1563, "{1}",
                "00000001000000000000061a0000000100000001000000050000000180",
                std::vector{BitString::parse("1")});
  columns.check("ARRAY['ok']::mood[]", mood_array, "{ok}",
                "0000000100000000000186d80000000100000001000000026f6b", std::vector{Mood::ok});
  columns.check("ARRAY[1]::oid[]", 1028, "{1}",
                "00000001000000000000001a00000001000000010000000400000001", std::vector{Oid{1}});
}

TEST_CASE("CockroachDB's arrays of dates and times are read") {
  Columns columns;
  columns.check("ARRAY['2021-02-03']::date[]", 1182, "{2021-02-03}",
                "00000001000000000000043a00000001000000010000000400001e18",
                std::vector{sys_days(2021y / 2 / 3)});
  columns.check("ARRAY['2021-02-03 04:05:06+00']::timestamptz[]", 1185,
                R"({"2021-02-03 04:05:06+00:00"})",
                "0000000100000000000004a000000001000000010000000800025d6575fcc080",
                std::vector{UtcTime(sys_days(2021y / 2 / 3) + 4h + 5min + 6s)});
  columns.check("ARRAY['1h']::interval[]", 1187, "{01:00:00}",
                "0000000100000000000004a200000001000000010000001000000000d693a400000000000"
                "0000000",
                std::vector{Interval(1h)});
}

TEST_CASE("CockroachDB's empty arrays are read") {
  Columns columns;
  columns.check("ARRAY[]::int[]", 1016, "{}", "000000000000000000000014",
                std::vector<std::int64_t>{});
  columns.check("ARRAY[]::int[]", 1016, "{}", "000000000000000000000014", Array<std::int64_t>{});
}

TEST_CASE("CockroachDB's tuples are read in binary, and NULLs without a type within them") {
  Columns columns;
  const auto check = [&]<class T>(const std::string& expression, Oid oid, std::string_view hex,
                                  const T& expected) {
    CAPTURE(expression);
    CHECK(bool(columns.read_binary<T>(expression, oid, hex) == expected));
  };
  const std::string_view with_null =
      "0000000300000014000000080000000000000001000000190000000161000002c1ffffffff";
  check("(1,'a',NULL)", 2249, with_null,
        std::tuple(std::int64_t{1}, "a"s, std::optional<std::string>()));
  check("(1,'a',NULL)", 2249, with_null,
        std::tuple(std::int64_t{1}, "a"s, std::optional<std::int64_t>()));
  using Pair = std::pair<std::int64_t, std::int64_t>;
  check("ROW(1,2)", 2249,
        "000000020000001400000008000000000000000100000014000000080000000000000002", Pair(1, 2));
  check("ARRAY[ROW(1,2)]", 2287,
        "0000000100000000000008c9000000010000000100000024000000020000001400000008000000000000"
        "000100000014000000080000000000000002",
        std::vector{Pair(1, 2)});
}

// Their text does not say of which types the fields are.
TEST_CASE("CockroachDB's tuples are read in text, as texts") {
  Columns columns;
  using Three = std::tuple<std::string, std::string, std::optional<std::string>>;
  using Two = std::pair<std::string, std::string>;
  CHECK(bool(columns.read_text<Three>("(1,'a',NULL)", 2249, "(1,a,)") ==
             Three("1", "a", std::nullopt)));
  CHECK(bool(columns.read_text<Two>("ROW(1,2)", 2249, "(1,2)") == Two("1", "2")));
  CHECK(bool(columns.read_text<std::vector<Two>>("ARRAY[ROW(1,2)]", 2287, "{\"(1,2)\"}") ==
             std::vector{Two("1", "2")}));
}

TEST_CASE("CockroachDB's own types are read as text, and as bytes in binary") {
  Columns columns;
  struct Column {
    std::string expression;
    Oid oid;
    std::string text;
    std::string_view hex;
  };
  const Column own[] = {
      {"'POINT(1 2)'::geometry", 90000, "0101000000000000000000F03F0000000000000040",
       "0101000000000000000000f03f0000000000000040"},
      {"'POINT(1 2)'::geography", 90002, "0101000020E6100000000000000000F03F0000000000000040",
       "0101000020e6100000000000000000f03f0000000000000040"},
      {"'BOX(1 2,3 4)'::box2d", 90004, "BOX(1 2,3 4)",
       "3ff0000000000000400800000000000040000000000000004010000000000000"},
  };
  for (const auto& [expression, oid, text, hex] : own) {
    CAPTURE(expression);
    CHECK(columns.read_text<std::string>(expression, oid, text) == text);
    const auto bytes = columns.read_binary<Bytes>(expression, oid, hex);
    CHECK(test::hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) == hex);
  }
  CHECK(columns.read_text<std::string>("'{1,2}'::int2vector", 22, "{1,2}") == "{1,2}");
}

// --- What is sent --------------------------------------------------------------------------------

TEST_CASE("decimals are sent to CockroachDB in text, with their scale") {
  const Numeric price = Numeric::parse("1.50");
  check_sent(price, 1700, Format::text, "1.50");
  check_sent(Numeric::parse("NaN"), 1700, Format::text, "NaN");
  check_sent(Numeric::parse("-Infinity"), 1700, Format::text, "-Infinity");
  check_sent(std::vector{price, Numeric(2)}, 1231, Format::text, "{1.50,2}");
  check_sent(std::vector<std::optional<Numeric>>{price, std::nullopt}, 1231, Format::text,
             "{1.50,NULL}");
  check_sent_null(std::optional<Numeric>(), 1700);
  constexpr std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();
  check_sent(greatest, 1700, Format::text, "18446744073709551615");
  check_sent(std::vector{greatest}, 1231, Format::text, "{18446744073709551615}");
  check_sent(boost::multiprecision::cpp_int("123456789012345678901"), 1700, Format::text,
             "123456789012345678901");
  check_sent(boost::multiprecision::cpp_dec_float_50("1.5"), 1700, Format::text, "1.5");
}

TEST_CASE("a vector is sent to CockroachDB in text, and read in both formats") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v24.2.0"));
  crdb::CrdbConnection conn = cockroach.connect();
  const support::SentParameter one = sent(cockroach, conn, Vector{{1, -2.5F}});
  CHECK(one.oid == 90006);
  CHECK(one.format == 0);
  CHECK(one.bytes == "[1,-2.5]");
  const support::SentParameter several = sent(cockroach, conn, std::vector{Vector{{1}}});
  CHECK(several.oid == 90007);
  CHECK(several.bytes == "{[1]}");
  const AdaptersMap& map = crdb::adapters();
  CHECK(test::load<Vector>("vector", Format::text, "[1,-2.5]", map) == Vector{{1, -2.5F}});
  CHECK(test::load<Vector>("vector", Format::binary, from_hex("0002 0000 3f800000 c0200000"),
                           map) == Vector{{1, -2.5F}});
}

TEST_CASE("enums are sent to CockroachDB as text, unless they are registered") {
  check_sent(Mood::ok, 25, Format::text, "ok");
  check_sent(std::vector{Mood::sad, Mood::ok}, 1009, Format::text, "{sad,ok}");
  check_sent_null(std::optional<Mood>(), 25);

  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  conn.adapters().register_enum<Mood>(mood_info());
  const support::SentParameter one = sent(cockroach, conn, Mood::ok);
  CHECK(one.oid == mood_oid);
  CHECK(one.bytes.value_or("NULL") == "ok");
  const support::SentParameter several = sent(cockroach, conn, std::vector{Mood::ok});
  CHECK(several.oid == mood_array);
  CHECK(several.format == 1);
  CHECK(test::hex(several.bytes.value_or("NULL")) ==
        "0000000100000000000186d80000000100000001000000026f6b");
}

TEST_CASE("what is sent as another C++ type is, is sent to CockroachDB as that is") {
  const std::string seven = from_hex("0000000000000007");
  check_sent(UserId{7}, 20, Format::binary, seven);
  check_sent(std::vector{UserId{7}}, 1016, Format::binary,
             from_hex("00000001 00000000 00000014  00000001 00000001  00000008") + seven);
  check_sent(Email("a@b"), 25, Format::text, "a@b");
  check_sent(std::vector{Email("a@b")}, 1009, Format::text, "{a@b}");

  using Key = std::variant<std::monostate, int, std::string, Numeric>;
  check_sent(Key(7), 20, Format::binary, seven);
  check_sent(Key("seven"), 25, Format::text, "seven");
  check_sent(Key(Numeric::parse("7.0")), 1700, Format::text, "7.0");
  check_sent_null(Key(), 25);
}

TEST_CASE("what CockroachDB sends is what it is sent") {
  check_sent(sys_days(2021y / 2 / 3), 1082, Format::binary, from_hex("00001e18"));
  check_sent(2021y / 2 / 3, 1082, Format::binary, from_hex("00001e18"));
  check_sent(sys_days::max(), 1082, Format::binary, from_hex("7fffffff"));
  check_sent(TimeOfDay(noon_and_more), 1083, Format::binary, from_hex("0000000a8be62608"));
  check_sent(OffsetTimeOfDay(TimeOfDay(noon_and_more), 3h), 1266, Format::binary,
             from_hex("0000000a8be62608ffffd5d0"));
  check_sent(LocalTime(local_days(2021y / 2 / 3) + four_and_more), 1114, Format::binary,
             from_hex("00025d657608ca88"));
  check_sent(UtcTime(sys_days(2021y / 2 / 3) + four_and_more), 1184, Format::binary,
             from_hex("00025d657608ca88"));
  check_sent(Interval(14, 3, four_and_more), 1186, Format::binary,
             from_hex("000000036c97ca88000000030000000e"));
  check_sent(1h, 1186, Format::binary, from_hex("00000000d693a4000000000000000000"));
  check_sent(Inet::v4({192, 168, 0, 1}, 24), 869, Format::binary, from_hex("02180004c0a80001"));
  check_sent(BitString::parse("1011"), 1562, Format::binary, from_hex("00000004b0"));
  check_sent(std::bitset<4>(0b1011), 1560, Format::binary, from_hex("00000004b0"));
  check_sent(one_uuid(), 2950, Format::binary, from_hex("5b3d4b0a000000000000000000000001"));
  check_sent(Bytes{std::byte{'a'}}, 17, Format::binary, "a");
  check_sent(std::vector{true}, 1000, Format::binary,
             from_hex("00000001000000000000001000000001000000010000000101"));
  check_sent(std::vector{Interval(1h)}, 1187, Format::binary,
             from_hex("0000000100000000000004a2000000010000000100000010"
                      "00000000d693a4000000000000000000"));
}

TEST_CASE("an Array of one dimension from 1 is sent to CockroachDB") {
  check_sent(Array<int>{{{2}}, {7, -1}}, 1016, Format::binary,
             from_hex("00000001 00000000 00000014  00000002 00000001"
                      "00000008 0000000000000007  00000008 ffffffffffffffff"));
  check_sent(Array<int>{}, 1016, Format::binary, from_hex("00000000 00000000 00000014"));
}

// --- What is refused -----------------------------------------------------------------------------

TEST_CASE("what CockroachDB does not have is refused before anything is sent") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const auto check_refused = [&](std::string_view what, const auto& value) {
    CAPTURE(what);
    const auto error = thrown_by<NotSupportedError>(
        [&] { conn.execute("INSERT INTO t VALUES ($1, $2)", 7, value); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), what));
    CHECK(contains(error.message(), "CockroachDB"));
  };
  check_refused("cidr", Cidr());
  check_refused("cidr", std::vector<Cidr>());
  check_refused("cidr", std::optional<Cidr>());
  check_refused("cidr", Office());
  check_refused("cidr", std::variant<int, Cidr>(Cidr()));
  check_refused("macaddr", MacAddr());
  check_refused("macaddr8", MacAddr8());
  check_refused("money", Money());
  check_refused("pg_lsn", PgLsn());
  check_refused("tid", Tid());
  check_refused("xid", Xid());
  check_refused("xid8", Xid8());
  check_refused("cid", Cid());
  check_refused("point", geometric::Point());
  check_refused("line", geometric::Line());
  check_refused("lseg", geometric::LineSegment());
  check_refused("box", geometric::Box());
  check_refused("path", geometric::Path());
  check_refused("polygon", geometric::Polygon());
  check_refused("circle", geometric::Circle());

  check_refused("range of int8", Range<int>(1, 2));
  check_refused("range of text", Range<std::string>());
  check_refused("range of date", std::vector{Range<sys_days>()});
  check_refused("multirange of int8", Multirange<std::int64_t>());

  check_refused("composite types", Item{"nail", 7});
  check_refused("composite types", std::vector{Item{"nail", 7}});
  check_refused("composite types", std::tuple(1, "a"s));
  check_refused("composite types", std::pair(1, 2));

  check_refused("arrays of several dimensions", std::vector<std::vector<int>>{{1}});
  check_refused("arrays of several dimensions", std::vector<std::array<int, 2>>());
  check_refused("arrays of several dimensions", Array<int>{{{1}, {2}}, {1, 2}});
  check_refused("other lower bounds", Array<int>{{{2, 0}}, {1, 2}});
  check_refused("arrays of jsonb", std::vector<boost::json::value>{1});
  check_refused("arrays of jsonb", std::vector{Json{1}});
  check_refused("arrays of jsonb", std::vector{Jsonb{1}});
  CHECK(cockroach.conversation().empty());
  CHECK_NOTHROW(conn.execute("INSERT"));
}

TEST_CASE("a dumper to a type that CockroachDB does not have is refused when it is used") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  conn.adapters().register_dumper<UserId>("money", [](const UserId& id) { return id.value; });
  const auto error =
      thrown_by<NotSupportedError>([&] { conn.execute("INSERT INTO t VALUES ($1)", UserId{7}); });
  CHECK(contains(error.message(), "CockroachDB v21.1.0 has no type money"));
  CHECK(cockroach.conversation().empty());
}

// --- Its users' types ----------------------------------------------------------------------------

namespace {

std::string int8_bytes(std::int64_t value) {
  Writer out;
  out.put<std::int64_t>(value);
  return std::string(out.view());
}

// A row of what TypeInfo::fetch asks for, in binary.
std::vector<std::optional<std::string>> mood_row(std::string label) {
  return {int8_bytes(mood_oid),   "mood",       "public",      int8_bytes(2),
          int8_bytes(mood_array), "mood",       "e",           ",",
          std::move(label),       std::nullopt, int8_bytes(0), int8_bytes(0)};
}

support::Answer type_rows(std::vector<std::vector<std::optional<std::string>>> rows) {
  return support::rows({{"oid", 20},
                        {"typname", 25},
                        {"nspname", 25},
                        {"place", 20},
                        {"typarray", 20},
                        {"oid", 25},
                        {"typtype", 25},
                        {"typdelim", 25},
                        {"enumlabel", 25},
                        {"attname", 25},
                        {"coalesce", 20},
                        {"typbasetype", 20}},
                       std::move(rows));
}

support::Answer mood_rows() {
  return type_rows({mood_row("sad"), mood_row("ok"), mood_row("happy")});
}

}  // namespace

TEST_CASE("an enum is fetched from CockroachDB, which is not asked for ranges") {
  Cockroach cockroach;
  cockroach.next("SELECT t.oid", mood_rows());
  crdb::CrdbConnection conn = cockroach.connect();
  const auto mood = EnumInfo::fetch(conn, "public.mood");
  REQUIRE(mood.has_value());
  CHECK(mood->name == "mood");
  CHECK(mood->oid == mood_oid);
  CHECK(mood->array_oid == mood_array);
  CHECK(mood->regtype == "mood");
  CHECK(mood->labels == std::vector{"sad"s, "ok"s, "happy"s});
  CHECK(mood->attributes.empty());
  CHECK(mood->dependencies.empty());

  const std::vector<support::SentStatement> statements = cockroach.server().statements();
  REQUIRE(statements.size() == 1);
  CHECK_FALSE(contains(statements[0].text, "range"));
  CHECK_FALSE(contains(statements[0].text, "RECURSIVE"));
  REQUIRE(statements[0].parameters.size() == 1);
  CHECK(statements[0].parameters[0].oid == 1009);
  CHECK(statements[0].parameters[0].bytes.value_or("NULL") == "{mood}");
}

TEST_CASE("a type that this CockroachDB does not know is none") {
  Cockroach cockroach;
  cockroach.next("SELECT t.oid", type_rows({}));
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK_FALSE(TypeInfo::fetch(conn, "mood").has_value());
}

TEST_CASE("an enum that was registered from CockroachDB is read and sent") {
  Cockroach cockroach;
  cockroach.next("SELECT t.oid", mood_rows());
  cockroach.next("SELECT mood", support::rows({{"mood", mood_oid}}, {{"happy"}}));
  crdb::CrdbConnection conn = cockroach.connect();
  conn.adapters().register_types(conn, "mood");
  CHECK(conn.execute("SELECT mood FROM person").value<Mood>() == Mood::happy);
  CHECK(sent(cockroach, conn, Mood::ok).oid == 25);
  conn.adapters().register_enum<Mood>({*conn.adapters().types().find("mood")});
  CHECK(sent(cockroach, conn, Mood::ok).oid == mood_oid);
}
