#include "palmetto/adapters/datetime.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace palmetto {
namespace {

using namespace detail;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view timestamp_range =
    "the timestamp is outside PostgreSQL's range, 4714-11-24 BC to 294276-12-31";
constexpr std::string_view date_range =
    "the date is outside PostgreSQL's range, 4714-11-24 BC to 5874897-12-31";

// --- The calendar --------------------------------------------------------------------------------

// std::chrono's years end at 32767, the server's at 5874897, but every 400 years are alike.
constexpr std::int64_t years_per_cycle = 400;
constexpr std::int64_t days_per_cycle = 146'097;

struct CalendarDate {
  std::int64_t year;  // 0 is 1 BC
  unsigned month;
  unsigned day;
};

constexpr std::int64_t divide_down(std::int64_t value, std::int64_t divisor) noexcept {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// Of a day, counted from 2000.
CalendarDate calendar_date(std::int64_t days) noexcept {
  const std::int64_t since_1970 = days + postgres_epoch_days;
  const std::int64_t cycle = divide_down(since_1970, days_per_cycle);
  const year_month_day date{
      sys_days(std::chrono::days(static_cast<int>(since_1970 - cycle * days_per_cycle)))};
  return {int{date.year()} + cycle * years_per_cycle, unsigned{date.month()}, unsigned{date.day()}};
}

// The day, counted from 2000; empty when the calendar has no such day.
std::optional<std::int64_t> count_days(const CalendarDate& date) noexcept {
  const std::int64_t cycle = divide_down(date.year, years_per_cycle);
  const year_month_day in_cycle{
      std::chrono::year(static_cast<int>(date.year - cycle * years_per_cycle)),
      std::chrono::month(date.month), std::chrono::day(date.day)};
  if (!in_cycle.ok()) return std::nullopt;
  const std::int64_t since_1970 = sys_days(in_cycle).time_since_epoch().count();
  return since_1970 + cycle * days_per_cycle - postgres_epoch_days;
}

// --- Writing text --------------------------------------------------------------------------------

constexpr std::string_view infinity_word = "infinity";
constexpr std::string_view minus_infinity_word = "-infinity";
constexpr std::string_view before_christ = " BC";

void append_padded(Writer& out, std::int64_t number, std::size_t width) {
  char digits[20];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), number);
  const auto count = static_cast<std::size_t>(end - digits);
  for (std::size_t i = count; i < width; ++i) out.append('0');
  out.append(digits, count);
}

// Without the era, which comes after all else.
void append_date(Writer& out, const CalendarDate& date) {
  append_padded(out, date.year > 0 ? date.year : 1 - date.year, 4);
  out.append('-');
  append_padded(out, date.month, 2);
  out.append('-');
  append_padded(out, date.day, 2);
}

void append_time(Writer& out, std::int64_t microseconds) {
  const std::int64_t seconds = microseconds / 1'000'000;
  std::int64_t fraction = microseconds % 1'000'000;
  append_padded(out, seconds / 3600, 2);
  out.append(':');
  append_padded(out, seconds / 60 % 60, 2);
  out.append(':');
  append_padded(out, seconds % 60, 2);
  if (fraction == 0) return;
  std::size_t width = 6;
  for (; fraction % 10 == 0; fraction /= 10) --width;
  out.append('.');
  append_padded(out, fraction, width);
}

void append_timestamp(Writer& out, std::int64_t wire, std::string_view offset) {
  if (wire == wire_infinity<std::int64_t>) return out.append(infinity_word);
  if (wire == wire_minus_infinity<std::int64_t>) return out.append(minus_infinity_word);
  const std::int64_t day = divide_down(wire, microseconds_per_day);
  const CalendarDate date = calendar_date(day);
  append_date(out, date);
  out.append(' ');
  append_time(out, wire - day * microseconds_per_day);
  out.append(offset);
  if (date.year <= 0) out.append(before_christ);
}

// --- Reading text --------------------------------------------------------------------------------

// Takes a text apart from its front; what is not as it should be is a DataError.
class TextScanner {
 public:
  TextScanner(Reader& in, std::string_view type) : in_(in), type_(type), text_(in.rest()) {}

  [[nodiscard]] bool is(std::string_view whole) const noexcept { return text_ == whole; }
  [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }

  [[nodiscard]] bool skip_last(std::string_view suffix) noexcept {
    if (!text_.ends_with(suffix)) return false;
    text_.remove_suffix(suffix.size());
    return true;
  }
  [[nodiscard]] bool skip(char c) noexcept {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!skip(c)) fail();
  }
  void expect_end() const {
    if (!at_end()) fail();
  }

  // A number of so many digits.
  std::int64_t number(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    std::int64_t value = 0;
    for (; count < text_.size() && text_[count] >= '0' && text_[count] <= '9'; ++count) {
      if (count == most) fail();
      value = value * 10 + (text_[count] - '0');
    }
    if (count < least) fail();
    text_.remove_prefix(count);
    return value;
  }
  // A number of two digits, below `limit`.
  std::int64_t pair(std::int64_t limit) {
    const std::int64_t value = number(2, 2);
    if (value >= limit) fail();
    return value;
  }
  // Microseconds, from the digits after the point.
  std::int64_t fraction() {
    const std::size_t before = text_.size();
    std::int64_t value = number(1, 6);
    for (std::size_t digits = before - text_.size(); digits < 6; ++digits) value *= 10;
    return value;
  }

  [[noreturn]] void fail() const {
    in_.fail("the text is no " + std::string(type_) +
             " in ISO style: DateStyle must be ISO, or the result be binary");
  }

 private:
  Reader& in_;
  std::string_view type_;
  std::string_view text_;
};

std::int64_t take_date(Reader& in, TextScanner& text, bool is_before_christ) {
  const std::int64_t year = text.number(4, 7);
  text.expect('-');
  const auto month = static_cast<unsigned>(text.number(2, 2));
  text.expect('-');
  const auto day = static_cast<unsigned>(text.number(2, 2));
  const auto days = count_days({is_before_christ ? 1 - year : year, month, day});
  if (year == 0 || !days) in.fail("the date is not in the calendar");
  return *days;
}

std::int64_t take_time(TextScanner& text) {
  std::int64_t seconds = text.pair(24) * 3600;
  text.expect(':');
  seconds += text.pair(60) * 60;
  text.expect(':');
  seconds += text.pair(60);
  return seconds * 1'000'000 + (text.skip('.') ? text.fraction() : 0);
}

// The microseconds that a time zone is ahead: "+05:30", "-03", "+00:19:32".
std::int64_t take_offset(TextScanner& text) {
  const bool is_behind = text.skip('-');
  if (!is_behind) text.expect('+');
  std::int64_t seconds = text.number(2, 3) * 3600;
  if (text.skip(':')) seconds += text.pair(60) * 60;
  if (text.skip(':')) seconds += text.pair(60);
  return (is_behind ? -seconds : seconds) * 1'000'000;
}

std::int64_t read_timestamp(Reader& in, std::string_view type, bool has_offset) {
  TextScanner text(in, type);
  if (text.is(infinity_word)) return wire_infinity<std::int64_t>;
  if (text.is(minus_infinity_word)) return wire_minus_infinity<std::int64_t>;
  const bool is_before_christ = text.skip_last(before_christ);
  const std::int64_t days = take_date(in, text, is_before_christ);
  text.expect(' ');
  const std::int64_t time = take_time(text);
  const std::int64_t offset = has_offset ? take_offset(text) : 0;
  text.expect_end();
  // The local time may lie outside the range that the time itself is in.
  std::int64_t wire = 0;
  if (__builtin_mul_overflow(days, microseconds_per_day, &wire) ||
      __builtin_add_overflow(wire, time - offset, &wire) || !is_finite_timestamp(wire))
    fail_timestamp_range(in);
  return wire;
}

sys_days checked_date(Writer& out, const year_month_day& value) {
  if (!value.ok()) out.fail("the year_month_day is not in the calendar");
  return value;
}

year_month_day checked_date(Reader& in, std::int32_t wire) {
  if (wire == wire_infinity<std::int32_t> || wire == wire_minus_infinity<std::int32_t>)
    in.fail("the date is infinite, which std::chrono::year_month_day can't be: read sys_days");
  if (!is_finite_date(wire)) fail_date_range(in);
  const CalendarDate date = calendar_date(wire);
  if (date.year < int{std::chrono::year::min()} || date.year > int{std::chrono::year::max()})
    fail_fit(in);
  return {std::chrono::year(static_cast<int>(date.year)), std::chrono::month(date.month),
          std::chrono::day(date.day)};
}

}  // namespace

void detail::write_timestamp_text(Writer& out, std::int64_t wire) {
  append_timestamp(out, wire, "");
}
void detail::write_timestamptz_text(Writer& out, std::int64_t wire) {
  append_timestamp(out, wire, "+00");
}
void detail::write_date_text(Writer& out, std::int32_t wire) {
  if (wire == wire_infinity<std::int32_t>) return out.append(infinity_word);
  if (wire == wire_minus_infinity<std::int32_t>) return out.append(minus_infinity_word);
  const CalendarDate date = calendar_date(wire);
  append_date(out, date);
  if (date.year <= 0) out.append(before_christ);
}

std::int64_t detail::read_timestamp_text(Reader& in) {
  return read_timestamp(in, "timestamp", false);
}
std::int64_t detail::read_timestamptz_text(Reader& in) {
  return read_timestamp(in, "timestamptz", true);
}
std::int32_t detail::read_date_text(Reader& in) {
  TextScanner text(in, "date");
  if (text.is(infinity_word)) return wire_infinity<std::int32_t>;
  if (text.is(minus_infinity_word)) return wire_minus_infinity<std::int32_t>;
  const bool is_before_christ = text.skip_last(before_christ);
  const std::int64_t days = take_date(in, text, is_before_christ);
  text.expect_end();
  if (!is_finite_date(days)) fail_date_range(in);
  return static_cast<std::int32_t>(days);
}

void detail::fail_timestamp_range(const Writer& out) { out.fail(timestamp_range); }
void detail::fail_timestamp_range(const Reader& in) { in.fail(timestamp_range); }
void detail::fail_date_range(const Writer& out) { out.fail(date_range); }
void detail::fail_date_range(const Reader& in) { in.fail(date_range); }
void detail::fail_fit(const Reader& in) { in.fail("the value does not fit the C++ type"); }
void detail::fail_fraction(const Reader& in) {
  in.fail("the timestamp has a fraction that the C++ type can't hold");
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
