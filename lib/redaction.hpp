#pragma once

#include "palmetto/pq/parameter_arrays.hpp"

#include <string>
#include <string_view>

/// Keeps values and passwords out of messages.
namespace palmetto::detail {

/// The server's message, with the parameters' texts that it quotes replaced by their `$n`.
[[nodiscard]] std::string without_values(std::string message,
                                         const pq::ParameterArrays& parameters);

/// libpq's complaint about a connection string: what it quotes of a string that may hold a password
/// is left out.
[[nodiscard]] std::string without_secrets(std::string message, std::string_view conninfo);

/// Without the line break that libpq ends its messages with.
[[nodiscard]] std::string trimmed(std::string_view message);

}  // namespace palmetto::detail
