#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapters/microseconds.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

/// Times of a day, without and with an offset from UTC:
///
/// | C++             | sent as | read from |
/// |-----------------|---------|-----------|
/// | TimeOfDay       | time    | time      |
/// | OffsetTimeOfDay | timetz  | timetz    |
///
///     using namespace std::chrono;
///     palmetto::TimeOfDay opening(8, 30);
///     conn.execute("INSERT INTO shops (opens, closes) VALUES ($1, $2)", opening,
///                  palmetto::TimeOfDay(24h));
///
/// Both reach from 00:00:00 to 24:00:00, the end of the day, which is another time than its
/// beginning. What is beyond is a DataError, when it is made and when it is read. Text is the
/// server's, which is the same in every DateStyle. Nothing allocates but `to_string` and messages.
namespace palmetto {

namespace detail {

[[nodiscard]] constexpr bool is_time_of_day(std::int64_t microseconds) noexcept {
  return microseconds >= 0 && microseconds <= microseconds_per_day;
}
/// Whether the server takes that many seconds, of either sign, for an offset from UTC.
[[nodiscard]] constexpr bool is_utc_offset(std::int64_t seconds) noexcept {
  return seconds > -16 * 3600 && seconds < 16 * 3600;
}
[[noreturn]] void throw_no_time_of_day();
[[noreturn]] void throw_no_utc_offset();

}  // namespace detail

/// A time of a day in microseconds since midnight, as a clock on the wall shows it.
class TimeOfDay {
 public:
  /// Midnight, when the day begins.
  constexpr TimeOfDay() noexcept = default;

  /// From the time since midnight. What is finer than a microsecond is rounded: to the nearest,
  /// from the middle to the even one, as the server rounds text. Throws DataError beyond 00:00:00
  /// to 24:00:00.
  template <detail::MicrosecondDuration D>
  constexpr explicit TimeOfDay(D since_midnight) {
    if (!detail::to_microseconds(since_midnight, since_midnight_) ||
        !detail::is_time_of_day(since_midnight_))
      detail::throw_no_time_of_day();
  }

  /// From what a clock shows: `TimeOfDay(12, 34, 56, 789'000)`. A 60th second is the next minute's
  /// first, as it is for the server. Throws DataError when there is no such time.
  constexpr TimeOfDay(int hours, int minutes, int seconds = 0, int microseconds = 0)
      : since_midnight_(((hours * std::int64_t{60} + minutes) * 60 + seconds) * 1'000'000 +
                        microseconds) {
    if (hours < 0 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60 ||
        microseconds < 0 || microseconds > 999'999 || !detail::is_time_of_day(since_midnight_))
      detail::throw_no_time_of_day();
  }

  /// `std::chrono::hh_mm_ss(time.since_midnight())` takes it apart.
  [[nodiscard]] constexpr std::chrono::microseconds since_midnight() const noexcept {
    return std::chrono::microseconds(since_midnight_);
  }
  [[nodiscard]] constexpr explicit operator std::chrono::microseconds() const noexcept {
    return since_midnight();
  }
  /// As the server writes it: "12:34:56.789".
  [[nodiscard]] std::string to_string() const;
  /// Reads that text. Throws DataError, which quotes it.
  [[nodiscard]] static TimeOfDay parse(std::string_view text);

  friend constexpr std::strong_ordering operator<=>(const TimeOfDay&, const TimeOfDay&) = default;

 private:
  std::int64_t since_midnight_ = 0;
};

/// A time of a day where the clock is so much ahead of UTC. An offset is positive **east** of
/// Greenwich, as it is in text and in std::chrono: 12:34+03 is 09:34 UTC. (PostgreSQL's own
/// integer, the binary format's, counts the seconds west.)
class OffsetTimeOfDay {
 public:
  /// Midnight, UTC.
  constexpr OffsetTimeOfDay() noexcept = default;

  /// Throws DataError when the offset is not within -15:59:59 and +15:59:59, the server's range.
  constexpr OffsetTimeOfDay(TimeOfDay time, std::chrono::seconds offset)
      : time_(time), offset_(static_cast<std::int32_t>(offset.count())) {
    if (!detail::is_utc_offset(offset.count())) detail::throw_no_utc_offset();
  }

  /// What the clock shows.
  [[nodiscard]] constexpr TimeOfDay time() const noexcept { return time_; }
  /// How far it is ahead of UTC.
  [[nodiscard]] constexpr std::chrono::seconds offset() const noexcept {
    return std::chrono::seconds(offset_);
  }

  /// As the server writes it: "12:34:56.789+03", "12:34:56+05:30", "12:34:56-00:19:32".
  [[nodiscard]] std::string to_string() const;
  /// Reads that text, and CockroachDB's, whose offsets always have minutes: "+03:00". Throws
  /// DataError, which quotes it.
  [[nodiscard]] static OffsetTimeOfDay parse(std::string_view text);

  friend constexpr bool operator==(const OffsetTimeOfDay&, const OffsetTimeOfDay&) = default;
  /// By the moment in UTC, which may be of the day before or after; at the same moment what is
  /// further east comes first. Source: timetz_cmp_internal.
  friend constexpr std::strong_ordering operator<=>(const OffsetTimeOfDay& a,
                                                    const OffsetTimeOfDay& b) noexcept {
    const auto order = a.in_utc() <=> b.in_utc();
    return order != 0 ? order : b.offset_ <=> a.offset_;
  }

 private:
  [[nodiscard]] constexpr std::int64_t in_utc() const noexcept {
    return time_.since_midnight().count() - std::int64_t{offset_} * 1'000'000;
  }

  TimeOfDay time_;
  std::int32_t offset_ = 0;
};

namespace detail {

[[noreturn]] void fail_time_of_day(const Reader& in, std::string_view type,
                                   std::int64_t microseconds);
[[noreturn]] void fail_utc_offset(const Reader& in, TimeOfDay time, std::int64_t offset);

[[nodiscard]] inline TimeOfDay read_time_of_day(Reader& in, std::string_view type) {
  const auto microseconds = in.get<std::int64_t>();
  if (!is_time_of_day(microseconds)) [[unlikely]]
    fail_time_of_day(in, type, microseconds);
  return TimeOfDay(std::chrono::microseconds(microseconds));
}

}  // namespace detail

template <>
struct Adapter<TimeOfDay> {
  static constexpr TypeRef type = "time";
  static constexpr std::string_view cpp_name = "palmetto::TimeOfDay";

  static void write(Writer& out, TimeOfDay value) {
    out.put<std::int64_t>(value.since_midnight().count());
  }
  static void write_text(Writer& out, TimeOfDay value);
  static TimeOfDay read(Reader& in) { return detail::read_time_of_day(in, "time"); }
  static TimeOfDay read_text(Reader& in);
};

template <>
struct Adapter<OffsetTimeOfDay> {
  static constexpr TypeRef type = "timetz";
  static constexpr std::string_view cpp_name = "palmetto::OffsetTimeOfDay";

  static void write(Writer& out, const OffsetTimeOfDay& value) {
    Adapter<TimeOfDay>::write(out, value.time());
    out.put<std::int32_t>(static_cast<std::int32_t>(-value.offset().count()));
  }
  static void write_text(Writer& out, const OffsetTimeOfDay& value);
  static OffsetTimeOfDay read(Reader& in) {
    const TimeOfDay time = detail::read_time_of_day(in, "timetz");
    const std::int64_t offset = -std::int64_t{in.get<std::int32_t>()};
    if (!detail::is_utc_offset(offset)) [[unlikely]]
      detail::fail_utc_offset(in, time, offset);
    return {time, std::chrono::seconds(offset)};
  }
  static OffsetTimeOfDay read_text(Reader& in);
};

PALMETTO_DECLARE_ADAPTER(TimeOfDay);
PALMETTO_DECLARE_ADAPTER(OffsetTimeOfDay);

}  // namespace palmetto
