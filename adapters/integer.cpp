#include "palmetto/adapters/integer.hpp"

#include "palmetto/adapters/numeric.hpp"

#include <charconv>

namespace palmetto {
namespace {

template <class T>
T take_digits(Reader& in) {
  const std::string_view text = in.rest();
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    in.fail("the number " + std::string(text) + " does not fit the C++ type");
  if (error != std::errc{} || end != text.data() + text.size()) in.fail("the text is no integer");
  return value;
}

template <class T>
void put_digits(Writer& out, T value) {
  constexpr std::size_t longest = 20;  // -9223372036854775808, 18446744073709551615
  const std::size_t start = out.size();
  char* room = out.extend(longest);
  const auto [end, error] = std::to_chars(room, room + longest, value);
  out.shrink(start + static_cast<std::size_t>(end - room));
}

std::uint64_t unsigned_of(const Reader& in, const Numeric& number) {
  const std::optional<std::uint64_t> value = number.try_to<std::uint64_t>();
  if (!value) in.fail("the number is no integer that fits the C++ type");
  return *value;
}

}  // namespace

void detail::fail_integer(const Reader& in, std::int64_t value) {
  in.fail("the number " + std::to_string(value) + " does not fit the C++ type");
}

std::int64_t detail::read_integer_text(Reader& in) { return take_digits<std::int64_t>(in); }
std::uint64_t detail::read_unsigned_text(Reader& in) { return take_digits<std::uint64_t>(in); }
void detail::write_integer_text(Writer& out, std::int64_t value) { put_digits(out, value); }
void detail::write_unsigned_text(Writer& out, std::uint64_t value) { put_digits(out, value); }

std::uint64_t detail::read_unsigned_numeric(Reader& in) {
  return unsigned_of(in, Adapter<Numeric>::read(in));
}
std::uint64_t detail::read_unsigned_numeric_text(Reader& in) {
  return unsigned_of(in, Adapter<Numeric>::read_text(in));
}
void detail::write_unsigned_numeric(Writer& out, std::uint64_t value) {
  Adapter<Numeric>::write(out, value);
}

}  // namespace palmetto

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(std::int16_t);
PALMETTO_DEFINE_ADAPTER(std::int32_t);
PALMETTO_DEFINE_ADAPTER(std::int64_t);
PALMETTO_DEFINE_ADAPTER(std::uint64_t);

}  // namespace palmetto
