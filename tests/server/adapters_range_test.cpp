#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/range.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

using namespace support;
using namespace std::chrono;
using palmetto::DataError;
using palmetto::Multirange;
using palmetto::NotSupportedError;
using palmetto::Range;
using palmetto::RangeBounds;

namespace {

using Ints = Range<std::int32_t>;
using Longs = Range<std::int64_t>;
using Instants = Range<sys_time<microseconds>>;
using Locals = Range<local_time<microseconds>>;
using Days = Range<sys_days>;

palmetto::Connection connect_in_utc() {
  auto conn = connect();
  conn.execute("SET TimeZone = 'UTC'");
  return conn;
}

// Of the form that the server gives integers: "[)", and not empty.
Longs random_range(Random& random) {
  const auto bound = [&]() -> std::optional<std::int64_t> {
    if (random.between(0, 7) == 0) return std::nullopt;
    return random.between<std::int64_t>(-1000, 1000);
  };
  auto lower = bound();
  auto upper = bound();
  if (lower && upper && *lower >= *upper) upper = *lower + random.between(1, 1000);
  return Longs(lower, upper);
}

}  // namespace

TEST_CASE("ranges of every builtin type travel") {
  auto conn = connect_in_utc();
  check_round_trips<Ints>(conn, "int4range",
                          {{{1, 5}, "[1,5)"},
                           {{std::nullopt, 5}, "(,5)"},
                           {{1, std::nullopt}, "[1,)"},
                           {{}, "(,)"},
                           {Ints::empty(), "empty"},
                           {{-2147483647 - 1, 2147483647}, "[-2147483648,2147483647)"}});
  check_round_trips<Longs>(conn, "int8range",
                           {{{-5'000'000'000, 5'000'000'000}, "[-5000000000,5000000000)"}});
  const auto noon = sys_days(2024y / 2 / 29) + 12h;
  check_round_trips<Instants>(
      conn, "tstzrange",
      {{{noon, noon + 1us, RangeBounds::both},
        R"~(["2024-02-29 12:00:00+00","2024-02-29 12:00:00.000001+00"])~"},
       {{noon, noon + 1h, RangeBounds::none},
        R"~(("2024-02-29 12:00:00+00","2024-02-29 13:00:00+00"))~"},
       {{noon, std::nullopt, RangeBounds::both}, R"~(["2024-02-29 12:00:00+00",))~"},
       // A bound that is infinity is there, and is another thing than none.
       {{noon, sys_time<microseconds>::max(), RangeBounds::both},
        R"~(["2024-02-29 12:00:00+00",infinity])~"}});
  check_round_trips<Locals>(
      conn, "tsrange",
      {{{local_days(2024y / 2 / 29), std::nullopt}, R"~(["2024-02-29 00:00:00",))~"}});
  check_round_trips<Days>(
      conn, "daterange",
      {{{sys_days(2024y / 2 / 28), sys_days(2024y / 3 / 1)}, "[2024-02-28,2024-03-01)"}});
}

TEST_CASE("random ranges and multiranges travel") {
  auto conn = connect();
  check_random_round_trips(conn, "int8range", &random_range);
  check_random_round_trips(conn, "int8multirange", [](Random& random) {
    Multirange<std::int64_t> ranges;
    std::int64_t at = random.between<std::int64_t>(-1000, 0);
    for (int count = random.between(0, 5); count-- > 0;) {
      const std::int64_t upper = at + random.between(1, 9);
      ranges.ranges.emplace_back(at, upper);
      at = upper + random.between(1, 9);
    }
    return ranges;
  });
}

TEST_CASE("multiranges travel") {
  auto conn = connect_in_utc();
  check_round_trips<Multirange<std::int32_t>>(
      conn, "int4multirange",
      {{{}, "{}"}, {{{{1, 3}, {5, std::nullopt}}}, "{[1,3),[5,)}"}, {{{{}}}, "{(,)}"}});
  const auto noon = sys_time<microseconds>(sys_days(2024y / 2 / 29) + 12h);
  check_round_trips<Multirange<sys_time<microseconds>>>(
      conn, "tstzmultirange",
      {{{{{noon, noon + 1h}, {noon + 2h, std::nullopt}}},
        R"~({["2024-02-29 12:00:00+00","2024-02-29 13:00:00+00"),["2024-02-29 14:00:00+00",)})~"}});
}

TEST_CASE("the server makes its own form of a range, and finds what is wrong with one") {
  auto conn = connect();
  CHECK(conn.execute("SELECT $1", Ints(1, 5, RangeBounds::both)).value<Ints>() == Ints(1, 6));
  CHECK(conn.execute("SELECT $1", Ints(3, 3)).value<Ints>() == Ints::empty());
  CHECK_THROWS_AS(conn.execute("SELECT $1", Ints(5, 1)), DataError);
}

TEST_CASE("a range contains what is between its bounds") {
  CHECK(Ints(1, 5).contains(1));
  CHECK(!Ints(1, 5).contains(5));
  CHECK(Ints(1, 5, RangeBounds::upper).contains(5));
  CHECK(!Ints(1, 5, RangeBounds::upper).contains(1));
  CHECK(Ints().contains(7));
  CHECK(!Ints::empty().contains(7));
  CHECK(!Ints(std::nullopt, 5).contains(6));
}

TEST_CASE("a range of the user's is found by what it is of") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.stretch AS RANGE (subtype = float8)");
  CHECK_THROWS_AS(conn.execute("SELECT $1", Range<double>(1, 2)), NotSupportedError);
  conn.adapters().register_types(conn, "stretch", "stretch_multirange");
  check_round_trips<Range<double>>(conn, "stretch",
                                   {{{1.5, 2.5, RangeBounds::upper}, "(1.5,2.5]"}, {{}, "(,)"}});
  check_round_trip(conn, Multirange<double>{{{1, 2}, {3, 4}}}, "stretch_multirange",
                   "{[1,2),[3,4)}");
  check_round_trip(conn, std::vector<Range<double>>{{1, 2}, Range<double>::empty()}, "stretch[]",
                   R"~({"[1,2)",empty})~");
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Range<double>(1, 2)).value<std::string>() ==
        "stretch");
}

TEST_CASE("of several ranges of a type, the one that was registered is sent, and all are read") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.span AS RANGE (subtype = int8)");
  conn.adapters().register_range<Longs>(*palmetto::RangeInfo::fetch(conn, "span"));
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Longs(1, 2)).value<std::string>() == "span");
  CHECK(conn.execute("SELECT '[1,2)'::span").value<Longs>() == Longs(1, 2));
  CHECK(conn.execute("SELECT '[1,2)'::int8range").value<Longs>() == Longs(1, 2));
}

TEST_CASE("ranges of text are quoted as the server quotes them") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.words AS RANGE (subtype = text, collation = \"C\")");
  conn.adapters().register_types(conn, "words");
  using Words = Range<std::string>;
  check_round_trips<Words>(conn, "words",
                           {{{"", "z"}, R"~(["",z))~"},
                            {{"a b", "a\"b\\c"}, R"~(["a b","a""b\\c"))~"},
                            {{",", "[)]("}, R"~([",","[)]("))~"}});
}
