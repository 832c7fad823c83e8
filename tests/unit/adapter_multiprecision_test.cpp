#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/multiprecision.hpp"

#include "support/adapter_round_trip.hpp"

#include <doctest/doctest.h>

using namespace palmetto;
using namespace palmetto::test;
using namespace boost::multiprecision;

namespace {

using checked_uint32 =
    number<cpp_int_backend<32, 32, unsigned_magnitude, boost::multiprecision::checked>>;

// Whether a T holds the number, by both ways that it may come.
template <class T>
bool holds(std::string_view text) {
  const std::string binary = dump(Numeric::parse(text)).bytes;
  const std::string refused_text = refusal<T>("numeric", Format::text, text);
  const std::string refused_binary = refusal<T>("numeric", Format::binary, binary);
  CHECK(refused_text == refused_binary);
  return refused_text.empty();
}

}  // namespace

TEST_CASE("an integer of any size is sent as numeric") {
  check_round_trip(cpp_int(0), "numeric", "0000000000000000", "0");
  check_round_trip(cpp_int(10000), "numeric", "00010001000000000001", "10000");
  check_round_trip(cpp_int(-1) << 100, "numeric",
                   "0008 0007 4000 0000 007e 1de2 1772 0b06 24b9 1367 0140 1500",
                   "-1267650600228229401496703205376");
  check_round_trip(int128_t(-42), "numeric", "0001 0000 4000 0000 002a", "-42");
  check_round_trip(uint256_t(42), "numeric", "0001 0000 0000 0000 002a", "42");
  check_round_trip(std::vector<cpp_int>{1}, "numeric[]",
                   "00000001 00000000 000006a4 00000001 00000001 0000000a 00010000000000000001",
                   "{1}");
}

TEST_CASE("a decimal of fixed precision is sent as numeric, without the zeros at its end") {
  check_round_trip(cpp_dec_float_50("1.50"), "numeric", "000200000000000100011388", "1.5");
  check_round_trip(cpp_dec_float_50(0), "numeric", "0000000000000000", "0");
  check_round_trip(cpp_dec_float_100("-12345.6789"), "numeric", "0003000140000004000109291a85",
                   "-12345.6789");
  check_round_trip(cpp_dec_float_50("1e10"), "numeric", "00010002000000000064", "10000000000");
  check_round_trip(cpp_dec_float_50("1e-16383"), "numeric", "0001f00000003fff000a",
                   "0." + std::string(16382, '0') + "1");
  check_round_trip(std::numeric_limits<cpp_dec_float_50>::infinity(), "numeric", "00000000d0000000",
                   "Infinity");
  check_round_trip(cpp_dec_float_50(-std::numeric_limits<cpp_dec_float_50>::infinity()), "numeric",
                   "00000000f0000000", "-Infinity");
  CHECK(dump(std::numeric_limits<cpp_dec_float_50>::quiet_NaN(), Format::text).bytes == "NaN");
  CHECK((boost::multiprecision::isnan)(load<cpp_dec_float_50>("numeric", Format::text, "NaN")));
}

TEST_CASE("what was computed travels to its last digit") {
  for (const cpp_dec_float_50& value :
       {cpp_dec_float_50(cpp_dec_float_50(1) / 3), cpp_dec_float_50(cpp_dec_float_50(2e10) / 7),
        cpp_dec_float_50(sqrt(cpp_dec_float_50(2))),
        cpp_dec_float_50(1e-20 / cpp_dec_float_50(9))}) {
    CHECK(load<cpp_dec_float_50>("numeric", Format::binary, dump(value).bytes) == value);
    CHECK(load<cpp_dec_float_50>("numeric", Format::text, dump(value, Format::text).bytes) ==
          value);
  }
}

TEST_CASE("a number that the C++ type can't hold exactly is a DataError") {
  CHECK(holds<int128_t>("340282366920938463463374607431768211455"));
  CHECK_FALSE(holds<int128_t>("340282366920938463463374607431768211456"));
  CHECK(holds<int128_t>("-340282366920938463463374607431768211455"));
  CHECK_FALSE(holds<int128_t>("-680564733841876926926749214863536422912"));
  CHECK_FALSE(holds<uint128_t>("-1"));
  CHECK_FALSE(holds<checked_uint128_t>("-1"));
  CHECK_FALSE(holds<checked_int128_t>("340282366920938463463374607431768211456"));
  CHECK(holds<checked_uint32>("4294967295"));
  CHECK_FALSE(holds<checked_uint32>("4294967296"));
  CHECK(holds<cpp_int>("1e1000"));
  CHECK(holds<cpp_int>("2.00"));
  for (const std::string_view text : {"1.5", "-0.001", "NaN", "Infinity", "-Infinity"})
    CHECK_FALSE(holds<cpp_int>(text));
  CHECK(holds<cpp_dec_float_50>("12345678901234567890123456789012345678901234567890"));
  CHECK(holds<cpp_dec_float_50>("1e131071"));
  CHECK(holds<cpp_dec_float_50>("1e-16383"));
  CHECK(holds<cpp_dec_float_50>("-0.00" + std::string(50, '7')));
  CHECK_FALSE(holds<cpp_dec_float_50>("1." + std::string(200, '1')));
  CHECK_FALSE(holds<cpp_dec_float_50>("1" + std::string(200, '0') + "1"));
  for (const std::string_view text : {"", "x", "1 "}) {
    check_refused<cpp_int>("numeric", Format::text, text);
    check_refused<cpp_dec_float_50>("numeric", Format::text, text);
  }
}

TEST_CASE("a number that PostgreSQL can't hold is not sent") {
  CHECK_THROWS_AS(static_cast<void>(dump(cpp_int(pow(cpp_int(10), 131072)))), DataError);
  CHECK_THROWS_AS(static_cast<void>(dump(cpp_dec_float_50("1e131072"))), DataError);
  CHECK_THROWS_AS(static_cast<void>(dump(cpp_dec_float_50("1e-16384"), Format::text)), DataError);
}

TEST_CASE("the numbers of Boost are read from the integers too") {
  CHECK(load<cpp_int>("int8", Format::binary, from_hex("8000000000000000")) ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(load<cpp_dec_float_50>("int4", Format::text, "-5") == -5);
  CHECK(load<int128_t>("int2", Format::binary, from_hex("ffff")) == -1);
  check_refused<uint128_t>("int2", Format::binary, from_hex("ffff"));
  CHECK_FALSE(is_loadable<cpp_dec_float_50>("float8", Format::binary));
}
