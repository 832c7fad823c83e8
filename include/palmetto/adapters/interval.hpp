#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapters/microseconds.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>
#include <string>
#include <string_view>
#include <utility>

/// Intervals, and the durations of std::chrono:
///
/// | C++                                         | sent as  | read from |
/// |---------------------------------------------|----------|-----------|
/// | Interval                                    | interval | interval  |
/// | std::chrono::duration, nanoseconds to weeks | interval | interval  |
///
///     using namespace std::chrono;
///     conn.execute("UPDATE subscriptions SET ends = ends + $1", palmetto::Interval(months(1)));
///     auto age = conn.execute("SELECT now() - started FROM jobs").value<microseconds>();
///
/// An Interval has months, days and microseconds, as the server has: none is any number of another,
/// since months and, where clocks change, days differ in length. A duration is a length of time:
///
/// - sent, it is microseconds alone, so that std::chrono::days(1) is 24:00:00, which is not always
///   the 1 day of Interval(std::chrono::days(1)). What is finer is rounded: to the nearest, from
///   the middle to the even one. More microseconds than 64 bits count are a DataError.
/// - read, the interval's days are 24 hours each, as they are for std::chrono::days and for the
///   server's extract(epoch). Months, infinity, a fraction that the duration can't hold, or more
///   than it can count are each a DataError.
/// - Its count is a signed integer, and its period measures a microsecond or is measured by it.
///   std::chrono::months and years are no such durations but averages: send them as Interval.
///
/// In text a result must be in the IntervalStyle `postgres`: another style is a DataError. What is
/// sent as text means the same in every style. Nothing allocates but `to_string` and messages.
namespace palmetto {

namespace detail {

/// A duration of months, days or time, whole ones of what Interval keeps.
template <class D>
concept MonthsDuration =
    SignedDuration<D> &&
    std::ratio_greater_equal_v<typename D::period, std::chrono::months::period> &&
    std::ratio_divide<typename D::period, std::chrono::months::period>::den == 1;
template <class D>
concept DaysDuration = MicrosecondDuration<D> &&
                       std::ratio_divide<typename D::period, std::chrono::days::period>::den == 1;
template <class D>
concept IntervalDuration = MonthsDuration<D> || MicrosecondDuration<D>;

[[noreturn]] void throw_interval_overflow();

/// `count` times `factor`, if it fits an Interval's months or days. Throws DataError if not.
[[nodiscard]] constexpr std::int32_t interval_field(std::int64_t count, std::int64_t factor) {
  std::int64_t field = 0;
  if (__builtin_mul_overflow(count, factor, &field) || !std::in_range<std::int32_t>(field))
    throw_interval_overflow();
  return static_cast<std::int32_t>(field);
}

}  // namespace detail

/// A span of months, days and microseconds, of either sign each.
///
/// PostgreSQL has infinite intervals from version 17 on: they are the greatest and the least of all
/// three fields, here as in the binary format. An older server takes and gives these two as the
/// finite intervals that they are to it; in text, `infinity`, it refuses them.
struct Interval {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::chrono::microseconds time{0};

  constexpr Interval() noexcept = default;
  constexpr Interval(std::int32_t month_count, std::int32_t day_count,
                     std::chrono::microseconds rest) noexcept
      : months(month_count), days(day_count), time(rest) {}

  /// From a duration: `std::chrono::years` and `months` are months, `weeks` and `days` are days,
  /// and what is shorter is time, however long: 36h are 36:00:00. What is finer than a microsecond
  /// is rounded, as above. Throws DataError when there are too many.
  ///
  ///     Interval(years(1)) + months(2) + days(3) + 4h + 5min
  ///
  /// (Two durations that std::chrono itself adds, `months(2) + 4h`, are averages already.)
  template <detail::IntervalDuration D>
  constexpr Interval(D duration) {
    if constexpr (detail::MonthsDuration<D>) {
      using Factor = std::ratio_divide<typename D::period, std::chrono::months::period>;
      months = detail::interval_field(duration.count(), Factor::num);
    } else if constexpr (detail::DaysDuration<D>) {
      using Factor = std::ratio_divide<typename D::period, std::chrono::days::period>;
      days = detail::interval_field(duration.count(), Factor::num);
    } else {
      std::int64_t count = 0;
      if (!detail::to_microseconds(duration, count)) detail::throw_interval_overflow();
      time = std::chrono::microseconds(count);
    }
  }

  [[nodiscard]] static constexpr Interval infinity() noexcept {
    return {std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max(),
            std::chrono::microseconds::max()};
  }
  [[nodiscard]] static constexpr Interval minus_infinity() noexcept {
    return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::min(),
            std::chrono::microseconds::min()};
  }
  [[nodiscard]] constexpr bool is_infinite() const noexcept {
    return *this == infinity() || *this == minus_infinity();
  }

  /// The length of time that it is, with days of 24 hours: `interval.to_duration<seconds>()`.
  /// Throws DataError when it has months, is infinite, or does not fit.
  template <detail::MicrosecondDuration D = std::chrono::microseconds>
  [[nodiscard]] D to_duration() const;

  /// As the server writes it in IntervalStyle postgres: "1 year 2 mons -3 days +04:05:06.789".
  [[nodiscard]] std::string to_string() const;
  /// Reads that text. Throws DataError, which quotes it.
  [[nodiscard]] static Interval parse(std::string_view text);

  /// Whether all fields are equal. The server's own = takes a month for 30 days, and a day for 24
  /// hours.
  friend constexpr bool operator==(const Interval&, const Interval&) = default;

  /// Field by field. They throw DataError when a field overflows, or for infinity without infinity.
  [[nodiscard]] Interval operator-() const;
  Interval& operator+=(const Interval& other);
  Interval& operator-=(const Interval& other);
  [[nodiscard]] friend Interval operator+(Interval a, const Interval& b) { return a += b; }
  [[nodiscard]] friend Interval operator-(Interval a, const Interval& b) { return a -= b; }
};

namespace detail {

/// Days and time as microseconds. False: it has months, as the infinite ones do, or there are too
/// many.
[[nodiscard]] constexpr bool to_microseconds(const Interval& value,
                                             std::int64_t& microseconds) noexcept {
  // Both parts with the same sign: if the first overflows, so does the sum.
  std::int64_t days = value.days + value.time.count() / microseconds_per_day;
  std::int64_t rest = value.time.count() % microseconds_per_day;
  if (days > 0 && rest < 0) {
    --days;
    rest += microseconds_per_day;
  } else if (days < 0 && rest > 0) {
    ++days;
    rest -= microseconds_per_day;
  }
  return value.months == 0 && !__builtin_mul_overflow(days, microseconds_per_day, &microseconds) &&
         !__builtin_add_overflow(microseconds, rest, &microseconds);
}

/// "the interval 1 mon has months, which have no fixed length: it does not fit
/// std::chrono::seconds"
[[noreturn]] void fail_interval(const Reader& in, const Interval& value, std::string_view problem,
                                std::string_view cpp_name);

template <MicrosecondDuration D>
[[nodiscard]] D to_duration(const Reader& in, const Interval& value) {
  D duration{};
  std::int64_t microseconds = 0;
  const std::string_view problem = to_microseconds(value, microseconds)
                                       ? from_microseconds(microseconds, duration)
                                       : does_not_fit;
  if (!problem.empty()) [[unlikely]]
    fail_interval(in, value, problem, duration_name<D>);
  return duration;
}

}  // namespace detail

template <detail::MicrosecondDuration D>
D Interval::to_duration() const {
  return detail::to_duration<D>(Reader(nullptr, 0), *this);
}

template <>
struct Adapter<Interval> {
  static constexpr TypeRef type = "interval";
  static constexpr std::string_view cpp_name = "palmetto::Interval";

  static void write(Writer& out, const Interval& value) {
    out.put<std::int64_t>(value.time.count());
    out.put<std::int32_t>(value.days);
    out.put<std::int32_t>(value.months);
  }
  static void write_text(Writer& out, const Interval& value);
  static Interval read(Reader& in) {
    Interval value;
    value.time = std::chrono::microseconds(in.get<std::int64_t>());
    value.days = in.get<std::int32_t>();
    value.months = in.get<std::int32_t>();
    return value;
  }
  static Interval read_text(Reader& in);
};

template <class Rep, class Period>
  requires detail::MicrosecondDuration<std::chrono::duration<Rep, Period>>
struct Adapter<std::chrono::duration<Rep, Period>> {
  using Duration = std::chrono::duration<Rep, Period>;
  static constexpr TypeRef type = "interval";
  static constexpr std::string_view cpp_name = detail::duration_name<Duration>;

  static void write(Writer& out, Duration value) {
    Adapter<Interval>::write(out, to_interval(out, value));
  }
  static void write_text(Writer& out, Duration value) {
    Adapter<Interval>::write_text(out, to_interval(out, value));
  }
  static Duration read(Reader& in) {
    return detail::to_duration<Duration>(in, Adapter<Interval>::read(in));
  }
  static Duration read_text(Reader& in) {
    return detail::to_duration<Duration>(in, Adapter<Interval>::read_text(in));
  }

 private:
  static Interval to_interval(Writer& out, Duration value) {
    std::int64_t microseconds = 0;
    if (!detail::to_microseconds(value, microseconds)) [[unlikely]]
      out.fail("the duration has more microseconds than an interval can have");
    return {0, 0, std::chrono::microseconds(microseconds)};
  }
};

PALMETTO_DECLARE_ADAPTER(Interval);

}  // namespace palmetto
