#pragma once

#include "palmetto/adapters/bit_string.hpp"

#include <bitset>

/// std::bitset<N> <-> bit; read from varbit as well. A value of more or fewer than N bits is a
/// DataError.
///
///     auto flags = conn.execute("SELECT B'1011'").value<std::bitset<4>>();
///
/// The first bit of the server's string, the leftmost of its text, is index N - 1: as in
/// std::bitset's own string, so that `to_string()` is the server's text. Nothing allocates.
namespace palmetto {

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

}  // namespace palmetto
