#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/interval.hpp"

#include "../support/adapter_round_trip.hpp"

#include <vector>

using namespace palmetto;
using namespace palmetto::test;
using namespace std::chrono;

namespace {

using HundredNanoseconds = duration<std::int64_t, std::ratio<1, 10'000'000>>;
using Decades = duration<int, std::ratio_multiply<std::ratio<10>, years::period>>;

constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t greatest = std::numeric_limits<std::int32_t>::max();

struct Sample {
  Interval value;
  std::string_view hex;
  std::string_view text;
};

// Both formats refuse to read what the server has as this as a T, and name it.
template <class T>
void check_not_read(std::string_view binary_hex, std::string_view text, std::string_view problem) {
  CAPTURE(text);
  const std::string expected = "the interval " + std::string(text) + ' ' + std::string(problem) +
                               ' ' + std::string(cpp_name<T>());
  CHECK(refusal<T>("interval", Format::binary, from_hex(binary_hex)) == expected);
  CHECK(refusal<T>("interval", Format::text, text) == expected);
}

constexpr std::string_view has_months = "has months, which have no fixed length: it does not fit";
constexpr std::string_view misfit = "does not fit";
constexpr std::string_view has_fraction = "has a fraction that does not fit";

void check_no_sum(const Interval& a, const Interval& b) {
  CHECK_THROWS_AS(static_cast<void>(a + b), DataError);
}

}  // namespace

// The bytes and texts are what interval_send and interval_out of PostgreSQL 15 give.
TEST_CASE("Interval goes as interval, with its fields kept apart") {
  const Sample cases[] = {
      {{}, "0000000000000000 00000000 00000000", "00:00:00"},
      {{14, 3, 4h + 5min + 6s + 789ms},
       "000000036c97ca88 00000003 0000000e",
       "1 year 2 mons 3 days 04:05:06.789"},
      {{-1, 3, -1s}, "fffffffffff0bdc0 00000003 ffffffff", "-1 mons +3 days -00:00:01"},
      {{1, 0, 0us}, "0000000000000000 00000000 00000001", "1 mon"},
      {{-1, 0, 0us}, "0000000000000000 00000000 ffffffff", "-1 mons"},
      {{0, 1, 0us}, "0000000000000000 00000001 00000000", "1 day"},
      {{0, -1, 1s}, "00000000000f4240 ffffffff 00000000", "-1 days +00:00:01"},
      {{0, 1, -1s}, "fffffffffff0bdc0 00000001 00000000", "1 day -00:00:01"},
      {{-13, 0, 0us}, "0000000000000000 00000000 fffffff3", "-1 years -1 mons"},
      {{-12, 3, 4h + 5min + 6s}, "000000036c8bc080 00000003 fffffff4", "-1 years +3 days 04:05:06"},
      {{14, -3, 4s}, "00000000003d0900 fffffffd 0000000e", "1 year 2 mons -3 days +00:00:04"},
      {{0, 0, -1us}, "ffffffffffffffff 00000000 00000000", "-00:00:00.000001"},
      {{0, 0, -100h}, "ffffffac2e53f000 00000000 00000000", "-100:00:00"},
      {{0, 0, 1993534h + 40min + 40s + 447ms},
       "00197f3176c3fc18 00000000 00000000",
       "1993534:40:40.447"},
      {{greatest, 0, 0us}, "0000000000000000 00000000 7fffffff", "178956970 years 7 mons"},
      {{least, 0, 0us}, "0000000000000000 00000000 80000000", "-178956970 years -8 mons"},
      {{0, greatest, 0us}, "0000000000000000 7fffffff 00000000", "2147483647 days"},
      {{0, least, 0us}, "0000000000000000 80000000 00000000", "-2147483648 days"},
      {{0, 0, microseconds::max()},
       "7fffffffffffffff 00000000 00000000",
       "2562047788:00:54.775807"},
      {{least, least, microseconds::min() + 1us},
       "8000000000000001 80000000 80000000",
       "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775807"},
  };
  for (const Sample& c : cases) {
    check_round_trip(c.value, "interval", c.hex, c.text);
    CHECK(c.value.to_string() == c.text);
    CHECK(Interval::parse(c.text) == c.value);
  }
}

TEST_CASE("the least time is sent in a text that the server can read") {
  const Interval value(-1, 0, microseconds::min());
  constexpr std::string_view text = "-1 mons -2562047788:00:54.775808";
  CHECK(hex(dump(value).bytes) == "800000000000000000000000ffffffff");
  CHECK(dump(value, Format::text).bytes == "-1 mons -9223372036854775808 microseconds");
  CHECK(value.to_string() == text);
  CHECK(Interval::parse(text) == value);
  CHECK(dump(Interval(microseconds::min()), Format::text).bytes ==
        "-9223372036854775808 microseconds");
}

TEST_CASE("the greatest and the least of all fields are infinity, as in PostgreSQL 17") {
  check_round_trip(Interval::infinity(), "interval", "7fffffffffffffff 7fffffff 7fffffff",
                   "infinity");
  check_round_trip(Interval::minus_infinity(), "interval", "8000000000000000 80000000 80000000",
                   "-infinity");
  CHECK(Interval::infinity().is_infinite());
  CHECK(Interval::minus_infinity().is_infinite());
  CHECK(!Interval(greatest, greatest, microseconds::max() - 1us).is_infinite());
  // What these are to a server before 17.
  CHECK(Interval::parse("178956970 years 7 mons 2147483647 days 2562047788:00:54.775807") ==
        Interval::infinity());
  CHECK(Interval::parse("-178956970 years -8 mons -2147483648 days -2562047788:00:54.775808") ==
        Interval::minus_infinity());
}

TEST_CASE("an Interval is made of durations, each in its field") {
  CHECK(Interval(years(1)) == Interval(12, 0, 0us));
  CHECK(Interval(months(-2)) == Interval(-2, 0, 0us));
  CHECK(Interval(Decades(2)) == Interval(240, 0, 0us));
  CHECK(Interval(weeks(2)) == Interval(0, 14, 0us));
  CHECK(Interval(days(-3)) == Interval(0, -3, 0us));
  CHECK(Interval(36h) == Interval(0, 0, 36h));
  CHECK(Interval(1ms) == Interval(0, 0, 1000us));
  CHECK(Interval(1500ns) == Interval(0, 0, 2us));
  CHECK(Interval(-500ns) == Interval());
  CHECK(Interval(years(1)) + months(2) + days(3) + 4h + 5min == Interval(14, 3, 4h + 5min));
  constexpr Interval month = months(1);
  static_assert(month.months == 1 && month.days == 0 && month.time == 0us);
  static_assert(!std::is_convertible_v<duration<double>, Interval>);
  static_assert(!std::is_convertible_v<duration<unsigned>, Interval>);
  static_assert(!std::is_convertible_v<duration<int, std::ratio<1, 60>>, Interval>);
}

TEST_CASE("an Interval of more than a field holds is a DataError") {
  CHECK(Interval(months(greatest)).months == greatest);
  CHECK(Interval(days(least)).days == least);
  CHECK_THROWS_AS(Interval(years(178'956'971)), DataError);
  CHECK_THROWS_AS(Interval(duration<std::int64_t, months::period>(std::int64_t{greatest} + 1)),
                  DataError);
  CHECK_THROWS_AS(Interval(duration<std::int64_t, days::period>(std::int64_t{least} - 1)),
                  DataError);
  CHECK_THROWS_AS((Interval{duration<std::int64_t, years::period>::max()}), DataError);
  CHECK_THROWS_AS(Interval(weeks(greatest)), DataError);
  CHECK_THROWS_AS(Interval(hours(2'562'047'789)), DataError);
  CHECK_THROWS_AS(Interval{seconds::min()}, DataError);
}

TEST_CASE("intervals are added, subtracted and negated field by field") {
  const Interval a(14, -3, 4h);
  const Interval b(-2, 5, -1us);
  CHECK(a + b == Interval(12, 2, 4h - 1us));
  CHECK(a - b == Interval(16, -8, 4h + 1us));
  CHECK(-a == Interval(-14, 3, -4h));
  CHECK(Interval(-1, -1, -1us) - Interval(least, least, microseconds::min()) ==
        Interval(greatest, greatest, microseconds::max() - 0us));
  Interval sum;
  sum += days(1);
  sum -= 1h;
  CHECK(sum == Interval(0, 1, -1h));
  CHECK(Interval(months(1)) != Interval(days(30)));
}

TEST_CASE("arithmetic that overflows a field is a DataError") {
  check_no_sum(months(greatest), months(1));
  check_no_sum(months(least), months(-1));
  check_no_sum(days(greatest), days(1));
  check_no_sum(microseconds::max(), 1us);
  check_no_sum({greatest, greatest, microseconds::max() - 1us}, 1us);
  CHECK_THROWS_AS(static_cast<void>(-Interval(months(least))), DataError);
  CHECK_THROWS_AS(static_cast<void>(-Interval(microseconds::min())), DataError);
  CHECK_THROWS_AS(static_cast<void>(Interval() - days(least)), DataError);
}

TEST_CASE("infinity stays infinite, but for infinity that is taken from it") {
  const Interval infinity = Interval::infinity();
  const Interval minus_infinity = Interval::minus_infinity();
  CHECK(-infinity == minus_infinity);
  CHECK(-minus_infinity == infinity);
  CHECK(infinity + months(1) == infinity);
  CHECK(months(least) + infinity == infinity);
  CHECK(infinity - months(least) == infinity);
  CHECK(Interval(months(1)) - infinity == minus_infinity);
  CHECK(infinity + infinity == infinity);
  CHECK(minus_infinity - infinity == minus_infinity);
  check_no_sum(infinity, minus_infinity);
  CHECK_THROWS_AS(static_cast<void>(infinity - infinity), DataError);
}

TEST_CASE("durations go as the microseconds of an interval") {
  check_round_trip(1s, "interval", "00000000000f4240 00000000 00000000", "00:00:01");
  check_round_trip(-1us, "interval", "ffffffffffffffff 00000000 00000000", "-00:00:00.000001");
  check_round_trip(789ms, "interval", "00000000000c0a08 00000000 00000000", "00:00:00.789");
  check_round_trip(-100h, "interval", "ffffffac2e53f000 00000000 00000000", "-100:00:00");
  check_round_trip(days(1), "interval", "000000141dd76000 00000000 00000000", "24:00:00");
  check_round_trip(weeks(-1), "interval", "ffffff732f1c6000 00000000 00000000", "-168:00:00");
  check_round_trip(nanoseconds(1000), "interval", "0000000000000001 00000000 00000000",
                   "00:00:00.000001");
  check_round_trip(HundredNanoseconds(10), "interval", "0000000000000001 00000000 00000000",
                   "00:00:00.000001");
  check_round_trip(microseconds::max(), "interval", "7fffffffffffffff 00000000 00000000",
                   "2562047788:00:54.775807");
  CHECK(hex(dump(microseconds::min()).bytes) == "80000000000000000000000000000000");
}

TEST_CASE("a duration that is finer than a microsecond is rounded, from the middle to the even") {
  CHECK(dump(500ns).bytes == dump(0us).bytes);
  CHECK(dump(501ns).bytes == dump(1us).bytes);
  CHECK(dump(1500ns).bytes == dump(2us).bytes);
  CHECK(dump(-2500ns, Format::text).bytes == dump(-2us, Format::text).bytes);
  CHECK(dump(nanoseconds::max(), Format::text).bytes == "2562047:47:16.854776");
}

TEST_CASE("a duration of more microseconds than an interval has is not sent") {
  const auto check = [](auto duration) {
    CHECK_THROWS_AS(static_cast<void>(dump(duration)), DataError);
    CHECK_THROWS_AS(static_cast<void>(dump(duration, Format::text)), DataError);
  };
  check(milliseconds::max());
  check(seconds(-9'223'372'036'855));
  check(days(106'751'992));
  check(weeks::min());
  CHECK_NOTHROW(static_cast<void>(dump(days(-106'751'991))));
}

TEST_CASE("days of an interval are 24 hours each where it is read as a duration") {
  const auto read = []<class T>(T, std::string_view text) {
    const std::string binary = dump(Interval::parse(text)).bytes;
    const T value = load<T>("interval", Format::binary, binary);
    CHECK(bool(load<T>("interval", Format::text, text) == value));
    CHECK(bool(Interval::parse(text).to_duration<T>() == value));
    return value;
  };
  CHECK(read(hours(), "1 day 01:00:00") == 25h);
  CHECK(read(seconds(), "-1 days +00:00:01") == 1s - 24h);
  CHECK(read(days(), "3 days -48:00:00") == days(1));
  CHECK(read(weeks(), "14 days") == weeks(2));
  // The days alone are beyond 64 bits of microseconds.
  CHECK(read(microseconds(), "106751992 days -19:59:05.224193") == microseconds::max());
  CHECK(read(microseconds(), "-106751992 days +19:59:05.224192") == microseconds::min());
  CHECK(read(microseconds(), "213503982 days -2562047788:00:54.775807").count() > 0);
  CHECK(read(nanoseconds(), "2562047:47:16.854775") == nanoseconds(9'223'372'036'854'775'000));
}

TEST_CASE("an interval that is no duration is a DataError that shows it") {
  check_not_read<seconds>("0000000000000000 00000000 00000001", "1 mon", has_months);
  check_not_read<seconds>("0000000000000000 00000000 fffffff4", "-1 years", has_months);
  check_not_read<seconds>("fffffffffff85ee0 00000000 00000000", "-00:00:00.5", has_fraction);
  check_not_read<weeks>("0000000000000000 0000000d 00000000", "13 days", has_fraction);
  check_not_read<hours>("fffffffffff0bdc0 00000001 00000000", "1 day -00:00:01", has_fraction);
  check_not_read<microseconds>("0000000000000000 7fffffff 00000000", "2147483647 days", misfit);
  check_not_read<microseconds>("00000010c0450040 065ce7f8 00000000",
                               "106751992 days 19:59:05.224256", misfit);
  check_not_read<nanoseconds>("0020c49ba5e353f8 00000000 00000000", "2562047:47:16.854776", misfit);
  check_not_read<nanoseconds>("0000000000000000 0001a1df 00000000", "106975 days", misfit);
  check_not_read<duration<std::int16_t>>("00000007a1200000 00000000 00000000", "09:06:08", misfit);
  check_not_read<microseconds>("7fffffffffffffff 7fffffff 7fffffff", "infinity", misfit);
  check_not_read<weeks>("8000000000000000 80000000 80000000", "-infinity", misfit);
  CHECK_THROWS_AS(static_cast<void>(Interval(months(1)).to_duration()), DataError);
}

TEST_CASE("durations that neither measure a microsecond nor are measured by it have no adapter") {
  static_assert(!Dumpable<duration<int, std::ratio<1, 60>>>);
  static_assert(!Dumpable<duration<double>> && !Loadable<duration<double>>);
  static_assert(!Dumpable<duration<unsigned>>);
  static_assert(!Dumpable<months> && !Loadable<months> && !Dumpable<years> && !Loadable<years>);
  static_assert(!Dumpable<duration<std::int64_t, std::exa>>);
  static_assert(Dumpable<duration<std::int64_t, std::atto>>);
  static_assert(Dumpable<nanoseconds> && Loadable<weeks>);
  CHECK(cpp_name<Interval>() == "palmetto::Interval");
  CHECK(cpp_name<milliseconds>() == "std::chrono::milliseconds");
}

TEST_CASE("a binary interval of another size is a DataError") {
  const std::string bytes = dump(Interval(1, 2, 3us)).bytes;
  check_truncations_refused<Interval>("interval", Format::binary, bytes);
  check_truncations_refused<seconds>("interval", Format::binary, bytes);
  check_refused<Interval>("interval", Format::binary, bytes + '\0');
}

TEST_CASE("malformed text of an interval is a DataError") {
  // clang-format off
  constexpr std::string_view texts[] = {
    "", " ", "1", "-", "1 ", "1 day ", " 1 day", "1  day", "1 day  1 mon", "1day", "1 days 2 days",
    "1 day 1 mon", "1 mon 1 year", "00:00:00 1 day", "1 month", "1 yearly", "1 d", "1 DAY",
    "1 day 1", "--1 day", "+-1 day", "1.5 days", "12345678901 days", "2147483648 days",
    "-2147483649 days", "178956970 years 8 mons", "-178956970 years -9 mons", "9999999999 years",
    "1:02:03", "00:00", "00:00:0", "00:60:00", "00:00:60", "00:00:00.", "00:00:00.1234567",
    "00:00:00 ", "00:00:00-", "2562047788:00:54.775808", "-2562047788:00:54.775809",
    "9999999999:59:59", "99999999999:00:00", "Infinity", "+infinity", "infinity ", "1 day ago",
  };
  // clang-format on
  for (const std::string_view text : texts) check_refused<Interval>("interval", Format::text, text);
  check_refused<Interval>("interval", Format::text, {"1 day\0", 6});
  CHECK(refusal<Interval>("interval", Format::text, "2147483648 days") ==
        "the interval 2147483648 days is beyond an interval's range");
}

// What PostgreSQL 15 writes in the three other styles.
TEST_CASE("another IntervalStyle than postgres is refused, and the message names it") {
  for (const std::string_view text :
       {"@ 1 year 2 mons 3 days 4 hours 5 mins 6.789 secs", "@ 0", "@ 1 day -1 sec ago",
        "+1-2 +3 +4:05:06.789", "-0-1 +3 -0:00:01", "0", "1-1", "-1-0", "2 0:00:00", "-1 0:00:00",
        "12 12:34:56", "0:00:01", "P1Y2M3DT4H5M6.789S", "PT0S", "P-1M1D"}) {
    const std::string message = refusal<Interval>("interval", Format::text, text);
    CAPTURE(message);
    CHECK(message.starts_with('"' + std::string(text) +
                              "\" is no interval in style postgres: IntervalStyle"));
    CHECK(refusal<seconds>("interval", Format::text, text) == message);
  }
}

TEST_CASE("intervals are read from interval alone") {
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(!is_loadable<Interval>("time", format));
    CHECK(!is_loadable<seconds>("int8", format));
  }
}

TEST_CASE("arrays of intervals and durations are read and written") {
  check_round_trip(std::vector{Interval(14, 3, 4h + 5min + 6s + 789ms)}, "interval[]",
                   "00000001 00000000 000004a2 00000001 00000001 00000010"
                   "000000036c97ca88 00000003 0000000e",
                   R"({"1 year 2 mons 3 days 04:05:06.789"})");
  check_round_trip(std::vector{1h}, "interval[]",
                   "00000001 00000000 000004a2 00000001 00000001 00000010"
                   "00000000d693a400 00000000 00000000",
                   "{01:00:00}");
}
