#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/diagnostic.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace palmetto {

/// Called with every notice (NOTICE, WARNING...) that the server sends. What it throws is dropped.
/// It can't use the connection, which is busy then, but may close it.
using NoticeHandler = std::function<void(const Diagnostic&)>;

/// In which order several hosts are tried. Source: libpq 16's parameter `load_balance_hosts`.
enum class LoadBalanceHosts {
  disable,  ///< as they are written
  random,   ///< in another order each time
};

/// A `prepare_threshold` that no statement reaches: nothing is prepared.
inline constexpr int never_prepare = 0x7fff'ffff;

/// What connecting takes beside the connection string.
struct ConnectionOptions {
  /// How long connecting to each host may take, whatever it has of addresses (looking its name up
  /// is not counted); when absent `connect_timeout` of the connection string or PGCONNECT_TIMEOUT
  /// (in seconds, 2 at least), else 130 seconds. With several hosts that is as long for each one
  /// that does not answer.
  std::optional<std::chrono::milliseconds> connect_timeout{};

  /// The order of several hosts; when absent `load_balance_hosts` of the connection string, which
  /// libpq knows from 16 on, else as they are written.
  std::optional<LoadBalanceHosts> load_balance_hosts{};

  /// How long each operation may take, when its own options do not say; when absent, any time.
  std::optional<std::chrono::milliseconds> timeout{};

  /// How long an operation whose time is up waits for the server to confirm the cancel, before it
  /// closes the connection.
  std::chrono::milliseconds grace = std::chrono::seconds(5);

  /// How often a statement is executed before it is prepared on the server, which then need not
  /// plan it again: 0 for from the first time on, `never_prepare` behind a PgBouncer that hands
  /// connections on between transactions. psycopg's name.
  int prepare_threshold = 5;

  /// How many statements are kept prepared; the one that was not used for the longest time goes
  /// first. psycopg's name.
  std::size_t prepared_max = 100;

  /// The adapters to copy; when absent the template of the server's kind.
  std::optional<AdaptersMap> adapters{};

  /// Shown in pg_stat_activity; the connection string's own comes first. "palmetto" when empty.
  std::string application_name{};

  /// Called from the first moment on; more by `Connection::add_notice_handler`.
  NoticeHandler notice_handler{};

  /// All of them at their defaults; not made anew, and compiled, by each caller.
  [[nodiscard]] static const ConnectionOptions& defaults();
};

}  // namespace palmetto
