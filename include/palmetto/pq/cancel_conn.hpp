#pragma once

#include "palmetto/pq/enums.hpp"

#include <memory>
#include <string>

struct pg_cancel_conn;

namespace palmetto::pq {

/// Owns a PGcancelConn: a connection over which to ask the server to cancel what another is doing,
/// encrypted as that one is, without blocking; from libpq 17 on. It may be used from any thread,
/// but by one at a time, and after the other connection has gone. Source: the manual, section
/// 34.7.1 "Functions for Sending Cancel Requests".
class CancelConn {
 public:
  CancelConn() noexcept = default;
  explicit CancelConn(pg_cancel_conn* handle) noexcept : handle_(handle) {}
  explicit operator bool() const noexcept { return handle_ != nullptr; }

  /// PQcancelStart.
  [[nodiscard]] bool start() noexcept;
  /// PQcancelPoll; `ok` when the server has taken the request.
  [[nodiscard]] PollingStatus poll() noexcept;
  /// PQcancelReset: ready for another request.
  void reset() noexcept;

  /// PQcancelStatus; bad when there is none.
  [[nodiscard]] ConnStatus status() const noexcept;
  /// PQcancelSocket; -1 when there is none.
  [[nodiscard]] int socket() const noexcept;
  /// PQcancelErrorMessage.
  [[nodiscard]] std::string error_message() const;

 private:
  struct Finish {
    void operator()(pg_cancel_conn* handle) const noexcept;
  };
  std::unique_ptr<pg_cancel_conn, Finish> handle_;
};

}  // namespace palmetto::pq
