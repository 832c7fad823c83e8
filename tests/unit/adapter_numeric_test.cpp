#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/nearest.hpp"
#include "palmetto/adapters/numeric.hpp"

#include "support/adapter_round_trip.hpp"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <vector>

using namespace palmetto;
using namespace palmetto::test;

namespace {

template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();

Numeric number(std::string_view text) { return Numeric::parse(text); }

std::string zeros(std::size_t count) { return std::string(count, '0'); }

// What parse says of a text; empty: it was taken.
std::string complaint(std::string_view text) {
  try {
    static_cast<void>(number(text));
  } catch (const DataError& error) { return error.message(); }
  return {};
}

// What the number becomes by each way that it may come; they must agree.
template <class T>
T nearest(std::string_view text) {
  const T value = load<Nearest<T>>("numeric", Format::text, text);
  const std::string binary = dump(number(text)).bytes;
  const T from_binary = load<Nearest<T>>("numeric", Format::binary, binary);
  CHECK(std::bit_cast<std::array<char, sizeof(T)>>(value) ==
        std::bit_cast<std::array<char, sizeof(T)>>(from_binary));
  return value;
}

}  // namespace

TEST_CASE("a number is sent as numeric with its scale, and without needless digits") {
  // What PostgreSQL's numeric_send answers.
  const struct {
    std::string_view text;
    std::string_view hex;
  } cases[] = {
      {"0", "0000000000000000"},
      {"0.00", "0000000000000002"},
      {"1", "00010000000000000001"},
      {"-1", "00010000400000000001"},
      {"1.50", "000200000000000200011388"},
      {"10000", "00010001000000000001"},
      {"0.0001", "0001ffff000000040001"},
      {"0.00001", "0001fffe0000000503e8"},
      {"10000000000", "00010002000000000064"},
      {"12345.6789", "0003000100000004000109291a85"},
      {"18446744073709551615", "000500040000000007341a5802e103bb064f"},
      {"NaN", "00000000c0000000"},
      {"Infinity", "00000000d0000000"},
      {"-Infinity", "00000000f0000000"},
  };
  for (const auto& c : cases) check_round_trip(number(c.text), "numeric", c.hex, c.text);
}

TEST_CASE("the largest and the finest of numbers") {
  check_round_trip(number("1e131071"), "numeric", "00017fff0000000003e8", "1" + zeros(131071));
  check_round_trip(number("1e-16383"), "numeric", "0001f00000003fff000a",
                   "0." + zeros(16382) + "1");
  const std::string longest = std::string(131072, '9') + "." + std::string(16383, '9');
  CHECK(number(longest).to_string() == longest);
  CHECK(load<Numeric>("numeric", Format::binary, dump(number(longest)).bytes).to_string() ==
        longest);
}

TEST_CASE("what the server takes for a numeric is parsed") {
  const struct {
    std::string_view text;
    std::string_view written;
  } cases[] = {
      {"5.", "5"},          {".5", "0.5"},         {"+5", "5"},
      {"-0", "0"},          {"-0.00", "0.00"},     {"007.10", "7.10"},
      {"0.1e5", "10000"},   {"1.23e1", "12.3"},    {"1.50e-2", "0.0150"},
      {"1E+5", "100000"},   {"1E-5", "0.00001"},   {"1.50e1", "15.0"},
      {"1.50e2", "150"},    {"1.50e3", "1500"},    {"0e-3", "0.000"},
      {"0e20000", "0"},     {"0e1073741822", "0"}, {"iNfinity", "Infinity"},
      {"+inf", "Infinity"}, {"-inf", "-Infinity"}, {"nan", "NaN"},
      {"1e+05", "100000"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(number(c.text).to_string() == c.written);
  }
  CHECK(number(zeros(200'000) + "1").to_string() == "1");
}

TEST_CASE("what the server does not take for a numeric is a DataError that quotes it") {
  for (const std::string_view text :
       {"",      ".",       "-",         "+",     "e",    "1e",   "1e+", "1e-",  "1e+-5",
        "1e++5", "1e5.0",   "1..2",      "1.2.3", "--1",  "+-1",  "1 ",  " 1",   "1x",
        "x",     "0x10",    "1_000",     "1,5",   "+nan", "-nan", "na",  "nano", "inf inity",
        "in",    "infinit", "infinityy", "i",     "-",    "e5",   ".e5"}) {
    CAPTURE(text);
    CHECK(complaint(text) == '"' + std::string(text) + "\" is no numeric: the text is no number");
    check_refused<Numeric>("numeric", Format::text, text);
  }
}

TEST_CASE("a number beyond PostgreSQL's limits is a DataError") {
  for (const std::string& text :
       {std::string("1e131072"), std::string("-1e131072"), "1" + zeros(131072),
        std::string("1e-16384"), std::string("0e-16384"), "0." + zeros(16384),
        "1." + std::string(16384, '1'), std::string("1e999999999999"), std::string("0e1073741823"),
        std::string("0e-1073741823"), std::string("0e99999999999999999999999"),
        std::string("1e-99999999999999999999999")}) {
    CAPTURE(text.substr(0, 80));
    CHECK(complaint(text).find("131072 before the point, 16383 after it") != std::string::npos);
    check_refused<Numeric>("numeric", Format::text, text);
  }
  CHECK(complaint(zeros(100) + "e999999999999").starts_with('"' + zeros(64) + "...\" is no"));
}

TEST_CASE("needless digits in the binary format are read as the same number") {
  const struct {
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {"0002 0001 0000 0000  0001 0000", "10000"},  // as psycopg writes it
      {"0002 0001 0000 0000  0000 0001", "1"},
      {"0004 0002 4000 0001  0000 0000 0001 1388", "-1.5"},
      {"0004 0000 0000 0001  0001 1388 0000 0000", "1.5"},
      {"0001 0000 4000 0000  0000", "0"},
      {"0003 7fff 0000 0002  0000 0000 0000", "0.00"},
      {"0000 0005 4000 0000", "0"},
      {"0000 0005 c000 0020", "NaN"},
      {"0000 0000 d000 0020", "Infinity"},  // as PostgreSQL writes it
      {"0000 0000 f000 0020", "-Infinity"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.hex);
    const Numeric value = load<Numeric>("numeric", Format::binary, from_hex(c.hex));
    CHECK(value.to_string() == c.text);
    CHECK(hex(dump(value).bytes) == hex(dump(number(c.text)).bytes));
  }
}

TEST_CASE("malformed binary numbers are DataErrors") {
  check_truncations_refused<Numeric>("numeric", Format::binary,
                                     from_hex("0003 0001 0000 0004  0001 0929 1a85"));
  const std::string_view cases[] = {
      "0001 0000 0000 0000  2710",       // a digit of 10000
      "0001 0000 0000 0000  ffff",       //
      "0002 0000 0000 0000  0001 2710",  //
      "0001 0000 8000 0000  0001",       // no sign
      "0001 0000 0001 0000  0001",       //
      "0000 0000 e000 0000",             //
      "0001 0000 0000 4000  0001",       // a scale of 16384
      "0001 0000 0000 ffff  0001",       //
      "0001 0000 c000 0000  0001",       // NaN with a digit
      "0001 0000 d000 0000  0001",       //
      "0002 0000 0000 0000  0001 1388",  // 1.5 with a scale of 0
      "0002 0000 0000 0001  0001 157c",  // 1.55 with a scale of 1
      "0001 8000 0000 3fff  0001",       // 10000^-32768
      "0002 8000 0000 3fff  0000 0001",  //
      "0002 0000 0000 0000  0001",       // one digit of two
      "ffff 0000 0000 0000  0001",       //
      "0001 0000 0000 0000  0001 0002",  // two digits of one
  };
  for (const std::string_view bytes : cases)
    check_refused<Numeric>("numeric", Format::binary, from_hex(bytes));
}

TEST_CASE("a number is read from the integers, and from nothing that is rounded") {
  CHECK(load<Numeric>("int2", Format::binary, from_hex("8000")) == -32768);
  CHECK(load<Numeric>("int4", Format::binary, from_hex("80000000")) == -2147483648LL);
  CHECK(load<Numeric>("int8", Format::binary, from_hex("8000000000000000")) ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(load<Numeric>("int8", Format::text, "-42") == -42);
  for (const Format format : {Format::binary, Format::text})
    for (const char* type : {"float8", "float4", "text", "money", "oid"})
      CHECK_FALSE(is_loadable<Numeric>(type, format));
}

TEST_CASE("integers of any width are numbers") {
  const auto text = [](const Numeric& value) { return value.to_string(); };
  CHECK(text(Numeric()) == "0");
  CHECK(text(0) == "0");
  CHECK(text(std::int8_t{-128}) == "-128");
  CHECK(text(std::uint8_t{255}) == "255");
  CHECK(text(std::int16_t{-32768}) == "-32768");
  CHECK(text(10000) == "10000");
  CHECK(text(100000001) == "100000001");
  CHECK(text(-1L) == "-1");
  CHECK(text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(text(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  CHECK(text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(text(10'000'000'000'000'000'000U) == "10000000000000000000");
  static_assert(!std::convertible_to<double, Numeric>);
  static_assert(!std::convertible_to<bool, Numeric>);
  static_assert(!std::convertible_to<char, Numeric>);
}

TEST_CASE("a number becomes an integer when it is one that fits") {
  CHECK(number("42").to<int>() == 42);
  CHECK(number("-42.000").to<std::int16_t>() == -42);
  CHECK(number("0.0").to<std::uint64_t>() == 0);
  CHECK(number("1e4").to<std::int32_t>() == 10000);
  CHECK(number("255").to<std::uint8_t>() == 255);
  CHECK(number("-9223372036854775808").to<std::int64_t>() ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(number("9223372036854775807").to<std::int64_t>() ==
        std::numeric_limits<std::int64_t>::max());
  CHECK(number("18446744073709551615").to<std::uint64_t>() ==
        std::numeric_limits<std::uint64_t>::max());
  CHECK(number("18446744073709551615.00").try_to<std::uint64_t>().has_value());
  for (const std::string_view text :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e20", "1e131071",
        "-1e19", "0.5", "-0.0001", "1.5", "10000.5", "1e-16383", "NaN", "Infinity", "-Infinity"}) {
    CAPTURE(text);
    CHECK_FALSE(number(text).try_to<std::int64_t>());
    CHECK_THROWS_AS(static_cast<void>(number(text).to<std::int64_t>()), DataError);
  }
  CHECK_FALSE(number("-1").try_to<std::uint64_t>());
  CHECK_FALSE(number("18446744073709551616").try_to<std::uint64_t>());
  CHECK_FALSE(number("99999999999999999999").try_to<std::uint64_t>());
  CHECK_FALSE(number("256").try_to<std::uint8_t>());
  CHECK_FALSE(number("-129").try_to<std::int8_t>());
}

TEST_CASE("floating point becomes the shortest decimal that reads back the same") {
  CHECK(Numeric::from(0.1).to_string() == "0.1");
  CHECK(Numeric::from(0.1F).to_string() == "0.1");
  CHECK(Numeric::from(-0.0).to_string() == "0");
  CHECK(Numeric::from(1.0).scale() == 0);
  CHECK(Numeric::from(1e23).to_string() == "1" + zeros(23));
  CHECK(Numeric::from(-1.5e-7).to_string() == "-0.00000015");
  CHECK(Numeric::from(std::nan("")).is_nan());
  CHECK(Numeric::from(-std::nan("")).is_nan());
  CHECK(Numeric::from(std::numeric_limits<double>::infinity()) == number("Infinity"));
  CHECK(Numeric::from(-std::numeric_limits<float>::infinity()) == number("-Infinity"));
  for (const double value : {0.1, 1.0 / 3, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
                             9007199254740993.0, -123.456})
    CHECK(Numeric::from(value).to_double() == value);
}

TEST_CASE("a number becomes the nearest double") {
  const struct {
    std::string text;
    double value;
  } cases[] = {
      {"0", 0.0},
      {"1.50", 1.5},
      {"12345.6789", 12345.6789},
      {"9007199254740993", 9007199254740992.0},  // the middle: to the even one
      {"9007199254740993." + zeros(800) + "1", 9007199254740994.0},
      {"9007199254740993." + zeros(4000) + "1", 9007199254740994.0},
      {"9007199254740995", 9007199254740996.0},
      {"1e22", 1e22},
      {"1e23", 1e23},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"4.9e-324", 5e-324},
      {"2.4703282292062327e-324", 0.0},  // less than half of the smallest
      {"2.4703282292062328e-324", 5e-324},
      {"1e-400", 0.0},
      {"1e-16383", 0.0},
      {"0." + zeros(16382) + "1", 0.0},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text.substr(0, 40));
    CHECK(number(c.text).to_double() == c.value);
    if (c.value != 0) CHECK(number("-" + c.text).to_double() == -c.value);
  }
  CHECK(std::isnan(number("NaN").to_double()));
  CHECK(number("-Infinity").to_double() == -std::numeric_limits<double>::infinity());
  for (const std::string_view text : {"1.8e308", "-1e309", "1e131071"})
    CHECK_THROWS_AS(static_cast<void>(number(text).to_double()), DataError);
}

TEST_CASE("numbers compare as the server compares them") {
  const std::string_view ascending[] = {
      "-Infinity", "-1e131071", "-10000.1", "-10000",  "-9999.9", "-1.51",    "-1.5",     "-0.0001",
      "0",         "1e-16383",  "0.0001",   "0.00011", "0.5",     "1",        "1.5",      "1.50001",
      "2",         "9999",      "10000",    "10001",   "1e8",     "1e131071", "Infinity", "NaN"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      CHECK(bool((number(ascending[i]) <=> number(ascending[j])) == (i <=> j)));
      CHECK((number(ascending[i]) == number(ascending[j])) == (i == j));
    }
  }
  CHECK(number("1.5") == number("1.50"));
  CHECK(number("0.00") == number("-0"));
  CHECK(number("1e3") == 1000);
  CHECK(number("1.5") > 1);
}

TEST_CASE("the scale is kept, and can be trimmed") {
  CHECK(number("1.50").scale() == 2);
  CHECK(number("1.50").min_scale() == 1);
  CHECK(number("100").min_scale() == 0);
  CHECK(number("0.00").min_scale() == 0);
  CHECK(number("0.0010").min_scale() == 3);
  CHECK(number("NaN").scale() == 0);
  CHECK(number("1.50").trim_scale().to_string() == "1.5");
  CHECK(number("10.000").trim_scale().to_string() == "10");
  CHECK(number("-Infinity").trim_scale().to_string() == "-Infinity");
}

TEST_CASE("numbers of any length are copied and moved") {
  for (const std::string& text : {std::string("1.50"), std::string(100, '7'), std::string("NaN"),
                                  std::string("12345678901234567890123456789012")}) {
    const Numeric original = number(text);
    Numeric copy = original;
    CHECK(copy.to_string() == text);
    Numeric moved = std::move(copy);
    CHECK(moved.to_string() == text);
    CHECK(copy.to_string() == "0");  // NOLINT: what was moved from is 0
    copy = moved;
    copy = *&copy;
    CHECK(copy.to_string() == text);
    Numeric other = number(std::string(50, '9'));
    other = std::move(copy);
    CHECK(other.to_string() == text);
    CHECK(copy == 0);  // NOLINT: likewise
  }
  static_assert(sizeof(Numeric) == 24);
}

TEST_CASE("arrays of numbers are read and written") {
  check_round_trip(std::vector<Numeric>{number("1.50"), number("NaN")}, "numeric[]",
                   "00000001 00000000 000006a4 00000002 00000001"
                   "0000000c 0002 0000 0000 0002 0001 1388"
                   "00000008 0000 0000 c000 0000",
                   "{1.50,NaN}");
}

TEST_CASE("a number is read as the floating point nearest to it") {
  const struct {
    std::string text;
    double as_double;
    float as_float;
  } cases[] = {
      {"0", 0, 0},
      {"0.00", 0, 0},
      {"-1.50", -1.5, -1.5F},
      {"0.1", 0.1, 0.1F},
      {"1234567890.12", 1234567890.12, 1234567890.12F},
      {"-9999999999.99", -9999999999.99, -9999999999.99F},
      {"0.0001", 0.0001, 0.0001F},
      {"1e22", 1e22, 1e22F},
      {"1e23", 1e23, 1e23F},
      {"1e-22", 1e-22, 1e-22F},
      {"9007199254740992", 9007199254740992.0, 9007199254740992.0F},
      {"9007199254740993", 9007199254740992.0, 9007199254740992.0F},
      {"9007199254740995", 9007199254740996.0, 9007199254740996.0F},
      {"9007199254740993." + zeros(900) + "1", 9007199254740994.0, 9007199254740994.0F},
      {"123456789012345678901234567890.123", 123456789012345678901234567890.123,
       123456789012345678901234567890.123F},
      // The middle of two floats, and beside it by less than a double can tell.
      {"16777217", 16777217, 16777216},
      {"16777219", 16777219, 16777220},
      {"16777217.0000000001", 16777217, 16777218},
      {"16777216.9999999999", 16777217, 16777216},
      {"3.4028235677973367e38", 3.4028235677973367e38, infinity<float>},
      {"1.5e-45", 1.5e-45, 1e-45F},
      {"1e-50", 1e-50, 0},
      {"-1e-50", -1e-50, -0.0F},
      {"1.7976931348623157e308", 1.7976931348623157e308, infinity<float>},
      {"1e-400", 0, 0},
      {"1e-16383", 0, 0},
      {"Infinity", infinity<double>, infinity<float>},
      {"-Infinity", -infinity<double>, -infinity<float>},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text.substr(0, 40));
    CHECK(nearest<double>(c.text) == c.as_double);
    if (std::isfinite(c.as_float) || !std::isfinite(c.as_double)) {
      CHECK(nearest<float>(c.text) == c.as_float);
    } else {
      CHECK_THROWS_AS(nearest<float>(c.text), DataError);
    }
  }
  CHECK(std::isnan(nearest<double>("NaN")));
  CHECK(std::isnan(nearest<float>("NaN")));
  for (const std::string_view text : {"1.8e308", "-1e309", "1e131071"}) {
    check_refused<Nearest<double>>("numeric", Format::text, text);
    check_refused<Nearest<double>>("numeric", Format::binary, dump(number(text)).bytes);
  }
}

TEST_CASE("the nearest floating point does not depend on needless digits") {
  for (const std::string_view hex :
       {"0002 0000 0000 0001 0001 1388", "0003 0001 0000 0001 0000 0001 1388",
        "0003 0000 0000 0001 0001 1388 0000", "0006 0001 0000 0001 0000 0001 1388 0000 0000 0000"})
    CHECK(load<Nearest<double>>("numeric", Format::binary, from_hex(hex)) == 1.5);
  CHECK(load<Nearest<double>>("numeric", Format::binary, from_hex("0001 0005 4000 0000 0000")) ==
        0.0);
}

TEST_CASE("what is no number has no nearest floating point") {
  for (const auto hex :
       {"0001 0000 0000 0000  2710", "0002 0000 0000 0000  0001 ffff", "0001 0000 8000 0000  0001",
        "0001 0000 0000 4000  0001", "0001 0000 c000 0000  0001",
        "0002 0000 0000 0000  0001 1388",  // 1.5 with a scale of 0
        "0002 0000 0000 0001  0001 157c",  // 1.55 with a scale of 1
        "0003 0000 0000 0001  0001 1388 0001", "0002 0000 0000 0000  0001",
        "0001 0000 0000 0000  0001 0002"}) {
    check_refused<Nearest<double>>("numeric", Format::binary, from_hex(hex));
    check_refused<Nearest<float>>("numeric", Format::binary, from_hex(hex));
  }
  for (int place = 0; place < 4; ++place) {
    for (const int digit : {9999, 10000, 22768, 32767, 32768, 42767, 42768, 65535}) {
      CAPTURE(digit);
      Writer out;
      out.append(from_hex("0004 0003 0000 0000"));
      for (int i = 0; i < 4; ++i)
        out.put<std::uint16_t>(static_cast<std::uint16_t>(i == place ? digit : 1));
      if (digit == 9999)
        CHECK(load<Nearest<double>>("numeric", Format::binary, out.view()) ==
              load<Numeric>("numeric", Format::binary, out.view()).to_double());
      else check_refused<Nearest<double>>("numeric", Format::binary, out.view());
    }
  }
  check_truncations_refused<Nearest<double>>("numeric", Format::binary,
                                             from_hex("0003 0001 0000 0004  0001 0929 1a85"));
  for (const std::string_view text : {"", "x", "1x", "1.2.3", "nan(1)", "-nan", "0x1", "1e", "--1"})
    check_refused<Nearest<double>>("numeric", Format::text, text);
}

TEST_CASE("random bytes are a number, or a DataError, the same for all that read numeric") {
  std::mt19937 random(42);  // NOLINT: the same each time
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  const std::uint16_t signs[] = {0, 0, 0x4000, 0x4000, 0xC000, 0xD000, 0xF000, 0x8000, 1};
  int numbers = 0;
  for (int i = 0; i < 20'000; ++i) {
    const unsigned count = below(i % 8 == 0 ? 20 : 6);
    Writer out;
    const auto put = [&](unsigned value) {
      out.put<std::uint16_t>(static_cast<std::uint16_t>(value));
    };
    put(below(20) == 0 ? below(65536) : count);
    put(below(20) == 0 ? below(65536) : below(12) - 6);
    put(signs[below(std::size(signs))]);
    put(below(20) == 0 ? below(65536) : below(24));
    for (unsigned group = 0; group < count; ++group)
      put(below(3) == 0 ? 0 : below(30) == 0 ? below(65536) : below(100) * 100);
    std::optional<Numeric> exact;
    try {
      exact = load<Numeric>("numeric", Format::binary, out.view());
    } catch (const DataError&) {}
    std::optional<double> expected;
    try {
      if (exact) expected = exact->to_double();
    } catch (const DataError&) {}
    std::optional<double> rounded;
    try {
      rounded = load<Nearest<double>>("numeric", Format::binary, out.view());
    } catch (const DataError&) {}
    CAPTURE(hex(out.view()));
    REQUIRE(rounded.has_value() == expected.has_value());
    if (!exact) continue;
    ++numbers;
    if (expected && !exact->is_nan()) REQUIRE(*rounded == *expected);
    REQUIRE(number(exact->to_string()) == *exact);
    REQUIRE(load<Numeric>("numeric", Format::binary, dump(*exact).bytes).to_string() ==
            exact->to_string());
  }
  CHECK(numbers > 1000);
}

TEST_CASE("integers and floating point are rounded too, when asked for") {
  CHECK(load<Nearest<double>>("int8", Format::binary, from_hex("0020000000000001")) ==
        9007199254740992.0);
  CHECK(load<Nearest<double>>("int8", Format::text, "9007199254740995") == 9007199254740996.0);
  CHECK(load<Nearest<float>>("int4", Format::binary, from_hex("01000001")) == 16777216.0F);
  CHECK(load<Nearest<float>>("int2", Format::text, "-7") == -7.0F);
  CHECK(load<Nearest<float>>("float8", Format::binary, from_hex("3fb999999999999a")) == 0.1F);
  CHECK(load<Nearest<float>>("float8", Format::text, "0.1") == 0.1F);
  CHECK(load<Nearest<float>>("float8", Format::text, "-Infinity") == -infinity<float>);
  CHECK(load<Nearest<double>>("float4", Format::text, "0.1") == 0.1F);
  CHECK(load<Nearest<double>>("float8", Format::binary, from_hex("3fb999999999999a")) == 0.1);
  CHECK(std::isnan(load<Nearest<float>>("float8", Format::text, "NaN")));
  check_refused<Nearest<float>>("float8", Format::text, "1e39");
  check_refused<Nearest<float>>("float8", Format::binary, from_hex("c7f0000000000000"));  // -2^128
  for (const Format format : {Format::binary, Format::text})
    CHECK_FALSE(is_loadable<Nearest<double>>("text", format));
  static_assert(!Dumpable<Nearest<double>>);
}

TEST_CASE("arrays of numbers are read as floating point") {
  const auto values = load<std::vector<std::optional<Nearest<double>>>>("numeric[]", Format::text,
                                                                        "{1.50,NULL,-2}");
  REQUIRE(values.size() == 3);
  CHECK(*values[0] == 1.5);
  CHECK(!values[1]);
  CHECK(*values[2] == -2.0);
}

TEST_CASE("floating point is still not read from numeric unasked") {
  for (const Format format : {Format::binary, Format::text}) {
    CHECK_FALSE(is_loadable<double>("numeric", format));
    CHECK_FALSE(is_loadable<double>("int8", format));
    CHECK_FALSE(is_loadable<float>("float8", format));
  }
}
