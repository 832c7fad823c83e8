#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>

namespace palmetto {

namespace detail {

template <std::size_t Size>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
  using type = std::uint8_t;
};
template <>
struct UnsignedOf<2> {
  using type = std::uint16_t;
};
template <>
struct UnsignedOf<4> {
  using type = std::uint32_t;
};
template <>
struct UnsignedOf<8> {
  using type = std::uint64_t;
};

/// Between the machine's byte order and the network's.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T network_order(T value) noexcept {
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return value;
  else if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  else if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  else return __builtin_bswap64(value);
}

}  // namespace detail

/// A number as PostgreSQL's binary formats hold it: a fixed size in network byte order.
template <class T>
concept WireNumber = std::is_arithmetic_v<T> && !std::same_as<T, bool> && sizeof(T) <= 8;

/// What the bytes are for; asked only when a `Writer` fails.
class WriteSubject {
 public:
  /// Throws a DataError: "parameter $2: <reason>".
  [[noreturn]] virtual void fail(int parameter, std::string_view reason) const = 0;

 protected:
  ~WriteSubject() = default;
};

/// Where the dumpers write: a growing buffer of bytes, its first few hundred without allocation.
class Writer {
 public:
  explicit Writer(const WriteSubject* subject = nullptr) noexcept : subject_(subject) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Appends a number of a fixed size: `put<std::int32_t>(x)`, `put(3.5)`.
  template <WireNumber T>
  void put(std::type_identity_t<T> value) {
    using Bits = typename detail::UnsignedOf<sizeof(T)>::type;
    const Bits bits = detail::network_order(std::bit_cast<Bits>(value));
    std::memcpy(extend(sizeof(bits)), &bits, sizeof(bits));
  }

  /// Appends bytes as they are.
  void append(const void* bytes, std::size_t count) {
    if (count != 0) std::memcpy(extend(count), bytes, count);
  }
  void append(std::string_view text) { append(text.data(), text.size()); }
  void append(char byte) { *extend(1) = byte; }

  /// Makes room for `count` bytes at the end and gives it; `shrink` takes back what was not used.
  [[nodiscard]] char* extend(std::size_t count) {
    if (capacity_ - size_ < count) grow(count);
    char* room = data_ + size_;
    size_ += count;
    return room;
  }
  void shrink(std::size_t size) noexcept { size_ = size; }

  /// Writes over an int32 put before, at `offset`: a length or a count that is known afterwards.
  void set_int32(std::size_t offset, std::int32_t value) noexcept {
    const auto bits = detail::network_order(static_cast<std::uint32_t>(value));
    std::memcpy(data_ + offset, &bits, sizeof(bits));
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const char* data() const noexcept { return data_; }
  [[nodiscard]] std::string_view view() const noexcept { return {data_, size_}; }
  [[nodiscard]] std::string_view view_from(std::size_t offset) const noexcept {
    return view().substr(offset);
  }
  void clear() noexcept { size_ = 0; }
  /// Whether the bytes have not moved since the first.
  [[nodiscard]] bool is_in_place() const noexcept { return data_ == inline_.data(); }

  /// Which parameter is being written, from 1.
  void set_parameter(int parameter) noexcept { parameter_ = parameter; }

  /// Throws a DataError that says which parameter can't be sent, and why.
  [[noreturn]] void fail(std::string_view reason) const;

 private:
  void grow(std::size_t count);

  std::array<char, 512> inline_;
  std::unique_ptr<char[]> heap_;
  char* data_ = inline_.data();
  std::size_t size_ = 0;
  std::size_t capacity_ = inline_.size();
  const WriteSubject* subject_;
  int parameter_ = 0;
};

}  // namespace palmetto
