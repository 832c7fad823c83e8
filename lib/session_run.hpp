#pragma once

#include "palmetto/flow/run.hpp"

#include "session.hpp"

namespace palmetto::detail {

template <class Flow>
[[gnu::always_inline]] inline auto Session::run(Flow flow, const flow::Deadline& deadline) {
  if (deadline.at) wire_.set_cancellable(!cancel_target_->refusal);
  auto ended = flow::run(std::move(flow), wire_, deadline);
  if (ended.expired || ended.lost) [[unlikely]]
    ended.lost = settle({.expired = ended.expired, .lost = ended.lost}, deadline);
  finish_closing();
  return ended;
}

/// The same, for what its results are with.
[[gnu::always_inline]] inline void Session::run(flow::Exchange<flow::Wire> exchange,
                                                const flow::Deadline& deadline,
                                                Executed& executed) {
  static_cast<flow::Ended&>(executed) = run(std::move(exchange), deadline);
}

}  // namespace palmetto::detail
