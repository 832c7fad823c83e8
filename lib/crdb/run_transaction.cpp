#include "palmetto/crdb/run_transaction.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::crdb {
namespace {

std::string_view name_of(Priority priority) {
  switch (priority) {
    case Priority::low:
      return "LOW";
    case Priority::normal:
      return "NORMAL";
    case Priority::high:
      return "HIGH";
  }
  throw ProgrammingError("the priority is none of low, normal and high");
}

}  // namespace

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
  if (options.priority) plan.more_options += " PRIORITY " + std::string(name_of(*options.priority));
  if (options.system_time)
    plan.more_options += " AS OF SYSTEM TIME " + options.system_time->expression();
  return plan;
}

}  // namespace palmetto::crdb
