#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/hstore.hpp"
#include "palmetto/adapters/vector.hpp"

#include "support/adapter_round_trip.hpp"

#include <limits>
#include <unordered_map>

using namespace palmetto;
using namespace palmetto::test;

namespace {

// The types of extensions have the OIDs that the database gave them.
AdaptersMap make_map() {
  AdaptersMap map;
  map.register_type({.name = "hstore", .oid = 70001, .array_oid = 70002, .regtype = "hstore"});
  map.register_type({.name = "vector", .oid = 90006, .array_oid = 90007, .regtype = "vector"});
  return map;
}
const AdaptersMap& map() {
  static const AdaptersMap made = make_map();
  return made;
}

template <class T>
T read(std::string_view type, Format format, std::string_view bytes) {
  return load<T>(type, format, bytes, map());
}

template <class T>
void check_both_ways(const T& value, std::string_view type, std::string_view binary_hex,
                     std::string_view text) {
  CAPTURE(text);
  const std::string binary = from_hex(binary_hex);
  const Dumped dumped = dump(value, Format::binary, map());
  CHECK(dumped.oid == oid_of(type, map()));
  CHECK(dumped.format == Format::binary);
  CHECK(hex(dumped.bytes) == hex(binary));
  const Dumped as_text = dump(value, Format::text, map());
  CHECK(as_text.format == Format::text);
  CHECK(as_text.bytes == text);
  CHECK(read<T>(type, Format::binary, binary) == value);
  CHECK(read<T>(type, Format::text, text) == value);
}

template <class T>
void check_not_read(std::string_view type, Format format, std::string_view bytes) {
  CAPTURE(bytes);
  CHECK_THROWS_AS(static_cast<void>(read<T>(type, format, bytes)), DataError);
}

template <class T>
void check_not_sent(const T& value) {
  for (const Format format : {Format::binary, Format::text})
    CHECK_THROWS_AS(static_cast<void>(dump(value, format, map())), DataError);
}

using Strings = std::map<std::string, std::string>;
struct Longest {
  bool operator()(const std::string& a, const std::string& b) const { return a.size() > b.size(); }
};
struct Tags : std::unordered_map<std::string, std::string> {};

static_assert(detail::HstoreMap<Hstore> && detail::HstoreMap<Strings> && detail::HstoreMap<Tags>);
static_assert(!detail::HstoreMap<std::multimap<std::string, std::string>>);
static_assert(!detail::HstoreMap<std::map<std::string, int>>);
static_assert(!detail::HstoreMap<std::map<int, std::string>>);
static_assert(!Dumpable<std::map<std::string, int>>);

}  // namespace

TEST_CASE("an Hstore is an hstore in both formats") {
  check_both_ways(Hstore{}, "hstore", "00000000", "");
  check_both_ways(Hstore{{"a", "1"}, {"b", std::nullopt}}, "hstore",
                  "00000002 00000001 61 00000001 31 00000001 62 ffffffff",
                  R"("a"=>"1", "b"=>NULL)");
  check_both_ways(Hstore{{"", ""}, {"null", "NULL"}, {"q\"\\", "x, y=>\xc3\xa9"}}, "hstore",
                  "00000003 00000000 00000000 00000004 6e756c6c 00000004 4e554c4c"
                  "00000003 71225c 00000008 782c20793d3ec3a9",
                  "\"\"=>\"\", \"null\"=>\"NULL\", \"q\\\"\\\\\"=>\"x, y=>\xc3\xa9\"");
}

TEST_CASE("an hstore is read in the server's order, by length and then by bytes") {
  const Hstore expected{{"aa", "1"}, {"b", "2"}, {"c", std::nullopt}};
  CHECK(read<Hstore>("hstore", Format::binary,
                     from_hex("00000003 00000001 62 00000001 32 00000001 63 ffffffff"
                              "00000002 6161 00000001 31")) == expected);
  CHECK(read<Hstore>("hstore", Format::text, R"("b"=>"2", "c"=>NULL, "aa"=>"1")") == expected);
}

TEST_CASE("any map of strings is an hstore") {
  constexpr std::string_view text = R"("a"=>"1", "bb"=>"2")";
  CHECK(read<Strings>("hstore", Format::text, text) == Strings{{"a", "1"}, {"bb", "2"}});
  CHECK(read<Tags>("hstore", Format::text, text).at("bb") == "2");
  Tags tags;
  tags.emplace("a", "1");
  CHECK(dump(tags, Format::text, map()).bytes == R"("a"=>"1")");
  using ByLength = std::map<std::string, std::optional<std::string>, Longest>;
  const ByLength by_length = read<ByLength>("hstore", Format::text, text);
  CHECK(dump(by_length, Format::text, map()).bytes == R"("bb"=>"2", "a"=>"1")");
  CHECK_THROWS_AS(static_cast<void>(read<ByLength>("hstore", Format::text, R"("a"=>"1","b"=>"2")")),
                  DataError);
  CHECK(cpp_name<Hstore>() == "palmetto::Hstore");
}

TEST_CASE("a NULL in an hstore needs a map that takes it") {
  check_not_read<Strings>("hstore", Format::text, R"("a"=>NULL)");
  check_not_read<Strings>("hstore", Format::binary, from_hex("00000001 00000001 61 ffffffff"));
}

TEST_CASE("a text of an hstore is read with any blanks, and NULL in any case") {
  CHECK(read<Hstore>("hstore", Format::text, " \"a\" => null ,\t\"b\"\n=>\"\\x\" ") ==
        Hstore{{"a", std::nullopt}, {"b", "x"}});
}

TEST_CASE("a malformed text of an hstore is a DataError") {
  for (const std::string_view text :
       {"a", "\"a", "\"a\"", "\"a\"=", "\"a\"=>", "\"a\"=>\"", "\"a\"=>\"b", "\"a\"=>\"b\\",
        "\"a\"=>b", "\"a\"=>NULLx", "\"a\"=>NUL", "NULL=>\"a\"", "\"a\"=>\"b\",", ",\"a\"=>\"b\"",
        "\"a\"=>\"b\" \"c\"=>\"d\"", "\"a\"=>\"b\",,\"c\"=>\"d\"", "\"a\"=>\"b\"c", "=>",
        "\"a\"=>\"1\",\"a\"=>\"2\""})
    check_not_read<Hstore>("hstore", Format::text, text);
}

TEST_CASE("a binary hstore that lies about itself is a DataError") {
  const std::string whole = from_hex("00000002 00000001 61 00000001 31 00000001 62 ffffffff");
  for (std::size_t size = 0; size < whole.size(); ++size)
    check_not_read<Hstore>("hstore", Format::binary, std::string_view(whole).substr(0, size));
  for (const char* bytes : {
           "ffffffff",                                                  // a negative number
           "7fffffff 00000001 61 00000001 31",                          // far too many
           "00000000 00",                                               // left over
           "00000001 ffffffff 00000001 31",                             // no key
           "00000001 00000001 61 fffffffe",                             // a negative length
           "00000001 00000001 61 7fffffff 31",                          // a length too long
           "00000002 00000001 61 00000001 31 00000001 61 00000001 32",  // a key twice
       })
    check_not_read<Hstore>("hstore", Format::binary, from_hex(bytes));
}

TEST_CASE("an hstore with a NUL byte is not sent") {
  const std::string nul("a\0b", 3);
  check_not_sent(Hstore{{nul, "1"}});
  check_not_sent(Hstore{{"a", nul}});
  check_not_sent(Strings{{"a", nul}});
}

TEST_CASE("an extension's type needs to be registered") {
  CHECK_THROWS_AS(static_cast<void>(dump(Hstore{}, Format::binary, AdaptersMap())),
                  ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(dump(Vector{{1}}, Format::binary, AdaptersMap())),
                  ProgrammingError);
  CHECK_FALSE(static_cast<bool>(AdaptersMap().find_loader<Hstore>(70001, Format::binary)));
  CHECK_FALSE(is_loadable<Hstore>("text", Format::text, map()));
}

TEST_CASE("a Vector is a vector in both formats") {
  check_both_ways(Vector{{1, 2.5, -3}}, "vector", "0003 0000 3f800000 40200000 c0400000",
                  "[1,2.5,-3]");
  check_both_ways(Vector{{0.1F, 1e-5F, 1e6F, 123456}}, "vector",
                  "0004 0000 3dcccccd 3727c5ac 49742400 47f12000", "[0.1,1e-05,1e+06,123456]");
  CHECK(Vector::parse(" [ 1, 2.5 ,-3 ] ") == Vector{{1, 2.5, -3}});
  CHECK(Vector{{1, 2.5, -3}}.to_string() == "[1,2.5,-3]");
  const Vector largest{std::vector<float>(16'000, 1)};
  for (const Format format : {Format::binary, Format::text})
    CHECK(read<Vector>("vector", format, dump(largest, format, map()).bytes) == largest);
}

TEST_CASE("what no vector can have is a DataError") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  check_not_sent(Vector{});
  check_not_sent(Vector{std::vector<float>(16'001, 1)});
  check_not_sent(Vector{{1, infinity}});
  check_not_sent(Vector{{-infinity}});
  check_not_sent(Vector{{nan}});
  CHECK_THROWS_AS(static_cast<void>(Vector{}.to_string()), DataError);
  for (const char* bytes : {
           "", "0001", "00010000",                      // too short
           "0000 0000",                                 // no dimensions
           "0001 0001 3f800000",                        // the unused field
           "0002 0000 3f800000",                        // one too few
           "0001 0000 3f800000 3f800000",               // one too many
           "0001 0000 3f8000",                          // a part of one
           "ffff 0000 3f800000",                        // a negative number
           "0001 0000 7f800000", "0001 0000 7fc00000",  // infinity, NaN
       })
    check_not_read<Vector>("vector", Format::binary, from_hex(bytes));
  std::string too_many = "[1";
  for (int i = 0; i < 16'000; ++i) too_many += ",1";
  check_not_read<Vector>("vector", Format::text, too_many + "]");
  for (const std::string_view text :
       {"", "[", "]", "[]", "1", "1,2", "[1", "1]", "[1,]", "[,1]", "[1,,2]", "[1]2]", "[1] 2",
        "[x]", "[1 2]", "[NaN]", "[inf]", "[1e39]", "[[1]]"}) {
    check_not_read<Vector>("vector", Format::text, text);
    CHECK_THROWS_AS(static_cast<void>(Vector::parse(text)), DataError);
  }
}

TEST_CASE("arrays of extensions' types are read and written") {
  check_both_ways(std::vector{Hstore{{"a", "1"}}, Hstore{}}, "hstore[]",
                  "00000001 00000000 00011171 00000002 00000001"
                  "0000000e 00000001 00000001 61 00000001 31 00000004 00000000",
                  R"({"\"a\"=>\"1\"",""})");
  check_both_ways(std::vector{Vector{{1, 2}}}, "vector[]",
                  "00000001 00000000 00015f96 00000001 00000001"
                  "0000000c 0002 0000 3f800000 40000000",
                  "{\"[1,2]\"}");
}
