#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// MAC addresses:
///
/// | C++      | sent as  | read from |
/// |----------|----------|-----------|
/// | MacAddr  | macaddr  | macaddr   |
/// | MacAddr8 | macaddr8 | macaddr8  |
///
/// Text is what the server writes, "08:00:2b:01:02:03", read in either case; none of the other
/// notations that the server takes is. Nothing allocates. CockroachDB has neither type.
///
/// Source: the manual, section 8.9 "Network Address Types"; macaddr_send, macaddr8_send.
namespace palmetto {

/// The address of 6 bytes, EUI-48.
struct MacAddr {
  std::array<std::uint8_t, 6> bytes{};  ///< the first of the text first

  /// As the server writes it: "08:00:2b:01:02:03".
  [[nodiscard]] std::string to_string() const;
  /// Reads just that. Throws DataError.
  [[nodiscard]] static MacAddr parse(std::string_view text);

  friend std::strong_ordering operator<=>(const MacAddr&, const MacAddr&) = default;
};

/// The address of 8 bytes, EUI-64.
struct MacAddr8 {
  std::array<std::uint8_t, 8> bytes{};  ///< the first of the text first

  /// As the server writes it: "08:00:2b:01:02:03:04:05".
  [[nodiscard]] std::string to_string() const;
  /// Reads just that. Throws DataError.
  [[nodiscard]] static MacAddr8 parse(std::string_view text);

  friend std::strong_ordering operator<=>(const MacAddr8&, const MacAddr8&) = default;
};

namespace detail {

/// The adapters of both but for their names.
template <class T>
struct MacAddressAdapter {
  static void write(Writer& out, const T& value) {
    out.append(value.bytes.data(), value.bytes.size());
  }
  static void write_text(Writer& out, const T& value);
  static T read(Reader& in) {
    T value;
    std::memcpy(value.bytes.data(), in.take(value.bytes.size()).data(), value.bytes.size());
    return value;
  }
  static T read_text(Reader& in);
};

}  // namespace detail

template <>
struct Adapter<MacAddr> : detail::MacAddressAdapter<MacAddr> {
  static constexpr TypeRef type = "macaddr";
  static constexpr std::string_view cpp_name = "palmetto::MacAddr";
};

template <>
struct Adapter<MacAddr8> : detail::MacAddressAdapter<MacAddr8> {
  static constexpr TypeRef type = "macaddr8";
  static constexpr std::string_view cpp_name = "palmetto::MacAddr8";
};

PALMETTO_DECLARE_ADAPTER(MacAddr);
PALMETTO_DECLARE_ADAPTER(MacAddr8);

}  // namespace palmetto
