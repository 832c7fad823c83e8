#include "connect.hpp"

#include "palmetto/errors.hpp"
#include "palmetto/flow/connect.hpp"
#include "palmetto/flow/run.hpp"

#include "redaction.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <new>

namespace palmetto::detail {
namespace {

using Options = std::vector<pq::ConninfoOption>;
using std::chrono::milliseconds;

// As psycopg: what TCP itself takes to give up, about.
constexpr milliseconds default_timeout = std::chrono::seconds(130);
// As libpq, which takes 1 for 2.
constexpr milliseconds least_timeout = std::chrono::seconds(2);

Options parse(std::string_view conninfo) {
  if (const std::size_t nul = conninfo.find('\0'); nul != std::string_view::npos)
    throw ProgrammingError("the connection string has a NUL byte at offset " + std::to_string(nul));
  pq::ParsedConninfo parsed = pq::parse_conninfo(std::string(conninfo));
  if (parsed.error)
    throw ProgrammingError("the connection string is malformed: " +
                           without_secrets(trimmed(*parsed.error), conninfo));
  return std::move(parsed.options);
}

const std::string* find(const Options& options, std::string_view keyword) {
  const auto found = std::ranges::find(options, keyword, &pq::ConninfoOption::keyword);
  return found == options.end() ? nullptr : &found->value;
}

void set_unless_given(Options& options, const std::string& keyword, const std::string& value) {
  if (find(options, keyword) == nullptr) options.push_back({keyword, value});
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

milliseconds timeout_of(const Options& parsed, const ConnectionOptions& options) {
  if (options.connect_timeout) return *options.connect_timeout;
  if (const std::string* given = find(parsed, "connect_timeout")) return parse_timeout(*given);
  if (const char* environment = std::getenv("PGCONNECT_TIMEOUT")) return parse_timeout(environment);
  return default_timeout;
}

// The server's own error as libpq shows it in its verbose form: "...FATAL:  28P01: password
// authentication failed...\nLOCATION:  ...". libpq gives the SQLSTATE of a refused connection in no
// other way.
struct Refusal {
  std::string sqlstate;
  std::string message;
};

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// "LOCATION:  auth_failed, auth.c:338", in whatever language; CockroachDB's source is Go.
bool is_location(std::string_view line) {
  const std::size_t number = line.find_last_not_of("0123456789");
  return number != std::string_view::npos && number + 1 < line.size() && line[number] == ':' &&
         (line.find(".c:") != std::string_view::npos ||
          line.find(".go:") != std::string_view::npos);
}

Refusal parse_refusal(std::string message) {
  Refusal refusal;
  for (std::size_t at = message.find(":  "); at != std::string::npos;
       at = message.find(":  ", at + 1)) {
    const std::string code = message.substr(at + 3, 5);
    if (!is_sqlstate(code) || message.compare(at + 8, 2, ": ") != 0) continue;
    refusal.sqlstate = code;
    message.erase(at + 3, 7);
  }
  message = trimmed(message);
  if (const std::size_t line = message.rfind('\n');
      !refusal.sqlstate.empty() && line != std::string::npos && is_location(message.substr(line)))
    message.erase(line);
  refusal.message = trimmed(message);
  return refusal;
}

[[noreturn]] void throw_refused(const flow::Wire& wire, std::string_view conninfo) {
  Refusal refusal = parse_refusal(wire.error_message());
  refusal.message = without_password(refusal.message, conninfo);
  if (refusal.sqlstate.empty()) throw OperationalError(refusal.message);
  auto diagnostic = std::make_shared<Diagnostic>();
  diagnostic->severity = diagnostic->severity_nonlocalized = "FATAL";
  diagnostic->sqlstate = refusal.sqlstate;
  diagnostic->message_primary = refusal.message;
  throw_server_error(refusal.message, {"", {}, std::move(diagnostic)});
}

}  // namespace

flow::Wire make_wire(std::string_view conninfo, const ConnectionOptions& options) {
  Options parsed = parse(conninfo);
  const milliseconds timeout = timeout_of(parsed, options);
  if (!options.application_name.empty())
    set_unless_given(parsed, "application_name", options.application_name);
  set_unless_given(parsed, "fallback_application_name", "palmetto");
  std::erase_if(parsed, [](const auto& option) { return option.keyword == "client_encoding"; });
  parsed.push_back({"client_encoding", "UTF8"});

  const flow::Deadline deadline{.at = flow::Clock::now() + timeout};
  flow::Wire wire(pq::Conn::connect_start(parsed));
  if (!wire) throw std::bad_alloc();
  wire.set_verbose_errors(true);
  switch (flow::run(
      flow::connect(wire), [&] { return wire.socket(); }, deadline)) {
    case flow::ConnectOutcome::connected:
      break;
    case flow::ConnectOutcome::failed:
      throw_refused(wire, conninfo);
    case flow::ConnectOutcome::expired:
      throw ConnectionTimeout(without_password(
          "no connection to " + std::string(wire.host()) + " port " + std::string(wire.port()) +
              " within " + std::to_string(timeout.count()) + " ms",
          conninfo));
  }
  wire.set_verbose_errors(false);
  if (!wire.set_nonblocking()) throw OperationalError(trimmed(wire.error_message()));
  return wire;
}

}  // namespace palmetto::detail
