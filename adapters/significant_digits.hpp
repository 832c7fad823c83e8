#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

namespace palmetto::detail {

/// A decimal number that becomes the nearest floating point: as many of its digits as can make a
/// difference, without allocation.
class SignificantDigits {
 public:
  /// Takes the next digit of base 10000, from the most significant on.
  void append(std::uint16_t digit) noexcept {
    if (count_ == 0 && digit == 0) {
      ++skipped_;
    } else if (count_ < most_digits) {
      for (int i = 4; i-- > 0; digit /= 10)
        text_[4 * count_ + static_cast<std::size_t>(i)] = static_cast<char>('0' + digit % 10);
      ++count_;
    } else {
      has_more_ |= digit != 0;
    }
  }

  /// The nearest T, from the middle the even one, when the first digit that was taken counts
  /// 10000^weight. Nothing when the number is too large for a T.
  template <class T>
  [[nodiscard]] std::optional<T> nearest(int weight) noexcept {
    char* end = text_ + 4 * count_;
    if (count_ == 0) return T{0};
    const int power = 4 * (weight - skipped_ - static_cast<int>(count_) + 1);
    // Of what follows, only whether there is anything counts.
    int dropped = 0;
    if (has_more_) {
      *end++ = '1';
      dropped = 1;
    }
    *end++ = 'e';
    end = std::to_chars(end, text_ + sizeof(text_), power - dropped).ptr;
    T value{0};
    if (std::from_chars(text_, end, value).ec == std::errc()) return value;
    if (weight - skipped_ >= 0) return std::nullopt;
    return T{0};
  }

 private:
  /// The middle of two doubles has up to 767 digits, and 3 more may be zeros at the beginning.
  static constexpr std::size_t most_digits = 200;

  char text_[4 * most_digits + 16];
  std::size_t count_ = 0;
  int skipped_ = 0;
  bool has_more_ = false;
};

}  // namespace palmetto::detail
