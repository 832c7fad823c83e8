#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/time_of_day.hpp"

#include "../support/adapter_round_trip.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <vector>

using namespace palmetto;
using namespace palmetto::test;
using namespace std::chrono;

namespace {

constexpr auto beyond_offsets =
    "the timetz 00:00:00+167:59 has an offset from UTC that is not within -15:59:59 and +15:59:59";

}  // namespace

// The bytes are what time_send of PostgreSQL 15 gives.
TEST_CASE("TimeOfDay goes as time, to the microsecond") {
  const struct {
    TimeOfDay time;
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {TimeOfDay(), "0000000000000000", "00:00:00"},
      {TimeOfDay(0, 0, 0, 1), "0000000000000001", "00:00:00.000001"},
      {TimeOfDay(4, 5, 6), "000000036c8bc080", "04:05:06"},
      {TimeOfDay(12, 34, 56, 789'000), "0000000a8be62608", "12:34:56.789"},
      {TimeOfDay(23, 59, 59, 999'999), "000000141dd75fff", "23:59:59.999999"},
      {TimeOfDay(24, 0), "000000141dd76000", "24:00:00"},
  };
  for (const auto& c : cases) {
    check_round_trip(c.time, "time", c.hex, c.text);
    CHECK(c.time.to_string() == c.text);
    CHECK(TimeOfDay::parse(c.text) == c.time);
  }
}

// The bytes are what timetz_send gives: the seconds west of Greenwich come last.
TEST_CASE("OffsetTimeOfDay goes as timetz, its offset positive in the east") {
  const TimeOfDay sample(12, 34, 56, 789'000);
  const struct {
    OffsetTimeOfDay time;
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {{}, "0000000000000000 00000000", "00:00:00+00"},
      {{sample, 3h}, "0000000a8be62608 ffffd5d0", "12:34:56.789+03"},
      {{sample, 5h + 30min}, "0000000a8be62608 ffffb2a8", "12:34:56.789+05:30"},
      {{sample, -(19min + 32s)}, "0000000a8be62608 00000494", "12:34:56.789-00:19:32"},
      {{TimeOfDay(24h), 0s}, "000000141dd76000 00000000", "24:00:00+00"},
      {{TimeOfDay(), 16h - 1s}, "0000000000000000 ffff1f01", "00:00:00+15:59:59"},
      {{TimeOfDay(24h), 1s - 16h}, "000000141dd76000 0000e0ff", "24:00:00-15:59:59"},
  };
  for (const auto& c : cases) {
    check_round_trip(c.time, "timetz", c.hex, c.text);
    CHECK(c.time.to_string() == c.text);
    CHECK(OffsetTimeOfDay::parse(c.text) == c.time);
  }
}

TEST_CASE("an offset is read with minutes that are none, as CockroachDB writes it") {
  CHECK(OffsetTimeOfDay::parse("12:34:56.789+03:00") ==
        OffsetTimeOfDay(TimeOfDay(12, 34, 56, 789'000), 3h));
  CHECK(OffsetTimeOfDay::parse("00:00:00-00:00") == OffsetTimeOfDay());
}

TEST_CASE("a time of day is made of durations, and is one again") {
  CHECK(TimeOfDay(8h + 30min) == TimeOfDay(8, 30));
  CHECK(TimeOfDay(days(1)) == TimeOfDay(24h));
  CHECK(TimeOfDay(duration<std::int16_t, std::ratio<60>>(510)) == TimeOfDay(8, 30));
  constexpr TimeOfDay sample(12, 34, 56, 789'000);
  static_assert(sample.since_midnight() == 12h + 34min + 56s + 789ms);
  static_assert(microseconds(sample) == sample.since_midnight());
  CHECK(hh_mm_ss(sample.since_midnight()).hours() == 12h);
  CHECK(hh_mm_ss(sample.since_midnight()).minutes() == 34min);
  CHECK(hh_mm_ss(sample.since_midnight()).seconds() == 56s);
  CHECK(hh_mm_ss(sample.since_midnight()).subseconds() == 789ms);
  CHECK(TimeOfDay(hh_mm_ss(sample.since_midnight()).to_duration()) == sample);
}

TEST_CASE("what is finer than a microsecond is rounded, from the middle to the even") {
  CHECK(TimeOfDay(500ns) == TimeOfDay());
  CHECK(TimeOfDay(-500ns) == TimeOfDay());
  CHECK(TimeOfDay(501ns) == TimeOfDay(1us));
  CHECK(TimeOfDay(1500ns) == TimeOfDay(2us));
  CHECK(TimeOfDay(24h - 500ns) == TimeOfDay(24h));
  CHECK(TimeOfDay(24h + 500ns) == TimeOfDay(24h));
  CHECK_THROWS_AS(TimeOfDay(24h + 501ns), DataError);
  CHECK_THROWS_AS(TimeOfDay(-501ns), DataError);
}

TEST_CASE("the 60th second is the next minute's first") {
  CHECK(TimeOfDay(12, 34, 60) == TimeOfDay(12, 35));
  CHECK(TimeOfDay(23, 59, 60) == TimeOfDay(24h));
  CHECK(TimeOfDay::parse("12:34:60") == TimeOfDay(12, 35));
  CHECK(TimeOfDay::parse("12:34:60.5") == TimeOfDay(12, 35, 0, 500'000));
  CHECK(TimeOfDay::parse("23:59:60") == TimeOfDay(24h));
  CHECK_THROWS_AS(static_cast<void>(TimeOfDay::parse("23:59:60.5")), DataError);
  CHECK_THROWS_AS(static_cast<void>(TimeOfDay::parse("12:34:61")), DataError);
}

TEST_CASE("a time of day beyond the day, or with no such part, is a DataError") {
  CHECK_THROWS_AS(TimeOfDay(24h + 1us), DataError);
  CHECK_THROWS_AS(TimeOfDay(-1us), DataError);
  CHECK_THROWS_AS(TimeOfDay{hours::max()}, DataError);
  CHECK_THROWS_AS(TimeOfDay{weeks::min()}, DataError);
  constexpr int least = std::numeric_limits<int>::min();
  constexpr int greatest = std::numeric_limits<int>::max();
  const int refused[][4] = {
      {24, 0, 0, 1},
      {24, 1, 0, 0},
      {25, 0, 0, 0},
      {-1, 0, 0, 0},
      {0, -1, 0, 0},
      {1, -1, 0, 0},
      {0, 60, 0, 0},
      {1, 0, -1, 0},
      {0, 0, 61, 0},
      {0, 1, 0, -1},
      {0, 0, 0, 1'000'000},
      {23, 59, 60, 1},
      {least, 0, 0, 0},
      {greatest, greatest, greatest, greatest},
      {least, least, least, least},
  };
  for (const auto& [hours, minutes, seconds, microseconds] : refused)
    CHECK_THROWS_AS(TimeOfDay(hours, minutes, seconds, microseconds), DataError);
}

TEST_CASE("an offset of 16 hours or more is a DataError") {
  for (const seconds offset : {seconds(16h), seconds(-16h), seconds::max(), seconds::min(),
                               seconds(std::int64_t{1} << 32)})
    CHECK_THROWS_AS(OffsetTimeOfDay(TimeOfDay(), offset), DataError);
}

// As PostgreSQL 15 orders them.
TEST_CASE("times with offset are ordered by their moment, then from east to west") {
  const OffsetTimeOfDay ordered[] = {
      OffsetTimeOfDay::parse("01:00:00+15"), OffsetTimeOfDay::parse("12:00:00+01"),
      OffsetTimeOfDay::parse("13:00:00+01"), OffsetTimeOfDay::parse("12:00:00+00"),
      OffsetTimeOfDay::parse("11:00:00-01"), OffsetTimeOfDay::parse("23:00:00-15"),
  };
  CHECK(std::is_sorted(std::begin(ordered), std::end(ordered)));
  CHECK(std::adjacent_find(std::begin(ordered), std::end(ordered)) == std::end(ordered));
  CHECK(TimeOfDay(12, 0) < TimeOfDay(12, 0, 0, 1));
  CHECK(TimeOfDay() < TimeOfDay(24h));
}

TEST_CASE("binary times of another size or beyond the day are a DataError that shows them") {
  check_truncations_refused<TimeOfDay>("time", Format::binary, std::string(8, '\0'));
  check_truncations_refused<OffsetTimeOfDay>("timetz", Format::binary, std::string(12, '\0'));
  check_refused<TimeOfDay>("time", Format::binary, std::string(9, '\0'));
  check_refused<OffsetTimeOfDay>("timetz", Format::binary, std::string(13, '\0'));
  for (const std::string_view hex :
       {"000000141dd76001", "ffffffffffffffff", "7fffffffffffffff", "8000000000000000"}) {
    check_refused<TimeOfDay>("time", Format::binary, from_hex(hex));
    check_refused<OffsetTimeOfDay>("timetz", Format::binary, from_hex(hex) + from_hex("00000000"));
  }
  CHECK(refusal<TimeOfDay>("time", Format::binary, from_hex("000000141dd76001")) ==
        "the time 86400000001 microseconds after midnight is not within 00:00:00 and 24:00:00");
}

TEST_CASE("a timetz whose offset is out of range is a DataError that shows it") {
  for (const std::string_view hex : {"0000e100", "ffff1f00", "7fffffff", "80000000"})
    check_refused<OffsetTimeOfDay>("timetz", Format::binary,
                                   from_hex("0000000000000000") + from_hex(hex));
  // PostgreSQL makes such a value, and can't read it either, where TimeZone is as far away.
  CHECK(refusal<OffsetTimeOfDay>("timetz", Format::binary, from_hex("0000000000000000 fff6c5bc")) ==
        beyond_offsets);
  CHECK(refusal<OffsetTimeOfDay>("timetz", Format::text, "00:00:00+167:59") == beyond_offsets);
}

TEST_CASE("malformed text of a time is a DataError that quotes it") {
  check_truncations_refused<TimeOfDay>("time", Format::text, "12:34:56");
  for (const std::string_view text :
       {"12:34:56.", "12:34:56.1234567", "24:00:00.000001", "24:00:01", "25:00:00", "99:59:59",
        "12:60:00", "1:02:03", "123:00:00", " 12:34:56", "12:34:56 ", "-12:34:56", "+12:34:56",
        "12:34:56 PM", "12:34:56+00", "12-34-56", "noon", "allballs"}) {
    check_refused<TimeOfDay>("time", Format::text, text);
    check_refused<OffsetTimeOfDay>("timetz", Format::text, std::string(text) + "+00");
  }
  check_refused<TimeOfDay>("time", Format::text, {"12:34:56\0", 9});
  for (const std::string_view offset :
       {"", "Z", " UTC", "+", "-", "+0", "+0000", "+05:", "+05:3", "+05:60", "+05:30:", "+05:30:60",
        "+05:30:00:00", "+-5", " +05", "+05:30 ", "+16", "-16", "+16:00:00"})
    check_refused<OffsetTimeOfDay>("timetz", Format::text, "12:34:56" + std::string(offset));
  CHECK(refusal<TimeOfDay>("time", Format::text, "12:34") == "\"12:34\" is no time");
  CHECK(refusal<TimeOfDay>("time", Format::text, "25:00:00") ==
        "the time 25:00:00 is not within 00:00:00 and 24:00:00");
  CHECK(refusal<OffsetTimeOfDay>("timetz", Format::text, "12:34:56") ==
        "\"12:34:56\" is no timetz");
  const std::string endless = refusal<TimeOfDay>("time", Format::text, std::string(100'000, '1'));
  CHECK(endless.size() < 200);
}

TEST_CASE("times with and without offset are not read as each other") {
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(!is_loadable<TimeOfDay>("timetz", format));
    CHECK(!is_loadable<OffsetTimeOfDay>("time", format));
    CHECK(!is_loadable<TimeOfDay>("interval", format));
    CHECK(!is_loadable<TimeOfDay>("timestamp", format));
  }
}

TEST_CASE("arrays of times are read and written") {
  check_round_trip(std::vector{TimeOfDay(24h)}, "time[]",
                   "00000001 00000000 0000043b 00000001 00000001 00000008 000000141dd76000",
                   "{24:00:00}");
  check_round_trip(std::vector{OffsetTimeOfDay(TimeOfDay(12, 34, 56, 789'000), 3h)}, "timetz[]",
                   "00000001 00000000 000004f2 00000001 00000001 0000000c"
                   "0000000a8be62608 ffffd5d0",
                   "{12:34:56.789+03}");
}
