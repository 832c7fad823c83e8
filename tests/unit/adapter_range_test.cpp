#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/range.hpp"
#include "palmetto/adapters/text.hpp"

#include "support/adapter_round_trip.hpp"

#include <doctest/doctest.h>

using namespace palmetto;
using namespace palmetto::test;

namespace {

using Ints = Range<std::int32_t>;
using Multi = Multirange<std::int32_t>;

}  // namespace

TEST_CASE("ranges, as the server sends them") {
  check_round_trip(Ints(1, 5), "int4range", "02 00000004 00000001 00000004 00000005", "[1,5)");
  check_round_trip(Ints(1, 5, RangeBounds::both), "int4range",
                   "06 00000004 00000001 00000004 00000005", "[1,5]");
  check_round_trip(Ints(1, 5, RangeBounds::none), "int4range",
                   "00 00000004 00000001 00000004 00000005", "(1,5)");
  check_round_trip(Ints(1, 5, RangeBounds::upper), "int4range",
                   "04 00000004 00000001 00000004 00000005", "(1,5]");
  check_round_trip(Ints(std::nullopt, -1), "int4range", "08 00000004 ffffffff", "(,-1)");
  check_round_trip(Ints(-1, std::nullopt), "int4range", "12 00000004 ffffffff", "[-1,)");
  check_round_trip(Ints(), "int4range", "18", "(,)");
  check_round_trip(Ints::empty(), "int4range", "01", "empty");
}

TEST_CASE("multiranges, as the server sends them") {
  check_round_trip(Multi{}, "int4multirange", "00000000", "{}");
  check_round_trip(Multi{{{1, 2}, {}}}, "int4multirange",
                   "00000002 00000011 02 00000004 00000001 00000004 00000002 00000001 18",
                   "{[1,2),(,)}");
  // The server drops empty ranges; what it is sent may have them.
  check_round_trip(Multi{{Ints::empty(), {1, 2}}}, "int4multirange",
                   "00000002 00000001 01 00000011 02 00000004 00000001 00000004 00000002",
                   "{empty,[1,2)}");
}

TEST_CASE("malformed ranges are DataErrors") {
  check_truncations_refused<Ints>("int4range", Format::binary,
                                  from_hex("02 00000004 00000001 00000004 00000005"));
  for (const char* hex : {
           "20",                                        // an unknown flag
           "0118",                                      // left over
           "02 ffffffff 00000004 00000005",             // a negative length
           "02 00000005 0000000100 00000004 00000005",  // a bound that is too long
           "02 7fffffff 00000001 00000004 00000005",    // a bound that is not there
           "02 00000004 00000001 00000004 00000005 00000000",
       })
    check_refused<Ints>("int4range", Format::binary, from_hex(hex));
  for (const char* text : {"", "[", "[)", "[1,2", "1,2)", "[1)", "[1,2,3)", "[1,,2)", "[,,)",
                           "[x,2)", "[\"1,2)", "[1\"2\",3)", "Empty", "[1,2)x", "{1,2}", "(1 ,2)"})
    check_refused<Ints>("int4range", Format::text, text);
}

TEST_CASE("malformed multiranges are DataErrors") {
  check_truncations_refused<Multi>(
      "int4multirange", Format::binary,
      from_hex("00000001 00000011 02 00000004 00000001 00000004 00000002"));
  for (const char* hex :
       {"ffffffff", "7fffffff", "00000001 ffffffff", "00000001 00000002 1818", "00000000 00"})
    check_refused<Multi>("int4multirange", Format::binary, from_hex(hex));
  for (const char* text : {"", "{", "[1,2)", "{[1,2)", "{[1,2),}", "{,[1,2)}", "{[1,2)[3,4)}",
                           "{[1,2}", "{x}", "{emptyx}", "{empty[1,2)}", "{[\"1,2)}"})
    check_refused<Multi>("int4multirange", Format::text, text);
}

TEST_CASE("a range is read from its own type alone") {
  CHECK_FALSE(is_loadable<Ints>("int8range", Format::binary));
  CHECK_FALSE(is_loadable<Ints>("int4multirange", Format::binary));
  CHECK_FALSE(is_loadable<Multi>("int4range", Format::binary));
  CHECK(is_loadable<Range<std::int64_t>>("int4range", Format::binary));
}
