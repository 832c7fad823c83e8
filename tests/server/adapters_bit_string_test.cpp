#include "palmetto/adapters/bit_string.hpp"
#include "palmetto/adapters/bitset.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <algorithm>

using namespace support;
using palmetto::BitString;

namespace {

BitString random_bits(Random& random) {
  BitString bits;
  for (auto left = random.between(0, 70); left > 0; --left) bits.push_back(random() % 2 == 0);
  return bits;
}

template <std::size_t N>
std::bitset<N> random_bitset(Random& random) {
  std::bitset<N> bits;
  for (std::size_t i = 0; i < N; ++i) bits[i] = random() % 2 == 0;
  return bits;
}

}  // namespace

TEST_CASE("a BitString travels as varbit") {
  auto conn = connect();
  std::vector<RoundTrip<BitString>> cases;
  for (const char* text : {"", "0", "1", "1011", "11111111", "111111111", "0000000000000000"})
    cases.push_back({BitString::parse(text), text});
  check_round_trips(conn, "varbit", cases);
  check_round_trip(conn, BitString(100'003, true), "varbit");
  CHECK(conn.execute("SELECT pg_typeof($1)::text", BitString()).value<std::string>() ==
        "bit varying");
}

TEST_CASE("a BitString is read from bit, and stored in it") {
  auto conn = connect();
  check_round_trip(conn, BitString::parse("1011"), "bit(4)", "1011");
  conn.execute("CREATE TEMP TABLE plans (seats bit(4))");
  conn.execute("INSERT INTO plans VALUES ($1)", BitString::parse("0110"));
  CHECK(conn.execute("SELECT seats FROM plans").value<BitString>().to_string() == "0110");
}

TEST_CASE("random bit strings travel") {
  auto conn = connect();
  check_random_round_trips(conn, "varbit", &random_bits);
}

TEST_CASE("bits are at the server's places") {
  auto conn = connect();
  const BitString bits = BitString::parse("10110000111");
  for (int i = 0; i < static_cast<int>(bits.size()); ++i)
    CHECK((conn.execute("SELECT get_bit($1, $2)", bits, i).value<int>() == 1) ==
          bits[static_cast<std::size_t>(i)]);
}

TEST_CASE("bit strings are in the server's order") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  std::vector<BitString> values;
  for (int i = 0; i < 500; ++i) {
    BitString bits;
    for (auto left = random.between(0, 20); left > 0; --left)
      bits.push_back(random.between(0, 4) == 0);
    values.push_back(bits);
  }
  const auto sorted =
      conn.execute("SELECT v FROM unnest($1::varbit[]) AS v ORDER BY v", values).all<BitString>();
  std::sort(values.begin(), values.end());
  CHECK(bool(sorted == values));
}

TEST_CASE("a bitset travels as bit, and is read from varbit") {
  auto conn = connect();
  using Bits = std::bitset<4>;
  const std::vector<RoundTrip<Bits>> cases = {
      {Bits("1011"), "1011"}, {Bits(0), "0000"}, {Bits(1), "0001"}, {Bits(15), "1111"}};
  check_round_trips<Bits>(conn, "bit(4)", cases);
  check_round_trips<Bits>(conn, "varbit", cases);
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Bits()).value<std::string>() == "bit");
}

TEST_CASE("random bitsets travel") {
  auto conn = connect();
  check_random_round_trips(conn, "bit(13)", &random_bitset<13>);
  check_random_round_trips(conn, "bit(64)", &random_bitset<64>);
  check_random_round_trips(conn, "varbit", &random_bitset<131>);
}

TEST_CASE("a bitset reads no string of another length") {
  auto conn = connect();
  for (const auto format : {palmetto::Format::binary, palmetto::Format::text}) {
    const auto result = conn.with({.results = format}).execute("SELECT B'101' AS seats");
    const auto error =
        caught<palmetto::DataError>([&] { static_cast<void>(result.value<std::bitset<4>>()); });
    CHECK(contains(error.message(), "the bit string has 3 bits, the C++ type takes 4"));
    CHECK(contains(error.message(), "\"seats\" (bit)"));
  }
}
