#include "palmetto/adapters/floating.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace palmetto {
namespace {

// From which power of ten on the server writes an exponent; below 10^-4 as well.
// Source: double_to_shortest_decimal_buf and float_to_shortest_decimal_buf.
template <class T>
constexpr int first_exponent = sizeof(T) == sizeof(float) ? 6 : 15;

// The shortest digits that read back the same, written as the server writes them.
template <class T>
void write_floating_text(Writer& out, T value) {
  if (std::isnan(value)) return out.append("NaN");
  if (std::isinf(value)) return out.append(value > 0 ? "Infinity" : "-Infinity");
  constexpr std::size_t longest = 32;
  const std::size_t start = out.size();
  char* room = out.extend(longest);
  const char* end = std::to_chars(room, room + longest, value, std::chars_format::scientific).ptr;
  int exponent = 0;
  const char* sign = std::find(room, room + longest, 'e') + 1;
  std::from_chars(*sign == '+' ? sign + 1 : sign, end, exponent);
  if (exponent >= -4 && exponent < first_exponent<T>)
    end = std::to_chars(room, room + longest, value, std::chars_format::fixed).ptr;
  out.shrink(start + static_cast<std::size_t>(end - room));
}

// CockroachDB writes +Inf and -Inf, PostgreSQL Infinity and -Infinity: from_chars knows both, but
// for the plus sign.
template <class T>
T read_floating_text(Reader& in) {
  std::string_view text = in.rest();
  if (text.starts_with('+')) text.remove_prefix(1);
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) in.fail("the number does not fit the C++ type");
  if (error != std::errc{} || end != text.data() + text.size()) in.fail("the text is no number");
  return value;
}

}  // namespace

void Adapter<float>::write_text(Writer& out, float value) { write_floating_text(out, value); }
void Adapter<double>::write_text(Writer& out, double value) { write_floating_text(out, value); }
float detail::read_float4_text(Reader& in) { return read_floating_text<float>(in); }
double detail::read_float8_text(Reader& in) { return read_floating_text<double>(in); }

}  // namespace palmetto

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(float);
PALMETTO_DEFINE_ADAPTER(double);

}  // namespace palmetto
