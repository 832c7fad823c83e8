#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <concepts>
#include <utility>

/// JSON, by Boost.JSON:
///
/// | C++                         | sent as | read from   |
/// |-----------------------------|---------|-------------|
/// | boost::json::value          | jsonb   | jsonb, json |
/// | boost::json::object, array  | jsonb   | jsonb, json |
/// | Jsonb<T>                    | jsonb   | jsonb, json |
/// | Json<T>                     | json    | jsonb, json |
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
/// back as the integer 1. Where more digits matter, read the column as a string: it is the text.
///
/// What is registered for boost::json::value at run time serves all of them: a serializer or a
/// parser of one's own, on one connection or on a template.
///
///     conn.adapters().register_dumper<boost::json::value>("jsonb", &my_text_of);
///     conn.adapters().register_loader<boost::json::value>("jsonb", &my_parser);
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

namespace detail {

/// What is in a wrapper, or the value itself.
template <class W>
[[nodiscard]] decltype(auto) to_wrapped_json(const W& json) {
  if constexpr (requires { json.value; }) return to_json(json.value);
  else return boost::json::value(json);
}

/// The dumper of a W as that type, with what is registered for boost::json::value.
template <class W>
[[nodiscard]] Dumper<W> find_json_dumper(const AdaptersMap& map, Format preferred, TypeRef type) {
  auto dumper = map.find_dumper<boost::json::value>(preferred);
  if (dumper.is(&write_binary<boost::json::value>))
    return {map.oid_of(type), Format::binary,
            [](Writer& out, const W& json) { write_jsonb(out, to_wrapped_json(json)); }};
  if (dumper.is(&write_text<boost::json::value>))
    return {map.oid_of(type), Format::text,
            [](Writer& out, const W& json) { write_json(out, to_wrapped_json(json)); }};
  const Format format = dumper.format();
  // The text of JSON is that of either type, its binary format is not.
  const Oid oid = format == Format::text ? map.oid_of(type) : dumper.oid();
  return {oid, format,
          [](Writer& out, const W& json, const void* state) {
            const auto& kept = *static_cast<const Dumper<boost::json::value>*>(state);
            kept(out, to_wrapped_json(json));
          },
          std::make_shared<const Dumper<boost::json::value>>(std::move(dumper))};
}

/// The adapter of W, which is a T in JSON, but for how it is sent. Everything goes by way of
/// boost::json::value, and of what is registered for it.
template <class W, class T>
struct JsonAdapter {
  static Loader<W> find_loader(const AdaptersMap& map, Oid oid, Format format)
    requires FromJson<T>
  {
    auto loader = map.find_loader<boost::json::value>(oid, format);
    if (!loader) return {};
    if (loader.is(&read_jsonb)) return {&read_with<&read_jsonb>};
    if (loader.is(&read_json)) return {&read_with<&read_json>};
    return {[](Reader& in, const void* state) {
              const auto& kept = *static_cast<const Loader<boost::json::value>*>(state);
              return wrap(from_json<T>(in, kept(in.nested(in.remaining()))));
            },
            std::make_shared<const Loader<boost::json::value>>(std::move(loader))};
  }

 private:
  template <auto read>
  static W read_with(Reader& in) {
    return wrap(from_json<T>(in, read(in)));
  }
  static W wrap(T value) {
    if constexpr (std::same_as<W, T>) return value;
    else return W{std::move(value)};
  }
};

}  // namespace detail

// In text alone: on CockroachDB json is another name of jsonb, whose binary format begins with a
// byte that PostgreSQL's json does not have. The text is the same on both.
template <class T>
  requires detail::ToJson<T> || detail::FromJson<T>
struct Adapter<Json<T>> : detail::JsonAdapter<Json<T>, T> {
  static Dumper<Json<T>> find_dumper(const AdaptersMap& map, Format)
    requires detail::ToJson<T>
  {
    return detail::find_json_dumper<Json<T>>(map, Format::text, "json");
  }
};

template <class T>
  requires detail::ToJson<T> || detail::FromJson<T>
struct Adapter<Jsonb<T>> : detail::JsonAdapter<Jsonb<T>, T> {
  static Dumper<Jsonb<T>> find_dumper(const AdaptersMap& map, Format preferred)
    requires detail::ToJson<T>
  {
    return detail::find_json_dumper<Jsonb<T>>(map, preferred, "jsonb");
  }
};

template <>
struct Adapter<boost::json::object>
    : detail::JsonAdapter<boost::json::object, boost::json::object> {
  static Dumper<boost::json::object> find_dumper(const AdaptersMap& map, Format preferred) {
    return detail::find_json_dumper<boost::json::object>(map, preferred, "jsonb");
  }
};

template <>
struct Adapter<boost::json::array> : detail::JsonAdapter<boost::json::array, boost::json::array> {
  static Dumper<boost::json::array> find_dumper(const AdaptersMap& map, Format preferred) {
    return detail::find_json_dumper<boost::json::array>(map, preferred, "jsonb");
  }
};

}  // namespace palmetto
