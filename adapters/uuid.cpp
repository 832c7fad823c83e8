#include "palmetto/adapters/uuid.hpp"

#include <charconv>

namespace palmetto {
namespace {

using boost::uuids::uuid;

constexpr std::size_t text_size = 36;  // 00000000-0000-0000-0000-000000000000

// Whether a hyphen comes before the byte of that index.
constexpr bool is_group_start(std::size_t byte) noexcept {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

void Adapter<uuid>::write_text(Writer& out, const uuid& value) {
  constexpr std::string_view digits = "0123456789abcdef";
  char* room = out.extend(text_size);
  for (std::size_t i = 0; i < uuid::static_size(); ++i) {
    const std::uint8_t byte = *(value.begin() + i);
    if (is_group_start(i)) *room++ = '-';
    *room++ = digits[byte / 16];
    *room++ = digits[byte % 16];
  }
}

uuid Adapter<uuid>::read_text(Reader& in) {
  const std::string_view text = in.rest();
  if (text.size() != text_size) in.fail("the text is no UUID: it does not have 36 characters");
  uuid value;
  const char* next = text.data();
  for (std::size_t i = 0; i < uuid::static_size(); ++i) {
    if (is_group_start(i) && *next++ != '-') in.fail("the text is no UUID: a hyphen is missing");
    const auto [end, error] = std::from_chars(next, next + 2, *(value.begin() + i), 16);
    if (error != std::errc{} || end != next + 2)
      in.fail("the text is no UUID: a digit is not hexadecimal");
    next = end;
  }
  return value;
}

}  // namespace palmetto

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(boost::uuids::uuid);

}  // namespace palmetto
