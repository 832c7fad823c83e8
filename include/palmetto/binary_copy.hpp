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
    constexpr std::ptrdiff_t prefix = sizeof(std::int32_t);
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
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }

 private:
  const char* at_ = nullptr;
  const char* end_ = nullptr;
};

/// Takes a COPY to the client apart, a block at a time: each is a row, as the protocol has it.
class BinaryCopyReader {
 public:
  enum class Block { row, header, end, malformed };

  explicit BinaryCopyReader(int columns) noexcept : columns_(columns) {}

  /// Of `row` the fields are there; of `malformed` what is wrong.
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
    const auto count = detail::wire_number<std::int16_t>(at);
    at += 2;
    if (count != columns_) [[unlikely]]
      return other_count(count, at == end);
    fields_ = {at, end};
    return Block::row;
  }

  /// The row's fields, which point into the block.
  [[nodiscard]] const BinaryFields& fields() const noexcept { return fields_; }
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

  int columns_;
  BinaryFields fields_;
  State state_ = State::header;
  const char* problem_ = "";
};

}  // namespace palmetto::detail
