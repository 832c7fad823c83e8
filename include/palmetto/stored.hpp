#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapters/text.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

/// Values that are written where they are sent from at once, without the call of a dumper.
namespace palmetto::detail {

/// A number that is stored as it is: the network's byte order is all that its adapter writes.
template <class T>
concept StoredNumber = WireNumber<T> && requires { Adapter<T>::wire_size; };
template <class T>
concept StoredText = std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;
/// What is written at once, when nobody has registered another dumper.
template <class T>
concept Stored = StoredNumber<T> || StoredText<T> || std::is_same_v<T, bool>;

template <class T>
[[nodiscard]] bool is_builtin(const Dumper<T>& dumper) noexcept {
  if constexpr (StoredText<T>) return dumper.is(&write_text<T>);
  else return dumper.is(&write_binary<T>);
}

/// Stores a number, or a bool, in binary; the end of it.
template <class T>
  requires(StoredNumber<T> || std::is_same_v<T, bool>)
inline char* store_fixed(char* at, T value) noexcept {
  const auto bits = network_order(std::bit_cast<typename UnsignedOf<sizeof(T)>::type>(value));
  std::memcpy(at, &bits, sizeof(bits));
  return at + sizeof(bits);
}

/// Copies a text in which there is no NUL; null when there is one. The check costs a part of what a
/// call of memcpy would.
[[nodiscard]] inline char* store_text(char* at, const char* text, std::size_t size) noexcept {
  constexpr std::size_t step = sizeof(std::uint64_t);
  constexpr std::uint64_t highest_bits = 0x8080808080808080U;
  // A highest bit is set where a byte is 0, or behind one.
  const auto copy_word = [at, text](std::size_t offset) {
    std::uint64_t word;
    std::memcpy(&word, text + offset, step);
    std::memcpy(at + offset, &word, step);
    return (word - 0x0101010101010101U) & ~word;
  };
  if (size >= step) [[likely]] {
    // The last word overlaps with the one before it.
    std::uint64_t nuls = copy_word(0) | copy_word(size - step);
    for (std::size_t i = step; i + step < size; i += step) nuls |= copy_word(i);
    return (nuls & highest_bits) == 0 ? at + size : nullptr;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (text[i] == '\0') [[unlikely]]
      return nullptr;
    at[i] = text[i];
  }
  return at + size;
}

}  // namespace palmetto::detail
