#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <ratio>
#include <string_view>
#include <utility>

/// What the adapters of dates, times and intervals share: durations as the microseconds that the
/// server counts, and back.
namespace palmetto::detail {

inline constexpr std::int64_t microseconds_per_day = 86'400'000'000;

/// The microseconds in one of D, as a ratio.
template <class D>
using Tick = std::ratio_divide<typename D::period, std::micro>;

template <class D>
concept SignedDuration = std::signed_integral<typename D::rep> && sizeof(typename D::rep) <= 8;

/// A duration that measures a microsecond, or that a microsecond measures, up to weeks. Months and
/// years of std::chrono, which are averages of some hours and seconds, are none.
template <class D>
concept MicrosecondDuration =
    SignedDuration<D> && std::ratio_less_equal_v<typename D::period, std::chrono::weeks::period> &&
    (Tick<D>::num == 1 || Tick<D>::den == 1);

/// What a duration is called in a message.
template <class D>
inline constexpr std::string_view duration_name = "std::chrono::duration";
template <>
inline constexpr std::string_view duration_name<std::chrono::nanoseconds> =
    "std::chrono::nanoseconds";
template <>
inline constexpr std::string_view duration_name<std::chrono::microseconds> =
    "std::chrono::microseconds";
template <>
inline constexpr std::string_view duration_name<std::chrono::milliseconds> =
    "std::chrono::milliseconds";
template <>
inline constexpr std::string_view duration_name<std::chrono::seconds> = "std::chrono::seconds";
template <>
inline constexpr std::string_view duration_name<std::chrono::minutes> = "std::chrono::minutes";
template <>
inline constexpr std::string_view duration_name<std::chrono::hours> = "std::chrono::hours";
template <>
inline constexpr std::string_view duration_name<std::chrono::days> = "std::chrono::days";
template <>
inline constexpr std::string_view duration_name<std::chrono::weeks> = "std::chrono::weeks";

/// Divides by a positive number, to the nearest, and from the middle to the even.
[[nodiscard]] constexpr std::int64_t divide_to_nearest(std::int64_t value,
                                                       std::int64_t divisor) noexcept {
  std::int64_t quotient = value / divisor;
  std::int64_t rest = value % divisor;
  if (rest < 0) {
    --quotient;
    rest += divisor;
  }
  const std::int64_t missing = divisor - rest;
  const bool up = rest > missing || (rest == missing && quotient % 2 != 0);
  return quotient + (up ? 1 : 0);
}

/// Counts a duration's microseconds, rounded as above. False: there are too many.
template <MicrosecondDuration D>
[[nodiscard]] constexpr bool to_microseconds(D duration, std::int64_t& microseconds) noexcept {
  if constexpr (Tick<D>::den > 1) {
    microseconds = divide_to_nearest(duration.count(), Tick<D>::den);
    return true;
  } else {
    return !__builtin_mul_overflow(duration.count(), Tick<D>::num, &microseconds);
  }
}

/// What keeps a value that was read from being a C++ one, as a message has it: "the interval 1 day
/// does not fit std::chrono::nanoseconds".
inline constexpr std::string_view does_not_fit = "does not fit";
inline constexpr std::string_view fraction_does_not_fit = "has a fraction that does not fit";

/// Makes a duration of microseconds. Gives what keeps them from being one; nothing: they are.
template <MicrosecondDuration D>
[[nodiscard]] constexpr std::string_view from_microseconds(std::int64_t microseconds,
                                                           D& duration) noexcept {
  std::int64_t count = 0;
  if constexpr (Tick<D>::den > 1) {
    if (__builtin_mul_overflow(microseconds, Tick<D>::den, &count)) return does_not_fit;
  } else {
    if (microseconds % Tick<D>::num != 0) return fraction_does_not_fit;
    count = microseconds / Tick<D>::num;
  }
  if (!std::in_range<typename D::rep>(count)) return does_not_fit;
  duration = D(static_cast<typename D::rep>(count));
  return {};
}

}  // namespace palmetto::detail
