#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/mac_address.hpp"
#include "palmetto/adapters/network.hpp"

#include "../support/adapter_round_trip.hpp"

using namespace palmetto;
using namespace palmetto::test;

namespace {

std::string parse_refusal(std::string_view text) {
  try {
    static_cast<void>(Inet::parse(text));
  } catch (const DataError& error) { return error.message(); }
  return {};
}

}  // namespace

TEST_CASE("an address is sent as inet and read back in both formats") {
  const struct {
    std::string_view text;
    std::string_view hex;
  } cases[] = {
      {"192.168.0.1", "02200004 c0a80001"},
      {"192.168.0.1/24", "02180004 c0a80001"},
      {"0.0.0.0/0", "02000004 00000000"},
      {"255.255.255.255", "02200004 ffffffff"},
      {"::1", "03800010 00000000000000000000000000000001"},
      {"::", "03800010 00000000000000000000000000000000"},
      {"::/0", "03000010 00000000000000000000000000000000"},
      {"::5", "03800010 00000000000000000000000000000005"},
      {"::1.2.3.4", "03800010 00000000000000000000000001020304"},
      {"::0.1.0.0", "03800010 00000000000000000000000000010000"},
      {"::ffff:1.2.3.4/96", "03600010 00000000000000000000ffff01020304"},
      {"::ffff:0.0.0.1", "03800010 00000000000000000000ffff00000001"},
      {"::fffe:102:304", "03800010 00000000000000000000fffe01020304"},
      {"::1:0:0", "03800010 00000000000000000000000100000000"},
      {"1::", "03800010 00010000000000000000000000000000"},
      {"fe80::1/64", "03400010 fe800000000000000000000000000001"},
      {"2001:db8::1:0:0:1", "03800010 20010db8000000000001000000000001"},
      {"1:0:2:0:3:0:4:0", "03800010 00010000000200000003000000040000"},
      {"1:0:0:2::3", "03800010 00010000000000020000000000000003"},
      {"1:2:3:4:5:6:7:8", "03800010 00010002000300040005000600070008"},
      {"::1:2:3:4:0:0", "03800010 00000000000100020003000400000000"},
      {"64:ff9b::102:304", "03800010 0064ff9b000000000000000001020304"},
      {"1:2:3:4:5:6::", "03800010 00010002000300040005000600000000"},
      {"1:2:3:4:5:0:7:8", "03800010 00010002000300040005000000070008"},
  };
  for (const auto& c : cases) {
    const Inet value = Inet::parse(c.text);
    CHECK(value.to_string() == c.text);
    check_round_trip(value, "inet", c.hex, c.text);
  }
}

TEST_CASE("a network is sent as cidr and read back in both formats, always with its prefix") {
  const struct {
    std::string_view text;
    std::string_view hex;
  } cases[] = {
      {"1.2.3.0/24", "02180104 01020300"},
      {"1.2.3.4/32", "02200104 01020304"},
      {"0.0.0.0/0", "02000104 00000000"},
      {"10.128.0.0/9", "02090104 0a800000"},
      {"::/0", "03000110 00000000000000000000000000000000"},
      {"2001:db8::/32", "03200110 20010db8000000000000000000000000"},
      {"::1/128", "03800110 00000000000000000000000000000001"},
  };
  for (const auto& c : cases) {
    const Cidr value = Cidr::parse(c.text);
    CHECK(value.to_string() == c.text);
    check_round_trip(value, "cidr", c.hex, c.text);
    CHECK(load<Inet>("cidr", Format::binary, from_hex(c.hex)) == value.address());
    CHECK(load<Inet>("cidr", Format::text, c.text) == value.address());
  }
}

TEST_CASE("CockroachDB's bytes of an inet are read") {
  CHECK(load<Inet>("inet", Format::binary, from_hex("02180004c0a80001")).to_string() ==
        "192.168.0.1/24");
  CHECK(load<Inet>("inet", Format::binary, from_hex("0380001000000000000000000000000000000001"))
            .to_string() == "::1");
}

TEST_CASE("other texts of an IPv6 address are read as well") {
  const struct {
    std::string_view text;
    std::string_view written;
  } cases[] = {
      {"FE80::A", "fe80::a"},
      {"0001:0002:0003:0004:0005:0006:0007:0008", "1:2:3:4:5:6:7:8"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"64:ff9b::1.2.3.4/96", "64:ff9b::102:304/96"},
  };
  for (const auto& c : cases) CHECK(Inet::parse(c.text).to_string() == c.written);
  CHECK(Inet::parse("1.2.3.4/32").to_string() == "1.2.3.4");
  CHECK(Cidr::parse("1.2.3.4").to_string() == "1.2.3.4/32");
}

TEST_CASE("malformed text of an address is a DataError") {
  for (const std::string_view text : {"",
                                      "1",
                                      "1.2.3",
                                      "1.2.3.",
                                      "1.2.3.4.",
                                      "1.2.3.4.5",
                                      "256.0.0.1",
                                      "1.2.3.04",
                                      "1.2.3.0x4",
                                      " 1.2.3.4",
                                      "1.2.3.4 ",
                                      "1..3.4",
                                      "-1.2.3.4",
                                      "+1.2.3.4",
                                      "1.2.3.4/",
                                      "1.2.3.4/33",
                                      "1.2.3.4/-1",
                                      "1.2.3.4/08",
                                      "1.2.3.4/8/8",
                                      "1.2.3.4/8 ",
                                      "/8",
                                      ":",
                                      ":::",
                                      "1:2:3:4:5:6:7",
                                      "1::2::3",
                                      ":1::",
                                      "1:",
                                      "1::2:",
                                      "12345::",
                                      "g::",
                                      "1:2:3:4:5:6:7:8:9",
                                      "1:2:3:4::5:6:7:8",
                                      "::1.2.3",
                                      "::1.2.3.4:5",
                                      "1.2.3.4::",
                                      "1:2:3:4:5:6:7:1.2.3.4",
                                      "::/129",
                                      "fe80::1%eth0",
                                      "::0x1",
                                      "::-1",
                                      "0000:0000:0000:0000:0000:0000:0000:00001",
                                      "1:2:3:4:5:6:1.2.3.4.5",
                                      "10/8"})
    check_refused<Inet>("inet", Format::text, text);
  CHECK(parse_refusal("localhost") == "the text is no IP address: \"localhost\"");
}

TEST_CASE("malformed bytes of an address are a DataError") {
  for (const std::string_view hex_bytes : {"01200004 c0a80001",  // a family that is none
                                           "04200004 c0a80001",  //
                                           "02210004 c0a80001",  // a prefix beyond the address
                                           "02ff0004 c0a80001",  //
                                           "03810010 00000000000000000000000000000001",  //
                                           "02200204 c0a80001",  // a flag that is neither 0 nor 1
                                           "02200003 c0a800",    // sizes that are not the family's
                                           "02200010 00000000000000000000000000000001",  //
                                           "03200004 c0a80001",                          //
                                           "02200004 c0a8000100"})                       // too long
    check_refused<Inet>("inet", Format::binary, from_hex(hex_bytes));
  check_truncations_refused<Inet>("inet", Format::binary, from_hex("02180004c0a80001"));
  check_truncations_refused<Cidr>("cidr", Format::binary,
                                  from_hex("0320011020010db8000000000000000000000000"));
}

TEST_CASE("a network with bits behind its prefix is a DataError") {
  CHECK_THROWS_AS(static_cast<void>(Cidr::parse("1.2.3.4/24")), DataError);
  CHECK_THROWS_AS(Cidr(Inet::parse("1.2.3.128/24")), DataError);
  check_refused<Cidr>("cidr", Format::text, "2001:db8::1/127");
  check_refused<Cidr>("cidr", Format::binary, from_hex("02180104 01020301"));
  check_refused<Cidr>("cidr", Format::binary, from_hex("02000104 80000000"));
}

TEST_CASE("an address is made of bytes, and gives them") {
  const Inet v4 = Inet::v4({192, 168, 0, 1}, 24);
  CHECK(v4.to_string() == "192.168.0.1/24");
  CHECK(v4.is_v4());
  CHECK(v4.prefix_length() == 24);
  CHECK(v4.bytes().size() == 4);
  CHECK(v4.bytes()[0] == 192);
  CHECK(Inet::v4({127, 0, 0, 1}).to_string() == "127.0.0.1");

  const Inet v6 = Inet::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  CHECK(v6.to_string() == "fe80::1");
  CHECK(!v6.is_v4());
  CHECK(v6.prefix_length() == 128);
  CHECK(v6.bytes().size() == 16);
  CHECK(v6.bytes()[15] == 1);

  CHECK(Inet().to_string() == "0.0.0.0");
  CHECK(Cidr().to_string() == "0.0.0.0/0");
  CHECK_THROWS_AS(static_cast<void>(Inet::v4({}, 33)), DataError);
  CHECK_THROWS_AS(static_cast<void>(Inet::v4({}, -1)), DataError);
  CHECK_THROWS_AS(static_cast<void>(Inet::v6({}, 129)), DataError);
}

TEST_CASE("an address knows its network") {
  CHECK(Inet::parse("192.168.5.7/23").network() == Cidr::parse("192.168.4.0/23"));
  CHECK(Inet::parse("2001:db8:abcd:12ff::1/57").network() ==
        Cidr::parse("2001:db8:abcd:1280::/57"));
  CHECK(Inet::parse("1.2.3.4").network() == Cidr::parse("1.2.3.4/32"));
  CHECK(Inet::parse("255.255.255.255/0").network() == Cidr());
}

TEST_CASE("addresses are in the server's order") {
  const std::string_view sorted[] = {
      "0.0.0.0/0",   "255.255.255.255/0", "9.255.255.255", "10.0.0.0/8",  "10.0.0.1/8",
      "10.0.0.0/16", "10.0.0.0",          "10.0.0.1",      "10.1.0.0/16", "::",
  };
  for (std::size_t i = 0; i + 1 < std::size(sorted); ++i) {
    CHECK(Inet::parse(sorted[i]) < Inet::parse(sorted[i + 1]));
    CHECK(Inet::parse(sorted[i + 1]) > Inet::parse(sorted[i]));
  }
  CHECK(Cidr::parse("10.0.0.0/8") < Cidr::parse("10.0.0.0/9"));
  CHECK(Inet::parse("::ffff:1.2.3.4") != Inet::parse("1.2.3.4"));
}

TEST_CASE("an address is read from inet and cidr, a network from cidr alone") {
  CHECK(is_loadable<Inet>("inet", Format::binary));
  CHECK(is_loadable<Inet>("cidr", Format::text));
  CHECK(!is_loadable<Cidr>("inet", Format::binary));
  CHECK(!is_loadable<Inet>("text", Format::text));
}

TEST_CASE("arrays of addresses and of networks are read and written") {
  check_round_trip(std::vector{Inet::parse("::1"), Inet::parse("1.2.3.4/5")}, "inet[]",
                   "00000001 00000000 00000365 00000002 00000001"
                   "00000014 03800010 00000000000000000000000000000001"
                   "00000008 02050004 01020304",
                   "{::1,1.2.3.4/5}");
  check_round_trip(std::vector{Cidr::parse("1.2.3.0/24")}, "cidr[]",
                   "00000001 00000000 0000028a 00000001 00000001 00000008 02180104 01020300",
                   "{1.2.3.0/24}");
}

TEST_CASE("a MAC address is sent as macaddr or macaddr8 and read back in both formats") {
  const MacAddr six{{0x08, 0x00, 0x2b, 0x01, 0x02, 0x03}};
  check_round_trip(six, "macaddr", "08002b010203", "08:00:2b:01:02:03");
  const MacAddr8 eight{{0x08, 0x00, 0x2b, 0x01, 0x02, 0x03, 0x04, 0xff}};
  check_round_trip(eight, "macaddr8", "08002b01020304ff", "08:00:2b:01:02:03:04:ff");
  CHECK(MacAddr::parse("08:00:2B:01:02:03") == six);
  CHECK(six.to_string() == "08:00:2b:01:02:03");
  CHECK(MacAddr8::parse(eight.to_string()) == eight);
  CHECK(MacAddr{} < six);
  CHECK(MacAddr{{0xff}} > six);
  check_round_trip(std::vector{six}, "macaddr[]",
                   "00000001 00000000 0000033d 00000001 00000001 00000006 08002b010203",
                   "{08:00:2b:01:02:03}");
  check_round_trip(std::vector{eight}, "macaddr8[]",
                   "00000001 00000000 00000306 00000001 00000001 00000008 08002b01020304ff",
                   "{08:00:2b:01:02:03:04:ff}");
}

TEST_CASE("malformed MAC addresses are DataErrors") {
  check_truncations_refused<MacAddr>("macaddr", Format::binary, from_hex("08002b010203"));
  check_refused<MacAddr>("macaddr", Format::binary, from_hex("08002b01020304"));
  // The server itself takes 6 bytes for a macaddr8, but never sends them.
  check_truncations_refused<MacAddr8>("macaddr8", Format::binary, from_hex("08002b01020304ff"));
  check_truncations_refused<MacAddr>("macaddr", Format::text, "08:00:2b:01:02:03");
  for (const std::string_view text :
       {"08:00:2b:01:02:03:", "08:00:2b:01:02:0g", "08:00:2b:01:02-03", "08-00-2b-01-02-03",
        "0x:00:2b:01:02:03", "-8:00:2b:01:02:03", " 8:00:2b:01:02:03", "08002b010203"})
    check_refused<MacAddr>("macaddr", Format::text, text);
  CHECK(refusal<MacAddr>("macaddr", Format::text, "08002b010203") ==
        "the text is no MAC address: it is not 6 pairs of digits with colons between them");
  CHECK_THROWS_AS(static_cast<void>(MacAddr8::parse("08:00:2b:01:02:03")), DataError);
  CHECK(!is_loadable<MacAddr>("macaddr8", Format::binary));
  CHECK(!is_loadable<MacAddr8>("macaddr", Format::binary));
}
