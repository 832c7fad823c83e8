#include "palmetto/crdb/run_transaction.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::crdb {
namespace {

// Any savepoint whose name starts so is CockroachDB's restart savepoint.
constexpr const char* restart_savepoint = "cockroach_restart";

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

palmetto::detail::RetryPlan detail::make_retry_plan(const CrdbConnection& conn,
                                                    const RetryOptions& options) {
  palmetto::detail::RetryPlan plan =
      palmetto::detail::make_retry_plan({options.max_attempts, options.deadline, options.backoff,
                                         options.isolation, options.read_only, options.on_retry});
  if (options.priority) plan.begin += " PRIORITY " + std::string(name_of(*options.priority));
  if (options.system_time) plan.begin += " AS OF SYSTEM TIME " + options.system_time->expression();
  if (options.use_savepoint && options.isolation != IsolationLevel::read_committed &&
      CrdbConnection::is_crdb(conn))
    plan.savepoint = restart_savepoint;
  return plan;
}

}  // namespace palmetto::crdb
