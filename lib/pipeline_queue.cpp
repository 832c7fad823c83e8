#include "pipeline_queue.hpp"

#include <utility>

namespace palmetto::detail {

std::size_t PipelineQueue::expect(std::shared_ptr<ResultReceiver> receiver) {
  if (!unsynced_) expired_ = false;
  unsynced_ = true;
  if (expect_again(*receiver)) return expected_;
  queue_.push_back({std::move(receiver), 1});
  return ++expected_;
}

std::size_t PipelineQueue::expect_sync() {
  queue_.push_back({nullptr, 1});
  unsynced_ = false;
  return ++expected_;
}

void PipelineQueue::receive(pq::Result&& result) {
  if (!is_expecting()) return;  // a notice handler closed the connection meanwhile
  Expected& front = queue_[first_];
  if (front.receiver) {
    front.receiver->receive(std::move(result));
  } else if (result.status() != pq::ResultStatus::pipeline_sync) {
    commit_error_ = std::move(result);
    return;  // the Sync's own answer follows
  }
  next();
}

void PipelineQueue::leave_first() {
  queue_[first_].receiver.reset();
  if (++first_ < queue_.size()) return;
  queue_.clear();
  first_ = 0;
}

void PipelineQueue::lose() {
  while (is_expecting()) {
    if (const auto receiver = queue_[first_].receiver) receiver->receive({});
    next();
  }
  unsynced_ = false;
}

void PipelineQueue::note_failure(std::exception_ptr failure) {
  if (!failure_) failure_ = std::move(failure);
}

std::exception_ptr PipelineQueue::take_failure() noexcept { return std::exchange(failure_, {}); }

pq::Result PipelineQueue::take_commit_error() noexcept { return std::exchange(commit_error_, {}); }

}  // namespace palmetto::detail
