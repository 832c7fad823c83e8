#pragma once

#include "palmetto/connection_options.hpp"
#include "palmetto/pq/conninfo.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palmetto::detail {

using ConnectOptions = std::vector<pq::ConninfoOption>;

/// The value of an option; null when it has none.
[[nodiscard]] const std::string* find_option(const ConnectOptions& options,
                                             std::string_view keyword);

/// The options that libpq is to try one after another: one for each host, and twice so when
/// standbys are preferred. `resolved` is what the given options amount to with their defaults.
/// Throws ProgrammingError when hosts, addresses and ports do not match.
[[nodiscard]] std::vector<ConnectOptions> connect_attempts(
    const ConnectOptions& given, const ConnectOptions& resolved,
    const std::optional<LoadBalanceHosts>& load_balance);

}  // namespace palmetto::detail
