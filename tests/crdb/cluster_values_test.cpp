// Values to a cluster and back, in both formats: as parameters, and through tables.

#include "palmetto/palmetto.hpp"

#include "own_schema.hpp"
#include "server/round_trip.hpp"

#include <boost/describe/enum.hpp>
#include <boost/json/parse.hpp>
#include <boost/uuid/string_generator.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using crdb_tests::Cluster;
using crdb_tests::OwnSchema;
using std::chrono::local_days;
using std::chrono::sys_days;
using support::all_formats;
using support::Formats;
using support::is_same;
using support::name_of;

namespace {

enum class Mood { sad, ok, happy };
BOOST_DESCRIBE_ENUM(Mood, sad, ok, happy)

// The table `kept` has a column `value` of the type, and nothing else.
template <class T>
void check_value(const Executor& conn, const std::string& type, const std::optional<T>& value) {
  for (const Formats& formats : all_formats) {
    INFO(type, " in ", name_of(formats.parameters), ", read in ", name_of(formats.results));
    const Executor executor =
        conn.with({.parameters = formats.parameters, .results = formats.results});
    const Result echoed = executor.execute(dynamic_sql("SELECT $1::" + type), value);
    CHECK(is_same(echoed.value<std::optional<T>>(), value));
    executor.execute("DELETE FROM kept");
    executor.execute("INSERT INTO kept VALUES ($1)", value);
    const Result kept = executor.execute("SELECT value FROM kept");
    CHECK(is_same(kept.value<std::optional<T>>(), value));
  }
}

// And none: NULL.
template <class T>
void check_values(const Executor& conn, const std::string& type, const std::vector<T>& values) {
  conn.execute("DROP TABLE IF EXISTS kept");
  conn.execute(dynamic_sql("CREATE TABLE kept (value " + type + ")"));
  for (const T& value : values) check_value<T>(conn, type, value);
  check_value<T>(conn, type, std::nullopt);
}

std::vector<Numeric> numerics(const std::vector<std::string>& texts) {
  std::vector<Numeric> values;
  for (const std::string& text : texts) values.push_back(Numeric::parse(text));
  return values;
}

std::vector<std::byte> bytes(const std::string& text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

}  // namespace

TEST_CASE("truth values and numbers come back from a cluster as they were") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  const auto conn = schema.connect();
  check_values<bool>(conn, "BOOL", {true, false});
  using Limits = std::numeric_limits<std::int64_t>;
  check_values<std::int64_t>(conn, "INT8", {0, -1, Limits::max(), Limits::min()});
  // Of 15 digits at the most, which is what v21.1's text has: extra_float_digits is 0 there.
  using Doubles = std::numeric_limits<double>;
  check_values<double>(conn, "FLOAT8",
                       {0.0, -1.5, 0.1, 1e300, 2.5e-300, Doubles::infinity(), -Doubles::infinity(),
                        Doubles::quiet_NaN()});
  check_values<Numeric>(
      conn, "DECIMAL",
      numerics({"0", "-1.5", "0.000001", "12345678901234567890.123456789", "NaN"}));
}

TEST_CASE("a numeric's scale is kept by a cluster, or is its column's") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  const auto conn = schema.connect();
  conn.execute("CREATE TABLE prices (whatever DECIMAL, cents DECIMAL(12, 2))");
  for (const Formats& formats : all_formats) {
    INFO(name_of(formats.parameters), ", read in ", name_of(formats.results));
    const Executor executor =
        conn.with({.parameters = formats.parameters, .results = formats.results});
    for (const auto& [sent, kept] : std::vector<std::pair<std::string, std::string>>{
             {"1.500", "1.50"}, {"7", "7.00"}, {"-0.5", "-0.50"}, {"100", "100.00"}}) {
      executor.execute("DELETE FROM prices");
      const Numeric value = Numeric::parse(sent);
      executor.execute("INSERT INTO prices VALUES ($1, $1)", value);
      const auto [whatever, cents] =
          executor.execute("SELECT whatever, cents FROM prices").one<Numeric, Numeric>();
      CHECK(whatever.to_string() == sent);
      CHECK(cents.to_string() == kept);
    }
  }
}

TEST_CASE("texts, bytes and uuids come back from a cluster as they were") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  const auto conn = schema.connect();
  check_values<std::string>(
      conn, "TEXT",
      {"", "Ann", "it's \"quoted\" \\ and\ttabbed", "größer 🐘", std::string(9000, 'x')});
  check_values<std::vector<std::byte>>(conn, "BYTES",
                                       {{}, bytes("abc"), bytes(std::string("\0\xff\\'\n", 5))});
  const boost::uuids::string_generator uuid;
  check_values<boost::uuids::uuid>(conn, "UUID",
                                   {{},
                                    uuid("5b3d4b0a-0000-4000-8000-000000000001"),
                                    uuid("ffffffff-ffff-ffff-ffff-ffffffffffff")});
}

TEST_CASE("dates and times come back from a cluster as they were") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  const auto conn = schema.connect();
  const auto days = {2000y / 1 / 1, 1999y / 12 / 31, 2024y / 2 / 29, 9999y / 12 / 31};
  check_values<std::chrono::year_month_day>(conn, "DATE", days);
  using Local = std::chrono::local_time<std::chrono::microseconds>;
  check_values<Local>(conn, "TIMESTAMP",
                      {local_days(2021y / 2 / 3) + 4h + 5min + 6s + 7us,
                       local_days(1969y / 12 / 31) + 23h + 59min + 59s + 999999us});
  using System = std::chrono::sys_time<std::chrono::microseconds>;
  check_values<System>(conn, "TIMESTAMPTZ",
                       {sys_days(2021y / 2 / 3) + 4h + 5min + 6s + 7us,
                        sys_days(1969y / 12 / 31) + 23h + 59min + 59s + 999999us});
  check_values<TimeOfDay>(conn, "TIME",
                          {TimeOfDay(0, 0), TimeOfDay(4, 5, 6, 7), TimeOfDay(23, 59, 59, 999999)});
  check_values<Interval>(conn, "INTERVAL",
                         {{}, {14, 3, 5s}, {-1, -2, -3us}, {0, 40, 100h}, {-1, 2, -3h}});
}

TEST_CASE("a time with a time zone is the same whatever the session's is") {
  const Cluster cluster;
  const auto conn = cluster.connect();
  const auto time = sys_days(2021y / 2 / 3) + 4h + 5min + 6s;
  for (const char* const zone : {"UTC", "America/New_York", "Asia/Kolkata"}) {
    CAPTURE(zone);
    conn.execute(sql::SQL("SET timezone = {}").format(sql::Literal(zone)));
    for (const Formats& formats : all_formats)
      CHECK(conn.with({.parameters = formats.parameters, .results = formats.results})
                .execute("SELECT $1::TIMESTAMPTZ", time)
                .value<std::chrono::sys_seconds>() == time);
  }
}

TEST_CASE("documents, addresses and bits come back from a cluster as they were") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  const auto conn = schema.connect();
  std::vector<boost::json::value> documents;
  for (const char* const text :
       {"null", "true", "\"text\"", "[]", R"({"a": 1, "b": [null, "x", {"c": -2}]})"})
    documents.push_back(boost::json::parse(text));
  check_values<boost::json::value>(conn, "JSONB", documents);
  check_values<Inet>(conn, "INET",
                     {Inet::parse("192.168.0.1"), Inet::parse("192.168.0.1/24"), Inet::parse("::1"),
                      Inet::parse("2001:db8::/32")});
  check_values<BitString>(conn, "VARBIT", {BitString::parse("1"), BitString::parse("10110011100")});
}

TEST_CASE("arrays come back from a cluster as they were") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  const auto conn = schema.connect();
  check_values<std::vector<std::int64_t>>(conn, "INT8[]", {{}, {1}, {3, -2, 1}});
  using Texts = std::vector<std::optional<std::string>>;
  check_values<Texts>(conn, "TEXT[]",
                      {{}, {"", "a,b", "{}", "NULL", std::nullopt, "\"quoted\"", "back\\slash"}});
  check_values<std::vector<bool>>(conn, "BOOL[]", {{true, false}});
  check_values<std::vector<double>>(conn, "FLOAT8[]", {{0.5, -1.0}});
  check_values<std::vector<Numeric>>(conn, "DECIMAL[]", {numerics({"1.50", "-2"})});
  check_values<std::vector<boost::uuids::uuid>>(
      conn, "UUID[]",
      {{boost::uuids::string_generator()("5b3d4b0a-0000-4000-8000-000000000001"), {}}});
  using Times = std::vector<std::chrono::sys_time<std::chrono::microseconds>>;
  check_values<Times>(conn, "TIMESTAMPTZ[]", {{sys_days(2021y / 2 / 3) + 7us}});
}

TEST_CASE("an enum of a cluster's is a C++ enum, when its type was registered") {
  const Cluster cluster;
  const OwnSchema schema(cluster);
  auto conn = schema.connect();
  conn.execute("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')");
  CHECK_THROWS_AS(static_cast<void>(conn.execute("SELECT 'ok'::mood").value<Mood>()), TypeMismatch);
  const auto info = EnumInfo::fetch(conn, "mood");
  REQUIRE(info.has_value());
  CHECK(info->labels == std::vector<std::string>{"sad", "ok", "happy"});
  if (cluster.is_real()) CHECK(info->oid > 100000);
  CHECK_FALSE(EnumInfo::fetch(conn, "nowhere").has_value());
  conn.adapters().register_types(conn, "mood");
  for (const Formats& formats : all_formats)
    CHECK(conn.with({.parameters = formats.parameters, .results = formats.results})
              .execute("SELECT $1::mood", Mood::ok)
              .value<Mood>() == Mood::ok);
  conn.adapters().register_enum<Mood>(*info);
  check_values<Mood>(conn, "mood", {Mood::sad, Mood::ok, Mood::happy});
  check_values<std::vector<Mood>>(conn, "mood[]", {{}, {Mood::happy, Mood::sad}});
  conn.execute("DROP TABLE kept");
}
