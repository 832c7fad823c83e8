#include "palmetto/retry.hpp"

#include "retry_loop.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace palmetto {

const RetryOptions& RetryOptions::defaults() {
  static const RetryOptions options;
  return options;
}

}  // namespace palmetto

namespace palmetto::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The error that is retryable among those that an exception holds: the function may have wrapped
// it.
std::optional<Error> retryable_within(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    if (error.is_retryable()) return error;
    const auto* outer = dynamic_cast<const std::nested_exception*>(&error);
    return outer != nullptr && outer->nested_ptr() ? retryable_within(outer->nested_ptr())
                                                   : std::nullopt;
  } catch (const std::nested_exception& outer) {
    return outer.nested_ptr() ? retryable_within(outer.nested_ptr()) : std::nullopt;
  } catch (...) { return std::nullopt; }
}

// Whether it may have been applied: then it must not be tried again, whatever failed before.
bool is_ambiguous(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const AmbiguousCommit&) { return true; } catch (...) {
    return false;
  }
}

}  // namespace

RetryLoop::RetryLoop(std::shared_ptr<Session> session, const RetryPlan& plan)
    : session_(std::move(session)), plan_(plan) {
  if (plan.max_attempts < 1)
    throw ProgrammingError("max_attempts must be 1 at least, not " +
                           std::to_string(plan.max_attempts));
  if (!session_->transactions().empty() ||
      session_->wire().transaction_status() != pq::TransactionStatus::idle)
    throw ProgrammingError(
        "run_transaction can't run within a transaction: only a whole transaction can be retried");
  session_->set_limit(plan.deadline);
}

RetryLoop::~RetryLoop() {
  session_->set_limit(std::nullopt);
  roll_back();  // what on_retry threw leaves the transaction open
}

void RetryLoop::run(Attempt attempt) {
  while (const std::optional<Error> error = try_once(attempt)) {
    const milliseconds delay = next_delay();
    give_up_if_due(*error, delay);
    go_back();
    if (plan_.on_retry) plan_.on_retry(attempts_, *error, delay);
    std::this_thread::sleep_for(delay);
  }
}

std::optional<Error> RetryLoop::try_once(Attempt attempt) {
  ++attempts_;
  open();
  try {
    Transaction transaction(session_, scope_, true);
    attempt.call(attempt.function, transaction);
    commit();
    return std::nullopt;
  } catch (...) {
    if (auto error = reason_to_retry(std::current_exception())) return error;
    roll_back();
    throw;
  }
}

void RetryLoop::open() {
  if (session_->transactions().is_open(scope_)) return;
  std::vector<std::string> commands{plan_.begin};
  if (!plan_.savepoint.empty()) commands.push_back("SAVEPOINT " + plan_.savepoint);
  scope_ = session_->begin(std::move(commands), "");
}

void RetryLoop::commit() {
  static_cast<void>(session_->wire());  // the function may have hidden that the connection is gone
  session_->transactions().close_within(scope_);
  if (session_->close_if_unsent(scope_)) return;
  // The function swallowed an error: what it did can't be committed.
  if (session_->wire().transaction_status() == pq::TransactionStatus::in_error)
    Session::throw_rolled_back(session_->transactions().failure());
  const std::string release = "RELEASE SAVEPOINT " + plan_.savepoint;
  std::vector<const char*> commands;
  if (!plan_.savepoint.empty()) commands.push_back(release.c_str());
  commands.push_back("COMMIT");
  session_->finish(scope_, commands);
}

// By what was thrown, or by the state that the transaction was left in, whatever was thrown then.
std::optional<Error> RetryLoop::reason_to_retry(std::exception_ptr thrown) const {
  if (session_->closed() || session_->was_ended_by_statement() || is_ambiguous(thrown))
    return std::nullopt;
  if (auto error = retryable_within(thrown)) return error;
  return retryable_failure();
}

std::optional<Error> RetryLoop::retryable_failure() const {
  if (session_->wire().transaction_status() != pq::TransactionStatus::in_error) return std::nullopt;
  const auto& failure = session_->transactions().failure();
  if (!failure || !failure->is_retryable()) return std::nullopt;
  return *failure;
}

// Before anything more is sent for another attempt that will not be.
void RetryLoop::give_up_if_due(const Error& error, milliseconds delay) {
  const bool late = plan_.deadline && steady_clock::now() + delay >= *plan_.deadline;
  if (attempts_ < plan_.max_attempts && !late) return;
  roll_back();
  if (attempts_ >= plan_.max_attempts) throw ExceededMaxAttempts(attempts_, error);
  throw OperationTimeout("the deadline passed after " + std::to_string(attempts_) +
                             " attempts of the transaction; the last: " + error.message(),
                         {error.statement(), error.where()});
}

void RetryLoop::go_back() {
  if (!session_->transactions().is_open(scope_)) return;
  session_->transactions().close_within(scope_);
  if (plan_.savepoint.empty()) return roll_back();
  try {
    session_->rollback_to(scope_, plan_.savepoint);
  } catch (const Error&) {
    // The savepoint is of no use any more; the connection may be.
    roll_back();
    if (session_->closed()) throw;
  }
}

void RetryLoop::roll_back() noexcept { session_->abandon(scope_); }

milliseconds RetryLoop::next_delay() const {
  thread_local std::minstd_rand random(std::random_device{}());
  milliseconds longest = std::min(plan_.backoff.initial, plan_.backoff.maximum);
  for (int i = 1; i < attempts_ && longest < plan_.backoff.maximum; ++i)
    longest = std::min(plan_.backoff.maximum, longest * 2);
  std::uniform_int_distribution<milliseconds::rep> delay(
      0, std::max<milliseconds::rep>(0, longest.count()));
  return milliseconds(delay(random));
}

void run_with_retries(const Connection& connection, const RetryPlan& plan, Attempt attempt) {
  const std::shared_ptr<Session>& session = session_of(connection);
  if (!session) throw InterfaceError("there is no connection here: it was moved from");
  RetryLoop(session, plan).run(attempt);
}

RetryPlan make_retry_plan(const RetryOptions& options) {
  return {.begin = begin_command({options.isolation, options.read_only, std::nullopt}),
          .savepoint = "",
          .max_attempts = options.max_attempts,
          .deadline = options.deadline,
          .backoff = options.backoff,
          .on_retry = options.on_retry};
}

}  // namespace palmetto::detail
