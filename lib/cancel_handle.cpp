#include "palmetto/cancel_handle.hpp"

#include "palmetto/errors.hpp"

#include "cancel_target.hpp"
#include "redaction.hpp"

namespace palmetto {

void CancelHandle::cancel(std::chrono::milliseconds timeout) const {
  if (!target_ || target_->closed) return;
  if (target_->refusal) throw NotSupportedError(*target_->refusal);
  const flow::CancelAnswer answer = target_->canceller->send(flow::from_now(timeout));
  switch (answer.outcome) {
    case flow::CancelOutcome::delivered:
      return;
    case flow::CancelOutcome::failed:
      throw OperationalError("cancelling: " + detail::trimmed(answer.error));
    case flow::CancelOutcome::expired:
      throw CancellationTimeout("the request to cancel was not delivered within " +
                                std::to_string(timeout.count()) + " ms");
  }
}

}  // namespace palmetto
