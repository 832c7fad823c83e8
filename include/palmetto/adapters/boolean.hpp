#pragma once

#include "palmetto/adapt/adapters_map.hpp"

namespace palmetto {

/// bool <-> boolean.
template <>
struct Adapter<bool> {
  static constexpr TypeRef type = "bool";
  static constexpr std::string_view cpp_name = "bool";
  static constexpr std::size_t wire_size = 1;

  static void write(Writer& out, bool value) { out.append(value ? '\1' : '\0'); }
  static void write_text(Writer& out, bool value) { out.append(value ? 't' : 'f'); }
  static bool read(Reader& in) {
    const auto byte = in.get<std::uint8_t>();
    if (byte > 1) [[unlikely]]
      in.fail("a boolean is 0 or 1");
    return byte == 1;
  }
  static bool read_text(Reader& in) {
    const std::string_view text = in.rest();
    if (text != "t" && text != "f") [[unlikely]]
      in.fail("a boolean is t or f");
    return text == "t";
  }
};

PALMETTO_DECLARE_ADAPTER(bool);

}  // namespace palmetto
