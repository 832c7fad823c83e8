#include "palmetto/flow/wire.hpp"

#include <system_error>

namespace palmetto::flow {
namespace {

// For the thread's sake: who waits for the request gives up when the grace period ends.
constexpr std::chrono::seconds most_time{30};

}  // namespace

const std::shared_ptr<Canceller>& Wire::canceller() {
  if (!canceller_) canceller_ = std::make_shared<Canceller>(*this);
  return canceller_;
}

void Wire::request_cancel() {
  if (!cancellable_ || !settle_cancel(Clock::now())) return;
  try {
    cancelling_ = canceller()->start(from_now(most_time));
  } catch (const std::system_error&) {
    // No thread is to be had: the next request may have one, or the statement ends by itself, or
    // with the grace period.
    return;
  }
}

bool Wire::settle_cancel(Clock::time_point until) {
  if (!cancelling_.valid()) return true;
  if (cancelling_.wait_until(until) != std::future_status::ready) return false;
  cancelling_ = {};
  return true;
}

}  // namespace palmetto::flow
