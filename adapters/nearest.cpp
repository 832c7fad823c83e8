#include "palmetto/adapters/nearest.hpp"

#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/numeric.hpp"

#include "significant_digits.hpp"
#include "wire_numeric.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace palmetto {
namespace {

using detail::NumericKind;

template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();

[[noreturn]] void fail_too_large(const Reader& in) {
  in.fail("the number is too large for the C++ type");
}

template <class T>
Nearest<T> read_numeric_text(Reader& in) {
  Reader again = in;
  std::string_view text = in.rest();
  if (text.starts_with('+')) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value))
    return {value};
  // Too large, too small, a word, or no number.
  const Numeric number = Adapter<Numeric>::read_text(again);
  if (number.is_nan()) return {std::numeric_limits<T>::quiet_NaN()};
  if (number.is_infinite()) return {number > 0 ? infinity<T> : -infinity<T>};
  if (number > 1 || number < -1) fail_too_large(in);
  return {number < 0 ? -T{0} : T{0}};
}

template <class T, double (*Read)(Reader&)>
Nearest<T> read_floating(Reader& in) {
  const double exact = Read(in);
  const auto value = static_cast<T>(exact);
  if (std::isinf(value) && !std::isinf(exact)) fail_too_large(in);
  return {value};
}

template <class T, class Wire>
Nearest<T> read_integer(Reader& in) {
  return {static_cast<T>(in.get<Wire>())};
}
template <class T>
Nearest<T> read_integer_text(Reader& in) {
  return {static_cast<T>(detail::read_integer_text(in))};
}

}  // namespace

template <class T>
T detail::nearest_to_numeric(const Reader& in, std::uint64_t head, const char* groups) {
  WireNumeric wire(head, groups);
  wire.normalise(in);
  switch (wire.kind) {
    case NumericKind::nan:
      return std::numeric_limits<T>::quiet_NaN();
    case NumericKind::infinity:
      return infinity<T>;
    case NumericKind::minus_infinity:
      return -infinity<T>;
    case NumericKind::positive:
    case NumericKind::negative:
      break;
  }
  SignificantDigits digits;
  for (std::size_t i = 0; i < wire.count; ++i) digits.append(wire.group(i));
  const std::optional<T> value = digits.nearest<T>(wire.weight);
  if (!value) fail_too_large(in);
  return wire.kind == NumericKind::negative ? -*value : *value;
}

template <class T>
constinit const Source<Nearest<T>> Adapter<Nearest<T>>::sources[6] = {
    {"numeric", &read, &read_numeric_text<T>},
    {"int8", &read_integer<T, std::int64_t>, &read_integer_text<T>},
    {"int4", &read_integer<T, std::int32_t>, &read_integer_text<T>},
    {"int2", &read_integer<T, std::int16_t>, &read_integer_text<T>},
    {"float8", &read_floating<T, &Adapter<double>::read>,
     &read_floating<T, &detail::read_float8_text>},
    {"float4", &read_floating<T, &detail::read_float4_as_double>,
     &read_floating<T, &detail::read_float4_text_as_double>},
};

template double detail::nearest_to_numeric(const Reader&, std::uint64_t, const char*);
template float detail::nearest_to_numeric(const Reader&, std::uint64_t, const char*);
template struct Adapter<Nearest<double>>;
template struct Adapter<Nearest<float>>;

}  // namespace palmetto
