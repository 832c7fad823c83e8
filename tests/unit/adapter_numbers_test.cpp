#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"

#include "support/adapter_round_trip.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace palmetto;
using namespace palmetto::test;

TEST_CASE("booleans") {
  check_round_trip(true, "bool", "01", "t");
  check_round_trip(false, "bool", "00", "f");
  check_refused<bool>("bool", Format::binary, "\x02");
  check_refused<bool>("bool", Format::binary, std::string_view("\0\0", 2));
  check_refused<bool>("bool", Format::binary, "");
  check_refused<bool>("bool", Format::text, "true");
}

TEST_CASE("signed integers, from end to end") {
  check_round_trip<std::int16_t>(-32768, "int2", "8000", "-32768");
  check_round_trip<std::int16_t>(32767, "int2", "7fff", "32767");
  check_round_trip<std::int32_t>(-2147483647 - 1, "int4", "80000000", "-2147483648");
  check_round_trip<std::int32_t>(42, "int4", "0000002a", "42");
  check_round_trip<std::int64_t>(std::numeric_limits<std::int64_t>::min(), "int8",
                                 "8000000000000000", "-9223372036854775808");
  check_round_trip<std::int64_t>(std::numeric_limits<std::int64_t>::max(), "int8",
                                 "7fffffffffffffff", "9223372036854775807");
  check_round_trip<long long>(-1, "int8", "ffffffffffffffff", "-1");
}

TEST_CASE("unsigned integers are sent as the next larger signed type") {
  check_round_trip<std::uint16_t>(65535, "int4", "0000ffff", "65535");
  check_round_trip<std::uint32_t>(4294967295U, "int8", "00000000ffffffff", "4294967295");
  CHECK(load<std::uint32_t>("oid", Format::binary, from_hex("ffffffff")) == 4294967295U);
}

TEST_CASE("an unsigned integer of 8 bytes is sent as numeric") {
  check_round_trip<std::uint64_t>(0, "numeric", "0000000000000000", "0");
  check_round_trip<std::uint64_t>(1, "numeric", "00010000000000000001", "1");
  check_round_trip<std::uint64_t>(10000, "numeric", "00010001000000000001", "10000");
  check_round_trip<std::uint64_t>(9223372036854775808U, "numeric",
                                  "0005000400000000 039a 0d2c 0170 1565 16b0",
                                  "9223372036854775808");
  check_round_trip<unsigned long long>(18446744073709551615U, "numeric",
                                       "0005000400000000 0734 1a58 02e1 03bb 064f",
                                       "18446744073709551615");
  check_round_trip(std::vector<std::uint64_t>{1}, "numeric[]",
                   "00000001 00000000 000006a4 00000001 00000001 0000000a 00010000000000000001",
                   "{1}");
}

TEST_CASE("an unsigned integer of 8 bytes is read from every integer type") {
  const auto read = [](std::string_view type, std::string_view hex) {
    return load<std::uint64_t>(type, Format::binary, from_hex(hex));
  };
  CHECK(read("int2", "7fff") == 32767);
  CHECK(read("int4", "7fffffff") == 2147483647);
  CHECK(read("int8", "7fffffffffffffff") == 9223372036854775807U);
  CHECK(read("oid", "ffffffff") == 4294967295U);
  CHECK(read("xid8", "ffffffffffffffff") == 18446744073709551615U);
  CHECK(read("numeric", "0002 0000 0000 0002  0002 0000") == 2);  // 2.00
  CHECK(load<std::uint64_t>("xid8", Format::text, "18446744073709551615") == 18446744073709551615U);
  CHECK(load<std::uint64_t>("int8", Format::text, "42") == 42);
  CHECK(load<std::uint64_t>("numeric", Format::text, "2.00") == 2);
  CHECK(load<std::uint64_t>("numeric", Format::text, "1E+10") == 10'000'000'000U);
  for (const Format format : {Format::binary, Format::text}) {
    CHECK_FALSE(is_loadable<std::uint64_t>("float8", format));
    CHECK_FALSE(is_loadable<std::uint64_t>("xid", format));
    CHECK_FALSE(is_loadable<std::int64_t>("xid8", format));
    CHECK_FALSE(is_loadable<std::uint32_t>("numeric", format));
  }
}

TEST_CASE("a number that an unsigned integer of 8 bytes can't hold is a DataError") {
  for (const std::string_view text : {"-1", "1.5", "0.0001", "18446744073709551616", "1e20", "NaN",
                                      "Infinity", "-Infinity", "", "x", "1 "})
    check_refused<std::uint64_t>("numeric", Format::text, text);
  for (const std::string_view hex :
       {"0001 0000 4000 0000  0001", "0002 0000 0000 0001  0001 1388", "0001 ffff 0000 0004  0001",
        "0005 0004 0000 0000  0734 1a58 02e1 03bb 0650", "0001 0005 0000 0000  0001",
        "0001 7fff 0000 0000  0001", "0000 0000 c000 0000", "0000 0000 d000 0000",
        "0000 0000 f000 0000"})
    check_refused<std::uint64_t>("numeric", Format::binary, from_hex(hex));
  check_truncations_refused<std::uint64_t>("numeric", Format::binary,
                                           from_hex("0005000400000000 0734 1a58 02e1 03bb 064f"));
  check_refused<std::uint64_t>("int8", Format::binary, from_hex("ffffffffffffffff"));
  check_refused<std::uint64_t>("int2", Format::binary, from_hex("8000"));
  for (const std::string_view text : {"-1", "", "1.0", "18446744073709551616"})
    check_refused<std::uint64_t>("xid8", Format::text, text);
}

TEST_CASE("an integer is read from every type that fits, and from no other") {
  CHECK(load<std::int64_t>("int2", Format::binary, from_hex("ffff")) == -1);
  CHECK(load<std::int64_t>("int4", Format::binary, from_hex("80000000")) == -2147483648LL);
  CHECK(load<std::int64_t>("oid", Format::binary, from_hex("ffffffff")) == 4294967295LL);
  CHECK(load<std::int32_t>("int2", Format::text, "-5") == -5);
  for (const Format format : {Format::binary, Format::text}) {
    CHECK_FALSE(is_loadable<std::int16_t>("int4", format));
    CHECK_FALSE(is_loadable<std::int32_t>("int8", format));
    CHECK_FALSE(is_loadable<std::int32_t>("oid", format));
    CHECK_FALSE(is_loadable<std::int64_t>("numeric", format));
    CHECK_FALSE(is_loadable<std::int64_t>("float8", format));
    CHECK_FALSE(is_loadable<std::int32_t>("text", format));
    CHECK_FALSE(is_loadable<bool>("int4", format));
  }
}

TEST_CASE("a value that an unsigned integer can't hold is a DataError") {
  check_refused<std::uint16_t>("int4", Format::binary, from_hex("00010000"));
  check_refused<std::uint16_t>("int2", Format::binary, from_hex("ffff"));
  check_refused<std::uint32_t>("int8", Format::binary, from_hex("ffffffffffffffff"));
  check_refused<std::uint32_t>("int8", Format::text, "4294967296");
  check_refused<std::uint32_t>("int4", Format::text, "-1");
}

TEST_CASE("malformed integers are DataErrors") {
  check_truncations_refused<std::int64_t>("int8", Format::binary, from_hex("0000000000000001"));
  check_refused<std::int32_t>("int4", Format::binary, from_hex("0000000001"));
  for (const char* text : {"", "-", "x", "1x", "1 ", " 1", "+1", "1.0", "99999999999999999999"})
    check_refused<std::int32_t>("int4", Format::text, text);
  check_refused<std::int32_t>("int4", Format::text, "2147483648");
}

TEST_CASE("floating point, with the shortest text that reads back the same") {
  check_round_trip(0.1, "float8", "3fb999999999999a", "0.1");
  check_round_trip(-1.5f, "float4", "bfc00000", "-1.5");
  check_round_trip(1e300, "float8", "7e37e43c8800759c", "1e+300");
  check_round_trip(std::numeric_limits<double>::denorm_min(), "float8", "0000000000000001",
                   "5e-324");
  check_round_trip(std::numeric_limits<double>::infinity(), "float8", "7ff0000000000000",
                   "Infinity");
  check_round_trip(-std::numeric_limits<float>::infinity(), "float4", "ff800000", "-Infinity");
  const double minus_zero = load<double>("float8", Format::text, "-0");
  CHECK(std::signbit(minus_zero));
}

TEST_CASE("NaN is NaN in both formats") {
  const Dumped text = dump(std::numeric_limits<double>::quiet_NaN(), Format::text);
  CHECK(text.bytes == "NaN");
  CHECK(std::isnan(load<double>("float8", Format::text, "NaN")));
  CHECK(std::isnan(load<double>("float8", Format::binary,
                                dump(std::numeric_limits<double>::quiet_NaN()).bytes)));
}

TEST_CASE("a double is read from what it holds exactly, and from CockroachDB's infinities") {
  CHECK(load<double>("float4", Format::binary, from_hex("bfc00000")) == -1.5);
  CHECK(load<double>("int4", Format::binary, from_hex("80000000")) == -2147483648.0);
  CHECK(load<double>("int2", Format::text, "7") == 7.0);
  CHECK(load<double>("float8", Format::text, "+Inf") == std::numeric_limits<double>::infinity());
  CHECK(load<double>("float8", Format::text, "-Inf") == -std::numeric_limits<double>::infinity());
  CHECK_FALSE(is_loadable<double>("int8", Format::binary));
  CHECK_FALSE(is_loadable<float>("float8", Format::binary));
}

TEST_CASE("malformed floating point is a DataError") {
  check_truncations_refused<double>("float8", Format::binary, from_hex("3fb999999999999a"));
  for (const char* text : {"", "x", "1.0x", "1e400", "--1"})
    check_refused<double>("float8", Format::text, text);
}

TEST_CASE("no decimal is written that lies in the middle of two numbers, as the server does") {
  CHECK(dump(1e23, Format::text).bytes == "9.999999999999999e+22");
  CHECK(dump(-4.1233913906414736e+16, Format::text).bytes == "-4.1233913906414736e+16");
  CHECK(dump(-872904832.0f, Format::text).bytes == "-8.7290483e+08");
  CHECK(dump(1e22, Format::text).bytes == "1e+22");
}

TEST_CASE("what from_chars would take for a number, but no server writes, is refused") {
  for (const char* text : {"+-5", "++5", "nan(1)", "-nan(x)", "", "+", "1e", "0x10"})
    check_refused<double>("float8", Format::text, text);
}

TEST_CASE("a number that does not fit is in the message") {
  CHECK(refusal<std::uint16_t>("int4", Format::binary, from_hex("00010000")) ==
        "the number 65536 does not fit the C++ type");
  CHECK(refusal<std::uint32_t>("int8", Format::text, "-1") ==
        "the number -1 does not fit the C++ type");
  CHECK(refusal<std::int64_t>("int8", Format::text, "9223372036854775808") ==
        "the number 9223372036854775808 does not fit the C++ type");
}
