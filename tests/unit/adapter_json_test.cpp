#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/json.hpp"

#include "../support/adapter_round_trip.hpp"

#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <random>

using namespace palmetto;
using namespace palmetto::test;
using boost::json::value;

namespace {

struct Profile {
  std::string name;
  std::optional<int> age;
  std::vector<std::string> tags;
  friend bool operator==(const Profile&, const Profile&) = default;
};
BOOST_DESCRIBE_STRUCT(Profile, (), (name, age, tags))

// What its conversions throw is no error of Boost's.
struct Picky {
  int size;
};
Picky tag_invoke(boost::json::value_to_tag<Picky>, const value& json) {
  if (json.as_int64() < 0) throw std::runtime_error("secret");
  return {static_cast<int>(json.as_int64())};
}

const Profile profile{"Ann", 3, {"a", "b"}};
constexpr std::string_view profile_text = R"({"name":"Ann","age":3,"tags":["a","b"]})";

value read(std::string_view text) { return load<value>("json", Format::text, text); }

std::string nested_arrays(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

double random_double(std::mt19937_64& random) {
  double number = 0;
  do {
    const std::uint64_t bits = random();
    std::memcpy(&number, &bits, sizeof(number));
  } while (!std::isfinite(number));
  return number;
}

}  // namespace

TEST_CASE("a JSON value is sent as jsonb, with its version in binary, and read back") {
  for (const std::string_view text :
       {"null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808",
        "18446744073709551615", "\"\"", "\"a\\\"b\\u0000\"", "[]", "{}", "[1,[2,{\"a\":null}]]",
        "{\"a\":[1,2,null],\"\":\"\xc3\xa9\"}", "1.5E0"})
    check_round_trip(boost::json::parse(text), "jsonb", "01" + hex(text), text);
}

TEST_CASE("a JSON value is read from json as from jsonb") {
  CHECK(load<value>("json", Format::binary, "[1]") == value{1});
  CHECK(load<value>("json", Format::text, " [ 1 ] ") == value{1});
  CHECK(load<value>("jsonb", Format::text, "[1]") == value{1});
  CHECK(load<value>("jsonb", Format::binary, "\x01[1]") == value{1});
  CHECK(!is_loadable<value>("text", Format::text));
}

TEST_CASE("Jsonb is sent as jsonb and Json as json, which goes in text alone") {
  check_round_trip(Jsonb{profile}, "jsonb", "01" + hex(profile_text), profile_text);
  for (const Format preferred : {Format::binary, Format::text}) {
    const Dumped dumped = dump(Json{profile}, preferred);
    CHECK(dumped.oid == oid_of("json"));
    CHECK(dumped.format == Format::text);
    CHECK(dumped.bytes == profile_text);
  }
}

TEST_CASE("where json is another name of jsonb, Json is sent as that, without a version") {
  AdaptersMap map;
  map.types_for_change().remove("json");
  map.types_for_change().add_alias("json", "jsonb");
  const Dumped dumped = dump(Json{profile}, Format::binary, map);
  CHECK(dumped.oid == oid_of("jsonb"));
  CHECK(dumped.format == Format::text);
  CHECK(dumped.bytes == profile_text);
}

TEST_CASE("Json and Jsonb are read from json and from jsonb") {
  const std::string text(profile_text);
  for (const Format format : {Format::binary, Format::text}) {
    const std::string jsonb = format == Format::binary ? '\1' + text : text;
    CHECK(load<Json<Profile>>("json", format, text).value == profile);
    CHECK(load<Jsonb<Profile>>("json", format, text) == Jsonb{profile});
    CHECK(load<Json<Profile>>("jsonb", format, jsonb) == Json{profile});
    CHECK(load<Jsonb<Profile>>("jsonb", format, jsonb).value == profile);
  }
  CHECK(!is_loadable<Json<Profile>>("text", Format::text));
  CHECK(!is_loadable<Jsonb<Profile>>("bytea", Format::binary));
}

TEST_CASE("Json and Jsonb hold whatever Boost.JSON converts") {
  using Map = std::map<std::string, int>;
  check_round_trip(Jsonb{Map{{"a", 1}}}, "jsonb", "01" + hex(R"({"a":1})"), R"({"a":1})");
  check_round_trip(Jsonb{value{1, "a"}}, "jsonb", "01" + hex(R"([1,"a"])"), R"([1,"a"])");
  check_round_trip(Jsonb{boost::json::object{{"a", 1}}}, "jsonb", "01" + hex(R"({"a":1})"),
                   R"({"a":1})");
  CHECK(dump(Json{"text"}).bytes == "\"text\"");
  CHECK(dump(Json{value(nullptr)}).bytes == "null");
  CHECK(load<Json<std::optional<int>>>("json", Format::text, "null").value == std::nullopt);

  struct Unknown {};
  static_assert(!Dumpable<Json<Unknown>> && !Loadable<Jsonb<Unknown>>);
  static_assert(!Loadable<Json<std::string_view>>, "it would point into what is gone");
  static_assert(!Loadable<Json<const char*>>);
}

TEST_CASE("a jsonb of another version than 1 is a DataError") {
  check_refused<value>("jsonb", Format::binary, "");
  check_refused<value>("jsonb", Format::binary, "\x02{}");
  check_refused<value>("jsonb", Format::binary, "{}");
  check_refused<Jsonb<Profile>>("jsonb", Format::binary, profile_text);
}

TEST_CASE("malformed JSON is a DataError") {
  check_truncations_refused<value>("json", Format::text, profile_text);
  check_truncations_refused<value>("json", Format::binary, profile_text);
  check_truncations_refused<value>("jsonb", Format::binary, "\x01" + std::string(profile_text));
  for (const std::string_view text :
       {"",        " ",        "nul",      "1 2",         "[1,]",   "{\"a\"}", "{a:1}",    "'a'",
        "// a\n1", "\"\xff\"", "\"\xc3\"", "\"\\ud800\"", "\"\n\"", "NaN",     "Infinity", "01",
        "+1",      "1.",       ".5",       "1e",          "-",      "[1}"})
    check_refused<value>("json", Format::text, text);
  check_refused<value>("json", Format::text, std::string_view("1\0", 2));
}

TEST_CASE("JSON that does not convert to the type is a DataError") {
  for (const std::string_view text :
       {"null", "[]", "{}", R"({"name":1,"age":3,"tags":[]})", R"({"name":"Ann","age":3})",
        R"({"name":"Ann","age":3,"tags":[],"more":1})", R"({"name":"Ann","age":3,"tags":[1]})",
        R"({"name":"Ann","age":3000000000,"tags":[]})", R"({"name":"Ann","age":1.5,"tags":[]})"})
    check_refused<Json<Profile>>("json", Format::text, text);
  check_refused<Json<Picky>>("json", Format::text, "-1");
  check_refused<Json<Picky>>("json", Format::text, "[]");
  CHECK(load<Json<Picky>>("json", Format::text, "7").value.size == 7);
}

TEST_CASE("what is said about JSON that can't be read does not quote it") {
  for (const std::string_view text : {"[\"secret\"", "secret", "\"secret\" 1"})
    CHECK(refusal<value>("json", Format::text, text).find("secret") == std::string::npos);
  CHECK(refusal<Json<Picky>>("json", Format::text, "-1").find("secret") == std::string::npos);
  CHECK(refusal<value>("json", Format::text, "[1] 2") == "the JSON can't be read: extra data");
}

TEST_CASE("JSON is read up to 512 levels deep") {
  CHECK(load<value>("json", Format::text, nested_arrays(512)).is_array());
  check_refused<value>("json", Format::text, nested_arrays(513));
  check_refused<value>("json", Format::text, std::string(1'000'000, '['));
}

TEST_CASE("an integer beyond 64 bits is read as the double nearest to it") {
  CHECK(read("18446744073709551615").as_uint64() == 18446744073709551615u);
  CHECK(read("18446744073709551616").as_double() == 18446744073709551616.0);
  CHECK(read("-9223372036854775809").as_double() == -9223372036854775808.0);
  CHECK(read("123456789012345678901234567890").as_double() == 123456789012345678901234567890.0);
}

TEST_CASE("every double comes back as it was sent") {
  std::mt19937_64 random;
  for (int i = 0; i < 20'000; ++i) {
    const double number = random_double(random);
    const value back = load<value>("jsonb", Format::binary, dump(value(number)).bytes);
    if (back.as_double() != number) {
      CAPTURE(number);
      REQUIRE(back.as_double() == number);
    }
  }
}

TEST_CASE("a fraction is read as the double nearest to it") {
  CHECK(read("0.30000000000000004").as_double() == 0.30000000000000004);
  CHECK(read("8.41").as_double() == 8.41);
  CHECK(read("9007199254740993.0").as_double() == 9007199254740992.0);
  CHECK(read("5e-324").as_double() == 5e-324);
  CHECK(read("1.7976931348623157e308").as_double() == std::numeric_limits<double>::max());
  CHECK(read("1e-400").as_double() == 0);
  CHECK(std::signbit(read("-1e-400").as_double()));
}

TEST_CASE("a number beyond double's range is a DataError, not infinity") {
  for (const std::string_view text :
       {"1e400", "-1e400", "[1.7976931348623159e308]", "1e99999999999", "{\"a\":1e309}"})
    check_refused<value>("json", Format::text, text);
  check_refused<value>("json", Format::text, std::string(400, '9'));
}

TEST_CASE("NaN and the infinities can't be sent as JSON") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  for (const value& json : {value(nan), value(infinite), value{1, {{"a", -infinite}}}}) {
    CHECK_THROWS_AS(static_cast<void>(dump(json)), DataError);
    CHECK_THROWS_AS(static_cast<void>(dump(json, Format::text)), DataError);
    CHECK_THROWS_AS(static_cast<void>(dump(Json{json})), DataError);
  }
  CHECK_THROWS_AS(static_cast<void>(dump(Jsonb{std::vector{1.0, nan}})), DataError);
}

TEST_CASE("JSON larger than the buffers on its way goes whole") {
  const value json{std::string(100'000, 'x'), std::string(3, '"')};
  const Dumped dumped = dump(json);
  CHECK(dumped.bytes.size() == 100'000 + 2 + 6 + 2 + 3 + 1);
  CHECK(load<value>("jsonb", Format::binary, dumped.bytes) == json);
}

TEST_CASE("arrays of JSON are read and written") {
  check_round_trip(std::vector<value>{1, "a"}, "jsonb[]",
                   "00000001 00000000 00000eda 00000002 00000001 00000002 0131 00000004 01226122",
                   R"({1,"\"a\""})");
  CHECK(dump(std::vector{Json{profile}}).oid == oid_of("json[]"));
}

TEST_CASE("messages call the JSON types what programmers do") {
  CHECK(cpp_name<value>() == "boost::json::value");
  CHECK(cpp_name<Json<value>>() == "palmetto::Json<boost::json::value>");
}
