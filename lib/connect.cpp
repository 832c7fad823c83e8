#include "connect.hpp"

#include "palmetto/errors.hpp"
#include "palmetto/flow/connect.hpp"
#include "palmetto/flow/run.hpp"

#include "connect_attempts.hpp"
#include "connect_failure.hpp"
#include "redaction.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <new>

namespace palmetto::detail {
namespace {

using std::chrono::milliseconds;

// As psycopg: what TCP itself takes to give up, about.
constexpr milliseconds default_timeout = std::chrono::seconds(130);
// As libpq, which takes 1 for 2.
constexpr milliseconds least_timeout = std::chrono::seconds(2);

// "mysql" of mysql://...; empty when it is none, or one of libpq's.
std::string_view unknown_scheme(std::string_view conninfo) {
  const std::string_view scheme = conninfo.substr(0, conninfo.find("://"));
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
  };
  if (scheme == conninfo || scheme == "postgresql" || scheme == "postgres" ||
      !std::ranges::all_of(scheme, is_part))
    return {};
  return scheme;
}

// What libpq says of a URI of another scheme is that it has no "=".
std::string reason_of(const std::string& error, std::string_view conninfo) {
  const std::string_view scheme = unknown_scheme(conninfo);
  if (scheme.empty()) return without_secrets(trimmed(error), conninfo);
  return "its scheme is unknown: " + std::string(scheme) + "://";
}

ConnectOptions parse(std::string_view conninfo) {
  if (const std::size_t nul = conninfo.find('\0'); nul != std::string_view::npos)
    throw ProgrammingError("the connection string has a NUL byte at offset " + std::to_string(nul));
  pq::ParsedConninfo parsed = pq::parse_conninfo(std::string(conninfo));
  if (parsed.error)
    throw ProgrammingError("the connection string is malformed: " +
                           reason_of(*parsed.error, conninfo));
  return std::move(parsed.options);
}

void set_unless_given(ConnectOptions& options, const std::string& keyword,
                      const std::string& value) {
  if (find_option(options, keyword) == nullptr) options.push_back({keyword, value});
}

milliseconds parse_timeout(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(seconds))
    throw ProgrammingError("connect_timeout is no number of seconds: " + std::string(text));
  if (seconds <= 0) return default_timeout;
  constexpr double most = 86400.0 * 365;
  return std::max(least_timeout, milliseconds(static_cast<long>(std::min(seconds, most)) * 1000));
}

milliseconds timeout_of(const ConnectOptions& given, const ConnectOptions& resolved,
                        const ConnectionOptions& options) {
  if (options.connect_timeout) return *options.connect_timeout;
  for (const ConnectOptions* source : {&given, &resolved})
    if (const std::string* timeout = find_option(*source, "connect_timeout"))
      return parse_timeout(*timeout);
  return default_timeout;
}

ConnectOptions options_of(std::string_view conninfo, const ConnectionOptions& options) {
  ConnectOptions given = parse(conninfo);
  if (!options.application_name.empty())
    set_unless_given(given, "application_name", options.application_name);
  set_unless_given(given, "fallback_application_name", "palmetto");
  std::erase_if(given, [](const auto& option) { return option.keyword == "client_encoding"; });
  given.push_back({"client_encoding", "UTF8"});
  return given;
}

flow::ConnectOutcome connect_until(flow::Wire& wire, flow::Clock::time_point at) {
  return flow::run(flow::connect(wire), wire, {.at = at});
}

}  // namespace

flow::Wire make_wire(std::string_view conninfo, const ConnectionOptions& options) {
  const ConnectOptions given = options_of(conninfo, options);
  const ConnectOptions resolved = pq::resolve_conninfo(given);
  const milliseconds timeout = timeout_of(given, resolved, options);
  std::vector<ConnectFailure> failures;
  for (const ConnectOptions& attempt :
       connect_attempts(given, resolved, options.load_balance_hosts)) {
    flow::Wire wire(pq::Conn::connect_start(attempt));
    if (!wire) throw std::bad_alloc();
    wire.set_verbose_errors(true);
    const flow::ConnectOutcome outcome = connect_until(wire, flow::from_now(timeout));
    if (outcome == flow::ConnectOutcome::connected) {
      wire.set_verbose_errors(false);
      if (!wire.set_nonblocking()) throw OperationalError(trimmed(wire.error_message()));
      return wire;
    }
    failures.push_back(outcome == flow::ConnectOutcome::expired
                           ? failure_of(wire, conninfo, timeout)
                           : failure_of(wire, conninfo));
    if (failures.back().is_final()) break;
  }
  throw_failures(failures);
}

}  // namespace palmetto::detail
