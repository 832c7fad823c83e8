#include "palmetto/flow/canceller.hpp"

#include <system_error>
#include <thread>

namespace palmetto::flow {

Canceller::Canceller(const pq::Conn& conn)
    : conn_(conn.create_cancel()), cancel_(conn_ ? pq::Cancel() : conn.get_cancel()) {}

CancelAnswer Canceller::send(Clock::time_point until) {
  if (conn_) return send_here(until);
  try {
    std::future<CancelAnswer> answer = start(until);
    if (answer.wait_until(until) == std::future_status::ready) return answer.get();
    return {CancelOutcome::expired};
  } catch (const std::system_error& error) { return {CancelOutcome::failed, error.what()}; }
}

std::future<CancelAnswer> Canceller::start(Clock::time_point until) {
  std::packaged_task<CancelAnswer()> request(
      [self = shared_from_this(), until] { return self->send_here(until); });
  std::future<CancelAnswer> answer = request.get_future();
  std::thread(std::move(request)).detach();
  return answer;
}

CancelAnswer Canceller::send_here(Clock::time_point until) {
  if (!conn_) {
    if (!cancel_) return {CancelOutcome::failed, "the connection has nothing to cancel it by"};
    if (auto error = cancel_.cancel()) return {CancelOutcome::failed, std::move(*error)};
    return {CancelOutcome::delivered};
  }
  std::unique_lock lock(mutex_);
  if (!returned_.wait_until(lock, until, [this] { return !in_use_; }))
    return {CancelOutcome::expired};
  in_use_ = true;
  lock.unlock();
  CancelAnswer answer = run_flow(until);
  lock.lock();
  in_use_ = false;
  returned_.notify_one();
  return answer;
}

CancelAnswer Canceller::run_flow(Clock::time_point until) {
  CancelAnswer answer;
  try {
    answer.outcome = run(cancel(conn_), conn_, {.at = until});
    if (answer.outcome == CancelOutcome::failed) answer.error = conn_.error_message();
  } catch (const std::system_error& error) { answer = {CancelOutcome::failed, error.what()}; }
  conn_.reset();
  return answer;
}

}  // namespace palmetto::flow
