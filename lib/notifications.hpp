#pragma once

#include "palmetto/notify.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace palmetto::detail {

/// A session's notify handlers, and the notifications that are kept for `Notifies`. Those that
/// libpq has read, and nobody asked for, are kept by libpq.
class Notifications {
 public:
  NotifyHandlerId add_handler(NotifyHandler handler);
  void remove_handler(NotifyHandlerId id);
  [[nodiscard]] bool has_handlers() const noexcept { return !handlers_.empty(); }

  /// Calls those that are there now; they may add and remove others. Within a handler it does
  /// nothing.
  void call_handlers(const Notify& notify);
  /// Whether a handler is being called.
  [[nodiscard]] bool calling() const noexcept { return calling_; }

  void keep(Notify notify) { kept_.push_back(std::move(notify)); }
  [[nodiscard]] std::size_t kept() const noexcept { return kept_.size(); }
  /// The oldest of those that are kept; nothing when there is none.
  [[nodiscard]] std::optional<Notify> take();

 private:
  std::vector<std::pair<NotifyHandlerId, NotifyHandler>> handlers_;
  std::uint32_t last_id_ = 0;
  bool calling_ = false;
  std::deque<Notify> kept_;
};

}  // namespace palmetto::detail
