#pragma once

#include "palmetto/flow/results.hpp"
#include "palmetto/flow/wait.hpp"
#include "palmetto/flow/wind_down.hpp"
#include "palmetto/pq/enums.hpp"

#include <cstddef>
#include <utility>

namespace palmetto::flow {

/// How an exchange ended.
struct Ended {
  bool expired = false;  ///< the deadline passed on the way; the server was asked to cancel
  bool lost = false;     ///< the connection broke, or was given up: its state is bad
};

/// What came back. `results` has a result for each command that was answered, in order.
struct Executed : Ended {
  Results results{};
};

/// The flow that every call runs through: flushes what was sent, and collects the results until the
/// connection is idle. Never throws for what the server says; leaves the connection idle, or bad.
///
/// A `Flow` by what it can do, and by hand what the compiler makes of one: without a frame in
/// memory, and inlined into its driver, it costs half as much.
template <class Conn>
class Exchange {
 public:
  /// `is_sent`: whether the commands could be queued at all. `syncs`: how many Syncs are among
  /// them, of which the results before the last are left; 0 without a pipeline.
  Exchange(Conn& conn, bool is_sent, std::size_t syncs, Results& results) noexcept
      : conn_(conn),
        results_(results),
        wind_down_(conn),
        syncs_(syncs),
        is_sent_(is_sent),
        is_pipelined_(syncs != 0) {}

  void start() { is_sent_ ? flush() : end(true); }
  [[nodiscard]] bool done() const noexcept { return stage_ == Stage::ended; }
  // Reads while it writes: a server that is itself blocked on writing would never read the rest.
  [[nodiscard]] Wait wait() const noexcept {
    return stage_ == Stage::flushing ? Wait::read_write : Wait::read;
  }
  void resume(Ready ready) {
    if (!wind_down_.note(ready)) return end(true);
    if (ready == Ready::expired) return;
    if (can_read(ready) && !conn_.consume_input()) return collect();
    if (stage_ == Stage::flushing) return flush();
    if (stage_ == Stage::copying && !skip_copy()) return;
    if (!conn_.is_busy()) collect();
  }
  [[nodiscard]] Ended result() const noexcept {
    return {.expired = wind_down_.expired(), .lost = is_lost_};
  }

 private:
  enum class Stage : unsigned char { flushing, collecting, copying, ended };

  // What ends the commands answers their Sync, which has only just been sent: something is still to
  // come, and need not be looked for before.
  void flush() {
    const pq::FlushStatus flushed = conn_.flush();
    if (flushed == pq::FlushStatus::pending) return;
    stage_ = Stage::collecting;
    if (flushed == pq::FlushStatus::failed) collect();
  }

  // Takes the results that are there, of which there is one, or the connection is broken.
  void collect() {
    stage_ = Stage::collecting;
    while (take_one()) {
      if (conn_.is_busy()) return;
      // Without a pipeline the end shows here, and saves the question for a result that is none.
      if (!is_pipelined_ && pq::is_idle(conn_.transaction_status())) return end(false);
    }
  }
  // False when there can't be another one now.
  bool take_one() {
    auto result = conn_.get_result();
    if (!result) {  // it ends a command, not the pipeline
      const bool goes_on = is_pipelined_ && conn_.status() != pq::ConnStatus::bad;
      if (!goes_on) finish();
      return goes_on;
    }
    const pq::ResultStatus status = result.status();
    if (status == pq::ResultStatus::pipeline_sync) {
      if (--syncs_ == 0) finish();
      else results_.clear();
      return syncs_ != 0;
    }
    results_.push_back(std::move(result));
    return !pq::is_copy(status) || leave_copy(status);
  }

  // A COPY that was not meant. False when more of its data is to come.
  bool leave_copy(pq::ResultStatus status) {
    if (status == pq::ResultStatus::copy_out) return skip_copy();
    conn_.put_copy_error("COPY through execute()");
    return true;
  }
  bool skip_copy() {
    pq::CopyStatus copied = pq::CopyStatus::data;
    while (copied == pq::CopyStatus::data) copied = conn_.skip_copy_data();
    stage_ = copied == pq::CopyStatus::pending ? Stage::copying : Stage::collecting;
    return stage_ == Stage::collecting;
  }

  void finish() {
    if (is_pipelined_) conn_.exit_pipeline_mode();
    end(conn_.status() == pq::ConnStatus::bad);
  }
  void end(bool is_lost) noexcept {
    is_lost_ = is_lost;
    stage_ = Stage::ended;
  }

  Conn& conn_;
  Results& results_;
  detail::WindDown<Conn> wind_down_;
  std::size_t syncs_;
  const bool is_sent_;
  const bool is_pipelined_;
  bool is_lost_ = false;
  Stage stage_ = Stage::flushing;
};

}  // namespace palmetto::flow
