#include "palmetto/errors.hpp"
#include "palmetto/flow/notifies.hpp"

#include "redaction.hpp"
#include "session.hpp"

#include <algorithm>

namespace palmetto::detail {

NotifyHandlerId Session::add_notify_handler(NotifyHandler handler) {
  dialect_->require(Feature::notifications);
  require_not_busy();
  // What arrived before is nobody's but the next loop's.
  if (!notifications_.has_handlers()) keep_arrived_notifications();
  return notifications_.add_handler(std::move(handler));
}

void Session::keep_arrived_notifications() {
  while (auto notify = wire_.notifies()) notifications_.keep(std::move(*notify));
  finish_closing();
}

// The session is kept: a handler may put another connection in the place of its own.
void Session::call_notify_handlers(std::shared_ptr<Session> session) {
  // The operations of a handler leave what they bring to the call that it is in.
  if (session->notifications_.calling()) return;
  while (const std::optional<Notify> notify = session->next_for_handlers())
    session->notifications_.call_handlers(*notify);
}

std::optional<Notify> Session::next_for_handlers() {
  if (!notifications_.has_handlers() || closed() || ongoing_ != nullptr || handing_out_ ||
      (pipeline_ && pipeline_->is_open()) || !transactions_.empty() ||
      wire_.transaction_status() != pq::TransactionStatus::idle)
    return std::nullopt;
  std::optional<Notify> notify = wire_.notifies();
  finish_closing();
  return notify;
}

std::size_t Session::await_notifications(std::optional<flow::Clock::time_point> until) {
  static_cast<void>(wire());
  require_not_busy();
  if (notifications_.kept() != 0) return notifications_.kept();
  if (limit_) until = until ? std::min(*until, *limit_) : limit_;
  flow::ArrivedNotifies arrived = flow::run(flow::notifies(wire_), wire_, {.at = until});
  if (arrived.lost) {
    lost_message_ = trimmed(wire_.error_message());
    break_off();
    throw ConnectionLost(lost_message_);
  }
  finish_closing();
  for (Notify& notify : arrived.notifies) notifications_.keep(notify);
  for (const Notify& notify : arrived.notifies) notifications_.call_handlers(notify);
  return notifications_.kept();
}

}  // namespace palmetto::detail
