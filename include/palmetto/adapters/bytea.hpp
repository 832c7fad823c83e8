#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <cstddef>
#include <span>
#include <vector>

/// Bytes:
///
/// | C++                        | sent as | read from | reading                       |
/// |----------------------------|---------|-----------|-------------------------------|
/// | std::vector<std::byte>     | bytea   | bytea     | copies                        |
/// | std::span<const std::byte> | bytea   | bytea     | points into the result, which |
/// |                            |         |           | must outlive it               |
///
/// In binary both read the values of a type that the connection does not know as well, as the bytes
/// they came in. In text the vector decodes bytea_output's hex and escape; the span would have
/// nothing to point into, and is refused. CockroachDB's third bytea_output, base64, looks like
/// escape: don't set it for results in text.
namespace palmetto {

namespace detail {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

/// Whether a value of that type in the binary format is read as the bytes it is: it is a bytea, or
/// nothing is known about it.
[[nodiscard]] bool is_bytes_in_binary(const AdaptersMap& map, Oid oid);

void write_bytea_text(Writer& out, BytesView bytes);
[[nodiscard]] Bytes read_bytea_text(Reader& in);

[[nodiscard]] inline BytesView read_bytes_view(Reader& in) {
  const std::string_view bytes = in.rest();
  return {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()};
}

}  // namespace detail

template <>
struct Adapter<std::vector<std::byte>> {
  static constexpr TypeRef type = "bytea";
  static constexpr std::string_view cpp_name = "std::vector<std::byte>";

  static void write(Writer& out, const std::vector<std::byte>& value) {
    out.append(value.data(), value.size());
  }
  static void write_text(Writer& out, const std::vector<std::byte>& value) {
    detail::write_bytea_text(out, value);
  }
  static std::vector<std::byte> read(Reader& in);
  static Loader<std::vector<std::byte>> find_loader(const AdaptersMap& map, Oid oid,
                                                    Format format) {
    if (format == Format::binary && detail::is_bytes_in_binary(map, oid)) return {&read};
    if (format == Format::text && oid == type.oid) return {&detail::read_bytea_text};
    return {};
  }
};

template <>
struct Adapter<std::span<const std::byte>> {
  static constexpr TypeRef type = "bytea";
  static constexpr std::string_view cpp_name = "std::span<const std::byte>";
  static constexpr bool is_view = true;

  static void write(Writer& out, std::span<const std::byte> value) {
    out.append(value.data(), value.size());
  }
  static void write_text(Writer& out, std::span<const std::byte> value) {
    detail::write_bytea_text(out, value);
  }
  static std::span<const std::byte> read(Reader& in) { return detail::read_bytes_view(in); }
  static Loader<std::span<const std::byte>> find_loader(const AdaptersMap& map, Oid oid,
                                                        Format format) {
    if (format == Format::binary && detail::is_bytes_in_binary(map, oid)) return {&read};
    return {};
  }
};

}  // namespace palmetto
