#include "retry_loop.hpp"

#include "thrown.hpp"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

namespace palmetto::detail {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

RetryLoop::RetryLoop(const Lender& lender, const RetryPlan& plan) : lender_(lender), plan_(plan) {
  if (plan.max_attempts < 1)
    throw ProgrammingError("max_attempts must be 1 at least, not " +
                           std::to_string(plan.max_attempts));
}

RetryLoop::~RetryLoop() { give_back(); }

void RetryLoop::run(Attempt attempt) {
  while (const std::optional<Error> error = try_once(attempt)) {
    const milliseconds delay = next_delay();
    give_up_if_due(*error, delay);
    try {
      go_back();
      if (plan_.on_retry) plan_.on_retry(attempts_, *error, delay);
    } catch (...) { rethrow(std::current_exception()); }
    std::this_thread::sleep_for(delay);
  }
  Session::deliver_notifications(session_);
}

std::optional<Error> RetryLoop::try_once(Attempt attempt) {
  ++attempts_;
  try {
    borrow();
    open();
    Transaction transaction(session_, scope_, true);
    attempt.call(attempt.function, transaction);
    commit();
    return std::nullopt;
  } catch (...) {
    const std::exception_ptr thrown = std::current_exception();
    if (auto error = reason_to_retry(thrown)) return error;
    roll_back();
    rethrow(thrown);
  }
}

void RetryLoop::borrow() {
  if (session_) return;
  const Connection& connection = lender_.lend(lender_.source);
  const std::shared_ptr<Session>& session = session_of(connection);
  if (!session) throw InterfaceError("there is no connection here: it was moved from");
  const pq::TransactionStatus status = session->wire().transaction_status();
  session->require_not_busy();
  if (!session->transactions().empty() || status != pq::TransactionStatus::idle)
    throw ProgrammingError(
        "run_transaction can't run within a transaction: only a whole transaction can be retried");
  session->require(plan_.transaction);
  session_ = session;
  session_->set_limit(plan_.deadline);
}

std::string_view RetryLoop::savepoint() const {
  const bool possible = plan_.from_savepoint && !is_read_committed(plan_.transaction.isolation);
  return possible ? session_->dialect().restart_savepoint() : std::string_view();
}

// Before anything is sent: a statement whose time was up from the first may be applied all the
// same.
void RetryLoop::require_time(const std::string& before) const {
  if (!plan_.deadline || steady_clock::now() < *plan_.deadline) return;
  throw OperationTimeout("the deadline passed before " + before);
}

void RetryLoop::open() {
  require_time("attempt " + std::to_string(attempts_) + " of the transaction");
  if (session_->transactions().is_open(scope_)) return;
  begin_anew_ = false;
  Commands commands = session_->begin_commands(plan_.transaction, plan_.more_options);
  if (!savepoint().empty()) commands.push_back("SAVEPOINT " + std::string(savepoint()));
  scope_ = session_->begin(std::move(commands), "");
}

void RetryLoop::commit() {
  static_cast<void>(session_->wire());  // the function may have hidden that the connection is gone
  session_->transactions().close_within(scope_);
  if (session_->close_if_unsent(scope_)) return;
  // The function swallowed an error: what it did can't be committed.
  if (session_->wire().transaction_status() == pq::TransactionStatus::in_error)
    Session::throw_rolled_back(session_->transactions().failure());
  // Else its outcome could be unknown.
  require_time("COMMIT, which was not sent");
  const std::string release = "RELEASE SAVEPOINT " + std::string(savepoint());
  std::vector<flow::Command> commands;
  if (!savepoint().empty()) commands.push_back({release.c_str()});
  commands.push_back({"COMMIT"});
  session_->finish(scope_, commands);
}

// By what was thrown, or by the state that the transaction was left in, whatever was thrown then.
std::optional<Error> RetryLoop::reason_to_retry(const std::exception_ptr& thrown) {
  if (is_error(thrown, &is_ambiguous)) return reason_to_repeat(thrown);
  if (auto error = reason_to_move(thrown)) return error;
  if (!session_ || session_->closed() || session_->was_ended_by_statement()) return std::nullopt;
  if (auto error = retryable_within(thrown)) return error;
  return retryable_failure();
}

// It must not be tried again, whatever failed before, unless it may be applied twice. What the
// source itself did is none of this transaction.
std::optional<Error> RetryLoop::reason_to_repeat(const std::exception_ptr& unknown) {
  if (!session_) return std::nullopt;
  ambiguous_ = begin_anew_ = true;
  if (!plan_.idempotent || (session_->closed() && !has_another())) return std::nullopt;
  return error_of(unknown);
}

// Nothing was applied: a connection that is lost before COMMIT takes its transaction with it.
std::optional<Error> RetryLoop::reason_to_move(const std::exception_ptr& thrown) const {
  if (!has_another()) return std::nullopt;
  if (session_ && session_->broken()) return error_of(thrown);
  if (!is_error(thrown, session_ ? &is_going_down : &is_without_connection)) return std::nullopt;
  if (session_) session_->close();
  return error_of(thrown);
}

std::optional<Error> RetryLoop::retryable_failure() const {
  if (session_->wire().transaction_status() != pq::TransactionStatus::in_error) return std::nullopt;
  const auto& failure = session_->transactions().failure();
  if (!failure || !failure->is_retryable()) return std::nullopt;
  return *failure;
}

// What an attempt may have applied is not forgotten over how the last one ended.
void RetryLoop::rethrow(const std::exception_ptr& thrown) const {
  if (!ambiguous_ || is_error(thrown, &is_ambiguous)) std::rethrow_exception(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (...) {
    std::throw_with_nested(AmbiguousCommit(
        "the outcome of an earlier attempt is unknown, the transaction may have been applied"));
  }
}

// Before anything more is sent for another attempt that will not be.
void RetryLoop::give_up_if_due(const Error& error, milliseconds delay) {
  const bool late = plan_.deadline && steady_clock::now() + delay >= *plan_.deadline;
  if (attempts_ < plan_.max_attempts && !late) return;
  roll_back();
  if (attempts_ >= plan_.max_attempts)
    rethrow(std::make_exception_ptr(ExceededMaxAttempts(attempts_, error)));
  rethrow(std::make_exception_ptr(
      OperationTimeout("the deadline passed after " + std::to_string(attempts_) +
                           " attempts of the transaction; the last: " + error.message(),
                       {error.statement(), error.where()})));
}

void RetryLoop::go_back() {
  if (!session_) return;
  if (session_->transactions().is_open(scope_)) rewind();
  if (!session_->closed()) return;
  if (!has_another())
    throw ConnectionLost("the connection was lost while an attempt was rolled back");
  give_back();
}

void RetryLoop::rewind() {
  session_->transactions().close_within(scope_);
  if (savepoint().empty() || begin_anew_) return roll_back();
  try {
    session_->rollback_to(scope_, std::string(savepoint()));
  } catch (const Error&) {
    // The savepoint is of no use any more; the connection may be.
    roll_back();
    if (session_->closed() && !has_another()) throw;
  }
}

// What on_retry threw leaves the transaction open.
void RetryLoop::give_back() noexcept {
  if (!session_) return;
  session_->set_limit(std::nullopt);
  roll_back();
  session_.reset();
  if (has_another()) lender_.give_back(lender_.source);
}

void RetryLoop::roll_back() noexcept {
  if (session_) session_->abandon(scope_);
}

milliseconds RetryLoop::next_delay() const {
  thread_local std::minstd_rand random(std::random_device{}());
  milliseconds longest = std::min(plan_.backoff.initial, plan_.backoff.maximum);
  for (int i = 1; i < attempts_ && longest < plan_.backoff.maximum; ++i)
    longest = std::min(plan_.backoff.maximum, longest * 2);
  std::uniform_int_distribution<milliseconds::rep> delay(
      0, std::max<milliseconds::rep>(0, longest.count()));
  return milliseconds(delay(random));
}

}  // namespace palmetto::detail
