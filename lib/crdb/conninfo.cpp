#include "conninfo.hpp"

#include "palmetto/pq/conninfo.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace palmetto::crdb {
namespace {

constexpr const char* default_host = "localhost";
constexpr const char* default_user = "root";
constexpr const char* default_port = "26257";
constexpr std::string_view libpq_scheme = "postgresql://";

// A name alone has nothing that connection strings are made of.
bool is_database_name(std::string_view conninfo) {
  return !conninfo.empty() && conninfo.find_first_of("=:/ \t\r\n\f\v") == std::string_view::npos;
}

using Options = std::vector<pq::ConninfoOption>;

std::string value_of(const Options& options, std::string_view keyword) {
  const auto found = std::ranges::find(options, keyword, &pq::ConninfoOption::keyword);
  return found == options.end() ? std::string() : found->value;
}

std::string environment(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr ? value : std::string();
}

// "26258,,26259" with a port for the second.
std::string with_default_ports(std::string ports, const std::string& port) {
  for (std::size_t begin = 0;; ++begin) {
    if (begin == ports.size() || ports[begin] == ',') ports.insert(begin, port);
    begin = std::min(ports.find(',', begin), ports.size());
    if (begin == ports.size()) return ports;
  }
}

// What is to be set of host, user and port, if anything.
Options missing_from(const Options& options) {
  // A service has what it has, all of these included.
  if (!value_of(options, "service").empty() || !environment("PGSERVICE").empty()) return {};
  Options missing;
  // Where libpq would take a socket that CockroachDB has only when it is told to.
  if (value_of(options, "host").empty() && value_of(options, "hostaddr").empty() &&
      environment("PGHOST").empty() && environment("PGHOSTADDR").empty())
    missing.push_back({"host", default_host});
  if (value_of(options, "user").empty() && environment("PGUSER").empty())
    missing.push_back({"user", default_user});
  const std::string ports = value_of(options, "port");
  const std::string port = environment("PGPORT");
  const std::string all_ports = with_default_ports(ports, port.empty() ? default_port : port);
  if (all_ports != ports) missing.push_back({"port", all_ports});
  return missing;
}

std::string keyword_string(const Options& options) {
  return pq::make_conninfo(options) + pq::make_conninfo(missing_from(options));
}

// Where the query of a URI begins, with its question mark: one of a password's is none.
std::size_t find_query(std::string_view uri) {
  const std::size_t end = uri.find_first_of("@/", libpq_scheme.size());
  const bool has_user = end != std::string_view::npos && uri[end] == '@';
  return uri.find('?', has_user ? end : libpq_scheme.size());
}

// Not made of its options anew: what messages must not show is found in the URI as it was meant.
std::string uri_with_defaults(std::string uri) {
  const pq::ParsedConninfo parsed = pq::parse_conninfo(uri);
  if (parsed.error) return uri;
  for (const auto& [keyword, value, secret] : missing_from(parsed.options)) {
    const std::size_t query = find_query(uri);
    if (query == std::string::npos) uri += '?';
    else if (query + 1 < uri.size() && !uri.ends_with('&')) uri += '&';
    uri.append(keyword).append("=").append(value);
  }
  return uri;
}

}  // namespace

std::string to_libpq_conninfo(std::string_view conninfo) {
  if (conninfo.find('\0') != std::string_view::npos) return std::string(conninfo);
  if (is_database_name(conninfo)) return keyword_string({{"dbname", std::string(conninfo)}});
  for (const std::string_view scheme : {"cockroachdb://", "crdb://"})
    if (conninfo.starts_with(scheme))
      return uri_with_defaults(std::string(libpq_scheme).append(conninfo.substr(scheme.size())));
  if (conninfo.starts_with(libpq_scheme) || conninfo.starts_with("postgres://"))
    return std::string(conninfo);
  const pq::ParsedConninfo parsed = pq::parse_conninfo(std::string(conninfo));
  return parsed.error ? std::string(conninfo) : keyword_string(parsed.options);
}

}  // namespace palmetto::crdb
