#pragma once

#include "palmetto/adapters/numeric.hpp"

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>

#include <ios>
#include <limits>
#include <stdexcept>
#include <string>

/// The numbers of Boost.Multiprecision. palmetto.hpp does not include this header: they are heavy.
///
/// | C++                                                   | sent as | read from                 |
/// |-------------------------------------------------------|---------|---------------------------|
/// | boost::multiprecision::cpp_int, int128_t and the like | numeric | numeric, int2, int4, int8 |
/// | boost::multiprecision::cpp_dec_float_50 and the like  | numeric | numeric, int2, int4, int8 |
///
/// Nothing is rounded. What the C++ type can't hold is a DataError when read: a fraction other than
/// zeros, NaN and the infinities for integers; more digits than it has. So is what PostgreSQL can't
/// hold when sent, beyond 131072 digits before the point or 16383 after it. The scale is not kept:
/// 1.50 is 1.5. A cpp_dec_float computes with some more digits than its name says, and all of them
/// are sent: round a quotient before sending it.
namespace palmetto {

namespace detail {

/// What is the same for all of them: each is made from text, and text from each.
template <class T>
struct MultiprecisionAdapter {
  static constexpr TypeRef type = "numeric";

  static void write(Writer& out, const T& value) {
    Adapter<Numeric>::write(out, numeric_of(out, value));
  }
  static void write_text(Writer& out, const T& value) {
    Adapter<Numeric>::write_text(out, numeric_of(out, value));
  }
  static T read(Reader& in) { return value_of(in, Adapter<Numeric>::read(in)); }
  static T read_text(Reader& in) { return value_of(in, Adapter<Numeric>::read_text(in)); }
  template <class Wire>
  static T read_integer(Reader& in) {
    return value_of(in, in.get<Wire>());
  }

  static constexpr Source<T> sources[] = {
      {"numeric", &read, &read_text},
      {"int8", &read_integer<std::int64_t>, &read_text},
      {"int4", &read_integer<std::int32_t>, &read_text},
      {"int2", &read_integer<std::int16_t>, &read_text},
  };

 private:
  using Limits = std::numeric_limits<T>;

  // All the digits there are, but for zeros at the end: they would be a scale.
  [[nodiscard]] static std::string text_of(const T& value) {
    if constexpr (Limits::is_integer) return value.str();
    std::string text = value.str(0, std::ios_base::scientific);
    const std::size_t exponent = text.find('e');
    if (exponent == std::string::npos) return text;  // an infinity
    const std::size_t end = text.find_last_not_of('0', exponent - 1) + 1;
    return text.erase(end, exponent - end);
  }

  [[nodiscard]] static Numeric numeric_of(const Writer& out, const T& value) {
    if constexpr (Limits::has_quiet_NaN)
      if (value != value) return Numeric::from(std::numeric_limits<double>::quiet_NaN());
    Numeric number;
    if (const auto wrong = parse_numeric(text_of(value), number); !wrong.empty()) out.fail(wrong);
    return number;
  }

  [[nodiscard]] static T value_of(const Reader& in, const Numeric& number) {
    if (number.is_nan()) {
      if constexpr (Limits::has_quiet_NaN) return Limits::quiet_NaN();
      else in.fail("the C++ type has no NaN");
    }
    if (number.is_infinite()) {
      if constexpr (Limits::has_infinity)
        return number > 0 ? Limits::infinity() : T(-Limits::infinity());
      else in.fail("the C++ type has no infinity");
    }
    const Numeric trimmed = number.trim_scale();
    if (Limits::is_integer && trimmed.scale() != 0) in.fail("the number has a fraction");
    try {
      T value(compact_text_of(trimmed));
      if (!Limits::is_bounded || is_same(value, trimmed)) return value;
    } catch (const std::runtime_error&) {}  // how the checked integers refuse
    in.fail("the number does not fit the C++ type");
  }

  // 0.0015 as 15e-4: Boost counts the zeros at the beginning among the digits that a T may have.
  [[nodiscard]] static std::string compact_text_of(const Numeric& number) {
    std::string text = number.to_string();
    if (number.scale() == 0) return text;
    text.erase(text.find('.'), 1);
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    text.erase(first, text.find_first_not_of('0', first) - first);
    return text + "e-" + std::to_string(number.scale());
  }

  // What was cut off, or has wrapped around, shows on the way back.
  [[nodiscard]] static bool is_same(const T& value, const Numeric& number) {
    Numeric back;
    return parse_numeric(text_of(value), back).empty() && back == number;
  }
};

}  // namespace detail

// `auto`: the type of these sizes is not the same in all versions of Boost.
template <auto MinBits, auto MaxBits, boost::multiprecision::cpp_integer_type Sign,
          boost::multiprecision::cpp_int_check_type Check, class Allocator,
          boost::multiprecision::expression_template_option Option>
struct Adapter<boost::multiprecision::number<
    boost::multiprecision::cpp_int_backend<MinBits, MaxBits, Sign, Check, Allocator>, Option>>
    : detail::MultiprecisionAdapter<boost::multiprecision::number<
          boost::multiprecision::cpp_int_backend<MinBits, MaxBits, Sign, Check, Allocator>,
          Option>> {
  static constexpr std::string_view cpp_name = "boost::multiprecision::cpp_int";
};

template <auto Digits10, class Exponent, class Allocator,
          boost::multiprecision::expression_template_option Option>
struct Adapter<boost::multiprecision::number<
    boost::multiprecision::cpp_dec_float<Digits10, Exponent, Allocator>, Option>>
    : detail::MultiprecisionAdapter<boost::multiprecision::number<
          boost::multiprecision::cpp_dec_float<Digits10, Exponent, Allocator>, Option>> {
  static constexpr std::string_view cpp_name = "boost::multiprecision::cpp_dec_float";
};

}  // namespace palmetto
