#include "palmetto/adapters/transaction_id.hpp"

#include <charconv>
#include <string>

namespace palmetto::detail {

void write_counter_text(Writer& out, std::uint64_t value) { out.append(std::to_string(value)); }

std::uint64_t read_counter_text(Reader& in, std::uint64_t largest) {
  const std::string_view text = in.rest();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > largest)
    in.fail("the text is no number of the type's size");
  return value;
}

}  // namespace palmetto::detail
