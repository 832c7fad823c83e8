#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"

#include "support/adapter_round_trip.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace palmetto;
using namespace palmetto::test;

namespace {

using Ints = std::vector<std::int32_t>;
using NullableInts = std::vector<std::optional<std::int32_t>>;
using Texts = std::vector<std::optional<std::string>>;

}  // namespace

TEST_CASE("arrays of integers") {
  check_round_trip(NullableInts{1, std::nullopt, 40000}, "int4[]",
                   "00000001 00000001 00000017 00000003 00000001"
                   "00000004 00000001 ffffffff 00000004 00009c40",
                   "{1,NULL,40000}");
  check_round_trip(Ints{-1}, "int4[]",
                   "00000001 00000000 00000017 00000001 00000001 00000004 ffffffff", "{-1}");
  check_round_trip(Ints{}, "int4[]", "00000000 00000000 00000017", "{}");
}

TEST_CASE("an array's text is quoted where the server would quote it") {
  const Texts values{"a", "NULL", "", "q\"\\", "c,d", " ", std::nullopt, "{}", "null", "nullx"};
  const std::string text = R"({a,"NULL","","q\"\\","c,d"," ",NULL,"{}","null",nullx})";
  const Dumped dumped = dump(values);
  CHECK(dumped.oid == 0);
  CHECK(dumped.format == Format::text);
  CHECK(dumped.bytes == text);
  CHECK(load<Texts>("text[]", Format::text, text) == values);
}

TEST_CASE("explicit bounds are read over") {
  CHECK(load<Ints>("int4[]", Format::text, "[-3:-2]={1,2}") == Ints{1, 2});
  CHECK(load<Ints>("int4[]", Format::binary,
                   from_hex("00000001 00000000 00000017 00000001 fffffffd 00000004 00000007")) ==
        Ints{7});
}

TEST_CASE("NULL needs an element that takes it") {
  CHECK(refusal<Ints>("int4[]", Format::text, "{1,NULL}").find("NULL element") !=
        std::string::npos);
  check_refused<Ints>("int4[]", Format::binary,
                      from_hex("00000001 00000001 00000017 00000001 00000001 ffffffff"));
}

TEST_CASE("more dimensions than one are refused") {
  check_refused<Ints>("int4[]", Format::text, "{{1},{2}}");
  check_refused<Ints>("int4[]", Format::binary,
                      from_hex("00000002 00000000 00000017 00000001 00000001 00000001 00000001"
                               "00000004 00000001"));
}

TEST_CASE("arrays of other elements are refused before any value is read") {
  CHECK_FALSE(is_loadable<Ints>("int8[]", Format::binary));
  CHECK_FALSE(is_loadable<Ints>("int4", Format::binary));
  CHECK_FALSE(is_loadable<std::vector<std::string_view>>("text[]", Format::text));
  CHECK(is_loadable<std::vector<std::string_view>>("text[]", Format::binary));
}

TEST_CASE("arrays that lie about themselves are DataErrors") {
  const std::string whole =
      from_hex("00000001 00000000 00000017 00000002 00000001 00000004 00000001 00000004 00000002");
  CHECK(load<Ints>("int4[]", Format::binary, whole) == Ints{1, 2});
  check_truncations_refused<Ints>("int4[]", Format::binary, whole);
  for (const char* hex : {
           "00000001 00000000 00000017 7fffffff 00000001 00000004 00000001",  // far too many
           "00000001 00000000 00000017 ffffffff 00000001",                    // a negative number
           "00000001 00000000 00000014 00000001 00000001 00000004 00000001",  // another type
           "00000001 00000002 00000017 00000001 00000001 00000004 00000001",  // unknown flags
           "00000001 00000000 00000017 00000001 00000001 fffffffe",           // negative length
           "00000001 00000000 00000017 00000001 00000001 00000003 000001",    // a short element
           "00000000 00000000 00000017 00000000",                             // left over
           "ffffffff 00000000 00000017",
       })
    check_refused<Ints>("int4[]", Format::binary, from_hex(hex));
  for (const char* text : {"", "{", "}", "1,2", "{1,2", "{1,}", "{,1}", "{1,,2}", "{\"1}",
                           "{\"1\"2}", "{1}{2}", "[1:2]{1,2}", "{1\\}", "{\"1\\"})
    check_refused<Ints>("int4[]", Format::text, text);
}
