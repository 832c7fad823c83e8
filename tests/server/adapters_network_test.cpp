#include "palmetto/adapters/mac_address.hpp"
#include "palmetto/adapters/network.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <algorithm>

using namespace support;
using palmetto::Cidr;
using palmetto::Inet;
using palmetto::MacAddr;
using palmetto::MacAddr8;

namespace {

// The server's cast of an inet to text has a prefix length always, its output has not.
template <class T>
std::string written_by_server(const palmetto::Connection& conn, const T& value) {
  return conn.execute("SELECT concat($1)", value).template value<std::string>();
}

template <class Bytes>
Bytes random_bytes(Random& random) {
  Bytes bytes;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

// With many groups of zeros, and IPv4 at the end at times: what decides how it is written.
std::array<std::uint8_t, 16> random_v6(Random& random) {
  auto bytes = random_bytes<std::array<std::uint8_t, 16>>(random);
  for (std::size_t group = 0; group < 8; ++group) {
    if (random.between(0, 2) != 0) bytes[2 * group] = bytes[2 * group + 1] = 0;
    if (random.between(0, 5) == 0) bytes[2 * group] = 0;
  }
  if (random.between(0, 3) == 0) std::fill_n(bytes.begin(), 10, std::uint8_t{0});
  if (random.between(0, 5) == 0) bytes[10] = bytes[11] = 0xff;
  return bytes;
}

Inet random_address(Random& random) {
  if (random.between(0, 1) == 0) return Inet::v6(random_v6(random));
  return Inet::v4(random_bytes<std::array<std::uint8_t, 4>>(random));
}

// With a prefix shorter than the address, for which the server's two texts are one.
Inet random_inet(Random& random) {
  if (random.between(0, 1) == 0) return Inet::v6(random_v6(random), random.between(0, 127));
  return Inet::v4(random_bytes<std::array<std::uint8_t, 4>>(random), random.between(0, 31));
}

Cidr random_cidr(Random& random) {
  if (random.between(0, 3) == 0) return random_address(random).network();
  return random_inet(random).network();
}

}  // namespace

TEST_CASE("an Inet travels as inet") {
  auto conn = connect();
  check_round_trips<Inet>(conn, "inet",
                          {{Inet(), "0.0.0.0/32"},
                           {Inet::v4({192, 168, 0, 1}, 24), "192.168.0.1/24"},
                           {Inet::v4({255, 255, 255, 255}, 0), "255.255.255.255/0"},
                           {Inet::v6({}), "::/128"},
                           {Inet::v6({}, 0), "::/0"},
                           {Inet::parse("::1"), "::1/128"},
                           {Inet::parse("fe80::1/64"), "fe80::1/64"},
                           {Inet::parse("::ffff:1.2.3.4"), "::ffff:1.2.3.4/128"}});
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Inet()).value<std::string>() == "inet");
}

TEST_CASE("a Cidr travels as cidr, and is read as an Inet") {
  auto conn = connect();
  check_round_trips<Cidr>(conn, "cidr",
                          {{Cidr(), "0.0.0.0/0"},
                           {Cidr::parse("1.2.3.0/24"), "1.2.3.0/24"},
                           {Cidr::parse("1.2.3.4"), "1.2.3.4/32"},
                           {Cidr::parse("::1"), "::1/128"},
                           {Cidr::parse("2001:db8::/32"), "2001:db8::/32"}});
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Cidr()).value<std::string>() == "cidr");
  for (const auto format : {palmetto::Format::binary, palmetto::Format::text}) {
    const auto with = conn.with({.results = format});
    CHECK(with.execute("SELECT '1.2.3.0/24'::cidr").value<Inet>() == Inet::parse("1.2.3.0/24"));
    CHECK(with.execute("SELECT '::1'::cidr").value<Inet>() == Inet::parse("::1"));
  }
}

TEST_CASE("random addresses travel with their prefixes") {
  auto conn = connect();
  check_random_round_trips(conn, "inet", &random_inet);
}

TEST_CASE("random networks travel") {
  auto conn = connect();
  check_random_round_trips(conn, "cidr", &random_cidr);
}

TEST_CASE("addresses are written as the server writes them") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  std::vector<Inet> values;
  for (int i = 0; i < random_values; ++i) {
    values.push_back(random_address(random));
    CHECK(written_by_server(conn, values.back()) == values.back().to_string());
  }
  check_round_trip(conn, values, "inet[]");
}

TEST_CASE("an address's network is the server's") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  for (int i = 0; i < 500; ++i) {
    const Inet value = random_inet(random);
    CHECK(conn.execute("SELECT network($1)", value).value<Cidr>() == value.network());
  }
}

TEST_CASE("addresses are in the server's order") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  std::vector<Inet> values;
  for (int i = 0; i < 500; ++i) {
    // Many of them within the same networks.
    const auto last = random_bytes<std::array<std::uint8_t, 1>>(random)[0];
    values.push_back(i % 2 == 0 ? Inet::v4({10, 0, 0, last}, random.between(0, 32))
                                : random_inet(random));
  }
  const auto sorted =
      conn.execute("SELECT v FROM unnest($1::inet[]) AS v ORDER BY v", values).all<Inet>();
  std::sort(values.begin(), values.end());
  CHECK(bool(sorted == values));
}

TEST_CASE("what the server refuses as a network is refused before it is sent") {
  auto conn = connect();
  CHECK_THROWS_AS(conn.execute("SELECT '1.2.3.4/24'::cidr"), palmetto::DataError);
  CHECK_THROWS_AS(static_cast<void>(Cidr::parse("1.2.3.4/24")), palmetto::DataError);
}

TEST_CASE("MAC addresses travel as macaddr and macaddr8") {
  auto conn = connect();
  check_round_trips<MacAddr>(
      conn, "macaddr",
      {{{}, "00:00:00:00:00:00"},
       {MacAddr{{0x08, 0x00, 0x2b, 0x01, 0x02, 0x03}}, "08:00:2b:01:02:03"},
       {MacAddr{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, "ff:ff:ff:ff:ff:ff"}});
  check_round_trips<MacAddr8>(
      conn, "macaddr8",
      {{{}, "00:00:00:00:00:00:00:00"},
       {MacAddr8{{0x08, 0x00, 0x2b, 0x01, 0x02, 0x03, 0x04, 0xff}}, "08:00:2b:01:02:03:04:ff"}});
}

TEST_CASE("random MAC addresses travel") {
  auto conn = connect();
  check_random_round_trips(conn, "macaddr", [](Random& random) {
    return MacAddr{random_bytes<std::array<std::uint8_t, 6>>(random)};
  });
  check_random_round_trips(conn, "macaddr8", [](Random& random) {
    return MacAddr8{random_bytes<std::array<std::uint8_t, 8>>(random)};
  });
}

TEST_CASE("MAC addresses are in the server's order") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  std::vector<MacAddr> values;
  for (int i = 0; i < 200; ++i) values.push_back({random_bytes<decltype(MacAddr::bytes)>(random)});
  const auto sorted =
      conn.execute("SELECT v FROM unnest($1::macaddr[]) AS v ORDER BY v", values).all<MacAddr>();
  std::sort(values.begin(), values.end());
  CHECK(bool(sorted == values));
}
