#pragma once

#include "palmetto/adapt/writer.hpp"
#include "palmetto/pq/result.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// COPY's binary format. Source: the manual, COPY, "Binary Format".
namespace palmetto::detail {

/// A file begins with these bytes, no flags and no extension of the header.
inline constexpr std::string_view binary_copy_header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};

template <class T>
[[nodiscard]] T wire_number(const char* at) noexcept {
  typename UnsignedOf<sizeof(T)>::type bits;
  std::memcpy(&bits, at, sizeof(bits));
  return static_cast<T>(network_order(bits));
}

/// The fields of a row, one after the other.
class BinaryFields {
 public:
  BinaryFields() noexcept = default;
  BinaryFields(const char* begin, const char* end) noexcept : at_(begin), end_(end) {}

  /// The next. False when the row ends within it, or its length is none.
  [[nodiscard]] bool next(pq::Cell& cell) noexcept {
    const std::ptrdiff_t left = end_ - at_ - prefix;
    if (left < 0) [[unlikely]]
      return false;
    const auto length = wire_number<std::int32_t>(at_);
    at_ += prefix;
    if (static_cast<std::ptrdiff_t>(static_cast<std::uint32_t>(length)) > left) [[unlikely]] {
      cell = {nullptr, 0};
      return length == -1;
    }
    cell = {at_, static_cast<std::size_t>(length)};
    at_ += length;
    return true;
  }
  /// The next, if it is of that size; else nothing is taken.
  template <std::int32_t Size>
  [[nodiscard]] bool next_of(pq::Cell& cell) noexcept {
    if (end_ - at_ < prefix + Size || wire_number<std::int32_t>(at_) != Size) [[unlikely]]
      return false;
    cell = {at_ + prefix, Size};
    at_ += prefix + Size;
    return true;
  }
  /// The next, if it is NULL; else nothing is taken.
  [[nodiscard]] bool next_null(pq::Cell& cell) noexcept {
    if (end_ - at_ < prefix || wire_number<std::int32_t>(at_) != -1) return false;
    cell = {nullptr, 0};
    at_ += prefix;
    return true;
  }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }

 private:
  static constexpr std::ptrdiff_t prefix = sizeof(std::int32_t);  // which is the length

  const char* at_ = nullptr;
  const char* end_ = nullptr;
};

/// Takes a COPY to the client apart, a block at a time: each is a row, as the protocol has it.
class BinaryCopyReader {
 public:
  enum class Block { row, header, end, malformed };

  explicit BinaryCopyReader(int columns = 0) noexcept : columns_(columns) {}

  /// Whether a block is a row behind the first block; then `fields` are its, in the block. Of any
  /// other `read` tells what it is.
  [[nodiscard]] bool is_next_row(std::string_view block, BinaryFields& fields) const noexcept {
    if (block.size() < sizeof(std::uint16_t)) return false;
    std::uint16_t count;
    std::memcpy(&count, block.data(), sizeof(count));
    if (count != expected_) return false;
    fields = {block.data() + sizeof(count), block.data() + block.size()};
    return true;
  }
  /// Of `row` gives the fields; `problem` says what is `malformed`.
  [[nodiscard]] Block read(std::string_view block, BinaryFields& fields) noexcept;
  [[nodiscard]] bool ended() const noexcept { return state_ == State::ended; }
  [[nodiscard]] const char* problem() const noexcept { return problem_; }

 private:
  enum class State { header, rows, ended };

  [[nodiscard]] Block fail(const char* problem) noexcept {
    problem_ = problem;
    return Block::malformed;
  }
  /// Where the rows begin; null when it is no header that is known.
  [[nodiscard]] const char* skip_header(const char* at, const char* end) noexcept;
  [[nodiscard]] Block other_count(std::int16_t count, bool is_last) noexcept;

  static constexpr std::int32_t no_row = -1;

  int columns_;
  State state_ = State::header;
  std::int32_t expected_ = no_row;  // the 16 bits that a row begins with, once there may be one
  const char* problem_ = "";
};

}  // namespace palmetto::detail
