#pragma once

#include "palmetto/crdb/connection.hpp"
#include "palmetto/crdb/transaction_options.hpp"
#include "palmetto/retry.hpp"

#include <concepts>
#include <optional>

namespace palmetto::crdb {

/// As `palmetto::RetryOptions`, and what only CockroachDB has.
struct RetryOptions {
  int max_attempts = 50;  ///< how often the function may run in all; 1 at least
  std::optional<std::chrono::steady_clock::time_point> deadline{};  ///< of all attempts together
  Backoff backoff{};
  std::optional<IsolationLevel> isolation{};
  std::optional<bool> read_only{};
  std::optional<Priority> priority{};
  std::optional<SystemTime> system_time{};
  RetryHandler on_retry{};
  /// Whether to retry from SAVEPOINT cockroach_restart, which keeps the transaction's place in the
  /// line, or with a new transaction. READ COMMITTED always takes a new one, and so does a server
  /// that is PostgreSQL: there a savepoint keeps the snapshot that the conflict was with.
  bool use_savepoint = true;
  bool idempotent = false;  ///< as in `palmetto::RetryOptions`

  /// All of them at their defaults; not made anew, and compiled, by each caller.
  [[nodiscard]] static const RetryOptions& defaults();
};

namespace detail {
[[nodiscard]] palmetto::detail::RetryPlan make_retry_plan(const RetryOptions& options);
}

/// As `palmetto::run_transaction`, by CockroachDB's protocol for client-side retries: SAVEPOINT
/// cockroach_restart, RELEASE (which commits), ROLLBACK TO for another attempt. An attempt of k
/// statements costs k + 1 round trips.
/// Source: CockroachDB's manual, "Advanced Client-Side Transaction Retries"; peewee's
/// `run_transaction`.
template <class F>
  requires std::invocable<F&, Transaction&>
auto run_transaction(CrdbConnection& conn, F&& function,
                     const RetryOptions& options = RetryOptions::defaults()) {
  return palmetto::detail::run_with_retries_for_value(palmetto::detail::lender_of(conn),
                                                      detail::make_retry_plan(options), function);
}

/// The same on connections of a source: on another one when a node of the cluster went away.
template <ConnectionSource<CrdbConnection> Source, class F>
  requires std::invocable<F&, Transaction&>
auto run_transaction(Source& source, F&& function,
                     const RetryOptions& options = RetryOptions::defaults()) {
  palmetto::detail::Lending lending(source);
  return palmetto::detail::run_with_retries_for_value(lending.lender(),
                                                      detail::make_retry_plan(options), function);
}

}  // namespace palmetto::crdb
