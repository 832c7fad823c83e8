#pragma once

#include "palmetto/input_iterator.hpp"
#include "palmetto/notify.hpp"

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

namespace palmetto {

namespace detail {
class Session;
}

/// When the notifications are to end.
struct NotifiesOptions {
  /// How long to wait for all of them together; when absent, for ever. With 0 those that are there.
  std::optional<std::chrono::milliseconds> timeout{};
  /// End after so many. Those that arrive together are given together, even if they are more.
  std::optional<int> stop_after{};
};

/// Notifications as they arrive: what `Connection::notifies` gives.
///
///     conn.execute("LISTEN orders");
///     for (const palmetto::Notify& notify : conn.notifies({.timeout = 5s, .stop_after = 10}))
///       std::cout << notify.channel << ": " << notify.payload << '\n';
///
/// Each loop over it begins its time and its count anew. It may be left at any time: what was not
/// given is kept for the next one. The connection may be used in the loop; notifications that
/// arrive then are given too, unless there are handlers, whose they are. While it waits, handlers
/// are called first with what arrives.
///
/// Waiting throws ConnectionLost when the connection breaks, InterfaceError when it was closed, and
/// ProgrammingError while it is busy. PostgreSQL sends nothing while a transaction is open.
class Notifies {
 public:
  using iterator = detail::InputIterator<Notifies>;

  Notifies(const Notifies&) = delete;
  Notifies& operator=(const Notifies&) = delete;

  /// Waits for the first one.
  [[nodiscard]] iterator begin();
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class Connection;
  friend iterator;
  Notifies(std::shared_ptr<detail::Session> session, const NotifiesOptions& options) noexcept
      : session_(std::move(session)), options_(options) {}
  [[nodiscard]] const Notify& current() const noexcept { return *current_; }
  [[nodiscard]] bool has_current() const noexcept { return current_.has_value(); }
  void advance();

  std::shared_ptr<detail::Session> session_;
  NotifiesOptions options_;
  std::optional<std::chrono::steady_clock::time_point> until_;
  std::optional<Notify> current_;  // nothing: it has ended
  std::size_t together_ = 0;       // that arrived with the last one, and are to be given with it
  int given_ = 0;
};

}  // namespace palmetto
