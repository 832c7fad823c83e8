#include "quoting.hpp"

namespace palmetto::detail {
namespace {

constexpr std::string_view white_space = " \t\n\r\v\f";

}  // namespace

bool has_special(std::string_view text, std::string_view specials) noexcept {
  return text.find_first_of(specials) != std::string_view::npos ||
         text.find_first_of(white_space) != std::string_view::npos;
}

void append_quoted(Writer& out, std::string_view text, Escape escape) {
  out.append('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.append(escape == Escape::doubling ? c : '\\');
    out.append(c);
  }
  out.append('"');
}

void quote_written(Writer& out, std::size_t start, Escape escape) {
  const std::string written(out.view_from(start));
  out.shrink(start);
  append_quoted(out, written, escape);
}

std::string_view take_quoted(Reader& in, std::string_view& text, Escape escape,
                             std::string& unescaped) {
  unescaped.clear();
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      const bool doubled = escape == Escape::doubling && i + 1 < text.size() && text[i + 1] == '"';
      if (!doubled) {
        text.remove_prefix(i + 1);
        return unescaped;
      }
      ++i;
    } else if (c == '\\') {
      if (++i == text.size()) break;
      c = text[i];
    }
    unescaped += c;
  }
  in.fail("a quoted part of the text does not end");
}

}  // namespace palmetto::detail
