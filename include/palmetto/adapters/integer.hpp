#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <cstddef>
#include <cstdint>
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
/// As `Oid` std::uint32_t is read from regclass, regtype and their kin as well, in binary.
///
/// A type that may not fit is refused before any row is read; a negative value, or one that is too
/// large, is a DataError for the unsigned ones, and so is a numeric that is no integer: 2.00 is
/// one, 2.50 is not. For numeric in general see numeric.hpp.
namespace palmetto {

namespace detail {

[[nodiscard]] std::int64_t read_integer_text(Reader& in);
void write_integer_text(Writer& out, std::int64_t value);
[[noreturn]] void fail_integer(const Reader& in, std::int64_t value);

[[nodiscard]] std::uint64_t read_unsigned_text(Reader& in);
void write_unsigned_text(Writer& out, std::uint64_t value);
[[nodiscard]] std::uint64_t read_unsigned_numeric(Reader& in);
[[nodiscard]] std::uint64_t read_unsigned_numeric_text(Reader& in);
void write_unsigned_numeric(Writer& out, std::uint64_t value);

template <class T>
[[nodiscard]] T checked_integer(Reader& in, std::int64_t value) {
  if (!std::in_range<T>(value)) [[unlikely]]
    fail_integer(in, value);
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

/// How a signed integer is read, by its size. A table for each: one that is put together of parts
/// costs each file that includes this.
template <class T>
struct WholeInteger {
  static constexpr std::size_t wire_size = sizeof(T);
  static T read(Reader& in) { return in.get<T>(); }
};
template <class T, std::size_t Size = sizeof(T)>
struct SignedSources;
template <class T>
struct SignedSources<T, 2> : WholeInteger<T> {
  static constexpr Source<T> sources[] = {
      {"int2", &WholeInteger<T>::read, &read_integer_text_as<T>},
  };
};
template <class T>
struct SignedSources<T, 4> : WholeInteger<T> {
  static constexpr Source<T> sources[] = {
      {"int4", &WholeInteger<T>::read, &read_integer_text_as<T>},
      {"int2", &read_integer<T, std::int16_t>, &read_integer_text_as<T>},
  };
};
template <class T>
struct SignedSources<T, 8> : WholeInteger<T> {
  static constexpr Source<T> sources[] = {
      {"int8", &WholeInteger<T>::read, &read_integer_text_as<T>},
      {"int4", &read_integer<T, std::int32_t>, &read_integer_text_as<T>},
      {"int2", &read_integer<T, std::int16_t>, &read_integer_text_as<T>},
      {"oid", &read_integer<T, std::uint32_t>, &read_integer_text_as<T>},
  };
};

template <class T>
struct SignedAdapter : SignedSources<T> {
  static constexpr TypeRef type = sizeof(T) == 2 ? "int2" : sizeof(T) == 4 ? "int4" : "int8";
  static constexpr std::string_view cpp_name = sizeof(T) == 2   ? "std::int16_t"
                                               : sizeof(T) == 4 ? "std::int32_t"
                                                                : "std::int64_t";

  static void write(Writer& out, T value) { out.put<T>(value); }
  static void write_text(Writer& out, T value) { write_integer_text(out, value); }
};

/// Of 2 bytes.
template <class T, std::size_t Size = sizeof(T)>
struct UnsignedAdapter {
  static constexpr TypeRef type = "int4";
  static constexpr std::string_view cpp_name = "std::uint16_t";

  static void write(Writer& out, T value) { out.put<std::int32_t>(value); }
  static void write_text(Writer& out, T value) { write_integer_text(out, value); }

  static constexpr Source<T> sources[] = {
      {"int4", &read_integer<T, std::int32_t>, &read_integer_text_as<T>},
      {"int2", &read_integer<T, std::int16_t>, &read_integer_text_as<T>},
  };
};

/// Of 4 bytes. In text, what is not a number but the name of an object can't be read.
template <class T>
struct UnsignedAdapter<T, 4> {
  static constexpr TypeRef type = "int8";
  static constexpr std::string_view cpp_name = "std::uint32_t";

  static void write(Writer& out, T value) { out.put<std::int64_t>(value); }
  static void write_text(Writer& out, T value) { write_integer_text(out, value); }
  static T read_object(Reader& in) { return in.get<std::uint32_t>(); }

  static constexpr Source<T> sources[] = {
      {"int8", &read_integer<T, std::int64_t>, &read_integer_text_as<T>},
      {"oid", &read_object, &read_integer_text_as<T>},
      {"int4", &read_integer<T, std::int32_t>, &read_integer_text_as<T>},
      {"int2", &read_integer<T, std::int16_t>, &read_integer_text_as<T>},
      {"regclass", &read_object},
      {"regcollation", &read_object},
      {"regconfig", &read_object},
      {"regdictionary", &read_object},
      {"regnamespace", &read_object},
      {"regoper", &read_object},
      {"regoperator", &read_object},
      {"regproc", &read_object},
      {"regprocedure", &read_object},
      {"regrole", &read_object},
      {"regtype", &read_object},
  };
};

/// Of 8 bytes.
template <class T>
struct UnsignedAdapter<T, 8> {
  static constexpr TypeRef type = "numeric";
  static constexpr std::string_view cpp_name = "std::uint64_t";

  static void write(Writer& out, T value) { write_unsigned_numeric(out, value); }
  static void write_text(Writer& out, T value) { write_unsigned_text(out, value); }
  static T read(Reader& in) { return read_unsigned_numeric(in); }
  static T read_text(Reader& in) { return read_unsigned_text(in); }
  static T read_numeric_text(Reader& in) { return read_unsigned_numeric_text(in); }

  static constexpr Source<T> sources[] = {
      {"numeric", &read, &read_numeric_text},
      {"int8", &read_integer<T, std::int64_t>, &read_text},
      {"int4", &read_integer<T, std::int32_t>, &read_text},
      {"int2", &read_integer<T, std::int16_t>, &read_text},
      {"oid", &read_integer<T, std::uint32_t>, &read_text},
      {"xid8", &read_integer<T, std::uint64_t>, &read_text},
  };
};

}  // namespace detail

// Each by its name, and not all by a concept: of specialisations that differ in their concepts
// alone, GCC 12 gives the functions to each file as its own, and `Loader` would not know `read`
// again.
template <>
struct Adapter<short> : detail::SignedAdapter<short> {};
template <>
struct Adapter<int> : detail::SignedAdapter<int> {};
template <>
struct Adapter<long> : detail::SignedAdapter<long> {};
template <>
struct Adapter<long long> : detail::SignedAdapter<long long> {};
template <>
struct Adapter<unsigned short> : detail::UnsignedAdapter<unsigned short> {};
template <>
struct Adapter<unsigned> : detail::UnsignedAdapter<unsigned> {};
template <>
struct Adapter<unsigned long> : detail::UnsignedAdapter<unsigned long> {};
template <>
struct Adapter<unsigned long long> : detail::UnsignedAdapter<unsigned long long> {};

PALMETTO_DECLARE_ADAPTER(std::int16_t);
PALMETTO_DECLARE_ADAPTER(std::int32_t);
PALMETTO_DECLARE_ADAPTER(std::int64_t);
PALMETTO_DECLARE_ADAPTER(std::uint64_t);

}  // namespace palmetto
