#pragma once

#include <cstdint>
#include <string_view>

namespace palmetto::detail {

/// Whether a command tag ends with a number of rows: "UPDATE 3".
[[nodiscard]] inline bool has_rows(std::string_view tag) noexcept {
  return !tag.empty() && tag.back() >= '0' && tag.back() <= '9';
}

/// The number at the end of a command tag; 0 without one. From its end on: it is a short one most
/// often.
[[nodiscard]] inline std::int64_t rows_of(std::string_view tag) noexcept {
  std::int64_t rows = 0;
  std::int64_t power = 1;
  for (; has_rows(tag); tag.remove_suffix(1), power *= 10) rows += (tag.back() - '0') * power;
  return rows;
}

}  // namespace palmetto::detail
