#pragma once

#include "palmetto/connection.hpp"
#include "palmetto/connection_source.hpp"

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

namespace palmetto {

/// How long to wait before the next attempt: a random time up to `initial`, doubled with each
/// attempt and never above `maximum` ("full jitter").
struct Backoff {
  std::chrono::milliseconds initial{5};
  std::chrono::milliseconds maximum{1000};
};

/// Called before each new attempt: how many were made, why the last failed, how long the wait is.
using RetryHandler =
    std::function<void(int attempts, const Error& error, std::chrono::milliseconds delay)>;

/// How `run_transaction` begins its transactions, and how often it tries.
struct RetryOptions {
  int max_attempts = 50;  ///< how often the function may run in all; 1 at least
  std::optional<std::chrono::steady_clock::time_point> deadline{};  ///< of all attempts together
  Backoff backoff{};
  std::optional<IsolationLevel> isolation{};
  std::optional<bool> read_only{};
  RetryHandler on_retry{};
  /// Whether the function may be applied twice without harm. Then it is tried again also when the
  /// outcome of a COMMIT is unknown.
  bool idempotent = false;

  /// All of them at their defaults; not made anew, and compiled, by each caller.
  [[nodiscard]] static const RetryOptions& defaults();
};

namespace detail {

/// What the retry loop does, for any kind of server.
struct RetryPlan {
  TransactionOptions transaction{};
  std::string more_options{};  ///< behind those in BEGIN: " PRIORITY HIGH"
  bool from_savepoint = true;  ///< where the dialect has a savepoint to begin anew from
  int max_attempts = 1;
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  Backoff backoff{};
  RetryHandler on_retry{};
  bool idempotent = false;
};

/// One attempt's function, whatever its type: a reference to it.
struct Attempt {
  const void* function;
  void (*call)(const void* function, Transaction& transaction);
};

/// Where the loop gets its connections, whatever lends them.
struct Lender {
  void* source;
  const Connection& (*lend)(void* source);
  void (*give_back)(void* source);  ///< null: there is no other connection
};

/// Lends one connection, and no other.
[[nodiscard]] Lender lender_of(const Connection& connection);

/// Lends those of a source; holds the one that is lent.
template <class Source>
class Lending {
 public:
  explicit Lending(Source& source) noexcept : source_(source) {}
  [[nodiscard]] Lender lender() noexcept { return {this, &lend, &give_back}; }

 private:
  static const Connection& lend(void* self) {
    auto& lending = *static_cast<Lending*>(self);
    lending.lent_.emplace(lending.source_.connection());
    return **lending.lent_;
  }
  static void give_back(void* self) { static_cast<Lending*>(self)->lent_.reset(); }

  Source& source_;
  std::optional<decltype(std::declval<Source&>().connection())> lent_;
};

/// Runs the loop. `attempt` is called once per attempt.
void run_with_retries(const Lender& lender, const RetryPlan& plan, Attempt attempt);

/// The same, with what the function returns.
template <class F>
auto run_with_retries_for_value(const Lender& lender, const RetryPlan& plan, F& function) {
  using R = std::invoke_result_t<F&, Transaction&>;
  if constexpr (std::is_void_v<R>) {
    const auto call = [](const void* f, Transaction& tx) {
      (*static_cast<F*>(const_cast<void*>(f)))(tx);
    };
    run_with_retries(lender, plan, {std::addressof(function), call});
  } else {
    static_assert(!std::is_reference_v<R>,
                  "palmetto: return a value: a reference could outlive the attempt it came from");
    std::optional<R> value;
    auto keep = [&](Transaction& tx) { value.emplace(function(tx)); };
    run_with_retries_for_value(lender, plan, keep);
    return R(std::move(*value));
  }
}

[[nodiscard]] RetryPlan make_retry_plan(const RetryOptions& options);

}  // namespace detail

/// Runs `function(Transaction&)` in a transaction and commits; when the server could not serialise
/// it with others (40001, 40P01), rolls back, waits a little, and runs it again from the start.
/// What the function does must therefore be repeatable: it may run many times, of which one is
/// committed. Returns what the function returned in that one.
///
///     palmetto::run_transaction(conn, [&](palmetto::Transaction& tx) {
///       tx.execute("UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, from);
///       tx.execute("UPDATE accounts SET balance = balance + $1 WHERE id = $2", amount, to);
///     }, {.isolation = palmetto::IsolationLevel::serializable});
///
/// Throws what the function throws, as it is, after a rollback; the server's error likewise;
/// ExceededMaxAttempts when the attempts are used up and OperationTimeout when the deadline is:
/// then nothing was applied. TransactionRolledBack when the function swallowed an error of the
/// server; AmbiguousCommit when the connection was lost during COMMIT; ProgrammingError when the
/// connection is in a transaction already, or when the function ended the transaction itself;
/// NotSupportedError, before anything is sent, when the server does not have the isolation level.
/// With `idempotent` AmbiguousCommit is thrown only when no later attempt was committed; it then
/// holds, nested, what the last one ended with.
template <class F>
  requires std::invocable<F&, Transaction&>
auto run_transaction(Connection& conn, F&& function,
                     const RetryOptions& options = RetryOptions::defaults()) {
  return detail::run_with_retries_for_value(detail::lender_of(conn),
                                            detail::make_retry_plan(options), function);
}

/// The same on connections of a source, a pool for one. A transaction whose connection is lost
/// before its COMMIT was not applied: it is tried again on another connection, and so it is when
/// the source can't make one at the moment, or the server is going down.
template <ConnectionSource Source, class F>
  requires std::invocable<F&, Transaction&>
auto run_transaction(Source& source, F&& function,
                     const RetryOptions& options = RetryOptions::defaults()) {
  detail::Lending lending(source);
  return detail::run_with_retries_for_value(lending.lender(), detail::make_retry_plan(options),
                                            function);
}

}  // namespace palmetto
