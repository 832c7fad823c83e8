#include "palmetto/adapters/floating.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace palmetto {
namespace {

// From which power of ten on the server writes an exponent; below 10^-4 as well.
// Source: double_to_shortest_decimal_buf and float_to_shortest_decimal_buf.
template <class T>
constexpr int first_exponent = sizeof(T) == sizeof(float) ? 6 : 15;

constexpr std::size_t longest = 32;

// A number in scientific notation, taken apart: 1.25e+20 is 125 and 20.
struct Decimal {
  std::uint64_t digits = 0;
  int digit_count = 0;
  int exponent = 0;
};
Decimal decimal_of(const char* text, const char* end) noexcept {
  Decimal decimal;
  for (; *text != 'e'; ++text) {
    if (*text < '0' || *text > '9') continue;  // the sign, the point
    decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(*text - '0');
    ++decimal.digit_count;
  }
  std::from_chars(text[1] == '+' ? text + 2 : text + 1, end, decimal.exponent);
  return decimal;
}

// Whether a decimal lies in the very middle of two T: it takes just one bit more than a T has.
template <class T>
bool is_between(const Decimal& decimal) noexcept {
  constexpr std::uint64_t limit = std::uint64_t{1} << (std::numeric_limits<T>::digits + 1);
  int fives = decimal.exponent - decimal.digit_count + 1;
  if (fives < 0 || decimal.digits == 0) return false;
  std::uint64_t odd = decimal.digits >> std::countr_zero(decimal.digits);
  for (; fives > 0 && odd < limit; --fives) odd *= 5;
  return fives == 0 && odd < limit && odd >= limit / 2;
}

// The shortest digits that read back the same, written as the server writes them: never the middle
// of two numbers, though it would be read as the right one.
template <class T>
void write_floating_text(Writer& out, T value) {
  if (std::isnan(value)) return out.append("NaN");
  if (std::isinf(value)) return out.append(value > 0 ? "Infinity" : "-Infinity");
  constexpr auto scientific = std::chars_format::scientific;
  const std::size_t start = out.size();
  char* room = out.extend(longest);
  const char* end = std::to_chars(room, room + longest, value, scientific).ptr;
  Decimal decimal = decimal_of(room, end);
  while (is_between<T>(decimal)) {
    end = std::to_chars(room, room + longest, value, scientific, decimal.digit_count).ptr;
    decimal = decimal_of(room, end);
  }
  if (decimal.exponent >= -4 && decimal.exponent < first_exponent<T>)
    end = std::to_chars(room, room + longest, value, std::chars_format::fixed).ptr;
  out.shrink(start + static_cast<std::size_t>(end - room));
}

// CockroachDB writes +Inf and -Inf, PostgreSQL Infinity and -Infinity: from_chars knows both, but
// for the plus sign. What else it knows, nan(...), neither writes.
template <class T>
T read_floating_text(Reader& in) {
  std::string_view text = in.rest();
  if (text.starts_with("+") && !text.starts_with("+-")) text.remove_prefix(1);
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) in.fail("the number does not fit the C++ type");
  if (error != std::errc{} || end != text.data() + text.size() || text.ends_with(')'))
    in.fail("the text is no number");
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
