#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/errors.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

// What the tests of the adapters share: values to bytes and back, through the map as a connection
// does, without a server.
namespace palmetto::test {

[[nodiscard]] inline std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte / 16];
    text += digits[byte % 16];
  }
  return text;
}

// Blanks between the digits are for the reader.
[[nodiscard]] inline std::string from_hex(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c != ' '; });
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return bytes;
}

// The OID of a type by its name: "int8", "int8[]".
[[nodiscard]] inline Oid oid_of(std::string_view type, const AdaptersMap& map = adapters()) {
  const bool is_array = type.ends_with("[]");
  if (is_array) type.remove_suffix(2);
  const TypeInfo* info = map.types().find(type);
  if (info == nullptr) throw std::invalid_argument("no such type: " + std::string(type));
  return is_array ? info->array_oid : info->oid;
}

struct Dumped {
  Oid oid;
  Format format;
  std::string bytes;
};

template <Dumpable T>
[[nodiscard]] Dumped dump(const T& value, Format preferred = Format::binary,
                          const AdaptersMap& map = adapters()) {
  const Dumper<T> dumper = map.find_dumper<T>(preferred);
  Writer out;
  dumper(out, value);
  return {dumper.oid(), dumper.format(), std::string(out.view())};
}

template <Loadable T>
[[nodiscard]] bool is_loadable(std::string_view type, Format format,
                               const AdaptersMap& map = adapters()) {
  return static_cast<bool>(map.find_loader<T>(oid_of(type, map), format));
}

// Reads a T, which must be no view, from an allocation of just these bytes: AddressSanitizer sees
// whoever reads beyond.
template <Loadable T>
[[nodiscard]] T load(std::string_view type, Format format, std::string_view bytes,
                     const AdaptersMap& map = adapters()) {
  static_assert(!is_view<T>, "the bytes are gone when this returns");
  const Loader<T> loader = map.find_loader<T>(oid_of(type, map), format);
  if (!loader) throw std::invalid_argument("no loader from " + std::string(type));
  const auto copy = std::make_unique<char[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.get());
  return loader(Reader(copy.get(), bytes.size()));
}

// The value is sent as that type, in these bytes and as this text, and both are read as the value.
template <class T>
void check_round_trip(const T& value, std::string_view type, std::string_view binary_hex,
                      std::string_view text) {
  CAPTURE(text);
  const std::string binary = from_hex(binary_hex);
  const Dumped dumped = dump(value);
  CHECK(dumped.oid == oid_of(type));
  CHECK(dumped.format == Format::binary);
  CHECK(hex(dumped.bytes) == hex(binary));
  const Dumped as_text = dump(value, Format::text);
  CHECK(as_text.oid == oid_of(type));
  CHECK(as_text.format == Format::text);
  CHECK(as_text.bytes == text);
  CHECK(bool(load<T>(type, Format::binary, binary) == value));
  CHECK(bool(load<T>(type, Format::text, text) == value));
}

// These bytes are no value of the type: reading them ends in a DataError.
template <Loadable T>
void check_refused(std::string_view type, Format format, std::string_view bytes) {
  CAPTURE(bytes);
  CHECK_THROWS_AS(static_cast<void>(load<T>(type, format, bytes)), DataError);
}

// No beginning of these bytes is a value of the type.
template <Loadable T>
void check_truncations_refused(std::string_view type, Format format, std::string_view bytes) {
  for (std::size_t size = 0; size < bytes.size(); ++size)
    check_refused<T>(type, format, bytes.substr(0, size));
}

// What a DataError says about these bytes; empty: they were read.
template <Loadable T>
[[nodiscard]] std::string refusal(std::string_view type, Format format, std::string_view bytes) {
  try {
    static_cast<void>(load<T>(type, format, bytes));
  } catch (const DataError& error) { return error.message(); }
  return {};
}

}  // namespace palmetto::test
