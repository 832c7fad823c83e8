#pragma once

#include "palmetto/adapt/writer.hpp"
#include "palmetto/format.hpp"
#include "palmetto/oid.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace palmetto {

/// Where the bytes come from; asked only when a `Reader` fails.
class ReadSubject {
 public:
  /// Throws a DataError: "column 2 \"balance\" (int8), row 14: <reason>".
  [[noreturn]] virtual void fail(int row, std::string_view reason) const = 0;

 protected:
  ~ReadSubject() = default;
};

/// What the loaders read from: the bytes of one value, which can't be NULL. Every read checks that
/// the bytes are there, and throws a DataError naming the column and the row when they are not.
class Reader {
 public:
  Reader(const char* data, std::size_t size, const ReadSubject* subject = nullptr,
         int row = -1) noexcept
      : next_(data), end_(data + size), subject_(subject), row_(row) {}

  /// Takes a number of a fixed size: `get<std::int32_t>()`.
  template <WireNumber T>
  [[nodiscard]] T get() {
    using Bits = typename detail::UnsignedOf<sizeof(T)>::type;
    Bits bits;
    if (remaining() < sizeof(bits)) [[unlikely]]
      fail_short(subject_, row_, sizeof(bits), remaining());
    std::memcpy(&bits, next_, sizeof(bits));
    next_ += sizeof(bits);
    return std::bit_cast<T>(detail::network_order(bits));
  }

  /// Takes that many bytes; they live as long as the result.
  [[nodiscard]] std::string_view take(std::size_t count) {
    if (remaining() < count) [[unlikely]]
      fail_short(subject_, row_, count, remaining());
    const std::string_view taken(next_, count);
    next_ += count;
    return taken;
  }
  /// Takes all that is left.
  [[nodiscard]] std::string_view rest() noexcept {
    const std::string_view taken(next_, remaining());
    next_ = end_;
    return taken;
  }

  /// Where the bytes that are left begin.
  [[nodiscard]] const char* data() const noexcept { return next_; }
  [[nodiscard]] std::size_t remaining() const noexcept {
    return static_cast<std::size_t>(end_ - next_);
  }

  /// A reader of the next `count` bytes: an element within a value.
  [[nodiscard]] Reader nested(std::size_t count) {
    const std::string_view part = take(count);
    return {part.data(), part.size(), subject_, row_};
  }
  /// A reader of other bytes for the same column: what was unescaped from this one.
  [[nodiscard]] Reader elsewhere(std::string_view bytes) const noexcept {
    return {bytes.data(), bytes.size(), subject_, row_};
  }

  /// Throws when anything is left: a value that is longer than its type.
  void expect_end() const {
    if (next_ != end_) [[unlikely]]
      fail_long(subject_, row_, remaining());
  }

  /// Throws a DataError: "column 2 \"balance\" (int8), row 14: <reason>".
  [[noreturn]] void fail(std::string_view reason) const { fail(subject_, row_, reason); }

 private:
  // Not of the reader: whose address is given away can't stay in registers, not even where all goes
  // well.
  [[noreturn]] static void fail(const ReadSubject* subject, int row, std::string_view reason);
  [[noreturn]] static void fail_short(const ReadSubject* subject, int row, std::size_t wanted,
                                      std::size_t left);
  [[noreturn]] static void fail_long(const ReadSubject* subject, int row, std::size_t left);

  const char* next_;
  const char* end_;
  const ReadSubject* subject_;
  int row_;
};

}  // namespace palmetto
