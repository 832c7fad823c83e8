#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/adapters/uuid.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <limits>

using namespace support;
using namespace std::chrono;
using palmetto::DataError;
using palmetto::Format;
using palmetto::TypeMismatch;

namespace {

// Two values of a type, and what the server shows an array of them as.
template <class T>
struct Sample {
  std::string type;
  T a;
  T b;
  std::string text_a;
  std::string text_b;
};

template <class T>
void check_arrays(palmetto::Connection& conn, const Sample<T>& s) {
  const std::string type = s.type + "[]";
  const std::string both = s.text_a + "," + s.text_b;
  check_round_trip(conn, std::vector<T>{}, type, "{}");
  check_round_trip(conn, std::vector<T>{s.a}, type, "{" + s.text_a + "}");
  check_round_trip(conn, std::vector<T>{s.a, s.b}, type, "{" + both + "}");
  using Nullable = std::vector<std::optional<T>>;
  check_round_trip(conn, Nullable{}, type, "{}");
  check_round_trip(conn, Nullable{std::nullopt}, type, "{NULL}");
  check_round_trip(conn, Nullable{s.a, std::nullopt, s.b}, type,
                   "{" + s.text_a + ",NULL," + s.text_b + "}");
  check_round_trip(conn, Nullable{std::nullopt, s.b, std::nullopt}, type,
                   "{NULL," + s.text_b + ",NULL}");
}

// The box type, whose arrays are the only builtin ones that are not separated by commas.
struct Box {
  std::string corners;  // "(2,2),(1,1)"
  friend bool operator==(const Box&, const Box&) = default;
};

palmetto::Result select(palmetto::Connection& conn, std::string_view sql, Format format) {
  return conn.with({.results = format})
      .execute(palmetto::dynamic_sql("SELECT " + std::string(sql) + " AS list"));
}

}  // namespace

template <>
struct palmetto::Adapter<Box> {
  static constexpr TypeRef type = "box";
  static void write_text(Writer& out, const Box& box) { out.append(box.corners); }
  static Box read_text(Reader& in) { return {std::string(in.rest())}; }
};

TEST_CASE("arrays of every type travel: empty, full, and with NULLs") {
  auto conn = connect();
  conn.execute("SET TimeZone = 'UTC'");
  check_arrays<bool>(conn, {"bool", true, false, "t", "f"});
  check_arrays<std::int16_t>(conn, {"int2", -32768, 32767, "-32768", "32767"});
  check_arrays<std::int32_t>(conn,
                             {"int4", -2147483647 - 1, 2147483647, "-2147483648", "2147483647"});
  check_arrays<std::int64_t>(conn, {"int8", std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::int64_t>::max(),
                                    "-9223372036854775808", "9223372036854775807"});
  check_arrays<std::uint16_t>(conn, {"int4", 0, 65535, "0", "65535"});
  check_arrays<std::uint32_t>(conn, {"int8", 0, 4294967295, "0", "4294967295"});
  check_arrays<std::uint32_t>(conn, {"oid", 0, 4294967295, "0", "4294967295"});
  check_arrays<float>(
      conn, {"float4", 0.1F, -std::numeric_limits<float>::infinity(), "0.1", "-Infinity"});
  check_arrays<double>(conn,
                       {"float8", std::numeric_limits<double>::quiet_NaN(), -0.0, "NaN", "-0"});
  check_arrays<std::string>(conn, {"text", "a b", "", "\"a b\"", "\"\""});
  check_arrays<std::string>(conn, {"varchar", "a", "NULL", "a", "\"NULL\""});
  check_arrays<char>(conn, {"text", 'a', ',', "a", "\",\""});
  check_arrays<std::vector<std::byte>>(
      conn, {"bytea", {}, {std::byte{0}, std::byte{255}}, "\"\\\\x\"", "\"\\\\x00ff\""});
  check_arrays<boost::uuids::uuid>(conn, {"uuid",
                                          {},
                                          {{255, 1}},
                                          "00000000-0000-0000-0000-000000000000",
                                          "ff010000-0000-0000-0000-000000000000"});
  check_arrays<sys_time<microseconds>>(
      conn, {"timestamptz", sys_time<microseconds>::max(), sys_days(2026y / 11 / 21) + 1us,
             "infinity", "\"2026-11-21 00:00:00.000001+00\""});
  check_arrays<local_time<microseconds>>(
      conn, {"timestamp", local_days(-43y / 3 / 15), local_days(2026y / 11 / 21),
             "\"0044-03-15 00:00:00 BC\"", "\"2026-11-21 00:00:00\""});
  check_arrays<sys_days>(
      conn, {"date", sys_days::min(), sys_days(2026y / 11 / 21), "-infinity", "2026-11-21"});
  check_arrays<year_month_day>(
      conn, {"date", -43y / 3 / 15, 2026y / 11 / 21, "\"0044-03-15 BC\"", "2026-11-21"});
}

TEST_CASE("an array can be NULL itself") {
  auto conn = connect();
  check_round_trips<std::vector<int>>(conn, "int4[]", {{{1, 2}, "{1,2}"}, {{}, "{}"}});
  check_round_trips<std::vector<std::string>>(conn, "text[]", {{{"a"}, "{a}"}, {{}, "{}"}});
}

TEST_CASE("texts that arrays must quote travel in them") {
  auto conn = connect();
  check_round_trip(
      conn,
      std::vector<std::optional<std::string>>{"a", "NULL", "", "q\"\\", "c,d", " ", std::nullopt},
      "text[]", R"({a,"NULL","","q\"\\","c,d"," ",NULL})");
  const std::vector<std::string> words{
      "null",        "Null",    "nULL", "NULLS", " NULL", "{",    "}",    "{}",     "{a,b}",
      "\"",          "\"\"",    "\\",   "\\\\",  "\\\"",  "'",    ",",    ";",      " lead",
      "trail ",      "in side", "\t",   "\n",    "\r\n",  "\v",   "\f",   "\u00A0", "\u20AC",
      "[1:2]={a,b}", "[",       "]",    "=",     "a=b",   "\x01", "\x7f", "\\N"};
  for (const std::string& word : words) {
    CAPTURE(word);
    check_round_trip(conn, std::vector{word}, "text[]");
    check_round_trip(conn, std::vector{word, word}, "text[]");
  }
  check_round_trip(conn, words, "text[]");
}

TEST_CASE("the server gets an array's elements as they were") {
  auto conn = connect();
  const std::vector<std::optional<std::string>> words{"a,b", std::nullopt, "{\"c\"}", "NULL", ""};
  for (const Formats& formats : all_formats) {
    const auto rows =
        conn.with({.parameters = formats.parameters, .results = formats.results})
            .execute("SELECT w FROM unnest($1::text[]) WITH ORDINALITY AS u (w, n) ORDER BY n",
                     words)
            .all<std::optional<std::string>>();
    CHECK(bool(rows == words));
  }
  CHECK(conn.execute("SELECT 'b' = ANY($1)", std::vector<std::string>{"a", "b"}).value<bool>());
  CHECK(conn.execute("SELECT $1[2] + $2[1]", std::vector{1, 20}, std::vector<std::int64_t>{300})
            .value<std::int64_t>() == 320);
}

TEST_CASE("an array is sent as the array of its elements' type") {
  auto conn = connect();
  const auto type_sent = [&](const auto& value) {
    return conn.execute("SELECT pg_typeof($1)::text", value).template value<std::string>();
  };
  CHECK(type_sent(std::vector<bool>{}) == "boolean[]");
  CHECK(type_sent(std::vector<std::int16_t>{}) == "smallint[]");
  CHECK(type_sent(std::vector<std::optional<int>>{}) == "integer[]");
  CHECK(type_sent(std::vector<std::uint32_t>{}) == "bigint[]");
  CHECK(type_sent(std::vector<double>{}) == "double precision[]");
  CHECK(type_sent(std::vector<std::vector<std::byte>>{}) == "bytea[]");
  CHECK(type_sent(std::vector<boost::uuids::uuid>{}) == "uuid[]");
  CHECK(type_sent(std::vector<sys_seconds>{}) == "timestamp with time zone[]");
  CHECK(type_sent(std::vector<local_seconds>{}) == "timestamp without time zone[]");
  CHECK(type_sent(std::vector<year_month_day>{}) == "date[]");
}

TEST_CASE("a long array travels") {
  auto conn = connect();
  std::vector<std::optional<std::int64_t>> numbers;
  for (std::int64_t n = 0; n < 100'000; ++n)
    numbers.push_back(n % 7 == 0 ? std::nullopt : std::optional(n * n));
  check_round_trip(conn, numbers, "int8[]");
  check_round_trip(conn, std::vector<std::string>(10'000, "a \"b\""), "text[]");
}

TEST_CASE("arrays are read from every type that their elements are read from") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(bool(select(conn, "ARRAY[1, 2]::int2[]", format).value<std::vector<std::int64_t>>() ==
               std::vector<std::int64_t>{1, 2}));
    CHECK(bool(select(conn, "ARRAY[1, 2]::oid[]", format).value<std::vector<std::uint32_t>>() ==
               std::vector<std::uint32_t>{1, 2}));
    CHECK(bool(select(conn, "ARRAY['a', 'b']::name[]", format).value<std::vector<std::string>>() ==
               std::vector<std::string>{"a", "b"}));
    CHECK_THROWS_AS(
        static_cast<void>(select(conn, "ARRAY[1]::int8[]", format).value<std::vector<int>>()),
        TypeMismatch);
    CHECK_THROWS_AS(static_cast<void>(select(conn, "1", format).value<std::vector<int>>()),
                    TypeMismatch);
    CHECK_THROWS_AS(static_cast<void>(select(conn, "ARRAY[1]", format).value<int>()), TypeMismatch);
  }
}

TEST_CASE("an array with bounds of its own is read without them") {
  auto conn = connect();
  for (const std::string_view list :
       {"'[5:7]={1,2,3}'::int[]", "'[-1:1]={1,2,3}'::int[]", "'[0:2]={1,2,3}'::int[]",
        "'[2147483644:2147483646]={1,2,3}'::int[]", "'[-2147483648:-2147483646]={1,2,3}'::int[]"}) {
    for (const Format format : {Format::binary, Format::text}) {
      CAPTURE(list);
      CAPTURE(name_of(format));
      CHECK(bool(select(conn, list, format).value<std::vector<int>>() == std::vector{1, 2, 3}));
    }
  }
  for (const Format format : {Format::binary, Format::text})
    CHECK(bool(select(conn, "'[3:4]={\"a=b\",NULL}'::text[]", format)
                   .value<std::vector<std::optional<std::string>>>() ==
               std::vector<std::optional<std::string>>{"a=b", std::nullopt}));
}

TEST_CASE("an array of several dimensions is a DataError that names the column") {
  auto conn = connect();
  for (const std::string_view list : {"ARRAY[[1, 2], [3, 4]]", "ARRAY[[1], [2]]", "ARRAY[[1]]",
                                      "ARRAY[[[NULL::int]]]", "'[2:3][0:0]={{1},{2}}'::int[]"}) {
    for (const Format format : {Format::binary, Format::text}) {
      CAPTURE(list);
      const auto result = select(conn, list, format);
      const auto error = caught<DataError>(
          [&] { static_cast<void>(result.value<std::vector<std::optional<int>>>()); });
      CAPTURE(error.message());
      CHECK(contains(error.message(), "column 1 \"list\" (int4[]), row 1"));
      CHECK(contains(error.message(), "dimensions"));
    }
  }
}

TEST_CASE("a NULL element for a type that takes none is a DataError that names column and row") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto result = conn.with({.results = format})
                            .execute("VALUES (1, ARRAY[1]), (2, ARRAY[1, NULL]) ORDER BY 1");
    const auto error =
        caught<DataError>([&] { static_cast<void>(result.all<int, std::vector<int>>()); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), "column 2 \"column2\" (int4[]), row 2"));
    CHECK(contains(error.message(), "NULL element"));
  }
}

TEST_CASE("a vector of views points into the result in binary, and has nothing to in text") {
  auto conn = connect();
  const std::vector<std::string_view> words{"a", "b c", ""};
  for (const Format parameters : {Format::binary, Format::text}) {
    const auto result = conn.with({.parameters = parameters}).execute("SELECT $1::text[]", words);
    CHECK(bool(result.value<std::vector<std::string_view>>() == words));
  }
  const auto text = conn.with({.results = Format::text}).execute("SELECT $1::text[]", words);
  CHECK_THROWS_AS(static_cast<void>(text.value<std::vector<std::string_view>>()), TypeMismatch);
  CHECK(bool(text.value<std::vector<std::string>>() == std::vector<std::string>{"a", "b c", ""}));
}

TEST_CASE("arrays of a type with another delimiter than the comma use it") {
  auto conn = connect();
  const std::vector<std::optional<Box>> boxes{Box{"(2,2),(1,1)"}, std::nullopt, Box{"(4,4),(3,3)"}};
  for (const Format parameters : {Format::binary, Format::text}) {
    const auto result = conn.with({.parameters = parameters, .results = Format::text})
                            .execute("SELECT $1, $1::text", boxes);
    const auto [read, shown] = result.one<std::vector<std::optional<Box>>, std::string>();
    CHECK(bool(read == boxes));
    CHECK(shown == "{(2,2),(1,1);NULL;(4,4),(3,3)}");
  }
}
