#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/money.hpp"
#include "palmetto/adapters/nearest.hpp"
#include "palmetto/adapters/numeric.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

#include <cstdint>
#include <limits>

using palmetto::Money;
using palmetto::Nearest;
using palmetto::Numeric;

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  using Int64 = std::numeric_limits<std::int64_t>;
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const auto number = [](std::string_view text) { return Numeric::parse(text); };
  const Numeric half = number("-1234567890123456789012345678901234567890.50");
  const Numeric small = number("0.00001234");
  const Numeric middle = number("9007199254740993");  // between two doubles
  const Numeric beyond = number("1e309");
  return {
      read<Numeric>("numeric", {0, -1, 10000, half, small, beyond, number("0.000"), number("1.50"),
                                number("NaN"), number("Infinity"), number("-Infinity")}),
      read<Numeric, std::string_view>("numeric", {"+.5", "1.e3", "-1.50E-3", "inf", "nan"}),
      read<Numeric, std::int64_t>("int8", {0, Int64::min(), Int64::max()}),
      read<Numeric, std::int32_t>("int4", {7, -1}),
      read<Numeric, std::int16_t>("int2", {7, -1}),
      read<Nearest<double>, Numeric>("numeric", {0, half, small, middle, beyond, number("NaN")}),
      read<Nearest<double>, std::int64_t>("int8", {0, 9007199254740993, Int64::min()}),
      read<Nearest<float>, Numeric>("numeric", {0, half, small, middle, number("16777217")}),
      read<Nearest<float>, double>("float8", {0, 0.1, 16777217, 1e39}),
      read<std::uint64_t>("numeric", {0, 10000, most}),
      read<std::uint64_t, Numeric>("numeric", {number("1.00"), -1, small, beyond}),
      read<std::uint64_t, std::string_view>("xid8", {"0", "18446744073709551615"}),
      read<std::uint64_t, std::int64_t>("xid8", {7, -1}),
      read<Money>("money", {Money{}, Money{-1234}, Money{Int64::min()}}),
  };
}
