#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// IP addresses and networks, version 4 and 6:
///
/// | C++  | sent as | read from  |
/// |------|---------|------------|
/// | Inet | inet    | inet, cidr |
/// | Cidr | cidr    | cidr       |
///
/// An Inet is the address of a host with the length of its network's prefix; a Cidr is a network,
/// whose bits behind the prefix are zero. Both are made of the bytes of other libraries' addresses:
///
///     Inet::v4(asio_address.to_v4().to_bytes())
///     Inet::v6(std::bit_cast<std::array<std::uint8_t, 16>>(in6_address), 64)
///
/// Text is what the server writes: the four numbers of IPv4 in decimal, without leading zeros; IPv6
/// with or without "::", the last two groups maybe as IPv4; then a slash and the prefix length,
/// unless it is an Inet's whole address. Neither a zone ("fe80::1%eth0") nor an abbreviated network
/// ("10/8") is read. SQL's cast of an inet to text is another: it always has a prefix length.
///
/// Nothing allocates. CockroachDB has no cidr.
///
/// Source: the manual, section 8.9 "Network Address Types"; network_send, network_recv.
namespace palmetto {

class Cidr;

/// The address of a host and the length of its network's prefix.
class Inet {
 public:
  /// 0.0.0.0, and no network around it.
  constexpr Inet() noexcept = default;
  /// From the bytes of an address, the first of its text first. Throws DataError when the prefix
  /// length is negative or beyond the address's bits.
  [[nodiscard]] static Inet v4(const std::array<std::uint8_t, 4>& bytes, int prefix_length = 32);
  [[nodiscard]] static Inet v6(const std::array<std::uint8_t, 16>& bytes, int prefix_length = 128);

  /// As the server writes it: "192.168.0.1", "192.168.0.1/24", "::1".
  [[nodiscard]] std::string to_string() const;
  /// Throws DataError when the text is no address.
  [[nodiscard]] static Inet parse(std::string_view text);

  [[nodiscard]] constexpr bool is_v4() const noexcept { return size_ == 4; }
  /// The address: 4 bytes, or 16.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept;
  [[nodiscard]] constexpr int prefix_length() const noexcept { return prefix_length_; }

  /// The network that the host is in: SQL's network(inet).
  [[nodiscard]] Cidr network() const;

  friend bool operator==(const Inet&, const Inet&) = default;
  /// The server's order: IPv4, then IPv6; by the network, its length, and the host (network_cmp).
  [[nodiscard]] std::strong_ordering operator<=>(const Inet& other) const noexcept;

 private:
  friend struct Adapter<Inet>;
  Inet(const void* bytes, std::size_t size, int prefix_length) noexcept;

  std::array<std::uint8_t, 16> bytes_{};  // those behind the size are zero
  std::uint8_t size_ = 4;
  std::uint8_t prefix_length_ = 32;
};

/// A network: an address whose bits behind the prefix are zero.
class Cidr {
 public:
  /// 0.0.0.0/0: all of IPv4.
  Cidr() : address_(Inet::v4({}, 0)) {}
  /// Throws DataError when a bit behind the prefix is set; `Inet::network` clears them.
  explicit Cidr(const Inet& address);

  /// As the server writes it, the prefix length always included: "1.2.3.0/24", "::1/128".
  [[nodiscard]] std::string to_string() const;
  /// Throws DataError when the text is no network. Without a length it is that of one address.
  [[nodiscard]] static Cidr parse(std::string_view text);

  [[nodiscard]] bool is_v4() const noexcept { return address_.is_v4(); }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return address_.bytes(); }
  [[nodiscard]] int prefix_length() const noexcept { return address_.prefix_length(); }

  /// The network's first address, with its prefix length.
  [[nodiscard]] const Inet& address() const noexcept { return address_; }

  friend bool operator==(const Cidr&, const Cidr&) = default;
  /// The server's order: IPv4, then IPv6; a network, then those within it.
  friend std::strong_ordering operator<=>(const Cidr&, const Cidr&) = default;

 private:
  Inet address_;
};

template <>
struct Adapter<Inet> {
  static constexpr TypeRef type = "inet";
  static constexpr std::string_view cpp_name = "palmetto::Inet";

  static void write(Writer& out, const Inet& value);
  static void write_text(Writer& out, const Inet& value);
  static Inet read(Reader& in);
  static Inet read_text(Reader& in);

  static constexpr Source<Inet> sources[] = {{"inet", &read, &read_text},
                                             {"cidr", &read, &read_text}};
};

template <>
struct Adapter<Cidr> {
  static constexpr TypeRef type = "cidr";
  static constexpr std::string_view cpp_name = "palmetto::Cidr";

  static void write(Writer& out, const Cidr& value);
  static void write_text(Writer& out, const Cidr& value);
  static Cidr read(Reader& in);
  static Cidr read_text(Reader& in);
};

PALMETTO_DECLARE_ADAPTER(Inet);
PALMETTO_DECLARE_ADAPTER(Cidr);

}  // namespace palmetto
