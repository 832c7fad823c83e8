#pragma once

#include "session.hpp"

namespace palmetto::detail {

template <class T>
[[gnu::always_inline]] inline T Session::run(flow::Flow<T> flow, const flow::Deadline& deadline) {
  if (deadline.at) wire_.set_cancellable(!cancel_target_->refusal);
  T ended = flow::run(
      std::move(flow), [this] { return wire_.socket(); }, deadline);
  if (ended.expired || ended.lost) [[unlikely]]
    ended.lost = settle({.expired = ended.expired, .lost = ended.lost}, deadline);
  finish_closing();
  return ended;
}

[[gnu::always_inline]] inline void Session::run(flow::Flow<flow::Ended> flow,
                                                const flow::Deadline& deadline,
                                                Executed& executed) {
  static_cast<flow::Ended&>(executed) = run(std::move(flow), deadline);
}

}  // namespace palmetto::detail
