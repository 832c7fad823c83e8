#pragma once

#include "palmetto/adapt/dumper.hpp"
#include "palmetto/adapt/loader.hpp"
#include "palmetto/adapt/reader.hpp"
#include "palmetto/adapt/type_info.hpp"
#include "palmetto/adapt/type_ref.hpp"
#include "palmetto/adapt/writer.hpp"
#include "palmetto/format.hpp"

#include <concepts>
#include <optional>
#include <type_traits>

namespace palmetto {

class AdaptersMap;

/// How a C++ type travels: what the author of a type specialises.
///
///     template <>
///     struct palmetto::Adapter<Cents> {
///       static constexpr TypeRef type = "int8";
///       static void write(Writer& out, const Cents& cents) { out.put<std::int64_t>(cents.value); }
///       static Cents read(Reader& in) { return {in.get<std::int64_t>()}; }
///     };
///
/// That makes Cents a parameter, a column, and an element of arrays. The members, each optional
/// where another does its work:
///
/// - `static constexpr TypeRef type`: the PostgreSQL type that a T is sent as;
/// - `write(Writer&, const T&)` and `write_text`, of the same form: the value in the type's binary
///   and in its text format; binary is preferred where there are both;
/// - `read(Reader&)`, `read_text(Reader&)`: a T from the two formats of `type`;
/// - `static constexpr Source<T> sources[]`: every type that a T is read from, when there are more,
///   the type's own among them;
/// - `find_dumper(const AdaptersMap&, Format preferred)` and `find_loader(const AdaptersMap&, Oid,
///   Format)` instead of these, for types that are made of others (see array.hpp);
/// - `find_dumper_as(const AdaptersMap&, const TypeInfo&, Format preferred)` and `kind` with them,
///   for types that can be sent as one of several types of a kind (see composite.hpp);
/// - `static constexpr bool is_view`: a T points into the result it was read from;
/// - `static constexpr bool is_row`: as a whole row a T is several columns, and not the one that it
///   is as a part of a row;
/// - `static constexpr std::size_t wire_size`: how many bytes `read` takes, always; arrays of such
///   a T are read faster;
/// - `static constexpr std::string_view cpp_name`: what messages call T.
template <class T>
struct Adapter;

/// The base of an adapter whose type is adapted by functions that are registered at run time alone:
///
///     template <> struct palmetto::Adapter<Money> : palmetto::RegisteredAtRunTime {};
struct RegisteredAtRunTime {
  static constexpr bool registered_at_run_time = true;
};

namespace detail {

template <class T>
concept RegisteredLater = requires { Adapter<T>::registered_at_run_time; };
template <class T>
concept WritesBinary = requires(Writer& out, const T& value) { Adapter<T>::write(out, value); };
template <class T>
concept WritesText = requires(Writer& out, const T& value) { Adapter<T>::write_text(out, value); };
template <class T>
concept FindsDumper = requires(const AdaptersMap& map, Format format) {
  { Adapter<T>::find_dumper(map, format) } -> std::same_as<Dumper<T>>;
};
template <class T>
concept FindsDumperAs = requires(const AdaptersMap& map, const TypeInfo& info, Format format) {
  { Adapter<T>::find_dumper_as(map, info, format) } -> std::same_as<Dumper<T>>;
};
template <class T>
concept ReadsBinary = requires(Reader& in) {
  { Adapter<T>::read(in) } -> std::same_as<T>;
};
template <class T>
concept ReadsText = requires(Reader& in) {
  { Adapter<T>::read_text(in) } -> std::same_as<T>;
};
template <class T>
concept HasSources = requires { Adapter<T>::sources; };
template <class T>
concept FindsLoader = requires(const AdaptersMap& map, Oid oid, Format format) {
  { Adapter<T>::find_loader(map, oid, format) } -> std::same_as<Loader<T>>;
};

template <class T>
struct OptionalOf {
  static constexpr bool is_optional = false;
  using Value = T;
};
template <class T>
struct OptionalOf<std::optional<T>> {
  static constexpr bool is_optional = true;
  using Value = T;
};

}  // namespace detail

/// A type whose values can be parameters: `Adapter<T>` has `write`, `write_text` or `find_dumper`.
template <class T>
concept Dumpable = detail::WritesBinary<T> || detail::WritesText<T> || detail::FindsDumper<T> ||
                   detail::RegisteredLater<T>;

/// A type that values can be read as: `Adapter<T>` has `read`, `read_text`, `sources` or
/// `find_loader`.
template <class T>
concept Loadable = detail::ReadsBinary<T> || detail::ReadsText<T> || detail::HasSources<T> ||
                   detail::FindsLoader<T> || detail::RegisteredLater<T>;

/// T without the std::optional around it that makes it nullable.
template <class T>
using not_null_t = typename detail::OptionalOf<T>::Value;
template <class T>
inline constexpr bool is_nullable = detail::OptionalOf<T>::is_optional;

/// Whether a T read from a result points into it: string_view, or something that holds one.
template <class T>
inline constexpr bool is_view = [] {
  if constexpr (is_nullable<T>) return is_view<not_null_t<T>>;
  else if constexpr (requires { Adapter<T>::is_view; }) return Adapter<T>::is_view;
  else return false;
}();

}  // namespace palmetto
