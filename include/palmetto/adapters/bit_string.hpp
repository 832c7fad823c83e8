#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Strings of bits:
///
/// | C++            | sent as | read from                              |
/// |----------------|---------|----------------------------------------|
/// | BitString      | varbit  | varbit, bit                            |
/// | std::bitset<N> | bit     | bit, varbit; of N bits: see bitset.hpp |
///
///     conn.execute("INSERT INTO plans (seats) VALUES ($1)", palmetto::BitString::parse("1011"));
///
/// The first bit of the server's string, the leftmost of its text, is index 0. Bits behind the end
/// in the last byte are ignored, as the server ignores them. Reading allocates.
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
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept;

  /// The bit of that index, which must be below the size; 0 is the first.
  [[nodiscard]] bool operator[](std::size_t index) const noexcept {
    return (bytes_[index / 8] & bit(index)) != std::byte{0};
  }
  void set(std::size_t index, bool value = true) noexcept {
    if (value) bytes_[index / 8] |= bit(index);
    else bytes_[index / 8] &= ~bit(index);
  }
  void push_back(bool value);

  [[nodiscard]] friend bool operator==(const BitString& a, const BitString& b) noexcept {
    return a.compare(b) == 0;
  }
  /// The server's order: by the first bit that differs, and a string before those that go on.
  [[nodiscard]] friend std::strong_ordering operator<=>(const BitString& a,
                                                        const BitString& b) noexcept {
    return a.compare(b);
  }

 private:
  [[nodiscard]] static constexpr std::byte bit(std::size_t index) noexcept {
    return std::byte{0x80} >> (index % 8);
  }
  void clear_padding() noexcept;
  [[nodiscard]] std::strong_ordering compare(const BitString& other) const noexcept;

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

PALMETTO_DECLARE_ADAPTER(BitString);

}  // namespace palmetto
