#pragma once

#include "palmetto/adapters/numeric.hpp"

#include <cstring>

namespace palmetto::detail {

/// The most digits after the point. Source: NUMERIC_DSCALE_MAX.
inline constexpr int most_scale = 16'383;
/// One more than a digit of base 10000 can be.
inline constexpr std::uint16_t group_limit = 10'000;

/// A numeric in its binary format: four numbers, then its digits of base 10000. Sources:
/// numeric_send and numeric_recv.
struct WireNumeric {
  std::size_t count;
  int weight;
  NumericKind kind;
  std::uint16_t scale;
  const char* groups;

  /// `head` is the four numbers at once; there must be as many digits as it says.
  WireNumeric(std::uint64_t head, const char* digits) noexcept
      : count(count_of(head)),
        weight(static_cast<std::int16_t>(head >> 32)),
        kind(static_cast<NumericKind>(head >> 16 & 0xFFFF)),
        scale(static_cast<std::uint16_t>(head & 0xFFFF)),
        groups(digits) {}

  [[nodiscard]] static WireNumeric take(Reader& in) {
    const auto head = in.get<std::uint64_t>();
    return {head, in.take(2 * count_of(head)).data()};
  }
  [[nodiscard]] static std::size_t count_of(std::uint64_t head) noexcept { return head >> 48; }

  [[nodiscard]] std::uint16_t group(std::size_t i) const noexcept {
    std::uint16_t bits;
    std::memcpy(&bits, groups + 2 * i, sizeof(bits));
    return network_order(bits);
  }

  /// Fails when it is nothing that PostgreSQL has; otherwise leaves the zeros at both ends of the
  /// digits out.
  void normalise(const Reader& in);
};

}  // namespace palmetto::detail
