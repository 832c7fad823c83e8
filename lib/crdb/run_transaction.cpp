#include "palmetto/crdb/run_transaction.hpp"

#include "transaction_options.hpp"

namespace palmetto::crdb {
const RetryOptions& RetryOptions::defaults() {
  static const RetryOptions options;
  return options;
}

palmetto::detail::RetryPlan detail::make_retry_plan(const RetryOptions& options) {
  palmetto::detail::RetryPlan plan{
      .transaction = {options.isolation, options.read_only, std::nullopt},
      .from_savepoint = options.use_savepoint,
      .max_attempts = options.max_attempts,
      .deadline = options.deadline,
      .backoff = options.backoff,
      .on_retry = options.on_retry,
      .idempotent = options.idempotent};
  plan.more_options = more_options(options.priority, options.system_time, options.read_only);
  return plan;
}

}  // namespace palmetto::crdb
