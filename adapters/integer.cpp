#include "palmetto/adapters/integer.hpp"

#include <charconv>

namespace palmetto::detail {

std::int64_t read_integer_text(Reader& in) {
  const std::string_view text = in.rest();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) in.fail("the text is no integer");
  return value;
}

void write_integer_text(Writer& out, std::int64_t value) {
  constexpr std::size_t longest = 20;  // -9223372036854775808
  const std::size_t start = out.size();
  char* room = out.extend(longest);
  const auto [end, error] = std::to_chars(room, room + longest, value);
  out.shrink(start + static_cast<std::size_t>(end - room));
}

}  // namespace palmetto::detail

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(std::int16_t);
PALMETTO_DEFINE_ADAPTER(std::int32_t);
PALMETTO_DEFINE_ADAPTER(std::int64_t);

}  // namespace palmetto
