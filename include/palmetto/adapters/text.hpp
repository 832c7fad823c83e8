#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <string>
#include <string_view>

/// Text. Sent without a type, so that the server infers it and a string serves for any type's text
/// (as psycopg does); on CockroachDB sent as text. Read from text, varchar, bpchar, name, "char",
/// xml, json, unknown and registered enums, and from every type when the result was asked for as
/// text.
///
/// | C++              | reading                                       |
/// |------------------|-----------------------------------------------|
/// | std::string      | copies                                        |
/// | std::string_view | points into the result: lives as long as that |
/// | char             | a text of one character exactly               |
namespace palmetto {

namespace detail {

/// Whether the binary format of that type is its text.
[[nodiscard]] bool is_text_in_binary(const AdaptersMap& map, Oid oid);

/// Text as a parameter: a DataError when a NUL byte is in it, which PostgreSQL can't store.
void write_text_parameter(Writer& out, std::string_view text);

[[nodiscard]] inline std::string_view read_view(Reader& in) { return in.rest(); }

template <class T>
[[nodiscard]] Loader<T> find_text_loader(const AdaptersMap& map, Oid oid, Format format) {
  if (format == Format::binary && !is_text_in_binary(map, oid)) return {};
  return {&Adapter<T>::read};
}

}  // namespace detail

template <>
struct Adapter<std::string_view> {
  static constexpr TypeRef type = TypeRef::untyped();
  static constexpr std::string_view cpp_name = "std::string_view";
  static constexpr bool is_view = true;

  static void write_text(Writer& out, std::string_view value) {
    detail::write_text_parameter(out, value);
  }
  static std::string_view read(Reader& in) { return in.rest(); }
  static Loader<std::string_view> find_loader(const AdaptersMap& map, Oid oid, Format format) {
    return detail::find_text_loader<std::string_view>(map, oid, format);
  }
};

template <>
struct Adapter<std::string> {
  static constexpr TypeRef type = TypeRef::untyped();
  static constexpr std::string_view cpp_name = "std::string";

  static void write_text(Writer& out, const std::string& value) {
    detail::write_text_parameter(out, value);
  }
  static std::string read(Reader& in) { return std::string(in.rest()); }
  static Loader<std::string> find_loader(const AdaptersMap& map, Oid oid, Format format) {
    return detail::find_text_loader<std::string>(map, oid, format);
  }
};

template <>
struct Adapter<char> {
  static constexpr TypeRef type = TypeRef::untyped();
  static constexpr std::string_view cpp_name = "char";

  static void write_text(Writer& out, char value) {
    detail::write_text_parameter(out, std::string_view(&value, 1));
  }
  static char read(Reader& in) {
    const std::string_view text = in.rest();
    if (text.size() != 1) in.fail("the text is not one character of one byte");
    return text.front();
  }
  static Loader<char> find_loader(const AdaptersMap& map, Oid oid, Format format) {
    return detail::find_text_loader<char>(map, oid, format);
  }
};

PALMETTO_DECLARE_ADAPTER(std::string);
PALMETTO_DECLARE_ADAPTER(std::string_view);

}  // namespace palmetto
