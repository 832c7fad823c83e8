#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

/// Text. Sent without a type, so that the server infers it and a string serves for any type's text
/// (as psycopg does); on CockroachDB sent as text.
///
/// | C++                     | reading                                          |
/// |-------------------------|--------------------------------------------------|
/// | std::string             | copies                                           |
/// | a class derived from it | what std::string reads, given to its constructor |
/// | std::string_view        | points into the result: lives as long as that    |
/// | char                    | a text of one character exactly                  |
///
/// Read from every type when the result was asked for as text. In binary results from text,
/// varchar, bpchar, name, "char", xml, json, jsonb, jsonpath, citext, refcursor, void, unknown and
/// registered enums; std::string from tsvector, tsquery, pg_lsn and tid as well, which have no text
/// to point into. It is the server's own text each time.
///
/// The type "char" is a byte: a char reads each of the 256, while a string gets the server's text
/// of it, which is empty for the byte 0 and, as since PostgreSQL 15, \351 for one beyond ASCII.
///
/// A NUL byte within a text can't be sent: a DataError.
namespace palmetto {

namespace detail {

/// What the text of a type is in one of its formats.
enum class TextForm {
  none,
  whole,      ///< all the bytes
  versioned,  ///< what follows the byte of a format's version
  byte,       ///< of the type "char"
};

[[nodiscard]] TextForm text_form(const AdaptersMap& map, Oid oid, Format format);

/// Text as a parameter: a DataError when a NUL byte is in it, which PostgreSQL can't store.
void write_text_parameter(Writer& out, std::string_view text);

/// Takes the version of jsonb and jsonpath: a DataError when it is another than 1.
void skip_version(Reader& in);
/// The server's text of a binary "char".
[[nodiscard]] std::string_view read_byte_text(Reader& in);
/// A "char" from both of its formats.
[[nodiscard]] char read_byte(Reader& in);
[[nodiscard]] char read_byte_from_text(Reader& in);

template <class T>
[[nodiscard]] Loader<T> find_text_loader(const AdaptersMap& map, Oid oid, Format format) {
  switch (text_form(map, oid, format)) {
    case TextForm::whole:
      return {&Adapter<T>::read};
    case TextForm::versioned:
      return {[](Reader& in) {
        skip_version(in);
        return Adapter<T>::read(in);
      }};
    case TextForm::byte:
      return {[](Reader& in) { return T(read_byte_text(in)); }};
    case TextForm::none:
      break;
  }
  return {};
}

/// A class that is a std::string, and can be made of one: struct Email : std::string.
template <class T>
concept DerivedString =
    std::derived_from<T, std::string> && !std::same_as<T, std::string> &&
    (std::constructible_from<T, std::string> || std::constructible_from<T, std::string_view>);

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
  static Loader<std::string> find_loader(const AdaptersMap& map, Oid oid, Format format);
};

/// What is registered for std::string at run time holds for the classes derived from it.
template <detail::DerivedString T>
struct Adapter<T> {
  static constexpr TypeRef type = TypeRef::untyped();

  static void write_text(Writer& out, const T& value) { detail::write_text_parameter(out, value); }

  static Loader<T> find_loader(const AdaptersMap& map, Oid oid, Format format) {
    auto text = map.find_loader<std::string>(oid, format);
    if (!text) return {};
    const auto read = [](Reader& in, const void* state) -> T {
      const auto& loader = *static_cast<const Loader<std::string>*>(state);
      std::string value = loader(in.nested(in.remaining()));
      if constexpr (std::constructible_from<T, std::string>) return T(std::move(value));
      else return T(std::string_view(value));
    };
    return {read, std::make_shared<const Loader<std::string>>(std::move(text))};
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
  static Loader<char> find_loader(const AdaptersMap& map, Oid oid, Format format);
};

PALMETTO_DECLARE_ADAPTER(std::string);
PALMETTO_DECLARE_ADAPTER(std::string_view);

}  // namespace palmetto
