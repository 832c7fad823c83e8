#pragma once

#include "palmetto/adapt/adapter.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What the texts of dates, times and intervals have in common.
namespace palmetto::detail {

inline constexpr std::string_view infinity_word = "infinity";
inline constexpr std::string_view minus_infinity_word = "-infinity";

inline constexpr std::int64_t microseconds_per_minute = 60'000'000;
inline constexpr std::int64_t microseconds_per_hour = 60 * microseconds_per_minute;

// How far a number is from 0, of the least one too.
[[nodiscard]] constexpr std::uint64_t magnitude(std::int64_t number) noexcept {
  const auto bits = static_cast<std::uint64_t>(number);
  return number < 0 ? 0 - bits : bits;
}

// A number with zeros in front of it, to so many digits at least.
void append_padded(Writer& out, std::uint64_t number, std::size_t width);
// "04:05:06.789"
void append_clock(Writer& out, std::uint64_t microseconds);
// Of so many seconds east: "+03", "+05:30", "-00:19:32".
void append_offset(Writer& out, std::int64_t seconds);

// Throws a DataError: "the date infinity does not fit std::chrono::year_month_day".
[[noreturn]] void fail_value(const Reader& in, std::string_view type, std::string_view value,
                             std::string_view problem, std::string_view cpp_name = {});

// The value of a text: text_form.hpp's parse_text, but for the scanner below, which quotes the text
// in its messages itself.
template <class T>
[[nodiscard]] T parsed(std::string_view text) {
  Reader in(text.data(), text.size());
  return Adapter<T>::read_text(in);
}

// Takes a text apart from its front; what is not as it should be is a DataError.
class TextScanner {
 public:
  // `hint` is what the message adds where the text is none of the type.
  TextScanner(Reader& in, std::string_view type, std::string_view hint = {})
      : in_(&in), type_(type), hint_(hint), whole_(in.rest()), text_(whole_) {}

  [[nodiscard]] bool is(std::string_view whole) const noexcept { return text_ == whole; }
  [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }

  [[nodiscard]] bool skip_last(std::string_view suffix) noexcept {
    if (!text_.ends_with(suffix)) return false;
    text_.remove_suffix(suffix.size());
    return true;
  }
  bool skip(char c) noexcept { return skip(std::string_view(&c, 1)); }
  bool skip(std::string_view prefix) noexcept {
    if (!text_.starts_with(prefix)) return false;
    text_.remove_prefix(prefix.size());
    return true;
  }
  void expect(std::string_view prefix) {
    if (!skip(prefix)) fail();
  }
  void expect_end() const {
    if (!at_end()) fail();
  }

  // A number of so many digits, 18 at most.
  [[nodiscard]] std::int64_t number(std::size_t least, std::size_t most);
  // A number of two digits, up to `greatest`.
  [[nodiscard]] std::int64_t pair(std::int64_t greatest);
  // The microseconds of ":05:06.789", whose seconds are up to `greatest`.
  [[nodiscard]] std::int64_t minutes_and_seconds(std::int64_t greatest = 59);
  // The seconds that a time zone is ahead: "+05:30", "-03", "+00:19:32".
  [[nodiscard]] std::int64_t offset();

  // The text is no value of the type at all.
  [[noreturn]] void fail() const;
  // It is one, but not one that can be taken: "the date 2027-02-29 is not in the calendar".
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  // Microseconds, from the digits after the point.
  [[nodiscard]] std::int64_t fraction();

  Reader* in_;
  std::string_view type_;
  std::string_view hint_;
  std::string_view whole_;
  std::string_view text_;
};

}  // namespace palmetto::detail
