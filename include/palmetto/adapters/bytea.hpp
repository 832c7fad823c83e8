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

template <>
struct Adapter<std::vector<std::byte>> {
  static constexpr TypeRef type = "bytea";
  static constexpr std::string_view cpp_name = "std::vector<std::byte>";

  static void write(Writer& out, const std::vector<std::byte>& value);
  static void write_text(Writer& out, const std::vector<std::byte>& value);
  static std::vector<std::byte> read(Reader& in);
  static Loader<std::vector<std::byte>> find_loader(const AdaptersMap& map, Oid oid, Format format);
};

template <>
struct Adapter<std::span<const std::byte>> {
  static constexpr TypeRef type = "bytea";
  static constexpr std::string_view cpp_name = "std::span<const std::byte>";
  static constexpr bool is_view = true;

  static void write(Writer& out, std::span<const std::byte> value);
  static void write_text(Writer& out, std::span<const std::byte> value);
  static std::span<const std::byte> read(Reader& in);
  static Loader<std::span<const std::byte>> find_loader(const AdaptersMap& map, Oid oid,
                                                        Format format);
};

}  // namespace palmetto
