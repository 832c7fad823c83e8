#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

using namespace support;
using namespace std::chrono;
using palmetto::DataError;
using palmetto::Format;
using palmetto::TypeMismatch;

namespace {

using SysMicroseconds = sys_time<microseconds>;
using SysNanoseconds = sys_time<nanoseconds>;
using LocalMicroseconds = local_time<microseconds>;

SysMicroseconds at(year_month_day date, microseconds time_of_day = 0us) {
  return sys_days(date) + time_of_day;
}

template <class D>
local_time<D> to_local(sys_time<D> time) {
  return local_time<D>(time.time_since_epoch());
}

// The last of the server: 294276-12-31 23:59:59, and 5874897-12-31.
constexpr sys_seconds last_second{9'224'318'015'999s};
constexpr sys_days last_day{days(2'145'031'948 + 10'957)};
constexpr year_month_day first_date = -4713y / 11 / 24;
// The last that 64 bits of microseconds from 1970 have, but for infinity.
constexpr SysMicroseconds last_microsecond = SysMicroseconds::max() - 1us;

palmetto::Connection connect_in(std::string_view time_zone) {
  auto conn = connect();
  conn.execute("SELECT set_config('TimeZone', $1, false)", time_zone);
  return conn;
}

palmetto::Result select(palmetto::Connection& conn, const std::string& sql, Format format) {
  return conn.with({.results = format})
      .execute(palmetto::dynamic_sql("SELECT " + sql + " AS moment"));
}

// In both formats the value is a DataError, whose message has the column and the value.
template <class T>
void check_not_read(palmetto::Connection& conn, const std::string& type, const std::string& text) {
  for (const Format format : {Format::binary, Format::text}) {
    const auto result = select(conn, type + " '" + text + "'", format);
    const auto error = caught<DataError>([&] { static_cast<void>(result.value<T>()); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), "column 1 \"moment\""));
    CHECK(contains(error.message(), "the " + type + ' ' + text + ' '));
  }
}

template <class T>
void check_mismatch(palmetto::Connection& conn, const std::string& sql) {
  CAPTURE(sql);
  for (const Format format : {Format::binary, Format::text})
    CHECK_THROWS_AS(static_cast<void>(select(conn, sql, format).value<T>()), TypeMismatch);
}

// What the server makes of a text, as the C++ type has it, in both formats.
template <class T>
void check_read(palmetto::Connection& conn, const std::string& sql, const T& value) {
  CAPTURE(sql);
  for (const Format format : {Format::binary, Format::text})
    CHECK(bool(select(conn, sql, format).value<T>() == value));
}

template <class T>
void check_not_sent(palmetto::Connection& conn, const T& value) {
  for (const Format format : {Format::binary, Format::text}) {
    const auto error = caught<DataError>(
        [&] { conn.with({.parameters = format}).execute("SELECT pg_typeof($1)", value); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), "parameter $1"));
    CHECK(error.sqlstate().empty());
  }
}

template <class T>
std::string type_sent(palmetto::Connection& conn, const T& value) {
  return conn.execute("SELECT pg_typeof($1)::text", value).template value<std::string>();
}

// Half of them near our days, half of them anywhere.
SysMicroseconds random_time(Random& random) {
  const SysMicroseconds first = random.between(0, 1) == 0 ? at(1900y / 1 / 1) : at(first_date);
  const SysMicroseconds last = random.between(0, 1) == 0 ? at(2100y / 1 / 1) : last_microsecond;
  return SysMicroseconds(microseconds(
      random.between(first.time_since_epoch().count(), last.time_since_epoch().count())));
}

sys_days random_day(Random& random) {
  const sys_days last = random.between(0, 1) == 0 ? sys_days(2100y / 1 / 1) : last_day;
  return sys_days(days(random.between(sys_days(first_date).time_since_epoch().count(),
                                      last.time_since_epoch().count())));
}

constexpr std::string_view time_zones[] = {
    "UTC",
    "Asia/Kolkata",        // +05:30
    "America/St_Johns",    // -03:30, in summer -02:30
    "Europe/Amsterdam",    // +00:19:32 until 1937
    "America/New_York",    // -04:56:02 until 1883
    "Pacific/Kiritimati",  // +14
    "Pacific/Pago_Pago",   // -11
    "<far-east>-167:59",   // as far as a zone can be
};

}  // namespace

TEST_CASE("sys_time travels as timestamptz, to the microsecond") {
  auto conn = connect_in("UTC");
  check_round_trips<SysMicroseconds>(
      conn, "timestamptz",
      {{at(2000y / 1 / 1), "2000-01-01 00:00:00+00"},
       {at(2000y / 1 / 1, -1us), "1999-12-31 23:59:59.999999+00"},
       {at(1970y / 1 / 1), "1970-01-01 00:00:00+00"},
       {at(2026y / 11 / 21, 1h + 34min + 57s + 123456us), "2026-11-21 01:34:57.123456+00"},
       {at(2024y / 2 / 29, 24h - 1us), "2024-02-29 23:59:59.999999+00"},
       {at(2021y / 2 / 3, 4h + 5min + 6s + 789ms), "2021-02-03 04:05:06.789+00"},
       {at(9999y / 12 / 31, 24h - 1us), "9999-12-31 23:59:59.999999+00"},
       {at(10000y / 1 / 1), "10000-01-01 00:00:00+00"},
       {at(1y / 1 / 1), "0001-01-01 00:00:00+00"},
       {at(0y / 12 / 31, 24h - 1us), "0001-12-31 23:59:59.999999+00 BC"},
       {at(-43y / 3 / 15, 12h), "0044-03-15 12:00:00+00 BC"},
       {at(first_date), "4714-11-24 00:00:00+00 BC"},
       {last_microsecond, "294247-01-10 04:00:54.775806+00"},
       {SysMicroseconds::max(), "infinity"},
       {SysMicroseconds::min(), "-infinity"}});
  CHECK(type_sent(conn, SysMicroseconds()) == "timestamp with time zone");
}

TEST_CASE("local_time travels as timestamp, whatever the time zone") {
  for (const std::string_view zone : time_zones) {
    CAPTURE(zone);
    auto conn = connect_in(zone);
    check_round_trips<LocalMicroseconds>(
        conn, "timestamp",
        {{to_local(at(2000y / 1 / 1)), "2000-01-01 00:00:00"},
         {to_local(at(1999y / 12 / 31, 24h - 1us)), "1999-12-31 23:59:59.999999"},
         {to_local(at(2026y / 3 / 29, 2h + 30min)), "2026-03-29 02:30:00"},
         {to_local(at(10000y / 1 / 1, 500ms)), "10000-01-01 00:00:00.5"},
         {to_local(at(0y / 12 / 31)), "0001-12-31 00:00:00 BC"},
         {to_local(at(first_date)), "4714-11-24 00:00:00 BC"},
         {to_local(last_microsecond), "294247-01-10 04:00:54.775806"},
         {LocalMicroseconds::max(), "infinity"},
         {LocalMicroseconds::min(), "-infinity"}});
  }
  auto conn = connect();
  CHECK(type_sent(conn, LocalMicroseconds()) == "timestamp without time zone");
}

TEST_CASE("sys_seconds reach to both ends of the server's timestamps") {
  auto conn = connect_in("UTC");
  check_round_trips<sys_seconds>(conn, "timestamptz",
                                 {{sys_days(first_date), "4714-11-24 00:00:00+00 BC"},
                                  {last_second, "294276-12-31 23:59:59+00"},
                                  {sys_seconds::max(), "infinity"},
                                  {sys_seconds::min(), "-infinity"}});
  check_round_trips<local_seconds>(conn, "timestamp",
                                   {{to_local(last_second), "294276-12-31 23:59:59"},
                                    {local_seconds::max(), "infinity"},
                                    {local_seconds::min(), "-infinity"}});
  check_not_sent(conn, sys_seconds(sys_days(first_date)) - 1s);
  check_not_sent(conn, last_second + 1s);
  check_not_sent(conn, to_local(last_second) + 1s);
  CHECK(conn.execute("SELECT $1 < 'infinity' AND $1 > '294276-12-31'", last_second).value<bool>());
}

TEST_CASE("a time is the same in whatever time zone the session is") {
  const SysMicroseconds times[] = {
      at(2026y / 7 / 1, 12h + 123456us),
      at(2026y / 3 / 29, 1h),          // the clocks go forward in Europe
      at(2026y / 11 / 1, 5h + 30min),  // one of the two 01:30 in New York
      at(1900y / 1 / 1),               // local mean time
      at(1y / 1 / 1),                  // in the west the year is 1 BC
      at(0y / 12 / 31, 24h - 1us),     // in the east it is AD
      at(9999y / 12 / 31, 24h - 1us),  // in the east it is 10000
      at(first_date),
      last_microsecond,
      SysMicroseconds::max(),
      SysMicroseconds::min(),
  };
  for (const std::string_view zone : time_zones) {
    CAPTURE(zone);
    auto conn = connect_in(zone);
    for (const SysMicroseconds time : times) {
      check_round_trip(conn, time, "timestamptz");
      check_round_trip(conn, std::vector{time, at(2000y / 1 / 1)}, "timestamptz[]");
    }
    check_round_trip(conn, last_second, "timestamptz");
  }
}

TEST_CASE("a time that was sent is shown as the local time of the session's zone") {
  auto conn = connect_in("Asia/Kolkata");
  check_round_trip(conn, at(2026y / 11 / 21, 1h), "timestamptz", "2026-11-21 06:30:00+05:30");
  conn.execute("SET TimeZone = 'Europe/Paris'");
  check_round_trip(conn, at(1900y / 1 / 1), "timestamptz", "1900-01-01 00:09:21+00:09:21");
  conn.execute("SET TimeZone = 'America/New_York'");
  check_round_trip(conn, at(1y / 1 / 1), "timestamptz", "0001-12-31 19:03:58-04:56:02 BC");
}

TEST_CASE("nanoseconds are rounded as the server rounds text, from the middle to the even") {
  auto conn = connect_in("UTC");
  const struct {
    nanoseconds fraction;
    microseconds rounded;
  } cases[] = {{0ns, 0us},      {499ns, 0us},    {500ns, 0us},       {501ns, 1us},
               {1500ns, 2us},   {2500ns, 2us},   {-500ns, 0us},      {-501ns, -1us},
               {-1500ns, -2us}, {-2500ns, -2us}, {999'999'500ns, 1s}};
  for (const auto& c : cases) {
    CAPTURE(c.fraction.count());
    const SysNanoseconds exact = sys_days(2026y / 11 / 21) + c.fraction;
    const SysMicroseconds rounded = sys_days(2026y / 11 / 21) + c.rounded;
    for (const Formats& formats : all_formats) {
      const auto with = conn.with({.parameters = formats.parameters, .results = formats.results});
      CHECK(bool(with.execute("SELECT $1", exact).value<SysMicroseconds>() == rounded));
      CHECK(bool(with.execute("SELECT $1", exact).value<SysNanoseconds>() == rounded));
    }
  }
  check_round_trip(conn, SysNanoseconds::max(), "timestamptz", "infinity");
  check_round_trip(conn, SysNanoseconds::min(), "timestamptz", "-infinity");
  const auto now = system_clock::now();
  CHECK(bool(conn.execute("SELECT $1", now).value<SysMicroseconds>() == round<microseconds>(now)));
}

TEST_CASE("a time that the C++ type can't hold is a DataError when read") {
  auto conn = connect_in("UTC");
  check_not_read<SysMicroseconds>(conn, "timestamptz", "294247-01-10 04:00:54.775807+00");
  check_not_read<SysMicroseconds>(conn, "timestamptz", "294276-12-31 23:59:59.999999+00");
  check_not_read<LocalMicroseconds>(conn, "timestamp", "294276-12-31 23:59:59.999999");
  check_not_read<SysNanoseconds>(conn, "timestamptz", "2262-04-11 23:47:16.854776+00");
  check_not_read<SysNanoseconds>(conn, "timestamptz", "0044-03-15 00:00:00+00 BC");
  check_not_read<sys_seconds>(conn, "timestamptz", "2026-11-21 00:00:00.5+00");
  check_not_read<sys_seconds>(conn, "timestamptz", "1999-12-31 23:59:59.999999+00");
  check_not_read<local_seconds>(conn, "timestamp", "2026-11-21 00:00:00.000001");
}

TEST_CASE("a time with a zone is not read as one without, nor a date as either") {
  auto conn = connect();
  check_mismatch<SysMicroseconds>(conn, "'2026-11-21'::timestamp");
  check_mismatch<SysMicroseconds>(conn, "'2026-11-21'::date");
  check_mismatch<LocalMicroseconds>(conn, "'2026-11-21'::timestamptz");
  check_mismatch<LocalMicroseconds>(conn, "'2026-11-21'::date");
  check_mismatch<sys_days>(conn, "'2026-11-21'::timestamptz");
  check_mismatch<local_days>(conn, "'2026-11-21'::timestamp");
  check_mismatch<year_month_day>(conn, "'2026-11-21'::timestamp");
  check_mismatch<SysMicroseconds>(conn, "'01:34'::time");
}

TEST_CASE("days and year_month_day travel as date") {
  auto conn = connect();
  const struct {
    year_month_day date;
    const char* text;
  } cases[] = {
      {2000y / 1 / 1, "2000-01-01"},   {1999y / 12 / 31, "1999-12-31"},
      {2024y / 2 / 29, "2024-02-29"},  {1900y / 2 / 28, "1900-02-28"},
      {1970y / 1 / 1, "1970-01-01"},   {9999y / 12 / 31, "9999-12-31"},
      {10000y / 1 / 1, "10000-01-01"}, {32767y / 12 / 31, "32767-12-31"},
      {1y / 1 / 1, "0001-01-01"},      {0y / 12 / 31, "0001-12-31 BC"},
      {-4y / 2 / 29, "0005-02-29 BC"}, {first_date, "4714-11-24 BC"},
  };
  for (const auto& c : cases) {
    check_round_trip(conn, c.date, "date", c.text);
    check_round_trip(conn, sys_days(c.date), "date", c.text);
    check_round_trip(conn, local_days(c.date), "date", c.text);
    check_round_trip<std::optional<year_month_day>>(conn, c.date, "date", c.text);
  }
  check_round_trip<std::optional<year_month_day>>(conn, std::nullopt, "date", "NULL");
  check_round_trips<sys_days>(
      conn, "date",
      {{last_day, "5874897-12-31"}, {sys_days::max(), "infinity"}, {sys_days::min(), "-infinity"}});
  check_round_trips<local_days>(conn, "date",
                                {{to_local(last_day), "5874897-12-31"},
                                 {local_days::max(), "infinity"},
                                 {local_days::min(), "-infinity"}});
  CHECK(type_sent(conn, sys_days()) == "date");
  CHECK(type_sent(conn, local_days()) == "date");
  CHECK(type_sent(conn, year_month_day(2026y / 11 / 21)) == "date");
}

TEST_CASE("a date that can't be sent or read is a DataError") {
  auto conn = connect();
  check_not_sent(conn, sys_days(first_date) - days(1));
  check_not_sent(conn, last_day + days(1));
  check_not_sent(conn, to_local(last_day) + days(1));
  check_not_sent(conn, year_month_day(2027y / 2 / 29));
  check_not_sent(conn, year_month_day(-4713y / 11 / 23));
  check_not_read<year_month_day>(conn, "date", "infinity");
  check_not_read<year_month_day>(conn, "date", "-infinity");
  check_not_read<year_month_day>(conn, "date", "32768-01-01");
}

TEST_CASE("text in another DateStyle than ISO is a DataError; binary knows no style") {
  auto conn = connect_in("UTC");
  const SysMicroseconds time = at(2026y / 2 / 3, 4h);
  for (const std::string_view style : {"ISO, MDY", "ISO, DMY", "ISO, YMD"}) {
    CAPTURE(style);
    conn.execute("SELECT set_config('DateStyle', $1, false)", style);
    check_round_trip(conn, time, "timestamptz");
    check_round_trip(conn, to_local(time), "timestamp");
    check_round_trip(conn, year_month_day(2026y / 2 / 3), "date");
  }
  for (const std::string_view style :
       {"SQL, DMY", "SQL, MDY", "Postgres, DMY", "Postgres, MDY", "German"}) {
    CAPTURE(style);
    conn.execute("SELECT set_config('DateStyle', $1, false)", style);
    for (const Format sent : {Format::binary, Format::text}) {
      const auto binary = conn.with({.parameters = sent})
                              .execute("SELECT $1, $2, $3::date", time, to_local(time), sys_days());
      CHECK(bool(binary[0][std::size_t{0}].as<SysMicroseconds>() == time));
      CHECK(bool(binary[0][1].as<LocalMicroseconds>() == to_local(time)));
      CHECK(bool(binary[0][2].as<sys_days>() == sys_days()));
    }
    const auto text = conn.with({.results = Format::text})
                          .execute("SELECT $1, $2, $3::date", time, to_local(time), sys_days());
    const auto check = [](const DataError& error) {
      CAPTURE(error.message());
      CHECK(contains(error.message(), "DateStyle must be ISO"));
    };
    check(caught<DataError>(
        [&] { static_cast<void>(text[0][std::size_t{0}].as<SysMicroseconds>()); }));
    check(caught<DataError>([&] { static_cast<void>(text[0][1].as<LocalMicroseconds>()); }));
    check(caught<DataError>([&] { static_cast<void>(text[0][2].as<year_month_day>()); }));
  }
}

// psycopg: TestDatetime.test_load_datetime
TEST_CASE("what the server has in any DateStyle and order of input is read exactly, or refused") {
  auto conn = connect_in("UTC");
  const struct {
    std::string_view text;
    LocalMicroseconds time;
  } cases[] = {
      {"0001-01-01 00:00:00", to_local(at(1y / 1 / 1))},
      {"1000-01-01 00:00:00", to_local(at(1000y / 1 / 1))},
      {"2000-01-02 03:04:05.123456", to_local(at(2000y / 1 / 2, 3h + 4min + 5s + 123456us))},
      {"2000-12-31 23:59:59.999999", to_local(at(2001y / 1 / 1, -1us))},
      {"9999-12-31 23:59:59.999999", to_local(at(10000y / 1 / 1, -1us))},
      {"4714-11-24 00:00:00 BC", to_local(at(first_date))},
      {"294247-01-10 04:00:54.775806", to_local(last_microsecond)},
  };
  for (const std::string output : {"ISO", "Postgres", "SQL", "German"}) {
    for (const std::string input : {"DMY", "MDY", "YMD"}) {
      CAPTURE(output);
      CAPTURE(input);
      conn.execute("SELECT set_config('DateStyle', $1, false)", output + ", " + input);
      for (const auto& [text, time] : cases) {
        CAPTURE(text);
        const auto sql = palmetto::dynamic_sql("SELECT timestamp '" + std::string(text) + "', $1");
        for (const Format sent : {Format::binary, Format::text}) {
          const auto row = conn.with({.parameters = sent}).execute(sql, time)[0];
          CHECK(bool(row[std::size_t{0}].as<LocalMicroseconds>() == time));
          CHECK(bool(row[1].as<LocalMicroseconds>() == time));
        }
        const auto read = [&] {
          const auto shown = conn.with({.results = Format::text}).execute(sql, time);
          return shown[0][std::size_t{0}].as<LocalMicroseconds>();
        };
        if (output == "ISO") CHECK(bool(read() == time));
        else CHECK_THROWS_AS(static_cast<void>(read()), DataError);
      }
    }
  }
}

// psycopg: TestDateTimeTz.test_max_with_timezone
TEST_CASE("a time beyond a year that its zone does not show as beyond is read exactly") {
  auto conn = connect_in("America/Chicago");
  const sys_seconds last = sys_days(10000y / 1 / 1) - 1s + 6h;
  check_read(conn, "timestamptz '9999-12-31 23:59:59-06'", last);
  check_read(conn, "timestamptz '9999-12-31 23:59:59-06' + interval '1 day'", last + days(1));
  // The last of nanoseconds, which UTC has on the 11th, and one more.
  const SysNanoseconds last_nanoseconds(9'223'372'036'854'775us);
  auto utc = connect_in("UTC");
  check_read(conn, "timestamptz '2262-04-11 18:47:16.854775-05'", last_nanoseconds);
  check_not_read<SysNanoseconds>(utc, "timestamptz", "2262-04-11 23:47:16.854776+00");
  conn.execute("SET TimeZone = 'Asia/Tokyo'");
  const sys_seconds first = sys_days(1y / 1 / 1) - (9h + 18min + 59s);
  check_read(conn, "timestamptz '0001-01-01 00:00:00+09:18:59'", first);
  check_read(conn, "timestamptz '0001-01-01 00:00:00+09:18:59' - interval '1 day'",
             first - days(1));
}

// psycopg: TestDateTimeTz.test_dump_datetime_tz_or_not_tz
TEST_CASE("whether a time goes with a zone is known by its type, in both formats") {
  auto conn = connect_in("Asia/Kolkata");
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.parameters = format});
    const auto row = with.execute("SELECT pg_typeof($1)::text, $1, pg_typeof($2)::text, $2",
                                  at(2000y / 1 / 2, 3h), to_local(at(2000y / 1 / 2, 3h)))[0];
    CHECK(row[std::size_t{0}].as<std::string>() == "timestamp with time zone");
    CHECK(bool(row[1].as<SysMicroseconds>() == at(2000y / 1 / 2, 3h)));
    CHECK(row[2].as<std::string>() == "timestamp without time zone");
    CHECK(bool(row[3].as<LocalMicroseconds>() == to_local(at(2000y / 1 / 2, 3h))));
  }
}

// psycopg: TestDate.test_infinity_date_example
TEST_CASE("a user's adapter may have a date of its own for infinity, both ways") {
  auto conn = connect();
  constexpr year_month_day forever = 9999y / 12 / 31;
  auto& map = conn.adapters();
  map.register_dumper<year_month_day>("date", [=](const year_month_day& date) {
    return date == forever ? sys_days::max() : sys_days(date);
  });
  map.register_loader<year_month_day>("date", [=](sys_days date) {
    return date == sys_days::max() ? forever : year_month_day(date);
  });
  check_round_trip(conn, forever, "date", "infinity");
  check_round_trip(conn, 2026y / 11 / 21, "date", "2026-11-21");
  check_round_trip(conn, std::vector<year_month_day>{forever, 2026y / 11 / 21}, "date[]",
                   "{infinity,2026-11-21}");
  auto other = connect();
  check_not_read<year_month_day>(other, "date", "infinity");
}

TEST_CASE("leap seconds, 24:00:00 and finer fractions are what the server makes of them") {
  auto conn = connect_in("UTC");
  const SysMicroseconds midnight = at(2017y / 1 / 1);
  for (const std::string text : {"23:59:60", "24:00:00", "23:59:59.9999996"}) {
    check_read(conn, "timestamptz '2016-12-31 " + text + "+00'", midnight);
    check_read(conn, "timestamp '2016-12-31 " + text + "'", to_local(midnight));
  }
  check_read(conn, "timestamp '2016-12-31 12:34:60.5'",
             to_local(at(2016y / 12 / 31, 12h + 35min + 500ms)));
  CHECK_THROWS_AS(select(conn, "timestamp '2016-12-31 23:59:60.5'", Format::text), DataError);
}

TEST_CASE("the server's arithmetic with our times is ours") {
  auto conn = connect_in("America/St_Johns");
  const auto later =
      conn.execute("SELECT $1 + interval '36 hours 1 microsecond'", at(2026y / 3 / 7, 12h))
          .value<SysMicroseconds>();
  CHECK(bool(later == at(2026y / 3 / 9, 1us)));
  CHECK(conn.execute("SELECT $1 - $2", year_month_day(2024y / 3 / 1), year_month_day(2024y / 2 / 1))
            .value<int>() == 29);
  CHECK(conn.execute("SELECT to_char($1, 'YYYY-DDD')", sys_days(2024y / 12 / 31))
            .value<std::string>() == "2024-366");
}

TEST_CASE("random times and dates travel") {
  auto conn = connect_in("UTC");  // which our own text is in
  check_random_round_trips(conn, "timestamptz", &random_time);
  check_random_round_trips(conn, "timestamp",
                           [](Random& random) { return to_local(random_time(random)); });
  check_random_round_trips(conn, "date", &random_day);
  check_random_round_trips(conn, "date", [](Random& random) {
    return year_month_day(
        sys_days(days(random.between(sys_days(first_date).time_since_epoch().count(),
                                     sys_days(32767y / 12 / 31).time_since_epoch().count()))));
  });
}
