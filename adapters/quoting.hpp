#pragma once

#include "palmetto/adapt/reader.hpp"
#include "palmetto/adapt/writer.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// The quotes in the texts of types that are made of others: arrays, composite types, ranges.
namespace palmetto::detail {

/// How quotes and backslashes are escaped within quotes.
enum class Escape { backslash, doubling };

/// Whether a text has a character of `specials`, or white space.
[[nodiscard]] bool has_special(std::string_view text, std::string_view specials) noexcept;

/// Appends a text in quotes.
void append_quoted(Writer& out, std::string_view text, Escape escape);
/// Quotes what was written since `start`.
void quote_written(Writer& out, std::size_t start, Escape escape);

/// Takes a quoted text, from its first quote to its last, and gives what it stands for: good until
/// `unescaped` changes. Both escapes are understood if `doubling`, else the backslash alone.
[[nodiscard]] std::string_view take_quoted(Reader& in, std::string_view& text, Escape escape,
                                           std::string& unescaped);

}  // namespace palmetto::detail
