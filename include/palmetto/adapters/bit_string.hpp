#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <bitset>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Strings of bits:
///
/// | C++            | sent as | read from              |
/// |----------------|---------|------------------------|
/// | BitString      | varbit  | varbit, bit            |
/// | std::bitset<N> | bit     | bit, varbit; of N bits |
///
///     conn.execute("INSERT INTO plans (seats) VALUES ($1)", palmetto::BitString::parse("1011"));
///     auto flags = conn.execute("SELECT B'1011'").value<std::bitset<4>>();
///
/// The first bit of the server's string, the leftmost of its text, is index 0 of a BitString, but
/// index N - 1 of a bitset: as in std::bitset's own string, so that `to_string()` is the server's
/// text. A value of more or fewer than N bits is a DataError. Bits behind the end in the last byte
/// are ignored, as the server ignores them. Reading a BitString allocates, a bitset does not.
///
/// Source: the manual, section 8.10 "Bit String Types"; varbit_send, varbit_recv.
namespace palmetto {

/// A string of bits of any length, packed eight in a byte.
class BitString {
 public:
  /// No bits.
  BitString() noexcept = default;
  /// So many bits, all alike.
  explicit BitString(std::size_t size, bool value = false);
  /// From packed bits: the first is the highest of the first byte. Bits of the last byte that are
  /// behind the end are ignored. Throws DataError when it takes more bytes, or fewer.
  BitString(std::span<const std::byte> bytes, std::size_t size);

  /// As the server writes it: "1011".
  [[nodiscard]] std::string to_string() const;
  /// Reads just that. Throws DataError.
  [[nodiscard]] static BitString parse(std::string_view text);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// The bits as they were packed; those behind the end are zero.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

  /// The bit of that index, which must be below the size; 0 is the first.
  [[nodiscard]] bool operator[](std::size_t index) const noexcept {
    return (bytes_[index / 8] & bit(index)) != std::byte{0};
  }
  void set(std::size_t index, bool value = true) noexcept {
    if (value) bytes_[index / 8] |= bit(index);
    else bytes_[index / 8] &= ~bit(index);
  }
  void push_back(bool value) {
    if (size_ % 8 == 0) bytes_.push_back(std::byte{0});
    set(size_++, value);
  }

  friend bool operator==(const BitString&, const BitString&) = default;
  /// The server's order: by the first bit that differs, and a string before those that go on.
  friend std::strong_ordering operator<=>(const BitString&, const BitString&) = default;

 private:
  [[nodiscard]] static constexpr std::byte bit(std::size_t index) noexcept {
    return std::byte{0x80} >> (index % 8);
  }
  void clear_padding() noexcept;

  // In this order they compare as the bits do, for those behind the end are zero.
  std::vector<std::byte> bytes_;
  std::size_t size_ = 0;
};

template <>
struct Adapter<BitString> {
  static constexpr TypeRef type = "varbit";
  static constexpr std::string_view cpp_name = "palmetto::BitString";

  static void write(Writer& out, const BitString& value);
  static void write_text(Writer& out, const BitString& value);
  static BitString read(Reader& in);
  static BitString read_text(Reader& in);

  static constexpr Source<BitString> sources[] = {{"varbit", &read, &read_text},
                                                  {"bit", &read, &read_text}};
};

namespace detail {

/// The most bits that the server takes: VARBITMAXLEN.
inline constexpr std::size_t most_bits = 0x7fff'fff8;

/// The bytes of a binary value that must have so many bits, and the text of one.
[[nodiscard]] std::string_view take_bits(Reader& in, std::size_t size);
[[nodiscard]] std::string_view take_bits_text(Reader& in, std::size_t size);

}  // namespace detail

template <std::size_t N>
struct Adapter<std::bitset<N>> {
  static_assert(N <= detail::most_bits, "palmetto: PostgreSQL has no strings of so many bits");
  static constexpr TypeRef type = "bit";

  static void write(Writer& out, const std::bitset<N>& value) {
    out.put<std::int32_t>(static_cast<std::int32_t>(N));
    char* bytes = out.extend((N + 7) / 8);
    for (std::size_t i = 0; i < N; i += 8) {
      unsigned byte = 0;
      for (std::size_t at = i; at < i + 8; ++at)
        byte = byte * 2 + (at < N && value[N - 1 - at] ? 1 : 0);
      *bytes++ = static_cast<char>(byte);
    }
  }

  static void write_text(Writer& out, const std::bitset<N>& value) {
    char* text = out.extend(N);
    for (std::size_t i = 0; i < N; ++i) text[i] = value[N - 1 - i] ? '1' : '0';
  }

  static std::bitset<N> read(Reader& in) {
    const std::string_view bytes = detail::take_bits(in, N);
    std::bitset<N> value;
    for (std::size_t i = 0; i < N; ++i)
      value[N - 1 - i] = (static_cast<unsigned char>(bytes[i / 8]) << (i % 8) & 0x80) != 0;
    return value;
  }

  static std::bitset<N> read_text(Reader& in) {
    const std::string_view text = detail::take_bits_text(in, N);
    std::bitset<N> value;
    for (std::size_t i = 0; i < N; ++i) value[N - 1 - i] = text[i] == '1';
    return value;
  }

  static constexpr Source<std::bitset<N>> sources[] = {{"bit", &read, &read_text},
                                                       {"varbit", &read, &read_text}};
};

PALMETTO_DECLARE_ADAPTER(BitString);

}  // namespace palmetto
