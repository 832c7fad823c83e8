#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace palmetto::detail {

/// The number at the end of a command tag, "UPDATE 3"; 0 without one.
[[nodiscard]] inline std::int64_t rows_of(std::string_view tag) noexcept {
  const std::string_view number = tag.substr(tag.rfind(' ') + 1);  // npos + 1 is 0
  std::int64_t rows = 0;
  std::from_chars(number.data(), number.data() + number.size(), rows);
  return rows;
}

}  // namespace palmetto::detail
