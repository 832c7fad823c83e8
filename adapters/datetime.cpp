#include "palmetto/adapters/datetime.hpp"

#include "datetime_calendar.hpp"
#include "datetime_text.hpp"

#include <string>

namespace palmetto {
namespace {

using namespace detail;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view before_christ = " BC";
constexpr std::string_view iso_style =
    " in ISO style: DateStyle must be ISO, or the result be binary";

constexpr std::string_view outside_timestamps =
    "is outside PostgreSQL's range, 4714-11-24 BC to 294276-12-31";
constexpr std::string_view outside_dates =
    "is outside PostgreSQL's range, 4714-11-24 BC to 5874897-12-31";

constexpr std::string_view name_of(TimestampType type) noexcept {
  return type == TimestampType::timestamptz ? "timestamptz" : "timestamp";
}

// Without the era, which comes after all else.
void append_date(Writer& out, const CalendarDate& date) {
  append_padded(out, magnitude(date.year > 0 ? date.year : 1 - date.year), 4);
  out.append('-');
  append_padded(out, date.month, 2);
  out.append('-');
  append_padded(out, date.day, 2);
}

std::int64_t take_date(TextScanner& text, bool is_before_christ) {
  const std::int64_t year = text.number(4, 7);
  text.expect("-");
  const auto month = static_cast<unsigned>(text.number(2, 2));
  text.expect("-");
  const auto day = static_cast<unsigned>(text.number(2, 2));
  const auto days = count_days({is_before_christ ? 1 - year : year, month, day});
  if (year == 0 || !days) text.fail("is not in the calendar");
  return *days;
}

sys_days checked_date(Writer& out, const year_month_day& value) {
  if (!value.ok()) out.fail("the year_month_day is not in the calendar");
  return value;
}

year_month_day checked_date(Reader& in, std::int32_t wire) {
  const bool is_infinite =
      wire == wire_infinity<std::int32_t> || wire == wire_minus_infinity<std::int32_t>;
  if (!is_infinite && !is_finite_date(wire)) fail_date_range(in, wire);
  const CalendarDate date = calendar_date(wire);
  if (is_infinite || date.year < int{std::chrono::year::min()} ||
      date.year > int{std::chrono::year::max()})
    fail_date(in, wire, does_not_fit, Adapter<year_month_day>::cpp_name);
  return {std::chrono::year(static_cast<int>(date.year)), std::chrono::month(date.month),
          std::chrono::day(date.day)};
}

}  // namespace

void detail::write_timestamp_text(Writer& out, TimestampType type, std::int64_t wire) {
  if (wire == wire_infinity<std::int64_t>) return out.append(infinity_word);
  if (wire == wire_minus_infinity<std::int64_t>) return out.append(minus_infinity_word);
  const CalendarDate date = calendar_date(divide_down(wire, microseconds_per_day));
  append_date(out, date);
  out.append(' ');
  append_clock(out, magnitude(rest_above(wire, microseconds_per_day)));
  if (type == TimestampType::timestamptz) out.append("+00");
  if (date.year <= 0) out.append(before_christ);
}

void detail::write_date_text(Writer& out, std::int32_t wire) {
  if (wire == wire_infinity<std::int32_t>) return out.append(infinity_word);
  if (wire == wire_minus_infinity<std::int32_t>) return out.append(minus_infinity_word);
  const CalendarDate date = calendar_date(wire);
  append_date(out, date);
  if (date.year <= 0) out.append(before_christ);
}

std::int64_t detail::read_timestamp_text(Reader& in, TimestampType type) {
  TextScanner text(in, name_of(type), iso_style);
  if (text.is(infinity_word)) return wire_infinity<std::int64_t>;
  if (text.is(minus_infinity_word)) return wire_minus_infinity<std::int64_t>;
  const bool is_before_christ = text.skip_last(before_christ);
  const std::int64_t days = take_date(text, is_before_christ);
  text.expect(" ");
  const std::int64_t hours = text.pair(23);
  const std::int64_t time = hours * microseconds_per_hour + text.minutes_and_seconds();
  const std::int64_t ahead = type == TimestampType::timestamptz ? text.offset() * 1'000'000 : 0;
  text.expect_end();
  // The local time may lie outside the range that the time itself is in.
  std::int64_t wire = 0;
  if (__builtin_mul_overflow(days, microseconds_per_day, &wire) ||
      __builtin_add_overflow(wire, time - ahead, &wire) || !is_finite_timestamp(wire))
    text.fail(outside_timestamps);
  return wire;
}

std::int32_t detail::read_date_text(Reader& in) {
  TextScanner text(in, "date", iso_style);
  if (text.is(infinity_word)) return wire_infinity<std::int32_t>;
  if (text.is(minus_infinity_word)) return wire_minus_infinity<std::int32_t>;
  const bool is_before_christ = text.skip_last(before_christ);
  const std::int64_t days = take_date(text, is_before_christ);
  text.expect_end();
  if (!is_finite_date(days)) text.fail(outside_dates);
  return static_cast<std::int32_t>(days);
}

void detail::fail_timestamp(const Reader& in, TimestampType type, std::int64_t wire,
                            std::string_view problem, std::string_view cpp_name) {
  Writer text;
  write_timestamp_text(text, type, wire);
  fail_value(in, name_of(type), text.view(), problem, cpp_name);
}
void detail::fail_date(const Reader& in, std::int32_t wire, std::string_view problem,
                       std::string_view cpp_name) {
  Writer text;
  write_date_text(text, wire);
  fail_value(in, "date", text.view(), problem, cpp_name);
}

void detail::fail_timestamp_range(const Reader& in, TimestampType type, std::int64_t wire) {
  fail_timestamp(in, type, wire, outside_timestamps, {});
}
void detail::fail_date_range(const Reader& in, std::int32_t wire) {
  fail_date(in, wire, outside_dates, {});
}
void detail::fail_timestamp_range(const Writer& out) {
  out.fail("the timestamp " + std::string(outside_timestamps));
}
void detail::fail_date_range(const Writer& out) {
  out.fail("the date " + std::string(outside_dates));
}

void Adapter<year_month_day>::write(Writer& out, const year_month_day& value) {
  Adapter<sys_days>::write(out, checked_date(out, value));
}
void Adapter<year_month_day>::write_text(Writer& out, const year_month_day& value) {
  Adapter<sys_days>::write_text(out, checked_date(out, value));
}
year_month_day Adapter<year_month_day>::read(Reader& in) {
  return checked_date(in, in.get<std::int32_t>());
}
year_month_day Adapter<year_month_day>::read_text(Reader& in) {
  return checked_date(in, detail::read_date_text(in));
}

}  // namespace palmetto
