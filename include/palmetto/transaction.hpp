#pragma once

#include "palmetto/executor.hpp"

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace palmetto {

class LargeObjects;

namespace detail {
class RetryLoop;
}

/// The manual, section 13.2 "Transaction Isolation".
enum class IsolationLevel { read_uncommitted, read_committed, repeatable_read, serializable };

/// How a transaction begins; what is absent is the server's default.
struct TransactionOptions {
  std::optional<IsolationLevel> isolation{};
  std::optional<bool> read_only{};
  std::optional<bool> deferrable{};
};

/// A transaction, or a savepoint within one. Leaving the scope without `commit()` rolls back:
///
///     auto tx = conn.transaction();
///     tx.execute("UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, from);
///     tx.execute("UPDATE accounts SET balance = balance + $1 WHERE id = $2", amount, to);
///     tx.commit();
///
/// BEGIN (or SAVEPOINT) travels with the first statement: a transaction that executes nothing sends
/// nothing. Transactions of one connection nest, and end in the reverse order of their beginning.
/// What the connection itself executes meanwhile belongs to the innermost.
class Transaction : public Executor {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  /// Rolls back, unless the transaction has ended. Throws nothing; when the server does not answer
  /// within the grace period, the connection is closed.
  ~Transaction();

  /// COMMIT, or RELEASE of the savepoint. Throws TransactionRolledBack when the server answered
  /// ROLLBACK, because a statement had failed: nothing was applied; the server's error when COMMIT
  /// itself failed (a deferred constraint, 40001): nothing was applied; AmbiguousCommit when the
  /// connection was lost meanwhile; OutOfOrderTransactionNesting while an inner transaction is
  /// open; ProgrammingError when it has ended already. However it ends, the transaction has ended.
  void commit();

  /// ROLLBACK, or ROLLBACK TO the savepoint. Throws as `execute` does.
  void rollback();

  /// Whether commit() or rollback() was called.
  [[nodiscard]] bool ended() const noexcept { return ended_ && !managed_; }

  /// A savepoint within this transaction. Throws OutOfOrderTransactionNesting while another one is
  /// open, and NotSupportedError on a server without savepoints.
  [[nodiscard]] Transaction transaction();

  /// Runs `function(Transaction&)` within a savepoint, as `Connection::transaction` does.
  template <class F>
  auto transaction(F&& function);

  /// The large objects of the database, within this transaction (large_object.hpp). Throws
  /// NotSupportedError on a server without.
  [[nodiscard]] LargeObjects large_objects();

 private:
  friend class Connection;
  friend class TwoPhaseTransaction;
  friend class detail::RetryLoop;
  Transaction(std::shared_ptr<detail::Session> session, int scope, bool managed = false) noexcept
      : Executor(std::move(session), scope), managed_(managed), ended_(managed) {}
  void begin_ending();

  bool managed_;  // run_transaction ends it
  bool ended_;
};

namespace detail {

/// Runs `function` in `transaction`, commits when it returns, and gives what it returned; rolls
/// back when it throws, and lets the exception pass. Source: psycopg's `with conn.transaction()`.
template <class F>
auto run_in(Transaction transaction, F&& function) {
  using R = std::invoke_result_t<F&, Transaction&>;
  if constexpr (std::is_void_v<R>) {
    function(transaction);
    if (!transaction.ended()) transaction.commit();
  } else {
    R result = function(transaction);
    if (!transaction.ended()) transaction.commit();
    return result;
  }
}

}  // namespace detail

template <class F>
auto Transaction::transaction(F&& function) {
  return detail::run_in(transaction(), function);
}

}  // namespace palmetto
