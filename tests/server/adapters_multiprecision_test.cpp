#include "palmetto/adapters/multiprecision.hpp"

#include "server/round_trip.hpp"
#include "support/server.hpp"

using namespace support;
using namespace boost::multiprecision;

TEST_CASE("integers of any size travel as numeric") {
  auto conn = connect();
  check_round_trips<cpp_int>(conn, "numeric",
                             {{0, "0"},
                              {-1, "-1"},
                              {cpp_int(1) << 100, "1267650600228229401496703205376"},
                              {pow(cpp_int(10), 131071), "1" + std::string(131071, '0')}});
  check_round_trips<int128_t>(conn, "numeric",
                              {{int128_t("-340282366920938463463374607431768211455"),
                                "-340282366920938463463374607431768211455"}});
}

TEST_CASE("decimals of fixed precision travel as numeric") {
  auto conn = connect();
  check_round_trips<cpp_dec_float_50>(
      conn, "numeric",
      {{cpp_dec_float_50(0), "0"},
       {cpp_dec_float_50("-1.50"), "-1.5"},
       {cpp_dec_float_50("1e-30"), "0." + std::string(29, '0') + "1"},
       {std::numeric_limits<cpp_dec_float_50>::infinity(), "Infinity"}});
}

TEST_CASE("random integers and decimals of Boost travel") {
  auto conn = connect();
  check_random_round_trips(conn, "numeric", [](Random& random) {
    cpp_int value = random();
    for (int i = random.between(0, 20); i > 0; --i) value = (value << 64) + random();
    return random.between(0, 1) == 0 ? value : cpp_int(-value);
  });
  check_random_round_trips(conn, "numeric", [](Random& random) {
    const cpp_dec_float_50 value = cpp_dec_float_50(random()) / cpp_dec_float_50(random() | 1);
    return cpp_dec_float_50(value * pow(cpp_dec_float_50(10), random.between(-40, 40)));
  });
}
