#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <bit>
#include <limits>

using namespace support;
using palmetto::Format;

namespace {

template <class T>
constexpr T least = std::numeric_limits<T>::min();
template <class T>
constexpr T most = std::numeric_limits<T>::max();
template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();
template <class T>
constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();
template <class T>
constexpr T smallest = std::numeric_limits<T>::denorm_min();

// Edges, and whatever else the bits of a number can be.
template <class T>
T random_number(Random& random) {
  if constexpr (sizeof(T) == 8) return std::bit_cast<T>(random());
  else if constexpr (sizeof(T) == 4) return std::bit_cast<T>(static_cast<std::uint32_t>(random()));
  else return std::bit_cast<T>(static_cast<std::uint16_t>(random()));
}

// A column of the number that SQL calls so, in that format.
palmetto::Result number(palmetto::Connection& conn, const std::string& sql, Format format) {
  return conn.with({.results = format}).execute(palmetto::dynamic_sql("SELECT " + sql + " AS n"));
}

// What an E says that reading the number as a T throws.
template <class T, class E>
std::string refusal(palmetto::Connection& conn, const std::string& sql, Format format) {
  return caught<E>([&] { static_cast<void>(number(conn, sql, format).value<T>()); }).message();
}

template <class T>
void check_reads(palmetto::Connection& conn, const std::string& sql, T expected) {
  for (const Format format : {Format::binary, Format::text}) {
    CAPTURE(sql);
    CAPTURE(name_of(format));
    CHECK(is_same(number(conn, sql, format).value<T>(), expected));
  }
}

template <class T>
std::string type_sent(palmetto::Connection& conn, const T& value) {
  return conn.execute("SELECT pg_typeof($1)::text", value).template value<std::string>();
}

}  // namespace

TEST_CASE("a bool travels as boolean") {
  auto conn = connect();
  check_round_trips<bool>(conn, "bool", {{true, "true"}, {false, "false"}});
  CHECK(type_sent(conn, true) == "boolean");
}

TEST_CASE("the signed integers travel at their edges") {
  auto conn = connect();
  check_round_trips<std::int16_t>(
      conn, "int2",
      {{least<std::int16_t>, "-32768"}, {-1, "-1"}, {0, "0"}, {1, "1"}, {32767, "32767"}});
  check_round_trips<std::int32_t>(conn, "int4",
                                  {{least<std::int32_t>, "-2147483648"},
                                   {-32769, "-32769"},
                                   {-1, "-1"},
                                   {0, "0"},
                                   {most<std::int32_t>, "2147483647"}});
  check_round_trips<std::int64_t>(conn, "int8",
                                  {{least<std::int64_t>, "-9223372036854775808"},
                                   {-2147483649, "-2147483649"},
                                   {-1, "-1"},
                                   {0, "0"},
                                   {most<std::int64_t>, "9223372036854775807"}});
  check_round_trips<long long>(conn, "int8",
                               {{least<long long>, "-9223372036854775808"},
                                {0, "0"},
                                {most<long long>, "9223372036854775807"}});
}

TEST_CASE("the unsigned integers travel at their edges, as the next larger signed type") {
  auto conn = connect();
  check_round_trips<std::uint16_t>(
      conn, "int4", {{0, "0"}, {32767, "32767"}, {32768, "32768"}, {65535, "65535"}});
  for (const char* type : {"int8", "oid"})
    check_round_trips<std::uint32_t>(conn, type,
                                     {{0, "0"},
                                      {2147483647, "2147483647"},
                                      {2147483648, "2147483648"},
                                      {4294967295, "4294967295"}});
  CHECK(type_sent(conn, std::uint16_t{1}) == "integer");
  CHECK(type_sent(conn, std::uint32_t{1}) == "bigint");
}

TEST_CASE("an unsigned integer of 8 bytes travels at its edges, as numeric") {
  auto conn = connect();
  for (const char* type : {"numeric", "numeric(30,2)", "xid8"}) {
    const std::string zeros = type == std::string("numeric(30,2)") ? ".00" : "";
    const auto via = type == std::string("xid8") ? "::text::xid8" : "::" + std::string(type);
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{9999},
                                      std::uint64_t{10000}, std::uint64_t{9223372036854775807},
                                      std::uint64_t{9223372036854775808U}, most<std::uint64_t>}) {
      for (const Formats& formats : all_formats) {
        const auto row =
            conn.with({.parameters = formats.parameters, .results = formats.results})
                .execute(palmetto::dynamic_sql("SELECT $1" + via + ", $1" + via + "::text"),
                         value)[0];
        CHECK(row[0].as<std::uint64_t>() == value);
        CHECK(row[1].as<std::string>() == std::to_string(value) + zeros);
      }
    }
  }
  check_round_trips<std::uint64_t>(
      conn, "numeric",
      {{0, "0"}, {100000000, "100000000"}, {most<std::uint64_t>, "18446744073709551615"}});
  CHECK(type_sent(conn, std::uint64_t{1}) == "numeric");
  CHECK(type_sent(conn, 1ULL) == "numeric");
}

TEST_CASE("an integer is sent as the type of its size") {
  auto conn = connect();
  CHECK(type_sent(conn, std::int16_t{1}) == "smallint");
  CHECK(type_sent(conn, 1) == "integer");
  CHECK(type_sent(conn, 1L) == "bigint");
  CHECK(type_sent(conn, 1LL) == "bigint");
}

TEST_CASE("an int needs no cast where the server's operators take an integer") {
  auto conn = connect();
  for (const Formats& formats : all_formats) {
    const auto with = conn.with({.parameters = formats.parameters, .results = formats.results});
    CHECK(with.execute("SELECT (date '2026-01-01' + $1)::text", 1).value<std::string>() ==
          "2026-01-02");
    CHECK(with.execute("SELECT ('[7, 8]'::jsonb -> $1)::text", 1).value<std::string>() == "8");
  }
}

TEST_CASE("an integer is read from every type that holds no larger value") {
  auto conn = connect();
  check_reads<std::int32_t>(conn, "(-32768)::int2", -32768);
  check_reads<std::int64_t>(conn, "(-32768)::int2", -32768);
  check_reads<std::int64_t>(conn, "(-2147483648)::int4", -2147483648);
  check_reads<std::int64_t>(conn, "4294967295::oid", 4294967295);
  check_reads<std::uint16_t>(conn, "32767::int2", 32767);
  check_reads<std::uint32_t>(conn, "32767::int2", 32767);
  check_reads<std::uint32_t>(conn, "2147483647::int4", 2147483647);
  check_reads<std::uint32_t>(conn, "4294967295::oid", 4294967295);
  check_reads<std::uint64_t>(conn, "32767::int2", 32767);
  check_reads<std::uint64_t>(conn, "2147483647::int4", 2147483647);
  check_reads<std::uint64_t>(conn, "9223372036854775807::int8", 9223372036854775807);
  check_reads<std::uint64_t>(conn, "4294967295::oid", 4294967295);
  check_reads<std::uint64_t>(conn, "'18446744073709551615'::xid8", most<std::uint64_t>);
}

TEST_CASE("the least and the most of the integer types are read, alone and in arrays") {
  auto conn = connect();
  const struct {
    const char* type;
    std::int64_t least;
    std::int64_t most;
  } cases[] = {
      {"int2", least<std::int16_t>, most<std::int16_t>},
      {"int4", least<std::int32_t>, most<std::int32_t>},
      {"int8", least<std::int64_t>, most<std::int64_t>},
      {"oid", 0, most<std::uint32_t>},
  };
  for (const auto& c : cases) {
    CAPTURE(c.type);
    const std::string type = c.type;
    const std::string ends[] = {"'" + std::to_string(c.least) + "'::" + type,
                                "'" + std::to_string(c.most) + "'::" + type};
    check_reads<std::int64_t>(conn, ends[0], c.least);
    check_reads<std::int64_t>(conn, ends[1], c.most);
    check_reads<std::vector<std::int64_t>>(conn, "ARRAY[" + ends[0] + ", " + ends[1] + "]",
                                           {c.least, c.most});
    CHECK(number(conn, ends[0], Format::binary).description()[0].type_name == c.type);
  }
}

TEST_CASE("a numeric that is no unsigned integer is a DataError") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    for (const char* sql :
         {"1.5", "-1.0", "18446744073709551616", "1e30", "'NaN'::numeric", "'-Infinity'::numeric"})
      CHECK(contains(refusal<std::uint64_t, palmetto::DataError>(conn, sql, format),
                     "column 1 \"n\" (numeric), row 1"));
    check_reads<std::uint64_t>(conn, "2.00", 2);
  }
}

TEST_CASE("a number that an unsigned integer can't hold is a DataError naming column and row") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(contains(refusal<std::uint16_t, palmetto::DataError>(conn, "(-1)::int2", format),
                   "column 1 \"n\" (int2), row 1"));
    CHECK(contains(refusal<std::uint16_t, palmetto::DataError>(conn, "65536", format),
                   "column 1 \"n\" (int4), row 1"));
    CHECK(contains(refusal<std::uint32_t, palmetto::DataError>(conn, "(-1)::int4", format),
                   "column 1 \"n\" (int4), row 1"));
    CHECK(contains(refusal<std::uint32_t, palmetto::DataError>(conn, "4294967296", format),
                   "column 1 \"n\" (int8), row 1"));
  }
}

TEST_CASE("an integer is not read from a type with larger values, even when they would fit") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(contains(refusal<std::int16_t, palmetto::TypeMismatch>(conn, "1::int4", format),
                   "std::int16_t"));
    CHECK(contains(refusal<std::int32_t, palmetto::TypeMismatch>(conn, "1::int8", format),
                   "std::int32_t"));
    CHECK(contains(refusal<std::int32_t, palmetto::TypeMismatch>(conn, "1::oid", format),
                   "std::int32_t"));
    CHECK(contains(refusal<std::uint16_t, palmetto::TypeMismatch>(conn, "1::int8", format),
                   "std::uint16_t"));
    CHECK(contains(refusal<std::int64_t, palmetto::TypeMismatch>(conn, "1::numeric", format),
                   "std::int64_t"));
    CHECK(contains(refusal<std::int64_t, palmetto::TypeMismatch>(conn, "1::float8", format),
                   "std::int64_t"));
  }
}

TEST_CASE("a float travels as float4, to the last bit") {
  auto conn = connect();
  check_round_trips<float>(conn, "float4",
                           {{0.0F, "0"},
                            {-0.0F, "-0"},
                            {0.1F, "0.1"},
                            {-1.5F, "-1.5"},
                            {16777216.0F, "1.6777216e+07"},
                            {most<float>, "3.4028235e+38"},
                            {-most<float>, "-3.4028235e+38"},
                            {least<float>, "1.1754944e-38"},
                            {smallest<float>, "1e-45"},
                            {-smallest<float>, "-1e-45"},
                            {infinity<float>, "Infinity"},
                            {-infinity<float>, "-Infinity"},
                            {not_a_number<float>, "NaN"}});
  CHECK(type_sent(conn, 1.0F) == "real");
}

TEST_CASE("a double travels as float8, to the last bit") {
  auto conn = connect();
  check_round_trips<double>(conn, "float8",
                            {{0.0, "0"},
                             {-0.0, "-0"},
                             {0.1, "0.1"},
                             {0.1 + 0.2, "0.30000000000000004"},
                             {1e15, "1e+15"},
                             {123456789012345680.0, "1.2345678901234568e+17"},
                             {most<double>, "1.7976931348623157e+308"},
                             {-most<double>, "-1.7976931348623157e+308"},
                             {least<double>, "2.2250738585072014e-308"},
                             {smallest<double>, "5e-324"},
                             {-smallest<double>, "-5e-324"},
                             {infinity<double>, "Infinity"},
                             {-infinity<double>, "-Infinity"},
                             {not_a_number<double>, "NaN"}});
  CHECK(type_sent(conn, 1.0) == "double precision");
}

TEST_CASE("a double is read from every type whose values it holds, the same in both formats") {
  auto conn = connect();
  check_reads<double>(conn, "(-32768)::int2", -32768.0);
  check_reads<double>(conn, "2147483647::int4", 2147483647.0);
  check_reads<double>(conn, "0.5::float4", 0.5);
  check_reads<double>(conn, "0.1::float4", double{0.1F});
  check_reads<double>(conn, "'-Infinity'::float4", -infinity<double>);
  check_reads<double>(conn, "'NaN'::float4", not_a_number<double>);
}

TEST_CASE("a floating number is not read from a type that it does not hold every value of") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(contains(refusal<float, palmetto::TypeMismatch>(conn, "1::float8", format), "float8"));
    CHECK(contains(refusal<float, palmetto::TypeMismatch>(conn, "1::int4", format), "int4"));
    CHECK(contains(refusal<double, palmetto::TypeMismatch>(conn, "1::int8", format), "int8"));
    CHECK(contains(refusal<double, palmetto::TypeMismatch>(conn, "1::numeric", format), "numeric"));
  }
}

TEST_CASE("random integers travel") {
  auto conn = connect();
  check_random_round_trips(conn, "int2", &random_number<std::int16_t>);
  check_random_round_trips(conn, "int4", &random_number<std::int32_t>);
  check_random_round_trips(conn, "int8", &random_number<std::int64_t>);
  check_random_round_trips(conn, "int4", &random_number<std::uint16_t>);
  check_random_round_trips(conn, "int8", &random_number<std::uint32_t>);
  check_random_round_trips(conn, "oid", &random_number<std::uint32_t>);
  check_random_round_trips(conn, "numeric", &random_number<std::uint64_t>);
}

TEST_CASE("random floating numbers travel") {
  auto conn = connect();
  check_random_round_trips(conn, "float4", &random_number<float>);
  check_random_round_trips(conn, "float8", &random_number<double>);
}
