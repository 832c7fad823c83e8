#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace palmetto::crdb {

/// The version in what CockroachDB says of itself: 210210 of "CockroachDB CCL v21.2.10 (x86_64...",
/// 250400 of "v25.4.0-alpha.1-dev". Nothing when there are not three numbers behind a "v".
/// Source: psycopg's `CrdbConnectionInfo.server_version`.
[[nodiscard]] std::optional<int> parse_version(std::string_view crdb_version);

/// "22.1.3" of 220103.
[[nodiscard]] std::string format_version(int version);

}  // namespace palmetto::crdb
