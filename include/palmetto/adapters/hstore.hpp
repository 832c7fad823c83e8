#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// The extension hstore: keys with values.
///
/// | C++                                                  | sent as | read from |
/// |------------------------------------------------------|---------|-----------|
/// | Hstore                                               | hstore  | hstore    |
/// | any map of std::string to std::optional<std::string> | hstore  | hstore    |
/// | any map of std::string to std::string                | hstore  | hstore    |
///
/// A map is what has a key_type, a mapped_type, and an emplace that tells whether the key is new:
/// std::map in any order, std::unordered_map, Boost's, and the classes derived from them.
///
/// An extension's type has another OID in each database: a connection must be told of it.
///
///     conn.adapters().register_type(*palmetto::TypeInfo::fetch(conn, "hstore"));
///     conn.execute("UPDATE items SET tags = tags || $1", palmetto::Hstore{{"colour", "red"}});
///
/// A NULL among the values is a DataError for a map that takes none; so are two keys that are one
/// to the map, and a NUL byte in what is sent. Source: hstore_send, hstore_out.
namespace palmetto {

using Hstore = std::map<std::string, std::optional<std::string>>;

namespace detail {

template <class T>
concept HstoreValue = std::same_as<T, std::string> || std::same_as<T, std::optional<std::string>>;

template <class T>
concept HstoreMap =
    std::default_initializable<T> && std::same_as<typename T::key_type, std::string> &&
    HstoreValue<typename T::mapped_type> &&
    requires(T& map, const T& constant, std::string key, typename T::mapped_type value) {
      { map.emplace(std::move(key), std::move(value)).second } -> std::convertible_to<bool>;
      { constant.size() } -> std::convertible_to<std::size_t>;
      { constant.begin()->second } -> std::convertible_to<const typename T::mapped_type&>;
    };

/// Writes the pairs of an hstore, one after the other.
class HstoreWriter {
 public:
  HstoreWriter(Writer& out, Format format, std::size_t count);
  void pair(std::string_view key, const std::string& value);
  void pair(std::string_view key, const std::optional<std::string>& value);

 private:
  void begin_pair(std::string_view key);
  void string(std::string_view text);
  void null();

  Writer& out_;
  Format format_;
  bool is_first_ = true;
};

/// Reads the pairs of an hstore, one after the other.
class HstoreReader {
 public:
  HstoreReader(Reader& in, Format format);
  /// Takes the next pair; false behind the last.
  [[nodiscard]] bool next(std::string& key, std::optional<std::string>& value);
  [[noreturn]] void fail(std::string_view reason) const { in_.fail(reason); }

 private:
  bool next_binary(std::string& key, std::optional<std::string>& value);
  bool next_text(std::string& key, std::optional<std::string>& value);
  void skip_blanks();
  bool take_if(std::string_view word);
  std::string take_quoted();

  Reader& in_;
  Format format_;
  std::size_t left_ = 0;   // binary: pairs to come
  std::string_view text_;  // text: what is to come
  bool is_first_ = true;
};

template <HstoreMap T>
void write_hstore(Writer& out, const T& map, Format format) {
  HstoreWriter hstore(out, format, map.size());
  for (const auto& [key, value] : map) hstore.pair(key, value);
}

template <HstoreMap T>
[[nodiscard]] T read_hstore(Reader& in, Format format) {
  T map;
  HstoreReader hstore(in, format);
  std::string key;
  std::optional<std::string> value;
  const auto emplace = [&] {
    if constexpr (std::same_as<typename T::mapped_type, std::string>) {
      if (!value) hstore.fail("the hstore has a NULL, which the C++ type does not take");
      return map.emplace(std::move(key), std::move(*value)).second;
    } else {
      return map.emplace(std::move(key), std::move(value)).second;
    }
  };
  while (hstore.next(key, value))
    if (!emplace()) hstore.fail("two keys of the hstore are one to the C++ type");
  return map;
}

}  // namespace detail

template <detail::HstoreMap T>
struct Adapter<T> {
  static constexpr TypeRef type = "hstore";
  static constexpr std::string_view cpp_name =
      std::same_as<T, Hstore> ? "palmetto::Hstore" : detail::compiler_name<T>();

  static void write(Writer& out, const T& map) { detail::write_hstore(out, map, Format::binary); }
  static void write_text(Writer& out, const T& map) {
    detail::write_hstore(out, map, Format::text);
  }
  static T read(Reader& in) { return detail::read_hstore<T>(in, Format::binary); }
  static T read_text(Reader& in) { return detail::read_hstore<T>(in, Format::text); }
};

}  // namespace palmetto
