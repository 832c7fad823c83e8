#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <bit>
#include <cfloat>
#include <concepts>
#include <cstdint>
#include <iterator>

namespace palmetto {

/// Floating point that is read from any number, rounded on purpose:
///
///     double balance = result.value<palmetto::Nearest<double>>();
///
/// | C++                             | read from                                 |
/// |---------------------------------|-------------------------------------------|
/// | Nearest<double>, Nearest<float> | numeric, int8, int4, int2, float8, float4 |
///
/// The value is the one nearest to the number, from the middle of two the even one; 0 when the
/// number is too small. NaN and the infinities are kept; a number too large for the C++ type is a
/// DataError. Nothing allocates. A plain double is read only from types of which it holds every
/// value; a Nearest is not sent: send the double.
template <class T>
  requires std::same_as<T, double> || std::same_as<T, float>
struct Nearest {
  T value{};

  [[nodiscard]] constexpr operator T() const noexcept { return value; }
};

namespace detail {

/// Of any numeric, from the four numbers it begins with and its digits. Fails when it is malformed
/// or too large.
template <class T>
[[nodiscard]] T nearest_to_numeric(const Reader& in, std::uint64_t head, const char* digits);

/// All that are doubles.
inline constexpr double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                           1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// The number of up to four digits of base 10000 that end there, behind the eight bytes that come
/// before any digits: all four are taken at once. False: one of them is none.
[[nodiscard]] inline bool get_short_mantissa(const char* end, unsigned count,
                                             std::uint64_t& mantissa) noexcept {
  std::uint64_t four;
  std::memcpy(&four, end - sizeof(four), sizeof(four));
  four = network_order(four);
  four &= ~(~0ULL << 8 * count << 8 * count);  // in two steps, as no shift may be by 64
  // From 10000 on, a digit has its highest bit set, or gets it.
  if (((four | (four + 0x58F0'58F0'58F0'58F0)) & 0x8000'8000'8000'8000) != 0) return false;
  constexpr std::uint64_t every_second = 0x0000'FFFF'0000'FFFF;
  const std::uint64_t two = (four >> 16 & every_second) * 10'000 + (four & every_second);
  mantissa = (two >> 32) * 100'000'000 + (two & 0xFFFF'FFFF);
  return true;
}

/// Of most numerics: their digits are an integer that a double holds exactly, so is the power of
/// ten that they count, and the one operation with the two of them rounds correctly. False: it is
/// another, or malformed.
[[nodiscard]] inline bool get_short_numeric(std::uint64_t head, const char* end,
                                            double& value) noexcept {
  constexpr std::uint64_t sign_bit = 0x4000'0000;
  constexpr std::uint64_t unusual_bits = 0xBFFF'C000;  // NaN, an infinity, too large a scale
  constexpr std::uint64_t most_exact = 1ULL << 53;
  constexpr int most_power = static_cast<int>(std::size(powers_of_ten)) - 1;
  const auto count = static_cast<unsigned>(head >> 48);
  if ((head & unusual_bits) != 0 || count > 4 || FLT_EVAL_METHOD != 0)  // x87 rounds twice
    return false;
  std::uint64_t mantissa;
  if (!get_short_mantissa(end, count, mantissa) || mantissa > most_exact) return false;
  const int weight = static_cast<std::int16_t>(head >> 32);
  const int power = (weight + 1 - static_cast<int>(count)) * 4;
  if (power < -most_power || power > most_power) return false;
  // What the scale hides must be zeros: up to 3 of them, as the digits come in fours.
  constexpr std::uint32_t units[] = {1, 10, 100, 1000};
  const int hidden = -power - static_cast<int>(head & 0xFFFF);
  if (hidden > 3 || (hidden > 0 && mantissa % units[hidden] != 0)) return false;
  const auto exact = static_cast<double>(static_cast<std::int64_t>(mantissa));
  value = power < 0 ? exact / powers_of_ten[-power] : exact * powers_of_ten[power];
  if ((head & sign_bit) != 0) value = -value;
  return true;
}

/// The T nearest to what a double was rounded from. False: the double does not tell.
template <class T>
[[nodiscard]] bool round_again(double value, T& rounded) noexcept {
  rounded = static_cast<T>(value);
  if constexpr (std::same_as<T, double>) return true;
  constexpr std::uint64_t beyond_float = 0x1FFF'FFFF;
  constexpr std::uint64_t middle = 0x1000'0000;  // between two floats
  return (std::bit_cast<std::uint64_t>(value) & beyond_float) != middle;
}

}  // namespace detail

template <class T>
struct Adapter<Nearest<T>> {
  static constexpr std::string_view cpp_name =
      sizeof(T) == sizeof(double) ? "palmetto::Nearest<double>" : "palmetto::Nearest<float>";

  /// From numeric.
  static Nearest<T> read(Reader& in) {
    const auto head = in.get<std::uint64_t>();
    const std::string_view digits = in.take(static_cast<std::size_t>(head >> 48) * 2);
    double value;
    Nearest<T> nearest;
    if (!detail::get_short_numeric(head, digits.data() + digits.size(), value) ||
        !detail::round_again<T>(value, nearest.value)) [[unlikely]]
      nearest.value = detail::nearest_to_numeric<T>(in, head, digits.data());
    return nearest;
  }

  static const Source<Nearest<T>> sources[6];
};

extern template struct Adapter<Nearest<double>>;
extern template struct Adapter<Nearest<float>>;

}  // namespace palmetto
