#include "redaction.hpp"

#include "palmetto/format.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

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

void replace_parameters(std::string& message, const pq::ParameterArrays& parameters) {
  if (parameters.values == nullptr) return;  // none is text
  for (int i = 0; i < parameters.count; ++i) {
    const char* value = parameters.values[i];
    if (value == nullptr || parameters.formats[i] != static_cast<int>(Format::text)) continue;
    const std::string_view text(value, static_cast<std::size_t>(parameters.lengths[i]));
    if (!text.empty()) replace_value(message, text, "$" + std::to_string(i + 1));
  }
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

// Whether a quoted text may be shown: it is the statement's own, a parameter's number, or a name
// that the server gives apart from the message.
bool may_show(std::string_view quoted, const Diagnostic& diagnostic,
              const StatementText& statement) {
  if (quoted.size() > 1 && quoted[0] == '$' && std::isdigit(static_cast<unsigned char>(quoted[1])))
    return true;
  for (const std::string* name :
       {&diagnostic.schema_name, &diagnostic.table_name, &diagnostic.column_name,
        &diagnostic.datatype_name, &diagnostic.constraint_name})
    if (quoted == *name) return true;
  return contains_ignoring_case(statement.shown, quoted);
}

// The quotes of the server's messages, in the languages that it speaks.
constexpr std::pair<std::string_view, std::string_view> quotes[] = {
    {"\"", "\""}, {"„", "“"}, {"“", "”"}, {"«", "»"}, {"»", "«"}};

void hide_quoted(std::string& message, const Diagnostic& diagnostic,
                 const StatementText& statement) {
  for (const auto& [open, close] : quotes) {
    std::size_t at = message.find(open);
    while (at != std::string::npos) {
      const std::size_t begin = at + open.size();
      const std::size_t end = message.find(close, begin);
      if (end == std::string::npos) return;
      const std::string quoted = message.substr(begin, end - begin);
      const bool shown = may_show(quoted, diagnostic, statement);
      if (!shown) message.replace(begin, quoted.size(), "...");
      at = message.find(open, begin + (shown ? quoted.size() : 3) + close.size());
    }
  }
}

bool is_word_byte(char c) { return is_word(c) || static_cast<unsigned char>(c) >= 0x80; }

// The words of a text: what stands between anything else.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string without_words_of(const std::string& message, std::string_view secret) {
  const std::vector<std::string_view> secrets = words_of(secret);
  std::string kept;
  for (std::size_t at = 0; at < message.size();) {
    std::size_t end = at;
    while (end < message.size() && is_word_byte(message[end])) ++end;
    const std::string word = message.substr(at, end - at);
    kept += std::ranges::find(secrets, word) != secrets.end() ? "..." : word;
    if (end < message.size()) kept += message[end];
    at = end + 1;
  }
  return kept;
}

// What was meant to be the password of a URI, well encoded or not: between the first colon behind
// the slashes and the last @.
std::string_view intended_password(std::string_view conninfo) {
  const std::size_t slashes = conninfo.find("//");
  const std::size_t at = conninfo.rfind('@');
  if (slashes == std::string_view::npos || at == std::string_view::npos || at < slashes) return {};
  const std::size_t colon = conninfo.find(':', slashes);
  return colon < at ? conninfo.substr(colon, at - colon) : std::string_view();
}

bool may_hold_a_password(std::string_view conninfo) {
  const std::size_t slashes = conninfo.find("//");
  return contains_ignoring_case(conninfo, "pass") || contains_ignoring_case(conninfo, "pwd") ||
         conninfo.find('@') != std::string_view::npos ||
         (slashes != std::string_view::npos &&
          conninfo.find(':', slashes) != std::string_view::npos);
}

}  // namespace

std::string without_values(const Diagnostic& diagnostic, const StatementText& statement,
                           const pq::ParameterArrays& parameters) {
  std::string message = diagnostic.message_primary;
  const bool has_values = parameters.count > 0 || statement.shown != statement.text;
  if (!has_values) return message;
  replace_parameters(message, parameters);
  hide_quoted(message, diagnostic, statement);
  return message;
}

std::string without_secrets(const std::string& message, std::string_view conninfo) {
  return may_hold_a_password(conninfo) ? without_words_of(message, conninfo) : message;
}

std::string without_password(const std::string& message, std::string_view conninfo) {
  return without_words_of(message, intended_password(conninfo));
}

std::string trimmed(std::string_view message) {
  while (!message.empty() && std::isspace(static_cast<unsigned char>(message.back())) != 0)
    message.remove_suffix(1);
  return std::string(message);
}

}  // namespace palmetto::detail
