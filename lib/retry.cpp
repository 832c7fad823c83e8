#include "palmetto/retry.hpp"

#include "retry_loop.hpp"

namespace palmetto {

const RetryOptions& RetryOptions::defaults() {
  static const RetryOptions options;
  return options;
}

}  // namespace palmetto

namespace palmetto::detail {

Lender lender_of(const Connection& connection) {
  const auto lend = [](void* source) -> const Connection& {
    return *static_cast<const Connection*>(source);
  };
  return {const_cast<Connection*>(&connection), lend, nullptr};
}

void run_with_retries(const Lender& lender, const RetryPlan& plan, Attempt attempt) {
  RetryLoop(lender, plan).run(attempt);
}

RetryPlan make_retry_plan(const RetryOptions& options) {
  return {.transaction = {options.isolation, options.read_only, std::nullopt},
          .from_savepoint = false,
          .max_attempts = options.max_attempts,
          .deadline = options.deadline,
          .backoff = options.backoff,
          .on_retry = options.on_retry,
          .idempotent = options.idempotent};
}

}  // namespace palmetto::detail
