#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/time_of_day.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

using namespace support;
using namespace std::chrono;
using palmetto::DataError;
using palmetto::Format;
using palmetto::OffsetTimeOfDay;
using palmetto::TimeOfDay;
using palmetto::TypeMismatch;

namespace {

// What the server makes of a text, as the C++ type has it, in both formats.
template <class T>
void check_read(palmetto::Connection& conn, const std::string& sql, const T& value) {
  CAPTURE(sql);
  const auto statement = palmetto::dynamic_sql("SELECT " + sql);
  for (const Format format : {Format::binary, Format::text})
    CHECK(bool(conn.with({.results = format}).execute(statement).value<T>() == value));
}

TimeOfDay random_time(Random& random) {
  return TimeOfDay(microseconds(random.between<std::int64_t>(0, 86'400'000'000)));
}

// Of whole hours, half hours, and anything.
OffsetTimeOfDay random_offset_time(Random& random) {
  constexpr int units[] = {3600, 1800, 1};
  const int unit = units[random.between(0, 2)];
  const int most = (16 * 3600 - 1) / unit;
  return {random_time(random), seconds(random.between(-most, most) * unit)};
}

}  // namespace

TEST_CASE("TimeOfDay travels as time, from midnight to 24:00:00") {
  auto conn = connect();
  check_round_trips<TimeOfDay>(conn, "time",
                               {{TimeOfDay(), "00:00:00"},
                                {TimeOfDay(0, 0, 0, 1), "00:00:00.000001"},
                                {TimeOfDay(4, 5, 6), "04:05:06"},
                                {TimeOfDay(12, 34, 56, 789'000), "12:34:56.789"},
                                {TimeOfDay(23, 59, 59, 999'999), "23:59:59.999999"},
                                {TimeOfDay(24h), "24:00:00"}});
  CHECK(conn.execute("SELECT pg_typeof($1)::text", TimeOfDay()).value<std::string>() ==
        "time without time zone");
}

TEST_CASE("OffsetTimeOfDay travels as timetz, to both ends of the offsets") {
  auto conn = connect();
  conn.execute("SET TimeZone = 'Asia/Kolkata'");  // which has no part in it
  const TimeOfDay sample(12, 34, 56, 789'000);
  check_round_trips<OffsetTimeOfDay>(conn, "timetz",
                                     {{{}, "00:00:00+00"},
                                      {{sample, 3h}, "12:34:56.789+03"},
                                      {{sample, 5h + 30min}, "12:34:56.789+05:30"},
                                      {{sample, -(19min + 32s)}, "12:34:56.789-00:19:32"},
                                      {{sample, 16h - 1s}, "12:34:56.789+15:59:59"},
                                      {{TimeOfDay(24h), 1s - 16h}, "24:00:00-15:59:59"}});
  CHECK(conn.execute("SELECT pg_typeof($1)::text", OffsetTimeOfDay()).value<std::string>() ==
        "time with time zone");
  CHECK(conn.execute("SELECT extract(timezone FROM $1) = 10800", OffsetTimeOfDay(sample, 3h))
            .value<bool>());
}

TEST_CASE("a leap second and what is rounded to the day's end are what the server makes of them") {
  auto conn = connect();
  check_read(conn, "'23:59:60'::time", TimeOfDay(24h));
  check_read(conn, "'12:34:60.5'::time", TimeOfDay(12, 35, 0, 500'000));
  check_read(conn, "'23:59:59.9999999'::time", TimeOfDay(24h));
  check_read(conn, "'00:00:00.0000005'::time", TimeOfDay());
  check_read(conn, "'00:00:00.0000015'::time", TimeOfDay(2us));
  check_read(conn, "'23:59:60+01'::timetz", OffsetTimeOfDay(TimeOfDay(24h), 1h));
  CHECK(conn.execute("SELECT $1 = '12:34:56.789012'::time",
                     TimeOfDay(12h + 34min + 56s + 789'012'499ns))
            .value<bool>());
  CHECK_THROWS_AS(static_cast<void>(conn.execute("SELECT '23:59:60.5'::time")), DataError);
}

TEST_CASE("times are the same in every DateStyle") {
  auto conn = connect();
  const TimeOfDay time(1, 2, 3, 456'000);
  for (const std::string_view style : {"ISO", "SQL", "Postgres", "German"}) {
    conn.execute("SELECT set_config('DateStyle', $1, false)", style);
    check_round_trip(conn, time, "time", "01:02:03.456");
    check_round_trip(conn, OffsetTimeOfDay(time, -(9h + 30min)), "timetz", "01:02:03.456-09:30");
  }
}

TEST_CASE("times with offset are ordered as the server orders them") {
  auto conn = connect();
  conn.execute("SET TimeZone = 'UTC'");
  std::vector<OffsetTimeOfDay> times = {
      {TimeOfDay(12h), 0s},   {TimeOfDay(13h), 1h}, {TimeOfDay(11h), -1h}, {TimeOfDay(12h), 1h},
      {TimeOfDay(23h), -15h}, {TimeOfDay(1h), 15h}, {TimeOfDay(24h), 0s},  {TimeOfDay(), 0s}};
  const auto ordered = conn.execute("SELECT array_agg(t ORDER BY t) FROM unnest($1) t", times)
                           .value<std::vector<OffsetTimeOfDay>>();
  std::sort(times.begin(), times.end());
  CHECK(bool(ordered == times));
}

TEST_CASE("an offset that only the server can have is a DataError that shows it") {
  auto conn = connect();
  conn.execute("SET TimeZone = '<far-east>-167:59'");
  for (const Format format : {Format::binary, Format::text}) {
    const auto result =
        conn.with({.results = format}).execute("SELECT '01:02:03'::timetz AS moment");
    const auto error =
        caught<DataError>([&] { static_cast<void>(result.value<OffsetTimeOfDay>()); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), "column 1 \"moment\""));
    CHECK(contains(error.message(), "the timetz 01:02:03+167:59 has an offset from UTC"));
  }
}

TEST_CASE("a time with an offset is not read as one without, nor without as one with") {
  auto conn = connect();
  const auto result = conn.execute("SELECT '01:02'::time, '01:02+03'::timetz");
  CHECK_THROWS_AS(static_cast<void>(result.one<OffsetTimeOfDay, OffsetTimeOfDay>()), TypeMismatch);
  CHECK_THROWS_AS(static_cast<void>(result.one<TimeOfDay, TimeOfDay>()), TypeMismatch);
}

TEST_CASE("random times travel") {
  auto conn = connect();
  conn.execute("SET TimeZone = 'UTC'");
  check_random_round_trips(conn, "time", &random_time);
  check_random_round_trips(conn, "timetz", &random_offset_time);
}
