#pragma once

#include "palmetto/flow/flow.hpp"

#include <chrono>
#include <optional>

/// The blocking driver: runs a flow by poll(2).
namespace palmetto::flow {

using Clock = std::chrono::steady_clock;

/// That much later than now. More than a century is a century: "for ever", as milliseconds::max(),
/// would not fit the clock.
[[nodiscard]] Clock::time_point from_now(std::chrono::milliseconds time);

/// When an operation must have ended. After `at` the flow is told to wind down, and has `grace`
/// more.
struct Deadline {
  std::optional<Clock::time_point> at;
  std::chrono::milliseconds grace = std::chrono::seconds(5);
};

/// A deadline as time goes by: when a flow that runs is to hear of it next, and what. The request
/// to cancel is repeated after 100 ms, and then after twice as long as the time before.
class Countdown {
 public:
  /// Of one that has a time.
  explicit Countdown(const Deadline& deadline) noexcept
      : next_(*deadline.at), grace_(deadline.grace) {}

  [[nodiscard]] Clock::time_point next() const noexcept { return next_; }
  /// What to resume the flow with, now that it is that late.
  [[nodiscard]] Ready pass();

 private:
  Clock::time_point next_;
  std::optional<Clock::time_point> end_;  // of the grace period, once it has begun
  std::chrono::milliseconds grace_;
  std::chrono::milliseconds pause_{100};
};

/// Waits until the socket is ready. Signals do not end the wait; an error of the socket counts as
/// ready, and so does its absence, for libpq to find it. Throws std::system_error.
[[nodiscard]] Ready wait_for(int socket, Wait wait);
/// The same, or until the time has come.
[[nodiscard]] Ready wait_until(int socket, Wait wait, Clock::time_point until);

/// Runs a flow on `conn` to its end and returns or throws what it ends with. Its socket is asked
/// for before every wait, because libpq may change it while it connects.
template <class Flow, class Conn>
[[gnu::always_inline]] inline auto run(Flow flow, const Conn& conn, const Deadline& deadline = {}) {
  flow.start();
  if (!deadline.at) {
    while (!flow.done()) flow.resume(wait_for(conn.socket(), flow.wait()));
    return flow.result();
  }
  Countdown countdown(deadline);
  while (!flow.done()) {
    const Ready ready = wait_until(conn.socket(), flow.wait(), countdown.next());
    flow.resume(ready == Ready::expired ? countdown.pass() : ready);
  }
  return flow.result();
}

}  // namespace palmetto::flow
