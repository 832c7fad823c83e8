#pragma once

#include <memory>
#include <optional>
#include <string>

struct pg_cancel;

namespace palmetto::pq {

/// Owns a PGcancel: what it takes to ask the server to cancel what a connection is doing. Usable
/// from any thread, also after the connection has gone. Source: the manual, section 34.7 "Canceling
/// Queries in Progress".
class Cancel {
 public:
  Cancel() noexcept = default;
  explicit Cancel(pg_cancel* handle) noexcept : handle_(handle) {}
  explicit operator bool() const noexcept { return handle_ != nullptr; }

  /// PQcancel: opens a connection of its own and blocks until the request is delivered. The error's
  /// text, or nothing when it was.
  [[nodiscard]] std::optional<std::string> cancel() const;

 private:
  struct Free {
    void operator()(pg_cancel* handle) const noexcept;
  };
  std::unique_ptr<pg_cancel, Free> handle_;
};

}  // namespace palmetto::pq
