#include "datetime_text.hpp"

#include <charconv>
#include <string>

namespace palmetto::detail {
namespace {

// Enough for every value of these types; a message quotes no more of a text that is none.
constexpr std::size_t longest_shown = 100;

std::string shown(std::string_view text) {
  if (text.size() <= longest_shown) return std::string(text);
  return std::string(text.substr(0, longest_shown)) + "...";
}

}  // namespace

void append_padded(Writer& out, std::uint64_t number, std::size_t width) {
  char digits[20];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), number);
  const auto count = static_cast<std::size_t>(end - digits);
  for (std::size_t i = count; i < width; ++i) out.append('0');
  out.append(digits, count);
}

void append_clock(Writer& out, std::uint64_t microseconds) {
  const std::uint64_t seconds = microseconds / 1'000'000;
  std::uint64_t fraction = microseconds % 1'000'000;
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

void append_offset(Writer& out, std::int64_t seconds) {
  const std::uint64_t distance = magnitude(seconds);
  out.append(seconds < 0 ? '-' : '+');
  append_padded(out, distance / 3600, 2);
  if (distance % 3600 == 0) return;
  out.append(':');
  append_padded(out, distance / 60 % 60, 2);
  if (distance % 60 == 0) return;
  out.append(':');
  append_padded(out, distance % 60, 2);
}

void fail_value(const Reader& in, std::string_view type, std::string_view value,
                std::string_view problem, std::string_view cpp_name) {
  std::string message = "the " + std::string(type) + ' ' + shown(value) + ' ';
  message += problem;
  if (!cpp_name.empty()) message += ' ';
  message += cpp_name;
  in.fail(message);
}

std::int64_t TextScanner::number(std::size_t least, std::size_t most) {
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

std::int64_t TextScanner::pair(std::int64_t greatest) {
  const std::int64_t value = number(2, 2);
  if (value > greatest) fail();
  return value;
}

std::int64_t TextScanner::fraction() {
  const std::size_t before = text_.size();
  std::int64_t value = number(1, 6);
  for (std::size_t digits = before - text_.size(); digits < 6; ++digits) value *= 10;
  return value;
}

std::int64_t TextScanner::minutes_and_seconds(std::int64_t greatest) {
  expect(":");
  const std::int64_t minutes = pair(59);
  expect(":");
  const std::int64_t seconds = minutes * 60 + pair(greatest);
  return seconds * 1'000'000 + (skip('.') ? fraction() : 0);
}

std::int64_t TextScanner::offset() {
  const bool is_behind = skip('-');
  if (!is_behind) expect("+");
  std::int64_t seconds = number(2, 3) * 3600;
  if (skip(':')) {
    seconds += pair(59) * 60;
    if (skip(':')) seconds += pair(59);
  }
  return is_behind ? -seconds : seconds;
}

void TextScanner::fail() const {
  in_->fail('"' + shown(whole_) + "\" is no " + std::string(type_) + std::string(hint_));
}

void TextScanner::fail(std::string_view problem) const { fail_value(*in_, type_, whole_, problem); }

}  // namespace palmetto::detail
