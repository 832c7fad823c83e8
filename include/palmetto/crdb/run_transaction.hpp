#pragma once

#include "palmetto/crdb/connection.hpp"
#include "palmetto/retry.hpp"

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace palmetto::crdb {

/// How a transaction fares against others that it conflicts with.
/// Source: CockroachDB's manual, "Transactions", "Transaction priorities".
enum class Priority { low, normal, high };

/// A time in the past to read as of: `SystemTime("-10s")`, `SystemTime("2026-11-21 12:00:00+00")`,
/// `SystemTime::follower_read()`. Source: CockroachDB's manual, "AS OF SYSTEM TIME".
class SystemTime {
 public:
  /// An interval before now, a timestamp or a decimal, as CockroachDB reads it. Throws
  /// ProgrammingError when it is empty or has a NUL byte.
  explicit SystemTime(std::string_view time);

  /// follower_read_timestamp(): the latest time that the closest replica can serve.
  [[nodiscard]] static SystemTime follower_read();

  /// As it stands behind AS OF SYSTEM TIME.
  [[nodiscard]] const std::string& expression() const noexcept { return expression_; }

 private:
  struct Expression {
    const char* text;
  };
  explicit SystemTime(Expression expression) : expression_(expression.text) {}
  std::string expression_;
};

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

  /// All of them at their defaults; not made anew, and compiled, by each caller.
  [[nodiscard]] static const RetryOptions& defaults();
};

/// As `palmetto::run_transaction`, by CockroachDB's protocol for client-side retries: SAVEPOINT
/// cockroach_restart, RELEASE (which commits), ROLLBACK TO for another attempt. An attempt of k
/// statements costs k + 1 round trips.
/// Source: CockroachDB's manual, "Advanced Client-Side Transaction Retries"; peewee's
/// `run_transaction`.
template <class F>
  requires std::invocable<F&, Transaction&>
auto run_transaction(CrdbConnection& conn, F&& function,
                     const RetryOptions& options = RetryOptions::defaults());

namespace detail {
[[nodiscard]] palmetto::detail::RetryPlan make_retry_plan(const CrdbConnection& conn,
                                                          const RetryOptions& options);
}

template <class F>
  requires std::invocable<F&, Transaction&>
auto run_transaction(CrdbConnection& conn, F&& function, const RetryOptions& options) {
  return palmetto::detail::run_with_retries_for_value(conn, detail::make_retry_plan(conn, options),
                                                      function);
}

}  // namespace palmetto::crdb
