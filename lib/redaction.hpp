#pragma once

#include "palmetto/diagnostic.hpp"
#include "palmetto/pq/parameter_arrays.hpp"
#include "palmetto/sql/statement.hpp"

#include <string>
#include <string_view>

/// Keeps values and passwords out of messages.
namespace palmetto::detail {

/// The server's primary message without what it tells of the statement's values. A parameter's text
/// is replaced by its `$n`. A value turns up in parts too (an element of an array, a cast of a
/// number): what the message quotes is left out, unless it stands in the statement or names an
/// object.
[[nodiscard]] std::string without_values(const Diagnostic& diagnostic,
                                         const StatementText& statement,
                                         const pq::ParameterArrays& parameters);

/// What libpq complains of in a connection string, without the words that it took from one that may
/// hold a password. Whatever they are: a password that is not quoted or encoded well is read as
/// keywords, hosts and ports.
[[nodiscard]] std::string without_secrets(const std::string& message, std::string_view conninfo);

/// Why connecting failed, without the words of what was meant to be the password of a URI.
[[nodiscard]] std::string without_password(const std::string& message, std::string_view conninfo);

/// Without the line break that libpq ends its messages with.
[[nodiscard]] std::string trimmed(std::string_view message);

}  // namespace palmetto::detail
