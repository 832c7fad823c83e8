#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/interval.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <limits>

using namespace support;
using namespace std::chrono;
using palmetto::DataError;
using palmetto::Format;
using palmetto::Interval;

namespace {

constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t greatest = std::numeric_limits<std::int32_t>::max();

constexpr std::string_view styles[] = {"postgres", "postgres_verbose", "sql_standard", "iso_8601"};

// Every mixture of signs and of absent fields, with the server's text in IntervalStyle postgres.
const std::vector<RoundTrip<Interval>> samples = {
    {{}, "00:00:00"},
    {1s, "00:00:01"},
    {-1s, "-00:00:01"},
    {1min, "00:01:00"},
    {1h, "01:00:00"},
    {1001ms, "00:00:01.001"},
    {1'000'001us, "00:00:01.000001"},
    {-1us, "-00:00:00.000001"},
    {-500ms, "-00:00:00.5"},
    {100h, "100:00:00"},
    {-100h, "-100:00:00"},
    {-(23h + 59min + 59s + 999'999us), "-23:59:59.999999"},
    {1993534h + 40min + 40s + 447ms, "1993534:40:40.447"},
    {days(1), "1 day"},
    {days(-10), "-10 days"},
    {{0, 1, 1'000'001us}, "1 day 00:00:01.000001"},
    {{0, 1, -1s}, "1 day -00:00:01"},
    {{0, -1, 1s}, "-1 days +00:00:01"},
    {{0, -1, -1s}, "-1 days -00:00:01"},
    {months(1), "1 mon"},
    {months(-3), "-3 mons"},
    {years(1), "1 year"},
    {years(-2), "-2 years"},
    {months(14), "1 year 2 mons"},
    {months(-13), "-1 years -1 mons"},
    {{1, -1, 0s}, "1 mon -1 days"},
    {{-1, 1, 0s}, "-1 mons +1 day"},
    {{1, 0, -1s}, "1 mon -00:00:01"},
    {{-1, 0, 1s}, "-1 mons +00:00:01"},
    {{-1, 3, -1s}, "-1 mons +3 days -00:00:01"},
    {{14, -3, 4s}, "1 year 2 mons -3 days +00:00:04"},
    {{-12, 3, 4h + 5min + 6s}, "-1 years +3 days 04:05:06"},
    {{14, 3, 4h + 5min + 6s + 789ms}, "1 year 2 mons 3 days 04:05:06.789"},
};

void set_style(palmetto::Connection& conn, std::string_view style) {
  conn.execute("SELECT set_config('IntervalStyle', $1, false)", style);
}

// Any number of bits, so that small numbers and zero are as frequent as great ones.
template <class T>
T random_field(Random& random) {
  constexpr int bits = std::numeric_limits<T>::digits;
  return static_cast<T>(
      random.between<T>(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()) >>
      random.between(0, bits));
}

Interval random_interval(Random& random) {
  return {random_field<std::int32_t>(random), random_field<std::int32_t>(random),
          microseconds(random_field<std::int64_t>(random))};
}

template <class T>
void check_not_read(palmetto::Connection& conn, const std::string& interval,
                    std::string_view problem) {
  const auto statement = palmetto::dynamic_sql("SELECT interval '" + interval + "' AS age");
  for (const Format format : {Format::binary, Format::text}) {
    const auto result = conn.with({.results = format}).execute(statement);
    const auto error = caught<DataError>([&] { static_cast<void>(result.value<T>()); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), "column 1 \"age\" (interval)"));
    CHECK(contains(error.message(), "the interval " + interval + ' ' + std::string(problem)));
  }
}

}  // namespace

TEST_CASE("Interval travels as interval, with its fields kept apart") {
  auto conn = connect();
  check_round_trips(conn, "interval", samples);
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Interval()).value<std::string>() == "interval");
}

TEST_CASE("an Interval reaches to the ends of its fields") {
  auto conn = connect();
  check_round_trips<Interval>(
      conn, "interval",
      {{months(greatest), "178956970 years 7 mons"},
       {months(least), "-178956970 years -8 mons"},
       {days(greatest), "2147483647 days"},
       {days(least), "-2147483648 days"},
       {microseconds::max(), "2562047788:00:54.775807"},
       {microseconds::min(), "-2562047788:00:54.775808"},
       {{least, least, microseconds::max()},
        "-178956970 years -8 mons -2147483648 days +2562047788:00:54.775807"},
       {{greatest, greatest, microseconds::min()},
        "178956970 years 7 mons 2147483647 days -2562047788:00:54.775808"},
       {{greatest, greatest, microseconds::max() - 1us},
        "178956970 years 7 mons 2147483647 days 2562047788:00:54.775806"}});
}

TEST_CASE("to a server before 17 infinity is its longest interval, or an error in text") {
  auto conn = connect();
  if (conn.info().server_version() >= 170000) return;
  for (const Interval& value : {Interval::infinity(), Interval::minus_infinity()}) {
    for (const Format format : {Format::binary, Format::text}) {
      const auto binary = conn.with({.parameters = Format::binary, .results = format});
      CHECK(bool(binary.execute("SELECT $1", value).value<Interval>() == value));
    }
    CHECK_THROWS_AS(conn.with({.parameters = Format::text}).execute("SELECT $1", value), DataError);
  }
}

TEST_CASE("an interval is sent as the same one in every IntervalStyle") {
  auto conn = connect();
  for (const std::string_view style : styles) {
    CAPTURE(style);
    set_style(conn, style);
    for (const auto& [value, text] : samples) {
      CAPTURE(text);
      for (const Format sent : {Format::binary, Format::text}) {
        const auto row = conn.with({.parameters = sent}).execute("SELECT $1", value);
        CHECK(bool(row.value<Interval>() == value));
      }
    }
    const Interval shortest(-1, -1, microseconds::min());
    const auto row = conn.with({.parameters = Format::text}).execute("SELECT $1", shortest);
    CHECK(bool(row.value<Interval>() == shortest));
  }
}

TEST_CASE("text in another IntervalStyle is read as the same interval, or is a DataError") {
  auto conn = connect();
  for (const std::string_view style : styles) {
    CAPTURE(style);
    set_style(conn, style);
    int refused = 0;
    for (const auto& [value, text] : samples) {
      const auto result = conn.with({.results = Format::text}).execute("SELECT $1", value);
      const auto shown = result.value<std::string>();
      CAPTURE(shown);
      try {
        const auto read = result.value<Interval>();
        CHECK(bool(read == value));
      } catch (const DataError& error) {
        CAPTURE(error.message());
        CHECK(contains(error.message(),
                       '"' + shown + "\" is no interval in style postgres: IntervalStyle"));
        ++refused;
      }
    }
    // Alone, 10 hours and more are written by sql_standard as postgres writes them.
    CHECK(refused == (style == "postgres" ? 0 : style == "sql_standard" ? 29 : 33));
  }
}

TEST_CASE("durations travel as the time of an interval") {
  auto conn = connect();
  check_round_trips<microseconds>(conn, "interval",
                                  {{0us, "00:00:00"},
                                   {-1us, "-00:00:00.000001"},
                                   {microseconds::max(), "2562047788:00:54.775807"},
                                   {microseconds::min(), "-2562047788:00:54.775808"}});
  check_round_trips<nanoseconds>(conn, "interval", {{-1000ns, "-00:00:00.000001"}});
  check_round_trips<milliseconds>(conn, "interval", {{789ms, "00:00:00.789"}});
  check_round_trips<seconds>(conn, "interval", {{-1s, "-00:00:01"}});
  check_round_trips<minutes>(conn, "interval", {{90min, "01:30:00"}});
  check_round_trips<hours>(conn, "interval", {{100h, "100:00:00"}});
  check_round_trips<days>(conn, "interval", {{days(1), "24:00:00"}});
  check_round_trips<weeks>(conn, "interval", {{weeks(-1), "-168:00:00"}});
  CHECK(conn.execute("SELECT pg_typeof($1)::text", 1s).value<std::string>() == "interval");
}

TEST_CASE("a duration means the same in every IntervalStyle, and is never misread in text") {
  auto conn = connect();
  for (const std::string_view style : styles) {
    CAPTURE(style);
    set_style(conn, style);
    for (const microseconds value : {microseconds(-1), microseconds(-100h), microseconds(25h)}) {
      const auto sent = conn.with({.parameters = Format::text}).execute("SELECT $1", value);
      CHECK(bool(sent.value<microseconds>() == value));
      const auto result = conn.with({.results = Format::text}).execute("SELECT $1", value);
      try {
        const auto read = result.value<microseconds>();
        CHECK(bool(read == value));
      } catch (const DataError& error) {
        CHECK(style != "postgres");
        CHECK(contains(error.message(), "IntervalStyle"));
      }
    }
  }
}

TEST_CASE("the days of a duration are those of extract(epoch)") {
  auto conn = connect();
  for (const std::string text : {"1 day 01:00:00", "-3 days +04:05:06", "100 days -2400:00:01"}) {
    CAPTURE(text);
    const auto row = conn.execute(
        palmetto::dynamic_sql("SELECT i, extract(epoch FROM i)::int8 FROM (SELECT interval '" +
                              text + "') AS one(i)"))[0];
    CHECK(row[std::size_t{0}].as<seconds>().count() == row[1].as<std::int64_t>());
  }
}

TEST_CASE("an interval that the duration can't hold is a DataError that shows it") {
  auto conn = connect();
  check_not_read<seconds>(conn, "1 mon", "has months");
  check_not_read<seconds>(conn, "-1 years +3 days 04:05:06", "has months");
  check_not_read<seconds>(conn, "-00:00:00.5", "has a fraction that does not fit");
  check_not_read<days>(conn, "1 day 00:00:01",
                       "has a fraction that does not fit std::chrono::days");
  check_not_read<nanoseconds>(conn, "107000 days", "does not fit std::chrono::nanoseconds");
  check_not_read<microseconds>(conn, "2147483647 days", "does not fit std::chrono::microseconds");
}

TEST_CASE("a duration that an interval can't hold is not sent") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto error = caught<DataError>(
        [&] { conn.with({.parameters = format}).execute("SELECT $1", days(106'751'992)); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), "parameter $1"));
    CHECK(!contains(error.message(), "106751992"));
  }
}

TEST_CASE("months, days and hours are added to a time as the server's calendar has them") {
  auto conn = connect();
  conn.execute("SET TimeZone = 'Europe/Amsterdam'");
  const auto moment = sys_days(2026y / 3 / 28) + 11h;  // the day before the clocks go forward
  const auto after = [&](const Interval& interval) {
    return conn.execute("SELECT $1 + $2", moment, interval).value<sys_seconds>() - moment;
  };
  CHECK(bool(after(days(1)) == 23h));
  CHECK(bool(after(24h) == 24h));
  CHECK(bool(after(months(1)) == days(31) - 1h));
  const auto between =
      conn.execute("SELECT $1 - $2", moment + days(40) + 1us, moment).value<Interval>();
  CHECK(bool(between == Interval(0, 40, 1us)));
}

TEST_CASE("random intervals and durations travel") {
  auto conn = connect();
  check_random_round_trips(conn, "interval", &random_interval);
  check_random_round_trips(conn, "interval", [](Random& random) {
    return microseconds(random_field<std::int64_t>(random));
  });
  check_random_round_trips(conn, "interval", [](Random& random) {
    return nanoseconds(random_field<std::int64_t>(random) / 1000 * 1000);
  });
}
