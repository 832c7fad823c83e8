#include "palmetto/flow/run.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace palmetto::flow {
namespace {

// Rounded up: a wait must not end before its time.
int milliseconds_until(Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
}

pollfd watch(int socket, Wait wait) noexcept {
  pollfd watched{.fd = socket, .events = 0, .revents = 0};
  if (wait != Wait::write) watched.events |= POLLIN;
  if (wait != Wait::read) watched.events |= POLLOUT;
  return watched;
}

// Whether it is ready.
bool poll_once(pollfd& watched, int milliseconds) {
  const int answer = poll(&watched, 1, milliseconds);
  if (answer < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), "poll on the connection's socket");
  return answer > 0;
}

Ready ready_of(const pollfd& watched, Wait wait) noexcept {
  if (watched.revents == POLLIN) return Ready::read;  // by far the most frequent
  if ((watched.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return static_cast<Ready>(wait);
  const bool readable = (watched.revents & POLLIN) != 0;
  const bool writable = (watched.revents & POLLOUT) != 0;
  if (readable && writable) return Ready::read_write;
  return readable ? Ready::read : Ready::write;
}

}  // namespace

Clock::time_point from_now(std::chrono::milliseconds time) {
  constexpr std::chrono::hours century(100 * 365 * 24);
  return Clock::now() + std::min<std::chrono::milliseconds>(time, century);
}

Ready Countdown::pass() {
  const Clock::time_point now = Clock::now();
  if (end_ && now >= *end_) return Ready::given_up;
  if (!end_) end_ = from_now(grace_);
  next_ = std::min(*end_, now + pause_);
  pause_ *= 2;
  return Ready::expired;
}

Ready wait_for(int socket, Wait wait) {
  if (socket < 0) return static_cast<Ready>(wait);
  pollfd watched = watch(socket, wait);
  while (!poll_once(watched, -1)) {}
  return ready_of(watched, wait);
}

Ready wait_until(int socket, Wait wait, Clock::time_point until) {
  if (socket < 0) return static_cast<Ready>(wait);
  pollfd watched = watch(socket, wait);
  while (true) {
    const bool is_ready = poll_once(watched, milliseconds_until(until));
    // Also when it is ready: it may be so for ever.
    if (Clock::now() >= until) return Ready::expired;
    if (is_ready) return ready_of(watched, wait);
  }
}

}  // namespace palmetto::flow
