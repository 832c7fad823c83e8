#pragma once

#include "redaction.hpp"
#include "session.hpp"

namespace palmetto::detail {

inline constexpr const char* not_cancelled =
    "the deadline passed, and the server did not confirm the cancel: the connection was closed";

template <class T>
T Session::run(flow::Flow<T> flow, const flow::Deadline& deadline) {
  if (deadline.at) wire_.set_cancellable(dialect_->has(Feature::cancel));
  T executed = flow::run(
      std::move(flow), [this] { return wire_.socket(); }, deadline);
  if (executed.expired && !executed.lost && !wire_.settle_cancel(flow::from_now(deadline.grace)))
    executed.lost = true;
  if (executed.lost) {
    lost_message_ = executed.expired ? not_cancelled : trimmed(wire_.error_message());
    break_off();
  }
  finish_closing();
  return executed;
}

}  // namespace palmetto::detail
