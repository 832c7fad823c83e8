#include "type_name.hpp"

#include "palmetto/adapt/builtin_types.hpp"

namespace palmetto::detail {
namespace {

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_in_name(char c) noexcept { return is_letter(c) || (c >= '0' && c <= '9') || c == '$'; }

// A name in quotes, where two of them stand for one.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string name;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') {
      name += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '"') {
      name += text[++i];
    } else {
      text.remove_prefix(i + 1);
      return name.empty() ? std::nullopt : std::optional(name);
    }
  }
  return std::nullopt;
}

// Only ASCII is folded, as the server does in UTF-8.
std::optional<std::string> take_name(std::string_view& text) {
  if (text.starts_with('"')) return take_quoted(text);
  if (text.empty() || !is_letter(text.front())) return std::nullopt;
  std::string name;
  for (; !text.empty() && is_in_name(text.front()); text.remove_prefix(1)) {
    const char c = text.front();
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

}  // namespace

std::optional<TypeName> parse_type_name(std::string_view text) {
  for (const BuiltinType& type : builtin_types)
    if (!type.regtype.empty() && type.regtype == text)
      return TypeName{"pg_catalog", std::string(type.name)};
  auto first = take_name(text);
  if (!first) return std::nullopt;
  if (text.empty()) return TypeName{"", std::move(*first)};
  if (!text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  auto second = take_name(text);
  if (!second || !text.empty()) return std::nullopt;
  return TypeName{std::move(*first), std::move(*second)};
}

}  // namespace palmetto::detail
