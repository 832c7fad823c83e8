#include "redaction.hpp"

#include "palmetto/format.hpp"

#include <cctype>

namespace palmetto::detail {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// A value of a few characters turns up within words by chance; a longer one is taken for itself.
constexpr std::size_t shortest_unquoted = 4;

bool stands_alone(std::string_view message, std::size_t at, std::size_t size) {
  const char before = at == 0 ? ' ' : message[at - 1];
  const char after = at + size == message.size() ? ' ' : message[at + size];
  if (before == '"' && after == '"') return true;
  return size >= shortest_unquoted && !is_word(before) && !is_word(after);
}

void replace_value(std::string& message, std::string_view value, const std::string& name) {
  std::size_t at = message.find(value);
  while (at != std::string::npos) {
    if (stands_alone(message, at, value.size())) {
      message.replace(at, value.size(), name);
      at += name.size();
    } else {
      ++at;
    }
    at = message.find(value, at);
  }
}

}  // namespace

std::string without_values(std::string message, const pq::ParameterArrays& parameters) {
  for (int i = 0; i < parameters.count; ++i) {
    const char* value = parameters.values[i];
    if (value == nullptr || parameters.formats[i] != static_cast<int>(Format::text)) continue;
    const std::string_view text(value, static_cast<std::size_t>(parameters.lengths[i]));
    if (!text.empty()) replace_value(message, text, "$" + std::to_string(i + 1));
  }
  return message;
}

std::string without_secrets(std::string message, std::string_view conninfo) {
  const bool may_hold_a_password = conninfo.find("pass") != std::string_view::npos ||
                                   conninfo.find('@') != std::string_view::npos;
  if (!may_hold_a_password) return message;
  std::string kept;
  bool quoted = false;
  for (const char c : message) {
    if (c == '"' && !quoted) kept += "\"...";
    if (c == '"' && quoted) kept += c;
    if (c == '"') quoted = !quoted;
    else if (!quoted) kept += c;
  }
  return kept;
}

std::string trimmed(std::string_view message) {
  while (!message.empty() && std::isspace(static_cast<unsigned char>(message.back())) != 0)
    message.remove_suffix(1);
  return std::string(message);
}

}  // namespace palmetto::detail
