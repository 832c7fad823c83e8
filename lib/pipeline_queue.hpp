#pragma once

#include "palmetto/pq/result.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <vector>

namespace palmetto::detail {

/// Takes the results of commands that travel in a pipeline.
class ResultReceiver {
 public:
  virtual ~ResultReceiver() = default;
  /// The result of the next of its commands; a null one when there will be none, for the connection
  /// is lost.
  virtual void receive(pq::Result&& result) noexcept = 0;
};

/// Which commands of a pipeline are still to be answered, and by whom the answers are awaited.
/// Sends nothing.
class PipelineQueue {
 public:
  /// A command was queued. Its number, from 1.
  std::size_t expect(std::shared_ptr<ResultReceiver> receiver);
  /// Likewise, when the last was of the same receiver; false when it was not.
  [[nodiscard]] bool expect_again(const ResultReceiver& receiver) noexcept {
    if (first_ == queue_.size() || queue_.back().receiver.get() != &receiver) return false;
    ++queue_.back().count;
    ++expected_;
    return true;
  }
  /// A Sync was. Its number.
  std::size_t expect_sync();

  /// Whether commands were queued since the last Sync.
  [[nodiscard]] bool is_open() const noexcept { return unsynced_; }

  /// For flow::pump.
  [[nodiscard]] bool is_expecting() const noexcept { return answered_ < expected_; }
  [[nodiscard]] bool has_enough() const noexcept { return answered_ >= wanted_; }
  void receive(pq::Result&& result);
  /// Everything up to that command is wanted; 0: nothing is.
  void want(std::size_t number) noexcept { wanted_ = number; }

  /// The connection is lost: nobody gets an answer any more.
  void lose();

  /// The first failure of a statement since it was last taken.
  void note_failure(std::exception_ptr failure);
  [[nodiscard]] std::exception_ptr take_failure() noexcept;

  /// The deadline passed while something was waited for, whose error then says that it was
  /// cancelled.
  void note_expired() noexcept { expired_ = true; }
  [[nodiscard]] bool has_expired() const noexcept { return expired_; }

  /// The error of the transaction that a Sync was to commit, since it was last taken.
  [[nodiscard]] pq::Result take_commit_error() noexcept;

 private:
  // Several in a row of one receiver are one, so that many cost no memory.
  struct Expected {
    std::shared_ptr<ResultReceiver> receiver;  // null: a Sync
    std::size_t count;
  };

  void next() {
    ++answered_;
    if (--queue_[first_].count == 0) leave_first();
  }
  void leave_first();

  std::vector<Expected> queue_;  // from `first_` on
  std::size_t first_ = 0;
  std::size_t expected_ = 0;
  std::size_t answered_ = 0;
  std::size_t wanted_ = 0;
  bool unsynced_ = false;
  bool expired_ = false;  // since the last Sync was answered
  std::exception_ptr failure_;
  pq::Result commit_error_;
};

}  // namespace palmetto::detail
