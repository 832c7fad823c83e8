#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/datetime.hpp"

#include "../support/adapter_round_trip.hpp"

#include <vector>

using namespace palmetto;
using namespace palmetto::test;
using namespace std::chrono;

namespace {

using SysMicroseconds = sys_time<microseconds>;
using LocalMicroseconds = local_time<microseconds>;
// What Windows counts in: finer than a microsecond, but not by 1000.
using HundredNanoseconds = duration<std::int64_t, std::ratio<1, 10'000'000>>;

template <class D>
using Local = local_time<D>;

// The time without its zone.
template <class D>
Local<D> to_local(sys_time<D> time) {
  return Local<D>(time.time_since_epoch());
}

SysMicroseconds at(year_month_day date, microseconds time_of_day) {
  return sys_days(date) + time_of_day;
}

constexpr auto infinity_hex = "7fffffffffffffff";
constexpr auto minus_infinity_hex = "8000000000000000";

template <class T>
void check_not_sent(const T& value) {
  CHECK_THROWS_AS(static_cast<void>(dump(value)), DataError);
  CHECK_THROWS_AS(static_cast<void>(dump(value, Format::text)), DataError);
}

// Both formats refuse to read what the server has as this as a T.
template <class T>
void check_not_read(std::string_view type, std::string_view binary_hex, std::string_view text) {
  CAPTURE(text);
  check_refused<T>(type, Format::binary, from_hex(binary_hex));
  check_refused<T>(type, Format::text, text);
}

}  // namespace

// The bytes are what timestamptz_send and timestamp_send of PostgreSQL 15 give.
TEST_CASE("sys_time goes as timestamptz and local_time as timestamp, to the microsecond") {
  const struct {
    SysMicroseconds time;
    std::string_view hex;
    std::string_view text;
    std::string_view era = "";
  } cases[] = {
      {at(2000y / 1 / 1, 0us), "0000000000000000", "2000-01-01 00:00:00"},
      {at(2000y / 1 / 1, -1us), "ffffffffffffffff", "1999-12-31 23:59:59.999999"},
      {at(1970y / 1 / 1, 0us), "fffca2fec4c82000", "1970-01-01 00:00:00"},
      {at(2026y / 11 / 21, 1h + 34min + 57s + 123456us), "000303be23111480",
       "2026-11-21 01:34:57.123456"},
      {at(2021y / 2 / 3, 4h + 5min + 6s + 789ms), "00025d657608ca88", "2021-02-03 04:05:06.789"},
      {at(1y / 1 / 1, 0us), "ff1fe2ffc59c6000", "0001-01-01 00:00:00"},
      {at(0y / 12 / 31, 24h - 1s), "ff1fe2ffc58d1dc0", "0001-12-31 23:59:59", " BC"},
      {at(10000y / 1 / 1, 500ms), "0380e70b91432120", "10000-01-01 00:00:00.5"},
      {at(-4713y / 11 / 24, 0us), "fd0f7cc1411fa000", "4714-11-24 00:00:00", " BC"},
  };
  for (const auto& c : cases) {
    const std::string text(c.text);
    const std::string era(c.era);
    check_round_trip(c.time, "timestamptz", c.hex, text + "+00" + era);
    check_round_trip(to_local(c.time), "timestamp", c.hex, text + era);
  }
}

TEST_CASE("seconds reach to both ends of what the server has") {
  const sys_seconds earliest = sys_days(-4713y / 11 / 24);
  const sys_seconds latest(9'224'318'015'999s);
  check_round_trip(earliest, "timestamptz", "fd0f7cc1411fa000", "4714-11-24 00:00:00+00 BC");
  check_round_trip(latest, "timestamptz", "7fffff5bb3a35dc0", "294276-12-31 23:59:59+00");
  check_round_trip(to_local(latest), "timestamp", "7fffff5bb3a35dc0", "294276-12-31 23:59:59");
  check_not_sent(earliest - 1s);
  check_not_sent(latest + 1s);
  check_not_sent(to_local(earliest) - 1s);
  check_not_sent(to_local(latest) + 1s);
}

TEST_CASE("max and min are infinity and -infinity, whatever the time point counts") {
  const auto check = []<class T>(T, std::string_view type) {
    check_round_trip(T::max(), type, infinity_hex, "infinity");
    check_round_trip(T::min(), type, minus_infinity_hex, "-infinity");
  };
  check(sys_time<nanoseconds>(), "timestamptz");
  check(SysMicroseconds(), "timestamptz");
  check(sys_seconds(), "timestamptz");
  check(sys_time<duration<std::int16_t, std::ratio<60>>>(), "timestamptz");
  check(Local<nanoseconds>(), "timestamp");
  check(LocalMicroseconds(), "timestamp");
}

TEST_CASE("what is next to infinity is out of range, not infinite") {
  check_not_sent(SysMicroseconds::min() + 1us);
  check_not_sent(sys_seconds::max() - 1s);
  check_not_sent(sys_seconds::min() + 1s);
  for (const std::string_view hex :
       {"7ffffffffffffffe", "8000000000000001", "7fffff5bb3b2a000", "fd0f7cc1411f9fff"}) {
    check_refused<sys_seconds>("timestamptz", Format::binary, from_hex(hex));
    check_refused<SysMicroseconds>("timestamptz", Format::binary, from_hex(hex));
    check_refused<LocalMicroseconds>("timestamp", Format::binary, from_hex(hex));
  }
}

TEST_CASE("a time that 64 bits of microseconds from 1970 don't hold is a DataError") {
  check_not_read<SysMicroseconds>("timestamptz", "7fffff5bb3b29fff",
                                  "294276-12-31 23:59:59.999999+00");
  // 2^63 - 1 microseconds from 1970, which would be infinity; the one before is the last.
  check_not_read<SysMicroseconds>("timestamptz", "7ffca2fec4c81fff",
                                  "294247-01-10 04:00:54.775807+00");
  check_round_trip(SysMicroseconds::max() - microseconds(1), "timestamptz", "7ffca2fec4c81ffe",
                   "294247-01-10 04:00:54.775806+00");
}

TEST_CASE("a time that 64 bits of nanoseconds from 1970 don't hold is a DataError") {
  using Time = sys_time<nanoseconds>;
  check_round_trip(Time(9'223'372'036'854'775'000ns), "timestamptz", "001d679a6aab73f7",
                   "2262-04-11 23:47:16.854775+00");
  check_not_read<Time>("timestamptz", "001d679a6aab73f8", "2262-04-11 23:47:16.854776+00");
  check_not_read<Time>("timestamptz", "0380e70b91432120", "10000-01-01 00:00:00.5+00");
  check_not_read<Time>("timestamptz", "fd0f7cc1411fa000", "4714-11-24 00:00:00+00 BC");
}

TEST_CASE("what is finer than a microsecond is rounded, from the middle to the even") {
  const struct {
    nanoseconds fraction;
    microseconds rounded;
  } cases[] = {
      {499ns, 0us},    {500ns, 0us},        {501ns, 1us},    {1499ns, 1us},
      {1500ns, 2us},   {2500ns, 2us},       {3500ns, 4us},   {-499ns, 0us},
      {-500ns, 0us},   {-501ns, -1us},      {-1500ns, -2us}, {-2500ns, -2us},
      {-3500ns, -4us}, {999'999'500ns, 1s}, {1ns, 0us},      {123'456'500ns, 123'456us},
  };
  for (const sys_seconds second : {sys_seconds(sys_days(2026y / 11 / 21)), sys_seconds(),
                                   sys_seconds(sys_days(1900y / 1 / 1))}) {
    for (const auto& c : cases) {
      CAPTURE(c.fraction.count());
      const sys_time<nanoseconds> exact = second + c.fraction;
      const SysMicroseconds rounded = second + c.rounded;
      CHECK(dump(exact).bytes == dump(rounded).bytes);
      CHECK(dump(exact, Format::text).bytes == dump(rounded, Format::text).bytes);
      CHECK(dump(to_local(exact)).bytes == dump(rounded).bytes);
    }
  }
  CHECK(dump(sys_time<HundredNanoseconds>(HundredNanoseconds(15))).bytes ==
        dump(SysMicroseconds(2us)).bytes);
  const auto smallest = sys_time<nanoseconds>::min() + 1ns;
  CHECK(dump(smallest, Format::text).bytes == "1677-09-21 00:12:43.145224+00");
}

TEST_CASE("a fraction that a coarser time can't hold is a DataError when read") {
  const SysMicroseconds half = at(1999y / 12 / 31, 12h + 500ms);
  const std::string bytes = dump(half).bytes;
  const std::string text = dump(half, Format::text).bytes;
  check_refused<sys_seconds>("timestamptz", Format::binary, bytes);
  check_refused<sys_seconds>("timestamptz", Format::text, text);
  check_refused<sys_time<hours>>("timestamptz", Format::binary, bytes);
  CHECK(load<sys_time<milliseconds>>("timestamptz", Format::binary, bytes) == half);
  CHECK(load<sys_time<HundredNanoseconds>>("timestamptz", Format::text, text) == half);
  for (const sys_seconds second :
       {sys_seconds(1s), sys_seconds(-1s), sys_seconds(sys_days(2027y / 1 / 1))}) {
    CHECK(load<sys_seconds>("timestamptz", Format::binary, dump(second).bytes) == second);
    check_refused<sys_seconds>("timestamptz", Format::binary, dump(second + 1us).bytes);
    check_refused<sys_seconds>("timestamptz", Format::binary, dump(second - 1us).bytes);
    check_refused<sys_time<minutes>>("timestamptz", Format::binary, dump(second + 7s).bytes);
  }
}

TEST_CASE("a time that a narrow count does not hold is a DataError") {
  using Narrow = sys_time<duration<std::int32_t>>;
  check_round_trip(Narrow(duration<std::int32_t>(2'147'483'646)), "timestamptz", "0004441ec4a99b80",
                   "2038-01-19 03:14:06+00");
  // 2^31 - 1 seconds, which would be infinity.
  check_not_read<Narrow>("timestamptz", "0004441ec4b8ddc0", "2038-01-19 03:14:07+00");
  check_not_read<Narrow>("timestamptz", "0004441ec4c82000", "2038-01-19 03:14:08+00");
}

TEST_CASE("a time stands in text with whatever offset the session's time zone has") {
  const struct {
    std::string_view text;
    SysMicroseconds time;
  } cases[] = {
      {"2026-11-21 07:04:57.5+05:30", at(2026y / 11 / 21, 1h + 34min + 57s + 500ms)},
      {"2026-11-20 22:34:57-03", at(2026y / 11 / 21, 1h + 34min + 57s)},
      {"2026-11-21 01:34:57.000001+00:00", at(2026y / 11 / 21, 1h + 34min + 57s + 1us)},
      {"1900-01-01 00:19:32+00:19:32", at(1900y / 1 / 1, 0us)},
      {"1899-12-31 23:16:52-00:43:08", at(1900y / 1 / 1, 0us)},
      {"2026-07-02 00:00:00+24", at(2026y / 7 / 1, 0us)},
      {"2026-07-05 04:00:00+100", at(2026y / 7 / 1, 0us)},
      {"4714-11-23 19:03:58-04:56:02 BC", at(-4713y / 11 / 24, 0us)},
      {"0001-01-01 05:30:00+05:30", at(1y / 1 / 1, 0us)},
      {"0001-12-31 19:00:00-05 BC", at(1y / 1 / 1, 0us)},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(load<SysMicroseconds>("timestamptz", Format::text, c.text) == c.time);
  }
  CHECK(load<sys_seconds>("timestamptz", Format::text, "294277-01-01 13:59:59+14") ==
        sys_seconds(9'224'318'015'999s));
}

TEST_CASE("text outside the server's range is a DataError") {
  for (const std::string_view text :
       {"4714-11-23 23:59:59.999999+00 BC", "4714-11-24 00:00:00+00:00:01 BC",
        "294277-01-01 00:00:00+00", "294276-12-31 23:59:59-00:00:01", "9999999-12-31 23:59:59+00",
        "9999999-12-31 23:59:59-999:59:59 BC"})
    check_refused<sys_seconds>("timestamptz", Format::text, text);
  check_refused<local_seconds>("timestamp", Format::text, "294277-01-01 00:00:00");
  check_refused<sys_days>("date", Format::text, "5874898-01-01");
  check_refused<sys_days>("date", Format::text, "9999999-12-31");
  check_refused<sys_days>("date", Format::text, "4714-11-23 BC");
}

TEST_CASE("malformed text of a timestamp is a DataError") {
  // clang-format off
  constexpr std::string_view texts[] = {
    "", " ", "2026", "2026-11-21", "2026-11-21 ", "2026-11-21 01:34", "2026-11-21 01:34:5",
    "2026-11-21 01:34:57.", "2026-11-21 01:34:57.1234567", "2026-11-21T01:34:57",
    "2026-11-21  01:34:57", " 2026-11-21 01:34:57", "2026-11-21 01:34:57 ", "2026-11-21 24:00:00",
    "2026-11-21 00:60:00", "2026-11-21 00:00:60", "2026-1-21 01:34:57", "226-11-21 01:34:57",
    "+2026-11-21 01:34:57", "-2026-11-21 01:34:57", "2026-00-21 01:34:57", "2026-13-21 01:34:57",
    "2026-11-00 01:34:57", "2026-11-31 01:34:57", "2027-02-29 01:34:57", "0000-01-01 01:34:57",
    "0000-01-01 01:34:57 BC", "0004-02-29 01:34:57 BC", "2026-11-21 01:34:57BC",
    "2026-11-21 01:34:57 AD", "2026-11-21 01:34:57 BC BC", "2026-11-21 01:34:57.-5",
    "2026-11-21 01:34:57.+5", "2026-11-21 -1:34:57", "99999999-11-21 01:34:57",
    "99999999999999999999-11-21 01:34:57", "Infinity", "infinit", "infinity ", "+infinity",
    "infinity BC",
  };
  // clang-format on
  for (const std::string_view text : texts) {
    check_refused<LocalMicroseconds>("timestamp", Format::text, text);
    check_refused<SysMicroseconds>("timestamptz", Format::text, std::string(text) + "+00");
  }
  check_refused<LocalMicroseconds>("timestamp", Format::text, {"2026-11-21 01:34:57\0", 20});
}

TEST_CASE("a timestamptz without a proper offset, or a timestamp with one, is a DataError") {
  const std::string local = "2026-11-21 01:34:57";
  for (const std::string_view offset :
       {"", "Z", " UTC", "+", "-", "+0", "+0000", "+05:", "+05:3", "+05:60", "+05:30:", "+05:30:60",
        "+05:30:00:00", "+-5", "+ 05", " +05", "+05:30 ", "+05:-3"})
    check_refused<SysMicroseconds>("timestamptz", Format::text, local + std::string(offset));
  check_refused<LocalMicroseconds>("timestamp", Format::text, local + "+00");
}

TEST_CASE("another DateStyle than ISO is refused, and the message names it") {
  const struct {
    std::string_view timestamptz;
    std::string_view timestamp;
    std::string_view date;
  } styles[] = {
      {"20/11/2026 20:04:57.123456 UTC", "21/11/2026 01:34:57", "21/11/2026"},
      {"20.11.2026 20:04:57.123456 UTC", "21.11.2026 01:34:57", "21.11.2026"},
      {"Fri 20 Nov 20:04:57.123456 2026 UTC", "Sat 21 Nov 01:34:57 2026", "21-11-2026"},
      {"Fri Mar 15 01:02:03 0044 UTC BC", "Fri Mar 15 01:02:03 0044 BC", "03-15-0044 BC"},
  };
  const auto check = [](const std::string& message) {
    CAPTURE(message);
    CHECK(message.find("DateStyle must be ISO") != std::string::npos);
  };
  for (const auto& style : styles) {
    check(refusal<SysMicroseconds>("timestamptz", Format::text, style.timestamptz));
    check(refusal<LocalMicroseconds>("timestamp", Format::text, style.timestamp));
    check(refusal<sys_days>("date", Format::text, style.date));
    check(refusal<year_month_day>("date", Format::text, style.date));
  }
}

TEST_CASE("a DataError shows the value that was read") {
  const auto check = []<class T>(T, std::string_view type, std::string_view hex,
                                 const std::string& text, const std::string& problem) {
    const std::string message = "the " + std::string(type) + ' ' + text + ' ' + problem;
    CHECK(refusal<T>(type, Format::binary, from_hex(hex)) == message);
    CHECK(refusal<T>(type, Format::text, text) == message);
  };
  constexpr auto timestamps = "is outside PostgreSQL's range, 4714-11-24 BC to 294276-12-31";
  constexpr auto dates = "is outside PostgreSQL's range, 4714-11-24 BC to 5874897-12-31";
  check(sys_time<nanoseconds>(), "timestamptz", "7fffff5bb3b29fff",
        "294276-12-31 23:59:59.999999+00",
        "does not fit std::chrono::sys_time<std::chrono::nanoseconds>");
  check(Local<nanoseconds>(), "timestamp", "fd0f7cc1411fa000", "4714-11-24 00:00:00 BC",
        "does not fit std::chrono::local_time<std::chrono::nanoseconds>");
  check(local_seconds(), "timestamp", "000303be23111480", "2026-11-21 01:34:57.123456",
        "has a fraction that does not fit std::chrono::local_seconds");
  check(sys_seconds(), "timestamptz", "7fffff5bb3b2a000", "294277-01-01 00:00:00+00", timestamps);
  check(local_seconds(), "timestamp", "fd0f7cc1411f9fff", "4714-11-23 23:59:59.999999 BC",
        timestamps);
  check(sys_days(), "date", "7fda970d", "5874898-01-01", dates);
  check(local_days(), "date", "ffda97a6", "4714-11-23 BC", dates);
  check(year_month_day(), "date", "00ab7995", "32768-01-01",
        "does not fit std::chrono::year_month_day");
  check(year_month_day(), "date", "80000000", "-infinity",
        "does not fit std::chrono::year_month_day");
  CHECK(refusal<sys_days>("date", Format::text, "2027-02-29") ==
        "the date 2027-02-29 is not in the calendar");
  CHECK(refusal<sys_days>("date", Format::text, "29/02/2028") ==
        "\"29/02/2028\" is no date in ISO style: DateStyle must be ISO, or the result be binary");
  // What no timestamp can be is shown too.
  CHECK(refusal<sys_seconds>("timestamptz", Format::binary, from_hex("8000000000000001")) ==
        "the timestamptz 290279-12-22 19:59:05.224193+00 BC " + std::string(timestamps));
}

TEST_CASE("a DataError about a time that is sent does not show it") {
  const auto check = [](auto value) {
    try {
      static_cast<void>(dump(value));
      FAIL("it was sent");
    } catch (const DataError& error) {
      CAPTURE(error.message());
      CHECK(error.message().find("294277") == std::string::npos);
      CHECK(error.message().find("5874898") == std::string::npos);
    }
  };
  check(sys_seconds(9'224'318'016'000s));
  check(local_seconds(9'224'318'016'000s));
  check(sys_days(days(2'145'031'949 + 10'957)));
}

TEST_CASE("a binary timestamp or date of another size is a DataError") {
  check_truncations_refused<SysMicroseconds>("timestamptz", Format::binary, std::string(8, '\0'));
  check_truncations_refused<LocalMicroseconds>("timestamp", Format::binary, std::string(8, '\0'));
  check_truncations_refused<sys_days>("date", Format::binary, std::string(4, '\0'));
  check_truncations_refused<year_month_day>("date", Format::binary, std::string(4, '\0'));
  check_refused<SysMicroseconds>("timestamptz", Format::binary, std::string(9, '\0'));
  check_refused<sys_days>("date", Format::binary, std::string(8, '\0'));
  check_refused<year_month_day>("date", Format::binary, std::string(5, '\0'));
}

// The bytes are what date_send of PostgreSQL 15 gives.
TEST_CASE("sys_days, local_days and year_month_day go as date") {
  const struct {
    year_month_day date;
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {2000y / 1 / 1, "00000000", "2000-01-01"},
      {1999y / 12 / 31, "ffffffff", "1999-12-31"},
      {2026y / 11 / 21, "0000265d", "2026-11-21"},
      {1970y / 1 / 1, "ffffd533", "1970-01-01"},
      {1y / 1 / 1, "fff4dbf9", "0001-01-01"},
      {0y / 12 / 31, "fff4dbf8", "0001-12-31 BC"},
      {-43y / 3 / 15, "fff49d7b", "0044-03-15 BC"},
      {10000y / 1 / 1, "002c95d4", "10000-01-01"},
      {-4713y / 11 / 24, "ffda97a7", "4714-11-24 BC"},
      {32767y / 12 / 31, "00ab7994", "32767-12-31"},
      {2024y / 2 / 29, "00002279", "2024-02-29"},
      {-4y / 2 / 29, "fff4d511", "0005-02-29 BC"},
  };
  for (const auto& c : cases) {
    check_round_trip(c.date, "date", c.hex, c.text);
    check_round_trip(sys_days(c.date), "date", c.hex, c.text);
    check_round_trip(local_days(c.date), "date", c.hex, c.text);
  }
}

TEST_CASE("sys_days reach to both ends of the server's dates") {
  const sys_days earliest = sys_days(-4713y / 11 / 24);
  const sys_days latest(days(2'145'031'948 + 10'957));
  check_round_trip(latest, "date", "7fda970c", "5874897-12-31");
  check_not_sent(earliest - days(1));
  check_not_sent(latest + days(1));
  check_not_sent(sys_days::max() - days(1));
  check_not_sent(sys_days::min() + days(1));
  check_not_sent(local_days(latest.time_since_epoch()) + days(1));
  for (const std::string_view hex : {"7fda970d", "ffda97a6", "7ffffffe", "80000001"}) {
    check_refused<sys_days>("date", Format::binary, from_hex(hex));
    check_refused<local_days>("date", Format::binary, from_hex(hex));
    check_refused<year_month_day>("date", Format::binary, from_hex(hex));
  }
}

TEST_CASE("max and min of days are the infinite dates") {
  check_round_trip(sys_days::max(), "date", "7fffffff", "infinity");
  check_round_trip(sys_days::min(), "date", "80000000", "-infinity");
  check_round_trip(local_days::max(), "date", "7fffffff", "infinity");
  check_round_trip(local_days::min(), "date", "80000000", "-infinity");
}

TEST_CASE("a date that days of a narrow count don't hold is a DataError") {
  using Narrow = sys_time<duration<std::int16_t, days::period>>;
  check_round_trip(Narrow(Narrow::duration(32766)), "date", "00005531", "2059-09-17");
  // 2^15 - 1 days, which would be infinity.
  check_not_read<Narrow>("date", "00005532", "2059-09-18");
  check_not_read<Narrow>("date", "00005533", "2059-09-19");
}

TEST_CASE("year_month_day takes neither infinity nor a year beyond its own") {
  check_not_read<year_month_day>("date", "7fffffff", "infinity");
  check_not_read<year_month_day>("date", "80000000", "-infinity");
  check_not_read<year_month_day>("date", "00ab7995", "32768-01-01");
  check_not_read<year_month_day>("date", "7fda970c", "5874897-12-31");
}

TEST_CASE("a year_month_day that is no date, or one before the server's, is not sent") {
  check_not_sent(2027y / 2 / 29);
  check_not_sent(2027y / 13 / 1);
  check_not_sent(2027y / 1 / 0);
  check_not_sent(year_month_day(year::min() / 1 / 1));
  check_not_sent(-4713y / 11 / 23);
}

TEST_CASE("malformed text of a date is a DataError") {
  // clang-format off
  constexpr std::string_view texts[] = {
    "", "2026", "2026-", "2026-11", "2026-11-", "2026-11-2", "2026-11-211", "2026-1-21",
    "226-11-21", "2026/11/21", "2026-11-21 ", " 2026-11-21", "2026-11-31", "2027-02-29",
    "0000-01-01", "2026-11-21BC", "2026-11-21  BC", "2026-11-21 00:00:00", "-2026-11-21",
    "12345678-11-21", "Infinity", "--infinity",
  };
  // clang-format on
  for (const std::string_view text : texts) {
    check_refused<sys_days>("date", Format::text, text);
    check_refused<year_month_day>("date", Format::text, text);
  }
}

TEST_CASE("every time of a day has a text that is read back") {
  const SysMicroseconds midnight = sys_days(2026y / 11 / 21);
  for (microseconds time = 0us; time < 24h; time += 3'599'993'171us) {
    CHECK(load<SysMicroseconds>("timestamptz", Format::text,
                                dump(midnight + time, Format::text).bytes) == midnight + time);
  }
}

TEST_CASE("every day of the server's calendar has a text that is read back") {
  std::string previous;
  for (std::int64_t day = -2'440'588; day <= 2'145'042'905; day += 99'991) {
    const sys_days date{days(day)};
    const std::string text = dump(date, Format::text).bytes;
    CAPTURE(text);
    CHECK(text != previous);
    CHECK(load<sys_days>("date", Format::text, text) == date);
    previous = text;
  }
}

TEST_CASE("times with and without time zone, and dates, are not read as each other") {
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(!is_loadable<SysMicroseconds>("timestamp", format));
    CHECK(!is_loadable<SysMicroseconds>("date", format));
    CHECK(!is_loadable<LocalMicroseconds>("timestamptz", format));
    CHECK(!is_loadable<LocalMicroseconds>("date", format));
    for (const std::string_view type : {"timestamp", "timestamptz"}) {
      CHECK(!is_loadable<sys_days>(type, format));
      CHECK(!is_loadable<local_days>(type, format));
      CHECK(!is_loadable<year_month_day>(type, format));
    }
  }
}

TEST_CASE("durations that neither measure a microsecond nor are measured by it have no adapter") {
  using Frames = duration<std::int64_t, std::ratio<1, 60>>;
  static_assert(!Dumpable<sys_time<Frames>> && !Loadable<sys_time<Frames>>);
  static_assert(!Dumpable<sys_time<duration<double>>> && !Loadable<local_time<duration<double>>>);
  static_assert(!Dumpable<sys_time<weeks>> && !Dumpable<sys_time<years>>);
  static_assert(!Dumpable<sys_time<duration<unsigned>>>);
  static_assert(Dumpable<system_clock::time_point> && Loadable<system_clock::time_point>);
  static_assert(!Dumpable<steady_clock::time_point>);
}

TEST_CASE("arrays of dates and times are read and written") {
  check_round_trip(std::vector{at(2021y / 2 / 3, 4h + 5min + 6s)}, "timestamptz[]",
                   "00000001 00000000 000004a0 00000001 00000001 00000008 00025d6575fcc080",
                   R"({"2021-02-03 04:05:06+00"})");
  check_round_trip(std::vector<year_month_day>{2021y / 2 / 3}, "date[]",
                   "00000001 00000000 0000043a 00000001 00000001 00000004 00001e18",
                   "{2021-02-03}");
}

TEST_CASE("messages call the times what programmers do") {
  CHECK(cpp_name<system_clock::time_point>() == "std::chrono::sys_time<std::chrono::nanoseconds>");
  CHECK(cpp_name<SysMicroseconds>() == "std::chrono::sys_time<std::chrono::microseconds>");
  CHECK(cpp_name<LocalMicroseconds>() == "std::chrono::local_time<std::chrono::microseconds>");
  CHECK(cpp_name<sys_seconds>() == "std::chrono::sys_seconds");
  CHECK(cpp_name<sys_days>() == "std::chrono::sys_days");
  CHECK(cpp_name<year_month_day>() == "std::chrono::year_month_day");
}
