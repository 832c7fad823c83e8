#include "palmetto/adapters/bit_string.hpp"

#include "palmetto/errors.hpp"

#include "text_form.hpp"

namespace palmetto {
namespace {

constexpr std::size_t byte_count(std::size_t bits) noexcept {
  return bits / 8 + (bits % 8 + 7) / 8;
}

std::size_t take_count(Reader& in) {
  const auto count = in.get<std::int32_t>();
  if (count < 0 || static_cast<std::size_t>(count) > detail::most_bits)
    in.fail("the bit string announces an impossible length");
  return static_cast<std::size_t>(count);
}

void check_size(const Reader& in, std::size_t size, std::size_t expected) {
  if (size != expected)
    in.fail("the bit string has " + std::to_string(size) + " bits, the C++ type takes " +
            std::to_string(expected));
}

std::string_view take_bits_text(Reader& in) {
  const std::string_view text = in.rest();
  if (text.find_first_not_of("01") != std::string_view::npos)
    in.fail("the text is no bit string: a character is neither 0 nor 1");
  return text;
}

}  // namespace

std::string_view detail::take_bits(Reader& in, std::size_t size) {
  check_size(in, take_count(in), size);
  return in.take(byte_count(size));
}

std::string_view detail::take_bits_text(Reader& in, std::size_t size) {
  const std::string_view text = palmetto::take_bits_text(in);
  check_size(in, text.size(), size);
  return text;
}

BitString::BitString(std::size_t size, bool value)
    : bytes_(byte_count(size), value ? std::byte{0xff} : std::byte{0}), size_(size) {
  clear_padding();
}

BitString::BitString(std::span<const std::byte> bytes, std::size_t size)
    : bytes_(bytes.begin(), bytes.end()), size_(size) {
  if (bytes.size() != byte_count(size))
    throw DataError("a bit string of " + std::to_string(size) + " bits is in " +
                    std::to_string(byte_count(size)) + " bytes, not in " +
                    std::to_string(bytes.size()));
  clear_padding();
}

void BitString::push_back(bool value) {
  if (size_ % 8 == 0) bytes_.push_back(std::byte{0});
  set(size_++, value);
}

std::span<const std::byte> BitString::bytes() const noexcept { return bytes_; }

// As the bytes do, for the bits behind the end are zero; then the longer one is the greater.
std::strong_ordering BitString::compare(const BitString& other) const noexcept {
  const auto order = bytes_ <=> other.bytes_;
  return order != 0 ? order : size_ <=> other.size_;
}

void BitString::clear_padding() noexcept {
  if (size_ % 8 != 0) bytes_.back() &= std::byte{0xff} << (8 - size_ % 8);
}

std::string BitString::to_string() const { return detail::format_text(*this); }
BitString BitString::parse(std::string_view text) { return detail::parse_text<BitString>(text); }

void Adapter<BitString>::write(Writer& out, const BitString& value) {
  if (value.size() > detail::most_bits) out.fail("the bit string is longer than PostgreSQL takes");
  out.put<std::int32_t>(static_cast<std::int32_t>(value.size()));
  out.append(value.bytes().data(), value.bytes().size());
}

void Adapter<BitString>::write_text(Writer& out, const BitString& value) {
  char* text = out.extend(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) text[i] = value[i] ? '1' : '0';
}

BitString Adapter<BitString>::read(Reader& in) {
  const std::size_t size = take_count(in);
  const std::string_view bytes = in.take(byte_count(size));
  return {std::as_bytes(std::span(bytes.data(), bytes.size())), size};
}

BitString Adapter<BitString>::read_text(Reader& in) {
  const std::string_view text = take_bits_text(in);
  BitString value(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) value.set(i, text[i] == '1');
  return value;
}

PALMETTO_DEFINE_ADAPTER(BitString);

}  // namespace palmetto
