#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace palmetto::pq {

/// One keyword of a connection string and its value.
struct ConninfoOption {
  std::string keyword;
  std::string value;
  bool secret = false;  ///< libpq shows it as a password ("*" in dispchar)
};

/// What PQconninfoParse made of a connection string or URI: the options that it sets, or the error.
struct ParsedConninfo {
  std::vector<ConninfoOption> options;
  std::optional<std::string> error;
};

/// PQconninfoParse. Source: the manual, section 34.1.1 "Connection Strings".
[[nodiscard]] ParsedConninfo parse_conninfo(const std::string& conninfo);

/// The options as a connection string; of two for one keyword the later counts.
/// Source: psycopg's `make_conninfo`.
[[nodiscard]] std::string make_conninfo(std::span<const ConninfoOption> options);

/// What libpq would connect with: these options, and for others what the service file, the
/// environment and libpq itself have. Contacts nobody. Nothing when the service is unknown.
/// Source: the manual, sections 34.15 "Environment Variables" and 34.17 "The Connection Service
/// File".
[[nodiscard]] std::vector<ConninfoOption> resolve_conninfo(std::span<const ConninfoOption> options);

}  // namespace palmetto::pq
