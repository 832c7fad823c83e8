#include "palmetto/errors.hpp"
#include "palmetto/flow/notifies.hpp"

#include "redaction.hpp"
#include "session.hpp"

#include <algorithm>

namespace palmetto::detail {

NotifyHandlerId Session::add_notify_handler(NotifyHandler handler) {
  dialect_->require(Feature::notifications);
  // What arrived before is nobody's but the next loop's.
  if (!notifications_.has_handlers()) keep_arrived_notifications();
  return notifications_.add_handler(std::move(handler));
}

void Session::keep_arrived_notifications() {
  while (auto notify = wire_.notifies()) notifications_.keep(std::move(*notify));
  finish_closing();
}

void Session::call_notify_handlers() {
  // The operations of a handler find those that are left to the call that it is in.
  if (notifications_.calling()) return;
  while (notifications_.has_handlers() && !closed() && stream_ == nullptr &&
         transactions_.empty() && wire_.transaction_status() == pq::TransactionStatus::idle) {
    const std::optional<Notify> notify = wire_.notifies();
    finish_closing();
    if (!notify) return;
    notifications_.call_handlers(*notify);
  }
}

std::size_t Session::await_notifications(std::optional<flow::Clock::time_point> until) {
  static_cast<void>(wire());
  require_not_busy();
  if (notifications_.kept() != 0) return notifications_.kept();
  if (limit_) until = until ? std::min(*until, *limit_) : limit_;
  flow::ArrivedNotifies arrived =
      flow::run(flow::notifies(wire_), [this] { return wire_.socket(); }, {.at = until});
  finish_closing();
  if (arrived.lost) {
    lost_message_ = trimmed(wire_.error_message());
    break_off();
    throw ConnectionLost(lost_message_);
  }
  for (Notify& notify : arrived.notifies) notifications_.keep(notify);
  for (const Notify& notify : arrived.notifies) notifications_.call_handlers(notify);
  return notifications_.kept();
}

}  // namespace palmetto::detail
