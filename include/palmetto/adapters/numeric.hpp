#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// The exact decimal:
///
/// | C++               | sent as | read from                 |
/// |-------------------|---------|---------------------------|
/// | palmetto::Numeric | numeric | numeric, int2, int4, int8 |
///
///     auto price = conn.execute("SELECT 1.50").value<palmetto::Numeric>();
///     price.to_string();                             // "1.50": the scale is kept
///     price == palmetto::Numeric::parse("1.5");      // true: and does not count
///     price.to_double();                             // 1.5
///     conn.execute("SELECT $1 * 2", price);
///
/// It holds every value of PostgreSQL's numeric, NaN and the infinities included, and no other: up
/// to 131072 digits before the point and 16383 after it, the trailing zeros of which are its scale.
/// It computes nothing: that is for the server, for Boost (see multiprecision.hpp) or, rounded, for
/// floating point (see nearest.hpp). Up to 29 digits, zeros at the ends not counted, need no
/// allocation.
///
/// CockroachDB sends infinity as NaN in the binary format, but not in text. Numbers that are sent
/// to it in binary lose the zeros at their end: 1.50 arrives as 1.5 (cockroach#82492).
namespace palmetto {

namespace detail {

/// An integer of at most 8 bytes: no bool, no character.
template <class T>
concept Integer =
    std::integral<T> && sizeof(T) <= 8 && !std::same_as<T, bool> && !std::same_as<T, char> &&
    !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> && !std::same_as<T, char16_t> &&
    !std::same_as<T, char32_t>;

/// What there is beside the digits, as the binary format has it. Source: numeric_send.
enum class NumericKind : std::uint16_t {
  positive = 0x0000,
  negative = 0x4000,
  nan = 0xC000,
  infinity = 0xD000,
  minus_infinity = 0xF000,
};

struct NumericFormat;

}  // namespace detail

/// A decimal number, NaN or an infinity. A value that was moved from is 0.
class Numeric {
 public:
  /// 0
  Numeric() noexcept = default;
  template <detail::Integer T>
  Numeric(T value) noexcept : Numeric(value < 0, magnitude_of(value)) {}

  Numeric(const Numeric& other);
  Numeric(Numeric&& other) noexcept : parts_(std::exchange(other.parts_, Parts())) {}
  Numeric& operator=(const Numeric& other) { return *this = Numeric(other); }
  Numeric& operator=(Numeric&& other) noexcept {
    Numeric moved(std::move(other));
    std::swap(parts_, moved.parts_);
    return *this;
  }
  ~Numeric() {
    if (!is_inline()) delete[] parts_.heap;
  }

  /// From what the server takes for a numeric, but for blanks around it: "-1.50", "1e3", ".5",
  /// "NaN", "Infinity", "-inf". Throws DataError when the text is something else, or a number
  /// beyond PostgreSQL's limits.
  [[nodiscard]] static Numeric parse(std::string_view text);

  /// The shortest decimal that reads back as the same floating point: 0.1 is 0.1. NaN and the
  /// infinities are kept.
  [[nodiscard]] static Numeric from(double value);
  [[nodiscard]] static Numeric from(float value);

  /// As the server writes it: "-1.50", "NaN", "Infinity"; never with an exponent.
  [[nodiscard]] std::string to_string() const;

  /// The double nearest to it, from the middle the even one; 0 when it is too small. Throws
  /// DataError when it is too large.
  [[nodiscard]] double to_double() const;

  /// The same number as an integer. Throws DataError when it has a fraction other than zeros, does
  /// not fit, or is NaN or infinite.
  template <detail::Integer T>
  [[nodiscard]] T to() const {
    const std::optional<T> value = try_to<T>();
    if (!value) throw_no_integer();
    return *value;
  }
  /// Likewise; nothing instead of the exception.
  template <detail::Integer T>
  [[nodiscard]] std::optional<T> try_to() const noexcept {
    std::conditional_t<std::signed_integral<T>, std::int64_t, std::uint64_t> value;
    if (!get_integer(value) || !std::in_range<T>(value)) return std::nullopt;
    return static_cast<T>(value);
  }

  [[nodiscard]] bool is_nan() const noexcept { return parts_.kind == Kind::nan; }
  [[nodiscard]] bool is_infinite() const noexcept {
    return parts_.kind == Kind::infinity || parts_.kind == Kind::minus_infinity;
  }

  /// How many digits there are after the point, zeros included: 2 of 1.50. 0 of NaN and the
  /// infinities.
  [[nodiscard]] int scale() const noexcept { return parts_.scale; }
  /// How many of them are needed: 1 of 1.50. As the server's min_scale().
  [[nodiscard]] int min_scale() const noexcept;
  /// The same number without the zeros at the end of its fraction. As the server's trim_scale().
  [[nodiscard]] Numeric trim_scale() const;

  /// Numerically, as the server compares: 1.5 is 1.50, NaN is NaN and greater than infinity.
  [[nodiscard]] friend bool operator==(const Numeric& a, const Numeric& b) noexcept {
    return a.compare(b) == 0;
  }
  [[nodiscard]] friend std::weak_ordering operator<=>(const Numeric& a, const Numeric& b) noexcept {
    return a.compare(b) <=> 0;
  }

 private:
  friend struct detail::NumericFormat;

  using Kind = detail::NumericKind;
  static constexpr std::size_t inline_count = 8;

  /// The number is the sum of its digits, which are below 10000, the first of them times
  /// 10000^weight. Neither the first nor the last is 0; there are none of 0, NaN and infinity.
  struct Parts {
    Kind kind = Kind::positive;
    std::int16_t weight = 0;
    std::uint16_t scale = 0;
    std::uint16_t count = 0;
    union {
      std::uint16_t local[inline_count] = {};
      std::uint16_t* heap;  ///< when count is larger than inline_count
    };
  };

  Numeric(bool negative, std::uint64_t magnitude) noexcept;
  explicit Numeric(Kind kind) noexcept { parts_.kind = kind; }

  template <detail::Integer T>
  [[nodiscard]] static constexpr std::uint64_t magnitude_of(T value) noexcept {
    const auto bits = static_cast<std::uint64_t>(value);
    return value < 0 ? 0 - bits : bits;
  }

  /// Makes room for the digits, which are 0; there were none before.
  [[nodiscard]] std::span<std::uint16_t> allocate(std::size_t count);

  [[nodiscard]] bool is_inline() const noexcept { return parts_.count <= inline_count; }
  [[nodiscard]] std::span<const std::uint16_t> digits() const noexcept;
  [[nodiscard]] bool is_finite() const noexcept {
    return parts_.kind == Kind::positive || parts_.kind == Kind::negative;
  }

  [[nodiscard]] int rank() const noexcept;
  [[nodiscard]] int compare(const Numeric& other) const noexcept;
  [[nodiscard]] bool get_magnitude(std::uint64_t& magnitude) const noexcept;
  [[nodiscard]] bool get_integer(std::int64_t& value) const noexcept;
  [[nodiscard]] bool get_integer(std::uint64_t& value) const noexcept;
  [[noreturn]] void throw_no_integer() const;

  Parts parts_;
};

namespace detail {

/// Takes the number from its text. Returns what is wrong with the text; nothing when it is right.
[[nodiscard]] std::string_view parse_numeric(std::string_view text, Numeric& number);

template <class Wire>
[[nodiscard]] Numeric read_numeric_from_integer(Reader& in) {
  return in.get<Wire>();
}

}  // namespace detail

template <>
struct Adapter<Numeric> {
  static constexpr TypeRef type = "numeric";
  static constexpr std::string_view cpp_name = "palmetto::Numeric";

  static void write(Writer& out, const Numeric& value);
  static void write_text(Writer& out, const Numeric& value);
  static Numeric read(Reader& in);
  static Numeric read_text(Reader& in);

  static constexpr Source<Numeric> sources[] = {
      {"numeric", &read, &read_text},
      {"int8", &detail::read_numeric_from_integer<std::int64_t>, &read_text},
      {"int4", &detail::read_numeric_from_integer<std::int32_t>, &read_text},
      {"int2", &detail::read_numeric_from_integer<std::int16_t>, &read_text},
  };
};

PALMETTO_DECLARE_ADAPTER(Numeric);

}  // namespace palmetto
