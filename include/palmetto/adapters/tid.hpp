#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

/// Where a row version is in its table, the system column ctid:
///
/// | C++ | sent as | read from |
/// |-----|---------|-----------|
/// | Tid | tid     | tid       |
///
/// Source: the manual, sections 5.5 "System Columns" and 8.19 "Object Identifier Types"; tidsend.
namespace palmetto {

struct Tid {
  std::uint32_t block = 0;
  std::uint16_t offset = 0;  ///< within the block; the rows' begin at 1

  /// As the server writes it: "(0,1)".
  [[nodiscard]] std::string to_string() const;
  /// Reads just that. Throws DataError.
  [[nodiscard]] static Tid parse(std::string_view text);

  friend std::strong_ordering operator<=>(const Tid&, const Tid&) = default;
};

template <>
struct Adapter<Tid> {
  static constexpr TypeRef type = "tid";
  static constexpr std::string_view cpp_name = "palmetto::Tid";

  static void write(Writer& out, Tid tid) {
    out.put<std::uint32_t>(tid.block);
    out.put<std::uint16_t>(tid.offset);
  }
  static void write_text(Writer& out, Tid tid);
  static Tid read(Reader& in) {
    const auto block = in.get<std::uint32_t>();
    return {block, in.get<std::uint16_t>()};
  }
  static Tid read_text(Reader& in);
};

PALMETTO_DECLARE_ADAPTER(Tid);

}  // namespace palmetto
