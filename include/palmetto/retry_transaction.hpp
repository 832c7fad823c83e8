#pragma once

#include "palmetto/retry.hpp"

#include <utility>

namespace palmetto {

namespace detail {

/// A function together with how it is run as a transaction.
template <class F, class Options>
class RetriedTransaction {
 public:
  RetriedTransaction(F function, const Options& options)
      : function_(std::move(function)), options_(options) {}

  /// Runs `function(tx, arguments...)` by `run_transaction`, on a connection or on those of a
  /// source. The arguments are not moved from, since the function may run many times.
  template <class Source, class... Args>
    requires std::invocable<const F&, Transaction&, const Args&...>
  auto operator()(Source& connections, const Args&... arguments) const {
    const auto attempt = [&](Transaction& tx) { return function_(tx, arguments...); };
    return run_transaction(connections, attempt, options_);
  }

 private:
  F function_;
  Options options_;
};

}  // namespace detail

/// Makes a transaction of a function, once and for all:
///
///     const auto transfer = palmetto::retry_transaction(
///         [](palmetto::Transaction& tx, const Uuid& from, const Uuid& to, std::int64_t amount) {
///           tx.execute("UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, from);
///           tx.execute("UPDATE accounts SET balance = balance + $1 WHERE id = $2", amount, to);
///         });
///     transfer(conn, ann, bob, 100);
///
/// Each call is a `run_transaction` with these options. Source: peewee's `retry_transaction`.
template <class F>
[[nodiscard]] auto retry_transaction(F function,
                                     const RetryOptions& options = RetryOptions::defaults()) {
  return detail::RetriedTransaction<F, RetryOptions>(std::move(function), options);
}

}  // namespace palmetto
