#pragma once

#include "palmetto/adapt/adapters_map.hpp"

namespace palmetto {

namespace detail {

[[nodiscard]] float read_float4_text(Reader& in);
[[nodiscard]] double read_float8_text(Reader& in);
[[nodiscard]] inline double read_float4_as_double(Reader& in) { return in.get<float>(); }
// By way of float: the text 0.1 of a float4 is the float nearest to it, not the double.
[[nodiscard]] inline double read_float4_text_as_double(Reader& in) { return read_float4_text(in); }
[[nodiscard]] inline double read_int4_as_double(Reader& in) { return in.get<std::int32_t>(); }
[[nodiscard]] inline double read_int2_as_double(Reader& in) { return in.get<std::int16_t>(); }

}  // namespace detail

/// float <-> float4, NaN and the infinities included; text is the shortest that reads back the
/// same.
template <>
struct Adapter<float> {
  static constexpr TypeRef type = "float4";
  static constexpr std::string_view cpp_name = "float";
  static constexpr std::size_t wire_size = 4;

  static void write(Writer& out, float value) { out.put<float>(value); }
  static void write_text(Writer& out, float value);
  static float read(Reader& in) { return in.get<float>(); }
  static float read_text(Reader& in) { return detail::read_float4_text(in); }
};

/// double <-> float8; read from float4, int4 and int2 as well, of which it holds every value.
template <>
struct Adapter<double> {
  static constexpr TypeRef type = "float8";
  static constexpr std::string_view cpp_name = "double";
  static constexpr std::size_t wire_size = 8;

  static void write(Writer& out, double value) { out.put<double>(value); }
  static void write_text(Writer& out, double value);
  static double read(Reader& in) { return in.get<double>(); }

  static constexpr Source<double> sources[] = {
      {"float8", &read, &detail::read_float8_text},
      {"float4", &detail::read_float4_as_double, &detail::read_float4_text_as_double},
      {"int4", &detail::read_int4_as_double, &detail::read_float8_text},
      {"int2", &detail::read_int2_as_double, &detail::read_float8_text},
  };
};

PALMETTO_DECLARE_ADAPTER(float);
PALMETTO_DECLARE_ADAPTER(double);

}  // namespace palmetto
