#pragma once

#include "palmetto/retry.hpp"

#include "session.hpp"

#include <exception>
#include <memory>
#include <optional>

namespace palmetto::detail {

/// Runs a function in transactions until one is committed. Every attempt ends in one of three ways:
/// it is committed, it may be tried again, or its exception is the caller's.
class RetryLoop {
 public:
  RetryLoop(std::shared_ptr<Session> session, const RetryPlan& plan);
  ~RetryLoop();
  RetryLoop(const RetryLoop&) = delete;
  RetryLoop& operator=(const RetryLoop&) = delete;

  void run(Attempt attempt);

 private:
  /// Nothing when it was committed; else the error to try again for.
  [[nodiscard]] std::optional<Error> try_once(Attempt attempt);
  void open();
  void commit();
  [[nodiscard]] std::optional<Error> reason_to_retry(std::exception_ptr thrown) const;
  [[nodiscard]] std::optional<Error> retryable_failure() const;
  void give_up_if_due(const Error& error, std::chrono::milliseconds delay);
  void go_back();
  void roll_back() noexcept;
  [[nodiscard]] std::chrono::milliseconds next_delay() const;

  std::shared_ptr<Session> session_;
  const RetryPlan& plan_;
  int attempts_ = 0;
  int scope_ = 0;
};

}  // namespace palmetto::detail
