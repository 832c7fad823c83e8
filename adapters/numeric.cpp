#include "palmetto/adapters/numeric.hpp"

#include "palmetto/errors.hpp"

#include "significant_digits.hpp"
#include "wire_numeric.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace palmetto {
namespace {

using detail::group_limit;
using detail::most_scale;

// The most digits before the point. Source: NUMERIC_WEIGHT_MAX.
constexpr int most_whole_digits = 131'072;

constexpr std::string_view no_number = "the text is no number";
constexpr std::string_view beyond_limits =
    "the number has more digits than PostgreSQL's numeric: 131072 before the point, 16383 after it";

constexpr int digits_per_group = 4;
constexpr std::uint16_t powers_of_ten[] = {1, 10, 100, 1000};

constexpr std::string_view not_a_number = "NaN";
constexpr std::string_view infinity = "Infinity";
constexpr std::string_view minus_infinity = "-Infinity";

// --- Text taken apart ----------------------------------------------------------------------------

struct DecimalText {
  std::string_view whole;     // digits
  std::string_view fraction;  // digits
  std::int64_t exponent = 0;
};

bool skip(std::string_view& text, char c) noexcept {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::string_view take_digits(std::string_view& text) noexcept {
  const auto end =
      std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool is_word(std::string_view text, std::string_view lower_case) noexcept {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

// An unsigned number: "12", "12.5e-3", ".5", "5.". Returns what is wrong with it.
std::string_view take_apart(std::string_view text, DecimalText& parts) {
  parts.whole = take_digits(text);
  if (skip(text, '.')) parts.fraction = take_digits(text);
  if (parts.whole.empty() && parts.fraction.empty()) return no_number;
  if (!skip(text, 'e') && !skip(text, 'E')) return text.empty() ? "" : no_number;
  if (skip(text, '+') && text.starts_with('-')) return no_number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts.exponent);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return no_number;
  // As far as the server takes one, be it of 0.
  constexpr std::int64_t exponent_limit = std::numeric_limits<std::int32_t>::max() / 2;
  if (error != std::errc() || std::abs(parts.exponent) >= exponent_limit) return beyond_limits;
  return {};
}

// Enough of a text for a message.
std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 64;
  if (text.size() <= longest) return '"' + std::string(text) + '"';
  return '"' + std::string(text.substr(0, longest)) + "...\"";
}

// --- Digits --------------------------------------------------------------------------------------

char* put_group(char* next, std::uint16_t group) noexcept {
  for (int i = digits_per_group; i-- > 0; group /= 10)
    next[i] = static_cast<char>('0' + group % 10);
  return next + digits_per_group;
}

int count_digits(std::uint16_t group) noexcept {
  return group >= 1000 ? 4 : group >= 100 ? 3 : group >= 10 ? 2 : 1;
}

// How many digits after the point a number needs whose last digit of base 10000, which is not 0,
// counts 10000^weight.
int count_places(int weight, std::uint16_t last) noexcept {
  int places = -weight * digits_per_group;
  for (; last % 10 == 0; last /= 10) --places;
  return std::max(places, 0);
}

template <class T>
Numeric from_floating(T value) {
  if (std::isnan(value)) return Numeric::parse(not_a_number);  // whatever its sign
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  return Numeric::parse({text, end});
}

}  // namespace

// --- The formats ---------------------------------------------------------------------------------

struct detail::NumericFormat {
  using Kind = Numeric::Kind;

  [[nodiscard]] static std::string_view parse(std::string_view text, Numeric& number) {
    if (is_word(text, "nan")) {
      number = Numeric(Kind::nan);
      return {};
    }
    const bool is_negative = skip(text, '-');
    if (!is_negative) static_cast<void>(skip(text, '+'));
    if (is_word(text, "infinity") || is_word(text, "inf")) {
      number = Numeric(is_negative ? Kind::minus_infinity : Kind::infinity);
      return {};
    }
    DecimalText parts;
    if (const std::string_view wrong = take_apart(text, parts); !wrong.empty()) return wrong;
    return assign(number, is_negative, parts);
  }

  // Returns what is wrong with the number.
  [[nodiscard]] static std::string_view assign(Numeric& number, bool is_negative,
                                               const DecimalText& text) {
    const std::size_t whole_count = text.whole.size();
    const auto digit = [&](std::size_t i) {
      return (i < whole_count ? text.whole[i] : text.fraction[i - whole_count]) - '0';
    };
    std::size_t begin = 0;
    std::size_t end = whole_count + text.fraction.size();
    while (begin != end && digit(begin) == 0) ++begin;
    while (begin != end && digit(end - 1) == 0) --end;

    const std::int64_t scale = static_cast<std::int64_t>(text.fraction.size()) - text.exponent;
    if (scale > most_scale) return beyond_limits;
    number = Numeric();
    number.parts_.scale = static_cast<std::uint16_t>(std::max<std::int64_t>(scale, 0));
    if (begin == end) return {};

    // Which power of ten a digit stands for; a quarter of it, rounded down, is its group's.
    const auto power = [&](std::size_t i) {
      return static_cast<std::int64_t>(whole_count) - 1 + text.exponent -
             static_cast<std::int64_t>(i);
    };
    if (power(begin) >= most_whole_digits) return beyond_limits;
    const std::int64_t weight = power(begin) >> 2;
    number.parts_.kind = is_negative ? Kind::negative : Kind::positive;
    number.parts_.weight = static_cast<std::int16_t>(weight);
    const auto groups =
        number.allocate(static_cast<std::size_t>(weight - (power(end - 1) >> 2) + 1));
    for (std::size_t i = begin; i != end; ++i) {
      auto& group = groups[static_cast<std::size_t>(weight - (power(i) >> 2))];
      group = static_cast<std::uint16_t>(group + digit(i) * powers_of_ten[power(i) & 3]);
    }
    return {};
  }

  [[nodiscard]] static std::string_view word(const Numeric& number) noexcept {
    switch (number.parts_.kind) {
      case Kind::nan:
        return not_a_number;
      case Kind::infinity:
        return infinity;
      case Kind::minus_infinity:
        return minus_infinity;
      case Kind::positive:
      case Kind::negative:
        break;
    }
    return {};
  }

  // How long the text of a finite number is.
  [[nodiscard]] static std::size_t text_size(const Numeric& number) noexcept {
    const auto& parts = number.parts_;
    int size = parts.kind == Kind::negative ? 1 : 0;
    if (parts.count == 0 || parts.weight < 0) size += 1;
    else size += count_digits(number.digits().front()) + parts.weight * digits_per_group;
    if (parts.scale != 0) size += 1 + parts.scale;
    return static_cast<std::size_t>(size);
  }

  // Writes that many characters. Source: get_str_from_var.
  static void write_text(const Numeric& number, char* next) noexcept {
    const auto& parts = number.parts_;
    const auto groups = number.digits();
    // The group that counts so many times 10000^power.
    const auto group = [&](int power) {
      const int i = parts.weight - power;
      return i >= 0 && i < parts.count ? groups[static_cast<std::size_t>(i)] : std::uint16_t{0};
    };
    if (parts.kind == Kind::negative) *next++ = '-';
    char padded[digits_per_group];
    const int first = parts.count == 0 ? 0 : std::max<int>(parts.weight, 0);
    put_group(padded, group(first));
    next = std::copy(padded + digits_per_group - count_digits(group(first)),
                     padded + digits_per_group, next);
    for (int power = first - 1; power >= 0; --power) next = put_group(next, group(power));
    if (parts.scale == 0) return;
    *next++ = '.';
    int power = -1;
    int left = parts.scale;
    for (; left >= digits_per_group; left -= digits_per_group)
      next = put_group(next, group(power--));
    put_group(padded, group(power));
    std::copy(padded, padded + left, next);
  }

  static void write_binary(Writer& out, const Numeric& number) {
    const auto& parts = number.parts_;
    out.put<std::uint16_t>(parts.count);
    out.put<std::int16_t>(parts.weight);
    out.put<std::uint16_t>(static_cast<std::uint16_t>(parts.kind));
    out.put<std::uint16_t>(parts.scale);
    for (const std::uint16_t group : number.digits()) out.put<std::uint16_t>(group);
  }

  [[nodiscard]] static Numeric read_binary(Reader& in) {
    WireNumeric wire = WireNumeric::take(in);
    wire.normalise(in);
    Numeric number(wire.kind);
    number.parts_.weight = static_cast<std::int16_t>(wire.weight);
    number.parts_.scale = wire.scale;
    std::size_t i = 0;
    for (std::uint16_t& group : number.allocate(wire.count)) group = wire.group(i++);
    return number;
  }
};

void detail::WireNumeric::normalise(const Reader& in) {
  switch (kind) {
    case NumericKind::nan:
    case NumericKind::infinity:
    case NumericKind::minus_infinity:
      if (count != 0) in.fail("NaN and the infinities have no digits");
      weight = scale = 0;  // the server's infinities have a scale
      return;
    case NumericKind::positive:
    case NumericKind::negative:
      break;
    default:
      in.fail("the sign of a numeric is 0000, 4000, c000, d000 or f000");
  }
  for (std::size_t i = 0; i < count; ++i)
    if (group(i) >= group_limit) in.fail("the digits of a numeric are below 10000");
  for (; count != 0 && group(0) == 0; groups += 2, --count) --weight;
  while (count != 0 && group(count - 1) == 0) --count;
  if (count == 0) {
    kind = NumericKind::positive;
    weight = 0;
  }
  const int places =
      count == 0 ? 0 : count_places(weight + 1 - static_cast<int>(count), group(count - 1));
  if (scale > most_scale) in.fail("the scale of a numeric is at most 16383");
  if (places > scale) in.fail("a numeric has more digits than its scale");
}

std::string_view detail::parse_numeric(std::string_view text, Numeric& number) {
  return NumericFormat::parse(text, number);
}

void Adapter<Numeric>::write(Writer& out, const Numeric& value) {
  detail::NumericFormat::write_binary(out, value);
}

void Adapter<Numeric>::write_text(Writer& out, const Numeric& value) {
  using detail::NumericFormat;
  if (const auto word = NumericFormat::word(value); !word.empty()) return out.append(word);
  NumericFormat::write_text(value, out.extend(NumericFormat::text_size(value)));
}

Numeric Adapter<Numeric>::read(Reader& in) { return detail::NumericFormat::read_binary(in); }

Numeric Adapter<Numeric>::read_text(Reader& in) {
  Numeric number;
  if (const auto wrong = detail::parse_numeric(in.rest(), number); !wrong.empty()) in.fail(wrong);
  return number;
}

// --- Numeric -------------------------------------------------------------------------------------

Numeric::Numeric(bool negative, std::uint64_t magnitude) noexcept {
  if (magnitude == 0) return;
  parts_.kind = negative ? Kind::negative : Kind::positive;
  for (; magnitude % group_limit == 0; magnitude /= group_limit) ++parts_.weight;
  auto& count = parts_.count;
  for (; magnitude != 0; magnitude /= group_limit)
    parts_.local[count++] = static_cast<std::uint16_t>(magnitude % group_limit);
  std::reverse(parts_.local, parts_.local + count);
  parts_.weight = static_cast<std::int16_t>(parts_.weight + count - 1);
}

Numeric::Numeric(const Numeric& other) : parts_(other.parts_) {
  if (is_inline()) return;
  parts_.heap = new std::uint16_t[parts_.count];
  std::copy_n(other.parts_.heap, parts_.count, parts_.heap);
}

std::span<const std::uint16_t> Numeric::digits() const noexcept {
  return {is_inline() ? parts_.local : parts_.heap, parts_.count};
}

std::span<std::uint16_t> Numeric::allocate(std::size_t count) {
  if (count > inline_count) parts_.heap = new std::uint16_t[count]();
  parts_.count = static_cast<std::uint16_t>(count);
  return {is_inline() ? parts_.local : parts_.heap, count};
}

Numeric Numeric::parse(std::string_view text) {
  Numeric number;
  if (const std::string_view wrong = detail::parse_numeric(text, number); !wrong.empty())
    throw DataError(quoted(text) + " is no numeric: " + std::string(wrong));
  return number;
}

Numeric Numeric::from(double value) { return from_floating(value); }
Numeric Numeric::from(float value) { return from_floating(value); }

std::string Numeric::to_string() const {
  using detail::NumericFormat;
  if (const auto word = NumericFormat::word(*this); !word.empty()) return std::string(word);
  std::string text(NumericFormat::text_size(*this), '\0');
  NumericFormat::write_text(*this, text.data());
  return text;
}

double Numeric::to_double() const {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (is_nan()) return std::numeric_limits<double>::quiet_NaN();
  if (is_infinite()) return parts_.kind == Kind::infinity ? infinite : -infinite;
  detail::SignificantDigits significant;
  for (const std::uint16_t group : digits()) significant.append(group);
  const std::optional<double> value = significant.nearest<double>(parts_.weight);
  if (!value) throw DataError(quoted(to_string()) + " does not fit a double");
  return parts_.kind == Kind::negative ? -*value : *value;
}

int Numeric::min_scale() const noexcept {
  return parts_.count == 0 ? 0 : count_places(parts_.weight + 1 - parts_.count, digits().back());
}

Numeric Numeric::trim_scale() const {
  Numeric trimmed = *this;
  trimmed.parts_.scale = static_cast<std::uint16_t>(min_scale());
  return trimmed;
}

// The numbers of another rank are all smaller, or all greater.
int Numeric::rank() const noexcept {
  switch (parts_.kind) {
    case Kind::minus_infinity:
      return -2;
    case Kind::negative:
      return -1;
    case Kind::positive:
      return parts_.count == 0 ? 0 : 1;
    case Kind::infinity:
      return 2;
    case Kind::nan:
      break;
  }
  return 3;
}

int Numeric::compare(const Numeric& other) const noexcept {
  if (rank() != other.rank()) return rank() - other.rank();
  const int sign = parts_.kind == Kind::negative ? -1 : 1;
  if (parts_.weight != other.parts_.weight)
    return parts_.weight < other.parts_.weight ? -sign : sign;
  const auto order = std::lexicographical_compare_three_way(
      digits().begin(), digits().end(), other.digits().begin(), other.digits().end());
  return order < 0 ? -sign : order > 0 ? sign : 0;
}

bool Numeric::get_magnitude(std::uint64_t& magnitude) const noexcept {
  constexpr int longest = 5;  // groups: 18446744073709551615
  if (!is_finite() || parts_.weight >= longest) return false;
  if (parts_.count > std::max(parts_.weight + 1, 0)) return false;  // a fraction
  magnitude = 0;
  for (int i = 0; parts_.count != 0 && i <= parts_.weight; ++i) {
    const std::uint16_t group = i < parts_.count ? digits()[static_cast<std::size_t>(i)] : 0;
    if (__builtin_mul_overflow(magnitude, group_limit, &magnitude) ||
        __builtin_add_overflow(magnitude, group, &magnitude))
      return false;
  }
  return true;
}

bool Numeric::get_integer(std::uint64_t& value) const noexcept {
  return parts_.kind != Kind::negative && get_magnitude(value);
}

bool Numeric::get_integer(std::int64_t& value) const noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  const bool is_negative = parts_.kind == Kind::negative;
  std::uint64_t magnitude = 0;
  if (!get_magnitude(magnitude) || magnitude > most + (is_negative ? 1 : 0)) return false;
  value = static_cast<std::int64_t>(is_negative ? 0 - magnitude : magnitude);
  return true;
}

void Numeric::throw_no_integer() const {
  throw DataError(quoted(to_string()) + " is no integer that fits the C++ type");
}

}  // namespace palmetto

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(Numeric);

}  // namespace palmetto
