#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/nearest.hpp"
#include "palmetto/adapters/numeric.hpp"
#include "palmetto/errors.hpp"
#include "palmetto/sql/composition.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

using namespace support;
using palmetto::Format;
using palmetto::Nearest;
using palmetto::Numeric;

namespace {

Numeric number(std::string_view text) { return Numeric::parse(text); }

std::string random_digits(Random& random, int count) {
  std::string digits;
  for (int i = 0; i < count; ++i) {
    // Runs of the same digit, 0 and 9 most of all, are where carelessness shows.
    if (i != 0 && random.between(0, 2) != 0) digits += digits.back();
    else digits += "0099123456780"[random.between(0, 12)];
  }
  return digits;
}

// Mostly short ones, of any scale; a few that are very long.
Numeric random_number(Random& random) {
  const int kind = random.between(0, 99);
  if (kind == 0) return number("NaN");
  if (kind == 1) return number("Infinity");
  if (kind == 2) return number("-Infinity");
  const int most = kind < 5 ? 3000 : kind < 20 ? 200 : 20;
  const std::string whole = random_digits(random, random.between(0, most));
  const std::string fraction = random_digits(random, random.between(whole.empty() ? 1 : 0, most));
  std::string text = random.between(0, 1) == 0 ? "-" : "";
  text += whole;
  text += '.';
  text += fraction;
  if (random.between(0, 3) == 0) text += 'e' + std::to_string(random.between(-most, most));
  return number(text);
}

}  // namespace

TEST_CASE("a number travels as numeric, with its scale") {
  auto conn = connect();
  const std::string longest = std::string(131072, '9') + "." + std::string(16383, '9');
  std::vector<RoundTrip<Numeric>> cases;
  for (const char* text :
       {"0", "0.00", "1", "-1", "1.50", "10000", "100000000", "0.0001", "0.00010", "-0.00001",
        "12345.6789", "9999.9999", "99999999.99999999", "123456789012345678901234567890.123456789",
        "NaN", "Infinity", "-Infinity"})
    cases.push_back({number(text), text});
  cases.push_back({number("1e131071"), "1" + std::string(131071, '0')});
  cases.push_back({number("-1e-16383"), "-0." + std::string(16382, '0') + "1"});
  cases.push_back({number(longest), longest});
  check_round_trips<Numeric>(conn, "numeric", cases);
  CHECK(conn.execute("SELECT pg_typeof($1)::text", number("1")).value<std::string>() == "numeric");
}

TEST_CASE("14 patterns of digits at 100 lengths are what the server writes") {
  auto conn = connect();
  const auto check = [&](const std::string& text) {
    check_round_trip<Numeric>(conn, number(text), "numeric", text);
  };
  for (int i = 0; i < 100; ++i) {
    const auto length = static_cast<std::size_t>(i);
    const std::string zeros(length, '0');
    for (const char* sign : {"", "-"}) {
      const auto signed_text = [&](const std::string& text) { return sign + text; };
      check(signed_text("1" + zeros));
      check(signed_text("1" + zeros + ".0"));
      check(signed_text("0." + zeros + "1"));
      check(signed_text("0." + zeros + "10"));
      check(signed_text("1" + std::string(length, '9') + ".9"));
      check(signed_text("1" + zeros + "." + zeros + "1"));
      check(signed_text(std::string(length + 1, '9') + "." + std::string(length + 1, '9')));
    }
  }
}

TEST_CASE("what we take for a number is what the server takes for one") {
  auto conn = connect();
  for (const std::string& text :
       {std::string("5."), std::string(".5"), std::string("+5"), std::string("-0"),
        std::string("-0.00"), std::string("007.10"), std::string("0.1e5"), std::string("1.50e-2"),
        std::string("1.50e1"), std::string("1.50e3"), std::string("1E+5"), std::string("0e20000"),
        std::string("0e1073741822"), std::string("iNfinity"), std::string("+inf"),
        std::string("-inf"), std::string("nan"), std::string("1e+05"),
        std::string(200'000, '0') + "1", std::string("1e131071"), std::string("1e-16383"),
        // None of these is one.
        std::string(""), std::string("."), std::string("-"), std::string("1e"), std::string("1e+"),
        std::string("1e+-5"), std::string("1e++5"), std::string("1e5.0"), std::string("1.2.3"),
        std::string("--1"), std::string("+-1"), std::string("1x"), std::string("1,5"),
        std::string("+nan"), std::string("-nan"), std::string("nano"), std::string("infinit"),
        std::string(".e5"), std::string("1e131072"), std::string("1e-16384"),
        std::string("0e-16384"), std::string("0.") + std::string(16384, '0'),
        std::string("0e1073741824"), std::string("1e99999999999999999999")}) {
    CAPTURE(begin_of(text));
    std::optional<std::string> ours;
    try {
      ours = number(text).to_string();
    } catch (const palmetto::DataError&) {}
    std::optional<std::string> theirs;
    try {
      theirs = conn.execute("SELECT $1::text::numeric::text", text).value<std::string>();
    } catch (const palmetto::DataError&) {}
    CHECK(bool(ours == theirs));
  }
}

TEST_CASE("the infinities and NaN are read as the server has them, in both formats") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.results = format});
    for (const char* text : {"NaN", "Infinity", "-Infinity"}) {
      const auto value =
          with.execute("SELECT $1::text::numeric", std::string(text)).value<Numeric>();
      CHECK(value.to_string() == text);
    }
  }
}

TEST_CASE("a number is read from the integers too") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.results = format});
    CHECK(with.execute("SELECT (-32768)::int2").value<Numeric>() == -32768);
    CHECK(with.execute("SELECT 2147483647").value<Numeric>() == 2147483647);
    CHECK(with.execute("SELECT (-9223372036854775808)::int8").value<Numeric>().to_string() ==
          "-9223372036854775808");
    CHECK_THROWS_AS(static_cast<void>(with.execute("SELECT 1::float8").value<Numeric>()),
                    palmetto::TypeMismatch);
  }
}

TEST_CASE("the server orders numbers as we do") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  for (int i = 0; i < 500; ++i) {
    const Numeric a = random_number(random);
    const Numeric b = random.between(0, 3) == 0 ? a.trim_scale() : random_number(random);
    const auto row =
        conn.execute("SELECT $1 < $2, $1 = $2, trim_scale($1)::text, min_scale($1)", a, b)[0];
    CHECK((a < b) == row[0].as<bool>());
    CHECK((a == b) == row[1].as<bool>());
    CHECK(a.trim_scale().to_string() == row[2].as<std::string>());
    CHECK(a.min_scale() == row[3].as<std::optional<std::int32_t>>().value_or(0));
  }
}

TEST_CASE("a number as a literal, also behind a minus, is the number") {
  auto conn = connect();
  for (const char* text : {"1.50", "-1.50", "-1e30", "NaN", "-Infinity"}) {
    const auto statement =
        palmetto::sql::SQL("SELECT - {}").format(palmetto::sql::Literal(number(text)));
    CHECK(conn.execute(statement).value<Numeric>() ==
          conn.execute("SELECT - $1", number(text)).value<Numeric>());
  }
}

TEST_CASE("random numbers travel") {
  auto conn = connect();
  check_random_round_trips(conn, "numeric", &random_number);
}

TEST_CASE("a random number becomes the double that the server makes of it, and a number again") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  for (int i = 0; i < 1000; ++i) {
    const Numeric value = random_number(random);
    double ours = 0;
    try {
      ours = value.to_double();
    } catch (const palmetto::DataError&) { continue; }
    if (ours == 0) continue;  // which is what too small a number is an error for, there
    const double theirs = conn.execute("SELECT $1::float8", value).value<double>();
    CHECK(is_same(ours, theirs));
    if (!value.is_nan()) CHECK(is_same(Numeric::from(ours).to_double(), ours));
  }
}

TEST_CASE("random numbers are read as the floating point that the server rounds them to") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  for (int i = 0; i < random_values; ++i) {
    // Amounts of money first of all.
    const Numeric value = i % 2 == 0 ? random_number(random)
                                     : number(std::to_string(random.between(-999'999, 999'999)) +
                                              "." + random_digits(random, random.between(1, 6)));
    CAPTURE(begin_of(value.to_string()));
    if (value != 0 && value.trim_scale().to_string().size() > 30) continue;  // too much for float4
    for (const Format format : {Format::binary, Format::text}) {
      const auto row =
          conn.with({.results = format}).execute("SELECT $1, $1::float8, $1::float4", value)[0];
      CHECK(is_same(double{row[0].as<Nearest<double>>()}, row[1].as<double>()));
      CHECK(is_same(float{row[0].as<Nearest<float>>()}, row[2].as<float>()));
    }
  }
}

TEST_CASE("a number is read rounded where that is asked for, and only there") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.results = format});
    CHECK(with.execute("SELECT 1.50").value<Nearest<double>>() == 1.5);
    CHECK(with.execute("SELECT 9007199254740993").value<Nearest<double>>() == 9007199254740992.0);
    CHECK(with.execute("SELECT 0.1::float8").value<Nearest<float>>() == 0.1F);
    CHECK(with.execute("SELECT ARRAY[0.1, 0.2]").value<std::vector<Nearest<double>>>()[1] == 0.2);
    CHECK(contains(caught<palmetto::DataError>([&] {
                     static_cast<void>(with.execute("SELECT 1e400 AS n").value<Nearest<double>>());
                   }).message(),
                   "column 1 \"n\" (numeric), row 1: the number is too large"));
    CHECK_THROWS_AS(static_cast<void>(with.execute("SELECT 1.50").value<double>()),
                    palmetto::TypeMismatch);
  }
}
