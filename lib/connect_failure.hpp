#pragma once

#include "palmetto/flow/wire.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace palmetto::detail {

/// Why one attempt to connect failed.
struct ConnectFailure {
  enum class Kind { refused, expired, unreachable };

  Kind kind = Kind::unreachable;
  std::string host;
  std::string port;
  std::string message;   ///< without the password
  std::string sqlstate;  ///< of a server that refused

  /// Whether other hosts need not be tried: what a server that could take connections refused, it
  /// would refuse there too.
  [[nodiscard]] bool is_final() const noexcept;
};

/// Of an attempt that libpq calls failed; errors must be verbose.
[[nodiscard]] ConnectFailure failure_of(const flow::Wire& wire, std::string_view conninfo);
/// Of one whose time was up.
[[nodiscard]] ConnectFailure failure_of(const flow::Wire& wire, std::string_view conninfo,
                                        std::chrono::milliseconds timeout);

/// Throws for all the attempts, one at least, what `Connection::connect` says.
[[noreturn]] void throw_failures(std::span<const ConnectFailure> failures);

}  // namespace palmetto::detail
