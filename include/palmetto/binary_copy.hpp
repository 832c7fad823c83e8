#pragma once

#include "palmetto/adapt/writer.hpp"
#include "palmetto/pq/result.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

/// COPY's binary format. Source: the manual, COPY, "Binary Format".
namespace palmetto::detail {

/// A file begins with these bytes, no flags and no extension of the header.
inline constexpr std::string_view binary_copy_header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};

/// Takes a COPY to the client apart, a block at a time: each is a row, as the protocol has it.
class BinaryCopyReader {
 public:
  enum class Block { row, header, end, malformed };

  explicit BinaryCopyReader(std::size_t columns) : cells_(columns) {}

  /// Of `row` the cells are there, and point into the block; of `malformed` what is wrong.
  [[nodiscard]] Block read(std::string_view block) {
    const char* at = block.data();
    const char* const end = at + block.size();
    if (state_ != State::rows) [[unlikely]] {
      if (state_ == State::ended) return fail("there is more behind the trailer");
      at = skip_header(at, end);
      if (at == nullptr) return Block::malformed;
      state_ = State::rows;
      if (at == end) return Block::header;
    }
    if (end - at < 2) [[unlikely]]
      return fail("a row has no number of fields");
    const auto count = number<std::int16_t>(at);
    at += 2;
    if (static_cast<std::size_t>(count) != cells_.size()) [[unlikely]]
      return other_count(count, at == end);
    for (pq::Cell& cell : cells_) {
      if (end - at < 4) [[unlikely]]
        return fail("a row ends before its last field");
      const auto length = number<std::int32_t>(at);
      at += 4;
      if (length < 0) {
        if (length != -1) return fail("a field has a negative length");
        cell = {nullptr, 0};
        continue;
      }
      if (end - at < length) [[unlikely]]
        return fail("a field is longer than its row");
      cell = {at, static_cast<std::size_t>(length)};
      at += length;
    }
    if (at != end) [[unlikely]]
      return fail("there is more behind a row's last field");
    return Block::row;
  }

  [[nodiscard]] const pq::Cell* cells() const noexcept { return cells_.data(); }
  [[nodiscard]] bool ended() const noexcept { return state_ == State::ended; }
  [[nodiscard]] const char* problem() const noexcept { return problem_; }

 private:
  enum class State { header, rows, ended };

  template <class T>
  [[nodiscard]] static T number(const char* at) noexcept {
    typename UnsignedOf<sizeof(T)>::type bits;
    std::memcpy(&bits, at, sizeof(bits));
    return static_cast<T>(network_order(bits));
  }
  [[nodiscard]] Block fail(const char* problem) noexcept {
    problem_ = problem;
    return Block::malformed;
  }
  /// Where the rows begin; null when it is no header that is known.
  [[nodiscard]] const char* skip_header(const char* at, const char* end) noexcept;
  [[nodiscard]] Block other_count(std::int16_t count, bool is_last) noexcept;

  std::vector<pq::Cell> cells_;
  State state_ = State::header;
  const char* problem_ = "";
};

}  // namespace palmetto::detail
