#pragma once

#include "palmetto/errors.hpp"

#include <exception>
#include <optional>

namespace palmetto::detail {

/// The error that is retryable among those that an exception holds, one within the other: who
/// caught it may have wrapped it.
[[nodiscard]] std::optional<Error> retryable_within(const std::exception_ptr& thrown);

/// The error that was thrown; ConnectionLost for what is none of ours.
[[nodiscard]] Error error_of(const std::exception_ptr& thrown);

/// Whether it is an error of such a kind: one of those below.
[[nodiscard]] bool is_error(const std::exception_ptr& thrown, bool (*kind)(const Error&));

/// The transaction may have been applied.
[[nodiscard]] bool is_ambiguous(const Error& error);
/// The server is going down, or has lost its own connections: 57P01 admin_shutdown to 57P03
/// cannot_connect_now, class 08, but for 08P01 protocol_violation, which is the client's own.
/// Another server of a cluster may do better.
[[nodiscard]] bool is_going_down(const Error& error);
/// No connection was to be had: nobody is there, or takes any more.
[[nodiscard]] bool is_without_connection(const Error& error);

}  // namespace palmetto::detail
