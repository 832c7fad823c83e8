#include "palmetto/crdb/version.hpp"

#include <cctype>
#include <charconv>

namespace palmetto::crdb {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Reads "21.2.10" from the front.
std::optional<int> parse_numbers(std::string_view text) {
  int parts[3] = {};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int i = 0; i < 3; ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, parts[i]);
    if (error != std::errc{} || parts[i] < 0 || (i > 0 && parts[i] > 99) || parts[i] > 9999)
      return std::nullopt;
    at = next;
  }
  return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

}  // namespace

std::optional<int> parse_version(std::string_view crdb_version) {
  for (std::size_t v = crdb_version.find('v'); v != std::string_view::npos;
       v = crdb_version.find('v', v + 1)) {
    if (v > 0 && is_word(crdb_version[v - 1])) continue;
    if (const auto version = parse_numbers(crdb_version.substr(v + 1))) return version;
  }
  return std::nullopt;
}

std::string format_version(int version) {
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

}  // namespace palmetto::crdb
