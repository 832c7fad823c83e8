#include "palmetto/flow/wire.hpp"

#include <thread>

namespace palmetto::flow {

void Wire::request_cancel() {
  if (!cancellable_) return;
  std::packaged_task<void()> request([cancel = get_cancel()] {
    if (cancel) static_cast<void>(cancel.cancel());
  });
  cancelling_ = request.get_future();
  std::thread(std::move(request)).detach();
}

bool Wire::settle_cancel(Clock::time_point until) {
  if (!cancelling_.valid()) return true;
  if (cancelling_.wait_until(until) != std::future_status::ready) return false;
  cancelling_ = {};
  return true;
}

}  // namespace palmetto::flow
