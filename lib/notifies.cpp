#include "palmetto/notifies.hpp"

#include "session.hpp"

namespace palmetto {

Notifies::iterator Notifies::begin() {
  until_.reset();
  if (options_.timeout) until_ = flow::from_now(*options_.timeout);
  together_ = 0;
  given_ = 0;
  advance();
  return iterator(*this);
}

void Notifies::advance() {
  current_.reset();
  // Another loop, within this one, may have taken the rest.
  if (together_ == 0 || session_->notifications().kept() == 0) {
    if (options_.stop_after && given_ >= *options_.stop_after) return;
    together_ = session_->await_notifications(until_);
    if (together_ == 0) return;
  }
  current_ = session_->notifications().take();
  --together_;
  ++given_;
}

}  // namespace palmetto
