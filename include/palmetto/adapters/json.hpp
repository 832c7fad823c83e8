#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <concepts>
#include <utility>

/// JSON, by Boost.JSON:
///
/// | C++                | sent as | read from   |
/// |--------------------|---------|-------------|
/// | boost::json::value | jsonb   | jsonb, json |
/// | Jsonb<T>           | jsonb   | jsonb, json |
/// | Json<T>            | json    | jsonb, json |
///
/// T is boost::json::value, or any type that Boost.JSON converts: a described struct, a container,
/// what has a tag_invoke of its own. It owns what it holds when it is read: no string_view.
///
///     BOOST_DESCRIBE_STRUCT(Profile, (), (name, tags))
///     conn.execute("INSERT INTO users (profile) VALUES ($1)", palmetto::Jsonb{profile});
///     auto result = conn.execute("SELECT profile FROM users WHERE id = $1", id);
///     Profile same = result.value<palmetto::Jsonb<Profile>>().value;
///
/// JSON's null is a value of JSON; SQL's NULL is a std::optional without value. JSON that is
/// malformed, nested more than 512 deep, or does not convert to T is a DataError.
///
/// Numbers are what boost::json::value has: an integer beyond 64 bits, or a fraction, becomes the
/// double nearest to it; one beyond double's range is a DataError when read, as NaN and the
/// infinities are when sent. jsonb keeps the number, not how it was written: the double 1.0 comes
/// back as the integer 1. Where more digits matter, select the column as text.
namespace palmetto {

/// A value that is sent as json.
template <class T>
struct Json {
  T value;
  friend bool operator==(const Json&, const Json&) = default;
};
template <class T>
Json(T) -> Json<T>;

/// A value that is sent as jsonb.
template <class T>
struct Jsonb {
  T value;
  friend bool operator==(const Jsonb&, const Jsonb&) = default;
};
template <class T>
Jsonb(T) -> Jsonb<T>;

namespace detail {

/// T can be made into JSON, or from it; not what would point into the JSON, which is gone by then.
template <class T>
concept ToJson = boost::json::has_value_from<T>::value;
template <class T>
concept FromJson = boost::json::has_value_to<T>::value && !std::is_pointer_v<T> &&
                   !std::same_as<T, std::string_view> && !std::same_as<T, boost::json::string_view>;

/// The text of a JSON value; jsonb's binary format puts the version, a byte of 1, before it.
void write_json(Writer& out, const boost::json::value& value);
void write_jsonb(Writer& out, const boost::json::value& value);
[[nodiscard]] boost::json::value read_json(Reader& in);
[[nodiscard]] boost::json::value read_jsonb(Reader& in);
[[noreturn]] void fail_json_conversion(Reader& in, const boost::system::error_code& reason);

template <class T>
[[nodiscard]] decltype(auto) to_json(const T& value) {
  if constexpr (std::same_as<T, boost::json::value>) return value;
  else return boost::json::value_from(value);
}

template <class T>
[[nodiscard]] T from_json(Reader& in, boost::json::value json) {
  if constexpr (std::same_as<T, boost::json::value>) {
    return json;
  } else {
    auto converted = boost::json::try_value_to<T>(json);
    if (!converted.has_value()) fail_json_conversion(in, converted.error());
    return std::move(*converted);
  }
}

template <template <class> class Wrapper, class T>
[[nodiscard]] Loader<Wrapper<T>> find_json_loader(Oid oid, Format format) {
  const bool is_jsonb = oid == TypeRef("jsonb").oid;
  if (!is_jsonb && oid != TypeRef("json").oid) return {};
  if (is_jsonb && format == Format::binary)
    return {[](Reader& in) { return Wrapper<T>{from_json<T>(in, read_jsonb(in))}; }};
  return {[](Reader& in) { return Wrapper<T>{from_json<T>(in, read_json(in))}; }};
}

}  // namespace detail

template <>
struct Adapter<boost::json::value> {
  static constexpr TypeRef type = "jsonb";
  static constexpr std::string_view cpp_name = "boost::json::value";

  static void write(Writer& out, const boost::json::value& value) {
    detail::write_jsonb(out, value);
  }
  static void write_text(Writer& out, const boost::json::value& value) {
    detail::write_json(out, value);
  }
  static constexpr Source<boost::json::value> sources[] = {
      {"jsonb", &detail::read_jsonb, &detail::read_json},
      {"json", &detail::read_json, &detail::read_json},
  };
};

template <class T>
  requires detail::ToJson<T> || detail::FromJson<T>
struct Adapter<Json<T>> {
  static constexpr TypeRef type = "json";

  // In text alone: on CockroachDB json is another name of jsonb, whose binary format begins with a
  // byte that PostgreSQL's json does not have. The text is the same on both.
  static void write_text(Writer& out, const Json<T>& json)
    requires detail::ToJson<T>
  {
    detail::write_json(out, detail::to_json(json.value));
  }
  static Loader<Json<T>> find_loader(const AdaptersMap&, Oid oid, Format format)
    requires detail::FromJson<T>
  {
    return detail::find_json_loader<Json, T>(oid, format);
  }
};

template <class T>
  requires detail::ToJson<T> || detail::FromJson<T>
struct Adapter<Jsonb<T>> {
  static constexpr TypeRef type = "jsonb";

  static void write(Writer& out, const Jsonb<T>& json)
    requires detail::ToJson<T>
  {
    detail::write_jsonb(out, detail::to_json(json.value));
  }
  static void write_text(Writer& out, const Jsonb<T>& json)
    requires detail::ToJson<T>
  {
    detail::write_json(out, detail::to_json(json.value));
  }
  static Loader<Jsonb<T>> find_loader(const AdaptersMap&, Oid oid, Format format)
    requires detail::FromJson<T>
  {
    return detail::find_json_loader<Jsonb, T>(oid, format);
  }
};

}  // namespace palmetto
