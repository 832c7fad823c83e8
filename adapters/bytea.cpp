#include "palmetto/adapters/bytea.hpp"

namespace palmetto {
namespace {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

// -1: no hexadecimal digit.
int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_octal_digit(char c, char highest) noexcept { return c >= '0' && c <= highest; }

Bytes read_hex(Reader& in, std::string_view digits) {
  if (digits.size() % 2 != 0) in.fail("the bytea's text has an odd number of hexadecimal digits");
  Bytes bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) in.fail("the bytea's text is not hexadecimal after \\x");
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

// Takes what follows a backslash: another one, or three octal digits.
std::byte take_escaped(Reader& in, std::string_view& text) {
  if (text.starts_with('\\')) {
    text.remove_prefix(1);
    return std::byte{'\\'};
  }
  if (text.size() < 3 || !is_octal_digit(text[0], '3') || !is_octal_digit(text[1], '7') ||
      !is_octal_digit(text[2], '7'))
    in.fail("the bytea's text has a backslash that escapes nothing");
  const int value = (text[0] - '0') * 64 + (text[1] - '0') * 8 + (text[2] - '0');
  text.remove_prefix(3);
  return static_cast<std::byte>(value);
}

Bytes read_escaped(Reader& in, std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size());
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    // The server escapes all that is not printable ASCII: such a byte has been changed on its way.
    if (c < ' ' || c > '~') in.fail("the bytea's text has a byte that should be escaped");
    bytes.push_back(c == '\\' ? take_escaped(in, text) : static_cast<std::byte>(c));
  }
  return bytes;
}

// A bytea, or a type that nothing is known about: it is the bytes that it came in.
bool is_bytes_in_binary(const AdaptersMap& map, Oid oid) {
  if (oid == TypeRef("bytea").oid) return true;
  return map.types().find(oid) == nullptr && map.types().find_by_array(oid) == nullptr;
}

void write_hex(Writer& out, BytesView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.append("\\x");
  char* room = out.extend(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    *room++ = digits[std::to_integer<std::size_t>(byte >> 4)];
    *room++ = digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
}

// Escape never begins with \x, for it doubles the backslash.
Bytes read_text(Reader& in) {
  const std::string_view text = in.rest();
  return text.starts_with("\\x") ? read_hex(in, text.substr(2)) : read_escaped(in, text);
}

}  // namespace

void Adapter<Bytes>::write(Writer& out, const Bytes& value) {
  out.append(value.data(), value.size());
}
void Adapter<Bytes>::write_text(Writer& out, const Bytes& value) { write_hex(out, value); }

Bytes Adapter<Bytes>::read(Reader& in) {
  const BytesView bytes = Adapter<BytesView>::read(in);
  return {bytes.begin(), bytes.end()};
}

Loader<Bytes> Adapter<Bytes>::find_loader(const AdaptersMap& map, Oid oid, Format format) {
  if (format == Format::binary && is_bytes_in_binary(map, oid)) return {&read};
  if (format == Format::text && oid == type.oid) return {&read_text};
  return {};
}

void Adapter<BytesView>::write(Writer& out, BytesView value) {
  out.append(value.data(), value.size());
}
void Adapter<BytesView>::write_text(Writer& out, BytesView value) { write_hex(out, value); }

BytesView Adapter<BytesView>::read(Reader& in) {
  const std::string_view bytes = in.rest();
  return {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()};
}

Loader<BytesView> Adapter<BytesView>::find_loader(const AdaptersMap& map, Oid oid, Format format) {
  if (format == Format::binary && is_bytes_in_binary(map, oid)) return {&read};
  return {};
}

}  // namespace palmetto
