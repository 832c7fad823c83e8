#include "palmetto/flow/wire.hpp"

#include <system_error>
#include <thread>

namespace palmetto::flow {

void Wire::request_cancel() {
  if (!cancellable_) return;
  std::packaged_task<void()> request([cancel = get_cancel()] {
    if (cancel) static_cast<void>(cancel.cancel());
  });
  std::future<void> cancelling = request.get_future();
  try {
    std::thread(std::move(request)).detach();
    cancelling_ = std::move(cancelling);
  } catch (const std::system_error&) {
    // No thread is to be had: the statement ends by itself, or with the grace period.
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
