#pragma once

#include "palmetto/retry.hpp"

#include "session.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace palmetto::detail {

/// Runs a function in transactions until one is committed. Every attempt ends in one of three ways:
/// it is committed, it may be tried again, or its exception is the caller's.
class RetryLoop {
 public:
  RetryLoop(const Lender& lender, const RetryPlan& plan);
  ~RetryLoop();
  RetryLoop(const RetryLoop&) = delete;
  RetryLoop& operator=(const RetryLoop&) = delete;

  void run(Attempt attempt);

 private:
  /// Nothing when it was committed; else the error to try again for.
  [[nodiscard]] std::optional<Error> try_once(Attempt attempt);
  void borrow();
  void open();
  void commit();
  [[nodiscard]] std::optional<Error> reason_to_retry(const std::exception_ptr& thrown);
  [[nodiscard]] std::optional<Error> reason_to_move(const std::exception_ptr& thrown) const;
  [[nodiscard]] std::optional<Error> reason_to_repeat(const std::exception_ptr& unknown);
  [[nodiscard]] std::optional<Error> retryable_failure() const;
  [[noreturn]] void rethrow(const std::exception_ptr& thrown) const;
  void require_time(const std::string& before) const;
  void give_up_if_due(const Error& error, std::chrono::milliseconds delay);
  void go_back();
  void rewind();
  void give_back() noexcept;
  void roll_back() noexcept;
  [[nodiscard]] std::string_view savepoint() const;
  [[nodiscard]] bool has_another() const noexcept { return lender_.give_back != nullptr; }
  [[nodiscard]] std::chrono::milliseconds next_delay() const;

  const Lender lender_;
  const RetryPlan& plan_;
  std::shared_ptr<Session> session_;  // of the connection that is borrowed now
  int attempts_ = 0;
  int scope_ = 0;
  bool begin_anew_ = false;  // and not from the savepoint
  bool ambiguous_ = false;   // an attempt may have been applied
};

}  // namespace palmetto::detail
