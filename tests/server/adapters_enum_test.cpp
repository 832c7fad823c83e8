#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/enumeration.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <boost/describe/enum.hpp>

using namespace support;
using palmetto::DataError;
using palmetto::EnumInfo;
using palmetto::Format;
using palmetto::TypeMismatch;

namespace {

enum class Mood { sad, ok, happy };
BOOST_DESCRIBE_ENUM(Mood, sad, ok, happy)

enum Size : std::int8_t { small = -1, large = 1 };

palmetto::Connection connect_with_types() {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'ok', 'happy', 'elated')");
  conn.execute("CREATE TYPE pg_temp.size AS ENUM ('very small', 'large, \"really\"')");
  return conn;
}

}  // namespace

template <>
struct palmetto::Adapter<Size> : palmetto::EnumByLabels<Size> {};

TEST_CASE("a described enum is an enum type, by the names of its enumerators") {
  auto conn = connect_with_types();
  conn.adapters().register_types(conn, "mood");
  for (const bool is_registered : {false, true}) {
    CAPTURE(is_registered);
    check_round_trips<Mood>(conn, "mood",
                            {{Mood::sad, "sad"}, {Mood::ok, "ok"}, {Mood::happy, "happy"}});
    check_round_trip(conn, std::vector{Mood::happy, Mood::sad}, "mood[]", "{happy,sad}");
    conn.adapters().register_enum<Mood>(*EnumInfo::fetch(conn, "mood"));
  }
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Mood::ok).value<std::string>() == "mood");
  CHECK(conn.execute("SELECT 'ok'::text").value<Mood>() == Mood::ok);
}

TEST_CASE("a label that the C++ enum does not have, and a value without label, are DataErrors") {
  auto conn = connect_with_types();
  conn.adapters().register_types(conn, "mood");
  for (const Format format : {Format::binary, Format::text}) {
    const auto result = conn.with({.results = format}).execute("SELECT 'elated'::mood AS mood");
    const auto error = caught<DataError>([&] { static_cast<void>(result.value<Mood>()); });
    CHECK(contains(error.message(), "column 1 \"mood\" (mood), row 1: the label \"elated\""));
  }
  CHECK_THROWS_AS(conn.execute("SELECT $1::mood", static_cast<Mood>(7)), DataError);
}

TEST_CASE("an enum of an unregistered type says what to do") {
  auto conn = connect_with_types();
  const auto result = conn.execute("SELECT 'ok'::mood");
  const auto error = caught<TypeMismatch>([&] { static_cast<void>(result.value<Mood>()); });
  CHECK(contains(error.message(), "register_types"));
}

TEST_CASE("labels that are no C++ names are mapped, in both directions") {
  auto conn = connect_with_types();
  const auto info = EnumInfo::fetch(conn, "size");
  REQUIRE(info.has_value());
  CHECK(info->labels == std::vector<std::string>{"very small", "large, \"really\""});
  conn.adapters().register_enum<Size>(*info, {{small, "very small"}, {large, "large, \"really\""}});
  check_round_trips<Size>(conn, "size", {{small, "very small"}, {large, "large, \"really\""}});
  check_round_trip(conn, std::vector{large, small}, "size[]",
                   R"({"large, \"really\"","very small"})");
  // Described enums too, when their labels are others; what is not mapped has none.
  conn.adapters().register_enum<Mood>(*EnumInfo::fetch(conn, "mood"), {{Mood::happy, "elated"}});
  check_round_trip(conn, Mood::happy, "mood", "elated");
  CHECK_THROWS_AS(conn.execute("SELECT $1", Mood::ok), DataError);
  CHECK_THROWS_AS(static_cast<void>(conn.execute("SELECT 'ok'::mood").value<Mood>()), DataError);
}

TEST_CASE("a type of another kind is no enum") {
  auto conn = connect_with_types();
  CHECK(!EnumInfo::fetch(conn, "int8").has_value());
  CHECK(!palmetto::CompositeInfo::fetch(conn, "mood").has_value());
  CHECK_THROWS_AS(
      conn.adapters().register_enum<Mood>(EnumInfo{*palmetto::TypeInfo::fetch(conn, "int8")}),
      palmetto::ProgrammingError);
}
