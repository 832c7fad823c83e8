#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/json.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <limits>
#include <map>

using namespace support;
using boost::json::parse;
using boost::json::value;
using palmetto::DataError;
using palmetto::Format;
using palmetto::Json;
using palmetto::Jsonb;
using palmetto::TypeMismatch;

namespace {

struct Address {
  std::string street;
  std::optional<int> number;
  friend bool operator==(const Address&, const Address&) = default;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, number))

struct Profile {
  std::string name;
  std::vector<Address> addresses;
  std::map<std::string, double> scores;
  bool active;
  friend bool operator==(const Profile&, const Profile&) = default;
};
BOOST_DESCRIBE_STRUCT(Profile, (), (name, addresses, scores, active))

const Profile profile{
    "Zo\u00EB \"Z\" \U0001F600", {{"High St", 7}, {"\\", std::nullopt}}, {{"a", 0.1}}, true};
constexpr const char* profile_text =
    "{\"name\": \"Zo\u00EB \\\"Z\\\" \U0001F600\", \"active\": true, \"scores\": {\"a\": 0.1}, "
    "\"addresses\": [{\"number\": 7, \"street\": \"High St\"}, "
    "{\"number\": null, \"street\": \"\\\\\"}]}";

struct Document {
  const char* text;
  const char* jsonb;  // as the server shows it
};

constexpr Document documents[] = {
    {"null", "null"},
    {"true", "true"},
    {"0", "0"},
    {"-1", "-1"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"18446744073709551615", "18446744073709551615"},
    {"0.1", "0.1"},
    {"\"\"", "\"\""},
    {"\"it's \\\"quoted\\\" \\\\ \\n\"", "\"it's \\\"quoted\\\" \\\\ \\n\""},
    {"\"\u00E9\u20AC\U0001F600\"", "\"\u00E9\u20AC\U0001F600\""},
    {"\"\\u20ac\\ud83d\\ude00\"", "\"\u20AC\U0001F600\""},
    {"[]", "[]"},
    {"{}", "{}"},
    {"[1,[2,[3,{\"a\":[null]}]]]", "[1, [2, [3, {\"a\": [null]}]]]"},
    {"{\"\":1,\"b\":{\"c\":[true,false]}}", "{\"\": 1, \"b\": {\"c\": [true, false]}}"},
};

std::string nested_arrays(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("a JSON value travels as jsonb") {
  auto conn = connect();
  for (const Document& document : documents) {
    check_round_trip(conn, parse(document.text), "jsonb", document.jsonb);
    check_round_trip<std::optional<value>>(conn, parse(document.text), "jsonb", document.jsonb);
  }
  check_round_trip<std::optional<value>>(conn, std::nullopt, "jsonb", "NULL");
  CHECK(conn.execute("SELECT pg_typeof($1)::text", parse("[]")).value<std::string>() == "jsonb");
}

TEST_CASE("Json goes as json, which keeps its text, and Jsonb as jsonb") {
  auto conn = connect();
  for (const Document& document : documents) {
    check_round_trip(conn, Jsonb<value>{parse(document.text)}, "jsonb", document.jsonb);
    check_round_trip(conn, Json<value>{parse(document.text)}, "json");
  }
  check_round_trip(conn, Json<value>{parse("{\"b\": [1, 2], \"a\": {}}")}, "json",
                   "{\"b\":[1,2],\"a\":{}}");
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Json<value>{}).value<std::string>() == "json");
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Jsonb<value>{}).value<std::string>() == "jsonb");
}

TEST_CASE("a described struct travels as json and as jsonb") {
  auto conn = connect();
  check_round_trip(conn, Jsonb{profile}, "jsonb", profile_text);
  check_round_trip(conn, Json{profile}, "json");
  check_round_trip<std::optional<Jsonb<Profile>>>(conn, Jsonb{profile}, "jsonb", profile_text);
  check_round_trip<std::optional<Jsonb<Profile>>>(conn, std::nullopt, "jsonb", "NULL");
  check_round_trip<std::optional<Json<Profile>>>(conn, std::nullopt, "json", "NULL");
}

TEST_CASE("containers travel as JSON") {
  auto conn = connect();
  check_round_trip(conn, Jsonb{std::vector{1, 2, 3}}, "jsonb", "[1, 2, 3]");
  check_round_trip(conn, Jsonb{std::map<std::string, bool>{{"a", true}}}, "jsonb", "{\"a\": true}");
  check_round_trip(conn, Json{std::string("text")}, "json", "\"text\"");
  check_round_trip(conn, Jsonb{std::optional<int>()}, "jsonb", "null");
}

TEST_CASE("json and jsonb are both read as every JSON type") {
  auto conn = connect();
  for (const std::string type : {"json", "jsonb"}) {
    const auto statement = palmetto::dynamic_sql("SELECT ' [1,  2] '::" + type);
    for (const Format format : {Format::binary, Format::text}) {
      CAPTURE(type);
      CAPTURE(name_of(format));
      const auto result = conn.with({.results = format}).execute(statement);
      CHECK(bool(result.value<value>() == parse("[1,2]")));
      CHECK(bool(result.value<Json<value>>().value == parse("[1,2]")));
      CHECK(bool(result.value<Jsonb<std::vector<int>>>().value == std::vector{1, 2}));
    }
  }
}

TEST_CASE("JSON's null is a value, SQL's NULL is none") {
  auto conn = connect();
  const auto result = conn.execute("SELECT 'null'::jsonb AS a, NULL::jsonb AS b");
  const auto [null, none] = result.one<std::optional<value>, std::optional<value>>();
  REQUIRE(null.has_value());
  CHECK(null->is_null());
  CHECK(!none.has_value());
  CHECK_THROWS_AS(static_cast<void>(result[0]["b"].as<value>()), DataError);
}

TEST_CASE("a double comes back from jsonb as the number that it is") {
  auto conn = connect();
  for (const double number : {0.1, 1e-300, 1e300, 1.7976931348623157e308, 5e-324, -2.5e-7}) {
    CAPTURE(number);
    check_round_trip(conn, Jsonb{number}, "jsonb");
    check_round_trip(conn, Json{number}, "json");
  }
  CHECK(conn.execute("SELECT $1", Jsonb{1.0}).value<Jsonb<int>>().value == 1);
}

TEST_CASE("a number of the server's that no double holds is a DataError") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto result = conn.with({.results = format}).execute("SELECT '1e400'::jsonb AS huge");
    const auto error = caught<DataError>([&] { static_cast<void>(result.value<value>()); });
    CHECK(contains(error.message(), "column 1 \"huge\" (jsonb), row 1"));
  }
}

TEST_CASE("neither NaN nor the infinities are sent as JSON") {
  auto conn = connect();
  for (const double number :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    for (const Format format : {Format::binary, Format::text}) {
      const auto with = conn.with({.parameters = format});
      CHECK_THROWS_AS(with.execute("SELECT $1", Jsonb{number}), DataError);
      CHECK_THROWS_AS(with.execute("SELECT $1", Json{std::vector{1.0, number}}), DataError);
    }
  }
}

TEST_CASE("JSON that does not convert to the C++ type is a DataError that keeps its content") {
  auto conn = connect();
  for (const std::string_view text :
       {"\"secret\"", "{\"name\": \"secret\"}", "[\"secret\"]", "1"}) {
    for (const Format format : {Format::binary, Format::text}) {
      CAPTURE(text);
      const auto result =
          conn.with({.results = format}).execute("SELECT $1::jsonb AS profile", text);
      const auto error =
          caught<DataError>([&] { static_cast<void>(result.value<Jsonb<Profile>>()); });
      CHECK(contains(error.message(), "column 1 \"profile\" (jsonb), row 1"));
      CHECK(!contains(error.what(), "secret"));
    }
  }
}

TEST_CASE("JSON is nested as deep as 512, and no deeper") {
  auto conn = connect();
  check_round_trip(conn, parse(nested_arrays(32)), "jsonb");
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.results = format});
    CHECK(with.execute("SELECT $1::jsonb", nested_arrays(512)).value<value>().is_array());
    CHECK_THROWS_AS(
        static_cast<void>(with.execute("SELECT $1::jsonb", nested_arrays(513)).value<value>()),
        DataError);
  }
}

TEST_CASE("JSON is not read from text") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto result = conn.with({.results = format}).execute("SELECT '[]'::text");
    CHECK_THROWS_AS(static_cast<void>(result.value<value>()), TypeMismatch);
    CHECK_THROWS_AS(static_cast<void>(result.value<Jsonb<Profile>>()), TypeMismatch);
  }
}

TEST_CASE("the server looks into the JSON that was sent") {
  auto conn = connect();
  CHECK(conn.execute("SELECT $1 -> 'addresses' -> 0 ->> 'street'", Jsonb{profile})
            .value<std::string>() == "High St");
  CHECK(conn.execute("SELECT $1 ->> 'name'", Json{profile}).value<std::string>() == profile.name);
  CHECK(conn.execute("SELECT jsonb_array_length($1)", Jsonb{std::vector<int>(1000)}).value<int>() ==
        1000);
}

TEST_CASE("arrays of JSON travel, with NULLs and null") {
  auto conn = connect();
  const std::vector<std::optional<value>> values{parse("{\"a\":\"b,c\"}"), std::nullopt,
                                                 parse("null"), parse("\"{}\\\"\"")};
  check_round_trip(conn, values, "jsonb[]", R"({"{\"a\": \"b,c\"}",NULL,"null","\"{}\\\"\""})");
  check_round_trip(conn, std::vector{Jsonb{profile}, Jsonb{Profile{}}}, "jsonb[]");
  check_round_trip(conn, std::vector{Json{profile}, Json{Profile{}}}, "json[]");
}

TEST_CASE("objects and arrays travel as jsonb") {
  auto conn = connect();
  const boost::json::object object{{"a", 1}};
  const boost::json::array array{1, "x", nullptr};
  check_round_trip(conn, object, "jsonb", R"({"a": 1})");
  check_round_trip(conn, array, "jsonb", R"([1, "x", null])");
  CHECK_THROWS_AS(
      static_cast<void>(conn.execute("SELECT '[]'::jsonb").value<boost::json::object>()),
      palmetto::DataError);
}

TEST_CASE("a serializer and a parser are a connection's own, and serve every JSON type") {
  auto conn = connect();
  auto other = connect();
  conn.adapters().register_dumper<boost::json::value>("jsonb", [](const value& json) {
    return R"({"mine": )" + boost::json::serialize(json) + "}";
  });
  conn.adapters().register_loader<boost::json::value>("jsonb", [](std::string_view text) {
    return boost::json::value(boost::json::string("read: " + std::string(text)));
  });
  const auto sent_as = [](palmetto::Connection& c, const auto& json) {
    return c.execute("SELECT $1::text", json).template value<std::string>();
  };
  const value one = 1;
  CHECK(sent_as(conn, one) == R"({"mine": 1})");
  CHECK(sent_as(conn, Jsonb{1}) == R"({"mine": 1})");
  CHECK(sent_as(conn, Json{1}) == R"({"mine": 1})");
  CHECK(sent_as(conn, boost::json::array{1}) == R"({"mine": [1]})");
  CHECK(sent_as(other, Jsonb{1}) == "1");
  for (const Format format : {Format::binary, Format::text}) {
    const auto result = conn.with({.results = format}).execute("SELECT '[1]'::jsonb");
    CHECK(result.value<boost::json::value>().as_string() == "read: [1]");
    CHECK(result.value<Jsonb<std::string>>().value == "read: [1]");
  }
  CHECK(other.execute("SELECT '[1]'::jsonb").value<Jsonb<std::vector<int>>>().value.size() == 1);
}
