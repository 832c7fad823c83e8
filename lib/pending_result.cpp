#include "pending_result.hpp"

#include "session.hpp"

namespace palmetto::detail {

PendingResult::PendingResult(std::shared_ptr<Session> session, const StatementText& statement,
                             const pq::ParameterArrays& parameters, StatementOptions options)
    : session_(std::move(session)), statement_(statement), options_(std::move(options)) {
  parameters_.keep(parameters);
}

void PendingResult::receive(pq::Result&& result) noexcept {
  if (has_arrived()) return;
  try {
    result_ =
        session_->take_queued(std::move(result), statement_.view(), options_, parameters_.arrays());
  } catch (...) {
    failure_ = std::current_exception();
    session_->note_queued_failure(failure_);
  }
}

Result PendingResult::get() {
  if (!has_arrived()) session_->await_queued(number_, options_);
  if (failure_) std::rethrow_exception(failure_);
  return *result_;
}

}  // namespace palmetto::detail
