#include "connect_failure.hpp"

#include "palmetto/errors.hpp"

#include "redaction.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace palmetto::detail {
namespace {

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

ConnectFailure failure_at(const flow::Wire& wire, ConnectFailure::Kind kind,
                          std::string_view conninfo, const Refusal& refusal) {
  return {kind, without_password(std::string(wire.host()), conninfo),
          without_password(std::string(wire.port()), conninfo),
          without_password(refusal.message, conninfo), refusal.sqlstate};
}

std::string on_one_line(std::string text) {
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', end)) {
    const std::size_t next = text.find_first_not_of("\n\t ", end);
    text.replace(end, next - end, " ");
  }
  return text;
}

// Without a port when libpq's own was meant, which it does not tell in its older versions.
std::string place(std::string_view host, std::string_view port) {
  std::string text(host);
  if (!port.empty()) text.append(" port ").append(port);
  return text;
}

std::string message_of(std::span<const ConnectFailure> failures) {
  if (failures.size() == 1) return failures.front().message;
  std::string message = std::to_string(failures.size()) + " attempts to connect failed:";
  for (const ConnectFailure& failure : failures)
    message += "\n- " + place(failure.host, failure.port) + ": " + on_one_line(failure.message);
  return message;
}

}  // namespace

bool ConnectFailure::is_final() const noexcept {
  static constexpr std::array not_now{errors::AdminShutdown::code, errors::CrashShutdown::code,
                                      errors::CannotConnectNow::code};
  if (kind != Kind::refused || sqlstate.starts_with("53")) return false;
  return std::ranges::find(not_now, sqlstate) == not_now.end();
}

ConnectFailure failure_of(const flow::Wire& wire, std::string_view conninfo) {
  const Refusal refusal = parse_refusal(wire.error_message());
  const auto kind =
      refusal.sqlstate.empty() ? ConnectFailure::Kind::unreachable : ConnectFailure::Kind::refused;
  return failure_at(wire, kind, conninfo, refusal);
}

ConnectFailure failure_of(const flow::Wire& wire, std::string_view conninfo,
                          std::chrono::milliseconds timeout) {
  const std::string message = "no connection to " + place(wire.host(), wire.port()) + " within " +
                              std::to_string(timeout.count()) + " ms";
  return failure_at(wire, ConnectFailure::Kind::expired, conninfo, {"", message});
}

void throw_failures(std::span<const ConnectFailure> failures) {
  const std::string message = message_of(failures);
  const auto refused = std::find_if(failures.rbegin(), failures.rend(), [](const auto& failure) {
    return failure.kind == ConnectFailure::Kind::refused;
  });
  if (refused != failures.rend()) {
    auto diagnostic = std::make_shared<Diagnostic>();
    diagnostic->severity = diagnostic->severity_nonlocalized = "FATAL";
    diagnostic->sqlstate = refused->sqlstate;
    diagnostic->message_primary = refused->message;
    throw_server_error(message, {"", {}, std::move(diagnostic)});
  }
  if (failures.back().kind == ConnectFailure::Kind::expired) throw ConnectionTimeout(message);
  throw OperationalError(message);
}

}  // namespace palmetto::detail
