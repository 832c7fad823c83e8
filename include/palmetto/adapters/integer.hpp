#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <array>
#include <concepts>
#include <limits>
#include <utility>

/// The integers:
///
/// | C++                                | sent as | read from                            |
/// |------------------------------------|---------|--------------------------------------|
/// | std::int16_t                       | int2    | int2                                 |
/// | std::int32_t                       | int4    | int2, int4                           |
/// | std::int64_t, long long            | int8    | int2, int4, int8, oid                |
/// | std::uint16_t                      | int4    | int2, int4                           |
/// | std::uint32_t (`Oid`)              | int8    | oid, int2, int4, int8                |
/// | std::uint64_t, unsigned long long  | numeric | numeric, int2, int4, int8, oid, xid8 |
///
/// A type that may not fit is refused before any row is read; a negative value, or one that is too
/// large, is a DataError for the unsigned ones, and so is a numeric that is no integer: 2.00 is
/// one, 2.50 is not. For numeric in general see numeric.hpp.
namespace palmetto {

namespace detail {

/// A signed integer other than char, which is text, and of 2, 4 or 8 bytes.
template <class T>
concept SignedInteger = std::signed_integral<T> && !std::same_as<T, char> &&
                        !std::same_as<T, wchar_t> && sizeof(T) >= 2;
/// Likewise.
template <class T>
concept UnsignedInteger = std::unsigned_integral<T> && !std::same_as<T, bool> &&
                          !std::same_as<T, char> && !std::same_as<T, char16_t> &&
                          !std::same_as<T, char32_t> && !std::same_as<T, wchar_t> && sizeof(T) >= 2;
/// What a larger integer type of the server holds.
template <class T>
concept SmallUnsignedInteger = UnsignedInteger<T> && sizeof(T) <= 4;
template <class T>
concept LargeUnsignedInteger = UnsignedInteger<T> && sizeof(T) == 8;

[[nodiscard]] std::int64_t read_integer_text(Reader& in);
void write_integer_text(Writer& out, std::int64_t value);

[[nodiscard]] std::uint64_t read_unsigned_text(Reader& in);
void write_unsigned_text(Writer& out, std::uint64_t value);
[[nodiscard]] std::uint64_t read_unsigned_numeric(Reader& in);
[[nodiscard]] std::uint64_t read_unsigned_numeric_text(Reader& in);
void write_unsigned_numeric(Writer& out, std::uint64_t value);

template <class T>
[[nodiscard]] T checked_integer(Reader& in, std::int64_t value) {
  if (!std::in_range<T>(value)) [[unlikely]]
    in.fail("the value does not fit the C++ type");
  return static_cast<T>(value);
}
template <class T, class Wire>
[[nodiscard]] T read_integer(Reader& in) {
  const Wire value = in.get<Wire>();
  if constexpr (std::in_range<T>(std::numeric_limits<Wire>::min()) &&
                std::in_range<T>(std::numeric_limits<Wire>::max()))
    return static_cast<T>(value);
  else return checked_integer<T>(in, value);
}
template <class T>
[[nodiscard]] T read_integer_text_as(Reader& in) {
  return checked_integer<T>(in, read_integer_text(in));
}

template <class T, class Wire>
[[nodiscard]] consteval Source<T> integer_source(const char* type) {
  return {type, &read_integer<T, Wire>, &read_integer_text_as<T>};
}

}  // namespace detail

template <detail::SignedInteger T>
struct Adapter<T> {
  static constexpr TypeRef type = sizeof(T) == 2 ? "int2" : sizeof(T) == 4 ? "int4" : "int8";
  static constexpr std::string_view cpp_name = sizeof(T) == 2   ? "std::int16_t"
                                               : sizeof(T) == 4 ? "std::int32_t"
                                                                : "std::int64_t";

  static void write(Writer& out, T value) { out.put<T>(value); }
  static void write_text(Writer& out, T value) { detail::write_integer_text(out, value); }
  static T read(Reader& in) { return in.get<T>(); }

  static constexpr auto sources = [] {
    using detail::integer_source;
    constexpr Source<T> own{type, &read, &detail::read_integer_text_as<T>};
    if constexpr (sizeof(T) == 2) return std::array{own};
    else if constexpr (sizeof(T) == 4)
      return std::array{own, integer_source<T, std::int16_t>("int2")};
    else
      return std::array{own, integer_source<T, std::int32_t>("int4"),
                        integer_source<T, std::int16_t>("int2"),
                        integer_source<T, std::uint32_t>("oid")};
  }();
};

template <detail::SmallUnsignedInteger T>
struct Adapter<T> {
  /// The next larger signed type: what holds every value of T.
  using Wire = std::conditional_t<sizeof(T) == 2, std::int32_t, std::int64_t>;
  static constexpr TypeRef type = sizeof(T) == 2 ? "int4" : "int8";
  static constexpr std::string_view cpp_name = sizeof(T) == 2 ? "std::uint16_t" : "std::uint32_t";

  static void write(Writer& out, T value) { out.put<Wire>(value); }
  static void write_text(Writer& out, T value) { detail::write_integer_text(out, value); }

  static constexpr auto sources = [] {
    using detail::integer_source;
    constexpr Source<T> own = integer_source<T, Wire>(sizeof(T) == 2 ? "int4" : "int8");
    if constexpr (sizeof(T) == 2) return std::array{own, integer_source<T, std::int16_t>("int2")};
    else
      return std::array{own, integer_source<T, std::uint32_t>("oid"),
                        integer_source<T, std::int32_t>("int4"),
                        integer_source<T, std::int16_t>("int2")};
  }();
};

template <detail::LargeUnsignedInteger T>
struct Adapter<T> {
  static constexpr TypeRef type = "numeric";
  static constexpr std::string_view cpp_name = "std::uint64_t";

  static void write(Writer& out, T value) { detail::write_unsigned_numeric(out, value); }
  static void write_text(Writer& out, T value) { detail::write_unsigned_text(out, value); }
  static T read(Reader& in) { return detail::read_unsigned_numeric(in); }
  static T read_text(Reader& in) { return detail::read_unsigned_text(in); }

  static constexpr Source<T> sources[] = {
      {"numeric", &read, [](Reader& in) -> T { return detail::read_unsigned_numeric_text(in); }},
      {"int8", &detail::read_integer<T, std::int64_t>, &read_text},
      {"int4", &detail::read_integer<T, std::int32_t>, &read_text},
      {"int2", &detail::read_integer<T, std::int16_t>, &read_text},
      {"oid", &detail::read_integer<T, std::uint32_t>, &read_text},
      {"xid8", &detail::read_integer<T, std::uint64_t>, &read_text},
  };
};

PALMETTO_DECLARE_ADAPTER(std::int16_t);
PALMETTO_DECLARE_ADAPTER(std::int32_t);
PALMETTO_DECLARE_ADAPTER(std::int64_t);
PALMETTO_DECLARE_ADAPTER(std::uint64_t);

}  // namespace palmetto
