#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/bit_string.hpp"
#include "palmetto/adapters/bitset.hpp"

#include "../support/adapter_round_trip.hpp"

using namespace palmetto;
using namespace palmetto::test;

namespace {

template <std::size_t N>
void check_bitset(std::string_view text, std::string_view hex_bytes) {
  const std::bitset<N> value{std::string(text)};
  CHECK(value.to_string() == text);
  check_round_trip(value, "bit", hex_bytes, text);
  CHECK(load<std::bitset<N>>("varbit", Format::binary, from_hex(hex_bytes)) == value);
  CHECK(load<std::bitset<N>>("varbit", Format::text, text) == value);
}

}  // namespace

TEST_CASE("a bit string is sent as varbit and read back in both formats") {
  const struct {
    std::string_view text;
    std::string_view hex;
  } cases[] = {
      {"", "00000000"},
      {"0", "00000001 00"},
      {"1", "00000001 80"},
      {"1011", "00000004 b0"},
      {"11111111", "00000008 ff"},
      {"111111111", "00000009 ff80"},
      {"000000000", "00000009 0000"},
  };
  for (const auto& c : cases) {
    const BitString value = BitString::parse(c.text);
    CHECK(value.size() == c.text.size());
    CHECK(value.to_string() == c.text);
    check_round_trip(value, "varbit", c.hex, c.text);
    CHECK(load<BitString>("bit", Format::binary, from_hex(c.hex)) == value);
    CHECK(load<BitString>("bit", Format::text, c.text) == value);
  }
}

TEST_CASE("a bitset is sent as bit, in the order of its own text") {
  check_bitset<0>("", "00000000");
  check_bitset<1>("1", "00000001 80");
  check_bitset<4>("1011", "00000004 b0");
  check_bitset<8>("11111110", "00000008 fe");
  check_bitset<9>("100000001", "00000009 8080");
  check_bitset<70>("1000000000000000000000000000000000000000000000000000000000000000000011",
                   "00000046 80000000000000000c");
  CHECK(load<std::bitset<4>>("bit", Format::binary, from_hex("00000004 10")).to_ulong() == 1);
}

TEST_CASE("a value of another length than the bitset's is a DataError that says so") {
  for (const char* type : {"bit", "varbit"}) {
    check_refused<std::bitset<4>>(type, Format::binary, from_hex("00000003 a0"));
    check_refused<std::bitset<4>>(type, Format::binary, from_hex("00000005 a0"));
    check_refused<std::bitset<4>>(type, Format::binary, from_hex("0000000c a000"));
    check_refused<std::bitset<4>>(type, Format::text, "101");
    check_refused<std::bitset<4>>(type, Format::text, "10110");
  }
  CHECK(refusal<std::bitset<4>>("bit", Format::text, "101") ==
        "the bit string has 3 bits, the C++ type takes 4");
}

TEST_CASE("bits behind the end are ignored, as the server ignores them") {
  const BitString value = load<BitString>("varbit", Format::binary, from_hex("00000004 bf"));
  CHECK(value == BitString::parse("1011"));
  CHECK(value.bytes()[0] == std::byte{0xb0});
  CHECK(load<std::bitset<4>>("bit", Format::binary, from_hex("00000004 bf")).to_string() == "1011");
}

TEST_CASE("malformed bit strings are DataErrors") {
  for (const std::string_view hex_bytes :
       {"ffffffff", "80000000 00", "7fffffff 00", "7ffffff8 00", "00000009 ff", "00000004",
        "00000004 b000", "00000000 00", "00000008 ff00"}) {
    check_refused<BitString>("varbit", Format::binary, from_hex(hex_bytes));
    check_refused<std::bitset<9>>("bit", Format::binary, from_hex(hex_bytes));
  }
  check_truncations_refused<BitString>("varbit", Format::binary, from_hex("00000009 ff80"));
  check_truncations_refused<std::bitset<9>>("bit", Format::binary, from_hex("00000009 ff80"));
  for (const std::string_view text : {"2", "10 ", " 1", "1x", "b101", "true"})
    check_refused<BitString>("varbit", Format::text, text);
  check_refused<std::bitset<3>>("bit", Format::text, "1x1");
  CHECK_THROWS_WITH_AS(static_cast<void>(BitString::parse("1012")),
                       "the text is no bit string: a character is neither 0 nor 1: \"1012\"",
                       DataError);
}

TEST_CASE("a bit string grows, and its bits are read and set") {
  BitString bits;
  CHECK(bits.empty());
  for (const bool bit : {true, false, true, true, false, false, false, false, true})
    bits.push_back(bit);
  CHECK(bits.to_string() == "101100001");
  CHECK(bits.size() == 9);
  CHECK(bits[0]);
  CHECK(!bits[1]);
  CHECK(bits[8]);
  bits.set(1);
  bits.set(0, false);
  CHECK(bits.to_string() == "011100001");
  CHECK(BitString(3).to_string() == "000");
  CHECK(BitString(10, true).to_string() == "1111111111");
  CHECK(BitString(10, true).bytes()[1] == std::byte{0xc0});
}

TEST_CASE("a bit string is made of packed bits, without those behind the end") {
  const std::byte bytes[] = {std::byte{0xa5}, std::byte{0xff}};
  const BitString bits(bytes, 10);
  CHECK(bits.to_string() == "1010010111");
  CHECK(bits == BitString::parse("1010010111"));
  CHECK(bits.bytes()[1] == std::byte{0xc0});
  CHECK_THROWS_AS(BitString(bytes, 8), DataError);
  CHECK_THROWS_AS(BitString(bytes, 17), DataError);
}

TEST_CASE("bit strings are in the server's order") {
  const std::string_view sorted[] = {
      "", "0", "0000000000", "001", "01", "1", "10", "10000000", "100000000", "1000000001", "11",
  };
  for (std::size_t i = 0; i + 1 < std::size(sorted); ++i)
    CHECK(BitString::parse(sorted[i]) < BitString::parse(sorted[i + 1]));
}

TEST_CASE("arrays of bit strings are read and written") {
  check_round_trip(std::vector{BitString::parse("101"), BitString()}, "varbit[]",
                   "00000001 00000000 0000061a 00000002 00000001 00000005 00000003a0"
                   "00000004 00000000",
                   "{101,\"\"}");
  check_round_trip(std::vector{std::bitset<3>(5)}, "bit[]",
                   "00000001 00000000 00000618 00000001 00000001 00000005 00000003a0", "{101}");
}

TEST_CASE("bit strings are read from bit and varbit alone") {
  CHECK(!is_loadable<BitString>("text", Format::text));
  CHECK(!is_loadable<BitString>("bytea", Format::binary));
  CHECK(!is_loadable<std::bitset<8>>("int4", Format::binary));
}
