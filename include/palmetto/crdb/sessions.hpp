#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace palmetto::crdb {

/// A statement that a session of the cluster is executing: a row of SHOW CLUSTER QUERIES.
/// Source: CockroachDB's manual, "SHOW STATEMENTS".
struct RunningQuery {
  std::string query_id;  ///< for `cancel_query`; another one each time the server retries it
  std::int64_t node_id = 0;
  std::string session_id;
  std::string user_name;
  std::chrono::sys_time<std::chrono::microseconds> start;
  std::string query;           ///< its text, in the server's own spelling
  std::string client_address;  ///< "127.0.0.1:57582"
  std::string application_name;
  std::optional<bool> distributed;  ///< over several nodes; nothing while it is being planned
  std::string phase;                ///< "preparing", "executing"
};

/// Says that what is not there any more need not be cancelled: `cancel_query(id, if_exists)`.
struct IfExists {
  explicit IfExists() = default;
};
inline constexpr IfExists if_exists{};

}  // namespace palmetto::crdb
