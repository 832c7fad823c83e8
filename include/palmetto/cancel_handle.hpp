#pragma once

#include <chrono>
#include <memory>
#include <utility>

namespace palmetto {

namespace detail {
struct CancelTarget;
}

/// Cancels what a connection is executing, from any thread:
///
///     palmetto::CancelHandle handle = conn.cancel_handle();
///     std::thread watchdog([handle] { handle.cancel(); });
///     conn.execute("SELECT pg_sleep(60)");  // throws errors::QueryCanceled
///
/// Copies are handles of the same connection, which they do not keep: when it is closed, or gone,
/// they do nothing. They may be used at once. Source: psycopg's `Connection.cancel_safe`.
class CancelHandle {
 public:
  /// Asks the server to cancel, and waits until it has taken the request. What is executed then
  /// throws `errors::QueryCanceled`; when nothing is, nothing happens.
  ///
  /// Throws NotSupportedError when the server takes no such requests, CancellationTimeout when this
  /// one was not delivered in time, and OperationalError when it could not be. After a timeout with
  /// a libpq before 17 the request may yet arrive.
  ///
  /// The request is encrypted as the connection is; with a libpq before 17 it is not, as with
  /// PQcancel. (The libpq manual, section 34.7.)
  void cancel(std::chrono::milliseconds timeout = std::chrono::seconds(30)) const;

 private:
  friend class Connection;
  explicit CancelHandle(std::shared_ptr<const detail::CancelTarget> target) noexcept
      : target_(std::move(target)) {}

  std::shared_ptr<const detail::CancelTarget> target_;  // null: of a connection that was moved from
};

}  // namespace palmetto
