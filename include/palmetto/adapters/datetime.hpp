#pragma once

#include "palmetto/adapt/adapter.hpp"
#include "palmetto/adapters/microseconds.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ratio>
#include <utility>

/// Dates, and timestamps with and without time zone:
///
/// | C++                               | sent as     | read from   |
/// |-----------------------------------|-------------|-------------|
/// | std::chrono::sys_time<D>          | timestamptz | timestamptz |
/// | std::chrono::local_time<D>        | timestamp   | timestamp   |
/// | std::chrono::sys_days, local_days | date        | date        |
/// | std::chrono::year_month_day       | date        | date        |
///
/// D is any duration that measures a microsecond, or that a microsecond measures, up to less than a
/// day: from nanoseconds, which system_clock::now() has, to hours. What the server itself counts is
/// microseconds.
///
/// - What is finer than a microsecond is rounded when sent: to the nearest, from the middle to the
///   even one, as the server rounds text.
/// - What a coarser D can't hold when read, a fraction of a second for sys_seconds, is a DataError.
/// - So is a time beyond either's range, in both directions: timestamps reach from 4714-11-24 BC to
///   294276 AD, and dates to 5874897 AD; 64 bits of microseconds from 1970 to 294247 AD, of
///   nanoseconds to 2262 AD.
/// - The time points' max() is infinity, and their min() -infinity. year_month_day has neither: an
///   infinite date is a DataError for it.
/// - A DataError shows the value that was read; a value that can't be sent it does not show.
///
/// A timestamp without time zone is no point in time, so that sys_time can't be read from one, nor
/// local_time from one with. In text a result must be in the ISO style: another DateStyle is a
/// DataError. CockroachDB has infinite dates, but no infinite timestamps: it refuses them in
/// binary, and takes the word for 294276-12-31 23:59:59.999999.
namespace palmetto {

namespace detail {

/// PostgreSQL counts from 2000-01-01, std::chrono from 1970-01-01.
inline constexpr std::int64_t postgres_epoch_days = 10957;
inline constexpr std::int64_t postgres_epoch = postgres_epoch_days * microseconds_per_day;

/// The ends of the server's integers are the infinities, in the binary formats and here.
template <class Wire>
inline constexpr Wire wire_infinity = std::numeric_limits<Wire>::max();
template <class Wire>
inline constexpr Wire wire_minus_infinity = std::numeric_limits<Wire>::min();

/// Whether a timestamp, in microseconds from 2000, is finite and one that the server can have.
[[nodiscard]] constexpr bool is_finite_timestamp(std::int64_t wire) noexcept {
  return wire >= -211'813'488'000'000'000 && wire < 9'223'371'331'200'000'000;
}
/// Likewise a date, in days from 2000.
[[nodiscard]] constexpr bool is_finite_date(std::int64_t wire) noexcept {
  return wire >= -2'451'545 && wire < 2'145'031'949;
}

/// The two types are alike but for their texts, of which timestamptz's has an offset.
enum class TimestampType : std::uint8_t { timestamp, timestamptz };

/// The text formats, of what the binary formats hold: microseconds and days from 2000.
void write_timestamp_text(Writer& out, TimestampType type, std::int64_t wire);
void write_date_text(Writer& out, std::int32_t wire);
[[nodiscard]] std::int64_t read_timestamp_text(Reader& in, TimestampType type);
[[nodiscard]] std::int32_t read_date_text(Reader& in);

[[noreturn]] void fail_timestamp_range(const Writer& out);
[[noreturn]] void fail_timestamp_range(const Reader& in, TimestampType type, std::int64_t wire);
[[noreturn]] void fail_date_range(const Writer& out);
[[noreturn]] void fail_date_range(const Reader& in, std::int32_t wire);
/// "the timestamp 2026-11-21 00:00:00.5 has a fraction that does not fit std::chrono::..."
[[noreturn]] void fail_timestamp(const Reader& in, TimestampType type, std::int64_t wire,
                                 std::string_view problem, std::string_view cpp_name);
[[noreturn]] void fail_date(const Reader& in, std::int32_t wire, std::string_view problem,
                            std::string_view cpp_name);

template <class D>
concept DayDuration =
    SignedDuration<D> && std::ratio_equal_v<typename D::period, std::chrono::days::period>;
template <class D>
concept TimestampDuration =
    MicrosecondDuration<D> && std::ratio_less_v<typename D::period, std::chrono::days::period>;

/// Whether that many of D are a duration, and neither of the two that are the infinities.
template <SignedDuration D>
[[nodiscard]] constexpr bool is_finite_count(std::int64_t count) noexcept {
  return std::in_range<typename D::rep>(count) && count != D::max().count() &&
         count != D::min().count();
}

/// A duration from 1970 as microseconds from 2000.
template <TimestampDuration D>
[[nodiscard]] std::int64_t to_timestamp(Writer& out, D since_1970) {
  if (since_1970 == D::max()) return wire_infinity<std::int64_t>;
  if (since_1970 == D::min()) return wire_minus_infinity<std::int64_t>;
  const std::int64_t count = since_1970.count();
  std::int64_t wire = 0;
  bool overflows = false;
  if constexpr (Tick<D>::den > 1) {
    overflows =
        __builtin_sub_overflow(divide_to_nearest(count, Tick<D>::den), postgres_epoch, &wire);
  } else {
    // The epochs' distance first: seconds from 2000 reach all that the server has, while
    // microseconds from 1970 overflow before its end.
    constexpr std::int64_t tick = Tick<D>::num;
    overflows = __builtin_sub_overflow(count, postgres_epoch / tick, &wire) ||
                __builtin_mul_overflow(wire, tick, &wire) ||
                __builtin_sub_overflow(wire, postgres_epoch % tick, &wire);
  }
  if (overflows || !is_finite_timestamp(wire)) [[unlikely]]
    fail_timestamp_range(out);
  return wire;
}

/// Microseconds from 2000 as a time point.
template <class T>
[[nodiscard]] T from_timestamp(Reader& in, TimestampType type, std::int64_t wire) {
  using D = typename T::duration;
  if (!is_finite_timestamp(wire)) [[unlikely]] {
    if (wire == wire_infinity<std::int64_t>) return T::max();
    if (wire == wire_minus_infinity<std::int64_t>) return T::min();
    fail_timestamp_range(in, type, wire);
  }
  std::int64_t count = 0;
  bool overflows = false;
  if constexpr (Tick<D>::den > 1) {
    overflows = __builtin_add_overflow(wire, postgres_epoch, &count) ||
                __builtin_mul_overflow(count, Tick<D>::den, &count);
  } else {
    constexpr std::int64_t tick = Tick<D>::num;
    const std::int64_t rest = wire % tick + postgres_epoch % tick;
    if (rest % tick != 0) [[unlikely]]
      fail_timestamp(in, type, wire, fraction_does_not_fit, Adapter<T>::cpp_name);
    overflows = __builtin_add_overflow(wire / tick, postgres_epoch / tick + rest / tick, &count);
  }
  if (overflows || !is_finite_count<D>(count)) [[unlikely]]
    fail_timestamp(in, type, wire, does_not_fit, Adapter<T>::cpp_name);
  return T(D(static_cast<typename D::rep>(count)));
}

/// Days from 1970 as days from 2000.
template <DayDuration D>
[[nodiscard]] std::int32_t to_date(Writer& out, D since_1970) {
  if (since_1970 == D::max()) return wire_infinity<std::int32_t>;
  if (since_1970 == D::min()) return wire_minus_infinity<std::int32_t>;
  std::int64_t wire = 0;
  if (__builtin_sub_overflow(std::int64_t{since_1970.count()}, postgres_epoch_days, &wire) ||
      !is_finite_date(wire)) [[unlikely]]
    fail_date_range(out);
  return static_cast<std::int32_t>(wire);
}

/// Days from 2000 as a time point.
template <class T>
[[nodiscard]] T from_date(Reader& in, std::int32_t wire) {
  using D = typename T::duration;
  if (wire == wire_infinity<std::int32_t>) return T::max();
  if (wire == wire_minus_infinity<std::int32_t>) return T::min();
  if (!is_finite_date(wire)) [[unlikely]]
    fail_date_range(in, wire);
  const std::int64_t count = wire + postgres_epoch_days;
  if (!is_finite_count<D>(count)) [[unlikely]]
    fail_date(in, wire, does_not_fit, Adapter<T>::cpp_name);
  return T(D(static_cast<typename D::rep>(count)));
}

/// The adapters of the time points but for their names.
template <class T, TimestampType Type>
struct TimestampAdapter {
  static void write(Writer& out, T value) {
    out.put<std::int64_t>(to_timestamp(out, value.time_since_epoch()));
  }
  static void write_text(Writer& out, T value) {
    write_timestamp_text(out, Type, to_timestamp(out, value.time_since_epoch()));
  }
  static T read(Reader& in) { return from_timestamp<T>(in, Type, in.get<std::int64_t>()); }
  static T read_text(Reader& in) {
    return from_timestamp<T>(in, Type, read_timestamp_text(in, Type));
  }
};
template <class T>
struct DateAdapter {
  static void write(Writer& out, T value) {
    out.put<std::int32_t>(to_date(out, value.time_since_epoch()));
  }
  static void write_text(Writer& out, T value) {
    write_date_text(out, to_date(out, value.time_since_epoch()));
  }
  static T read(Reader& in) { return from_date<T>(in, in.get<std::int32_t>()); }
  static T read_text(Reader& in) { return from_date<T>(in, read_date_text(in)); }
};

/// What a time point is called in a message: its template's name around its duration's.
template <class D, std::size_t Size>
[[nodiscard]] consteval auto time_point_name(const char (&time_point)[Size]) {
  constexpr std::string_view duration = duration_name<D>;
  std::array<char, Size + duration.size() + 1> name{};  // with < and >, without the 0
  char* end = std::copy(time_point, time_point + Size - 1, name.data());
  *end++ = '<';
  end = std::copy(duration.begin(), duration.end(), end);
  *end = '>';
  return name;
}
template <class D>
inline constexpr auto sys_time_name = time_point_name<D>("std::chrono::sys_time");
template <class D>
inline constexpr auto local_time_name = time_point_name<D>("std::chrono::local_time");
template <>
inline constexpr std::string_view sys_time_name<std::chrono::seconds> = "std::chrono::sys_seconds";
template <>
inline constexpr std::string_view local_time_name<std::chrono::seconds> =
    "std::chrono::local_seconds";

}  // namespace detail

template <detail::TimestampDuration D>
struct Adapter<std::chrono::sys_time<D>>
    : detail::TimestampAdapter<std::chrono::sys_time<D>, detail::TimestampType::timestamptz> {
  static constexpr TypeRef type = "timestamptz";
  static constexpr std::string_view cpp_name{detail::sys_time_name<D>.data(),
                                             detail::sys_time_name<D>.size()};
};

template <detail::TimestampDuration D>
struct Adapter<std::chrono::local_time<D>>
    : detail::TimestampAdapter<std::chrono::local_time<D>, detail::TimestampType::timestamp> {
  static constexpr TypeRef type = "timestamp";
  static constexpr std::string_view cpp_name{detail::local_time_name<D>.data(),
                                             detail::local_time_name<D>.size()};
};

template <detail::DayDuration D>
struct Adapter<std::chrono::sys_time<D>> : detail::DateAdapter<std::chrono::sys_time<D>> {
  static constexpr TypeRef type = "date";
  static constexpr std::string_view cpp_name = "std::chrono::sys_days";
};

template <detail::DayDuration D>
struct Adapter<std::chrono::local_time<D>> : detail::DateAdapter<std::chrono::local_time<D>> {
  static constexpr TypeRef type = "date";
  static constexpr std::string_view cpp_name = "std::chrono::local_days";
};

template <>
struct Adapter<std::chrono::year_month_day> {
  static constexpr TypeRef type = "date";
  static constexpr std::string_view cpp_name = "std::chrono::year_month_day";

  static void write(Writer& out, const std::chrono::year_month_day& value);
  static void write_text(Writer& out, const std::chrono::year_month_day& value);
  static std::chrono::year_month_day read(Reader& in);
  static std::chrono::year_month_day read_text(Reader& in);
};

}  // namespace palmetto
