#include "palmetto/adapters/network.hpp"

#include "palmetto/errors.hpp"

#include "text_form.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace palmetto {
namespace {

using Bytes4 = std::array<std::uint8_t, 4>;
using Bytes16 = std::array<std::uint8_t, 16>;

// PGSQL_AF_INET and PGSQL_AF_INET6: the server's own, whatever its system calls them.
constexpr std::uint8_t wire_v4 = 2;
constexpr std::uint8_t wire_v6 = 3;

constexpr std::string_view no_address = "the text is no IP address";
constexpr std::string_view no_prefix_length =
    "the prefix length is not from 0 to the address's bits";
constexpr std::string_view host_bits = "the network's address has bits behind its prefix";

// --- Prefixes ------------------------------------------------------------------------------------

// The netmask's byte of that index.
constexpr std::uint8_t mask_byte(int prefix_length, std::size_t index) noexcept {
  const int bits = std::clamp(prefix_length - static_cast<int>(index) * 8, 0, 8);
  return static_cast<std::uint8_t>(0xff00 >> bits);
}

bool is_network(const Inet& address) noexcept {
  const std::span<const std::uint8_t> bytes = address.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if ((bytes[i] & ~mask_byte(address.prefix_length(), i) & 0xff) != 0) return false;
  return true;
}

bool is_prefix_length(int length, std::size_t bytes) noexcept {
  return length >= 0 && length <= static_cast<int>(bytes) * 8;
}

void check_prefix_length(int length, std::size_t bytes) {
  if (!is_prefix_length(length, bytes))
    throw DataError(std::string(no_prefix_length) + ": " + std::to_string(length));
}

// --- Writing text --------------------------------------------------------------------------------

void append_number(Writer& out, unsigned number, int base) {
  char digits[4];
  out.append(digits,
             static_cast<std::size_t>(
                 std::to_chars(digits, digits + sizeof(digits), number, base).ptr - digits));
}

void append_v4(Writer& out, std::span<const std::uint8_t> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) out.append('.');
    append_number(out, bytes[i], 10);
  }
}

constexpr std::size_t group_count = 8;

struct Groups {
  std::size_t first;
  std::size_t count;
};

// The longest groups of zeros in a row, the first of equals; one alone is none.
Groups find_zeros(std::span<const std::uint8_t> bytes) noexcept {
  Groups longest{0, 0};
  Groups current{0, 0};
  for (std::size_t group = 0; group < group_count; ++group) {
    const bool is_zero = bytes[2 * group] == 0 && bytes[2 * group + 1] == 0;
    if (!is_zero) current = {group + 1, 0};
    else if (++current.count > longest.count) longest = current;
  }
  return longest.count > 1 ? longest : Groups{0, 0};
}

// Whether the last two groups are written as IPv4: of "::1.2.3.4" and "::ffff:1.2.3.4".
bool embeds_v4(const Groups& zeros, std::span<const std::uint8_t> bytes) noexcept {
  if (zeros.first != 0) return false;
  return zeros.count == 6 || (zeros.count == 5 && bytes[10] == 0xff && bytes[11] == 0xff);
}

// Source: pg_inet_net_ntop.
void append_v6(Writer& out, std::span<const std::uint8_t> bytes) {
  const Groups zeros = find_zeros(bytes);
  const std::size_t zeros_end = zeros.first + zeros.count;
  const bool ends_in_v4 = embeds_v4(zeros, bytes);
  for (std::size_t group = 0; group < group_count; ++group) {
    if (group >= zeros.first && group < zeros_end) {
      if (group == zeros.first) out.append(':');
      continue;
    }
    if (group > 0) out.append(':');
    if (group == 6 && ends_in_v4) return append_v4(out, bytes.subspan(12));
    append_number(out, bytes[2 * group] * 256U + bytes[2 * group + 1], 16);
  }
  if (zeros.count > 0 && zeros_end == group_count) out.append(':');
}

void append_address(Writer& out, const Inet& value) {
  if (value.is_v4()) append_v4(out, value.bytes());
  else append_v6(out, value.bytes());
}

void append_prefix_length(Writer& out, const Inet& value) {
  out.append('/');
  append_number(out, static_cast<unsigned>(value.prefix_length()), 10);
}

// --- Reading text --------------------------------------------------------------------------------

// Takes a number of so many digits from the text's front; empty when there is none.
std::optional<unsigned> take_number(std::string_view& text, std::size_t most_digits, int base) {
  const std::string_view digits = text.substr(0, most_digits);
  unsigned number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - digits.data()));
  return number;
}

// Likewise in decimal, without leading zeros: some take those for octal.
std::optional<unsigned> take_decimal(std::string_view& text) {
  if (text.starts_with('0')) {
    text.remove_prefix(1);
    return 0;
  }
  return take_number(text, 3, 10);
}

bool skip(std::string_view& text, std::string_view prefix) noexcept {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<Bytes4> parse_v4(std::string_view text) {
  Bytes4 bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && !skip(text, ".")) return std::nullopt;
    const std::optional<unsigned> number = take_decimal(text);
    if (!number || *number > 255) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*number);
  }
  if (!text.empty()) return std::nullopt;
  return bytes;
}

// The bytes of IPv6 as they come, and where "::" stands for those that are missing.
struct BytesV6 {
  Bytes16 bytes{};
  std::size_t size = 0;
  std::optional<std::size_t> gap{};

  [[nodiscard]] bool append(std::span<const std::uint8_t> more) noexcept {
    if (bytes.size() - size < more.size()) return false;
    std::copy(more.begin(), more.end(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    size += more.size();
    return true;
  }
  [[nodiscard]] std::optional<Bytes16> filled() const noexcept {
    if (gap ? size > 14 : size != 16) return std::nullopt;
    Bytes16 all = bytes;
    if (gap)
      std::rotate(all.begin() + static_cast<std::ptrdiff_t>(*gap),
                  all.begin() + static_cast<std::ptrdiff_t>(size), all.end());
    return all;
  }
};

// Takes a group of IPv6, or the two that IPv4 is at its end.
bool take_group(std::string_view& text, BytesV6& address) {
  if (text.find(':') == std::string_view::npos && text.find('.') != std::string_view::npos) {
    const std::optional<Bytes4> last = parse_v4(text);
    text = {};
    return last && address.append(*last);
  }
  const std::optional<unsigned> group = take_number(text, 4, 16);
  if (!group) return false;
  const std::uint8_t bytes[] = {static_cast<std::uint8_t>(*group / 256),
                                static_cast<std::uint8_t>(*group % 256)};
  return address.append(bytes);
}

std::optional<Bytes16> parse_v6(std::string_view text) {
  BytesV6 address;
  if (skip(text, "::")) address.gap = 0;
  bool expects_group = !address.gap;
  while (expects_group || !text.empty()) {
    if (!take_group(text, address)) return std::nullopt;
    expects_group = false;
    if (skip(text, "::")) {
      if (address.gap) return std::nullopt;
      address.gap = address.size;
    } else if (skip(text, ":")) {
      expects_group = true;
    } else if (!text.empty()) {
      return std::nullopt;
    }
  }
  return address.filled();
}

Inet read_address(Reader& in, std::string_view text, std::optional<int> prefix_length) {
  const bool is_v6 = text.find(':') != std::string_view::npos;
  if (prefix_length && !is_prefix_length(*prefix_length, is_v6 ? 16 : 4)) in.fail(no_prefix_length);
  if (is_v6) {
    const std::optional<Bytes16> bytes = parse_v6(text);
    if (!bytes) in.fail(no_address);
    return Inet::v6(*bytes, prefix_length.value_or(128));
  }
  const std::optional<Bytes4> bytes = parse_v4(text);
  if (!bytes) in.fail(no_address);
  return Inet::v4(*bytes, prefix_length.value_or(32));
}

Cidr checked_network(const Reader& in, const Inet& address) {
  if (!is_network(address)) in.fail(host_bits);
  return Cidr(address);
}

void write_binary(Writer& out, const Inet& value, bool is_network_type) {
  out.put<std::uint8_t>(value.is_v4() ? wire_v4 : wire_v6);
  out.put<std::uint8_t>(static_cast<std::uint8_t>(value.prefix_length()));
  out.put<std::uint8_t>(is_network_type ? 1 : 0);
  out.put<std::uint8_t>(static_cast<std::uint8_t>(value.bytes().size()));
  out.append(value.bytes().data(), value.bytes().size());
}

}  // namespace

// --- Inet ----------------------------------------------------------------------------------------

Inet::Inet(const void* bytes, std::size_t size, int prefix_length) noexcept
    : size_(static_cast<std::uint8_t>(size)),
      prefix_length_(static_cast<std::uint8_t>(prefix_length)) {
  std::memcpy(bytes_.data(), bytes, size);
}

Inet Inet::v4(const Bytes4& bytes, int prefix_length) {
  check_prefix_length(prefix_length, bytes.size());
  return {bytes.data(), bytes.size(), prefix_length};
}

Inet Inet::v6(const Bytes16& bytes, int prefix_length) {
  check_prefix_length(prefix_length, bytes.size());
  return {bytes.data(), bytes.size(), prefix_length};
}

std::string Inet::to_string() const { return detail::format_text(*this); }
Inet Inet::parse(std::string_view text) { return detail::parse_text<Inet>(text); }

Cidr Inet::network() const {
  Inet network = *this;
  for (std::size_t i = 0; i < size_; ++i) network.bytes_[i] &= mask_byte(prefix_length_, i);
  return Cidr(network);
}

std::span<const std::uint8_t> Inet::bytes() const noexcept { return {bytes_.data(), size_}; }

std::strong_ordering Inet::operator<=>(const Inet& other) const noexcept {
  if (size_ != other.size_) return size_ <=> other.size_;
  const int common = std::min(prefix_length_, other.prefix_length_);
  for (std::size_t i = 0; i < size_; ++i) {
    const int mask = mask_byte(common, i);
    const auto order = (bytes_[i] & mask) <=> (other.bytes_[i] & mask);
    if (order != 0) return order;
  }
  if (prefix_length_ != other.prefix_length_) return prefix_length_ <=> other.prefix_length_;
  return std::memcmp(bytes_.data(), other.bytes_.data(), size_) <=> 0;
}

void Adapter<Inet>::write(Writer& out, const Inet& value) { write_binary(out, value, false); }

void Adapter<Inet>::write_text(Writer& out, const Inet& value) {
  append_address(out, value);
  if (value.prefix_length() != static_cast<int>(value.bytes().size()) * 8)
    append_prefix_length(out, value);
}

Inet Adapter<Inet>::read(Reader& in) {
  const auto family = in.get<std::uint8_t>();
  if (family != wire_v4 && family != wire_v6)
    in.fail("the address is neither IPv4 nor IPv6: its family is " + std::to_string(family));
  const std::size_t size = family == wire_v4 ? 4 : 16;
  const auto prefix_length = in.get<std::uint8_t>();
  if (!is_prefix_length(prefix_length, size)) in.fail(no_prefix_length);
  // Whether it is a cidr: the server itself does not rely on it.
  if (in.get<std::uint8_t>() > 1) in.fail("the address's flag is neither 0 nor 1");
  if (in.get<std::uint8_t>() != size) in.fail("the address has the size of another family's");
  return {in.take(size).data(), size, prefix_length};
}

Inet Adapter<Inet>::read_text(Reader& in) {
  const std::string_view text = in.rest();
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return read_address(in, text, std::nullopt);
  std::string_view digits = text.substr(slash + 1);
  const std::optional<unsigned> prefix_length = take_decimal(digits);
  if (!prefix_length || !digits.empty()) in.fail(no_prefix_length);
  return read_address(in, text.substr(0, slash), static_cast<int>(*prefix_length));
}

// --- Cidr ----------------------------------------------------------------------------------------

Cidr::Cidr(const Inet& address) : address_(address) {
  if (!is_network(address))
    throw DataError(std::string(host_bits) + ": \"" + address.to_string() + '"');
}

std::string Cidr::to_string() const { return detail::format_text(*this); }
Cidr Cidr::parse(std::string_view text) { return detail::parse_text<Cidr>(text); }

void Adapter<Cidr>::write(Writer& out, const Cidr& value) {
  write_binary(out, value.address(), true);
}

void Adapter<Cidr>::write_text(Writer& out, const Cidr& value) {
  append_address(out, value.address());
  append_prefix_length(out, value.address());
}

Cidr Adapter<Cidr>::read(Reader& in) { return checked_network(in, Adapter<Inet>::read(in)); }
Cidr Adapter<Cidr>::read_text(Reader& in) {
  return checked_network(in, Adapter<Inet>::read_text(in));
}

PALMETTO_DEFINE_ADAPTER(Inet);
PALMETTO_DEFINE_ADAPTER(Cidr);

}  // namespace palmetto
