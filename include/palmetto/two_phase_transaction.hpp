#pragma once

#include "palmetto/connection.hpp"
#include "palmetto/global_xid.hpp"
#include "palmetto/transaction.hpp"

#include <memory>

/// Two-phase commit: transactions in several databases that are all applied, or none is.
///
///     auto from = bank_a.tpc_begin({1, "transfer 4711", "bank a"});
///     auto to = bank_b.tpc_begin({1, "transfer 4711", "bank b"});
///     from.execute("UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, id_a);
///     to.execute("UPDATE accounts SET balance = balance + $1 WHERE id = $2", amount, id_b);
///     try {
///       from.tpc_prepare();
///       to.tpc_prepare();
///     } catch (...) {
///       if (from.prepared()) from.tpc_rollback();
///       throw;  // none of the two is applied
///     }
///     from.tpc_commit();  // from here on both are, sooner or later
///     to.tpc_commit();
///
/// The server must have been told to take prepared transactions: max_prepared_transactions is 0 by
/// default. Source: the manual, "PREPARE TRANSACTION"; psycopg's functions of these names.
namespace palmetto {

/// A transaction that is committed in two phases: what `Connection::tpc_begin` gives.
///
/// Up to `tpc_prepare` it is like a `Transaction`: BEGIN travels with the first statement, leaving
/// the scope rolls back. A prepared one is in the server's hands alone: it holds its locks,
/// survives the connection and the server's restarts, and ends by `tpc_commit` or `tpc_rollback`,
/// here or of another connection to the database. Leaving its scope leaves it so. The connection is
/// free for others meanwhile.
class TwoPhaseTransaction : public Executor {
 public:
  TwoPhaseTransaction(TwoPhaseTransaction&& other) noexcept;
  TwoPhaseTransaction& operator=(TwoPhaseTransaction&&) = delete;
  /// Rolls back what was not prepared, as a `Transaction` does.
  ~TwoPhaseTransaction();

  [[nodiscard]] const GlobalXid& xid() const noexcept { return xid_; }

  /// PREPARE TRANSACTION: whatever happens from here on, it can be committed, and can be rolled
  /// back. Throws TransactionRolledBack when a statement had failed, the server's error when
  /// preparing itself failed (a deferred constraint, a name that is taken: 42710): the transaction
  /// was rolled back; AmbiguousCommit when the connection was lost meanwhile: whether it is there,
  /// `tpc_recover` tells; OutOfOrderTransactionNesting while an inner transaction is open;
  /// ProgrammingError when it has been prepared, or has ended.
  void tpc_prepare();

  /// COMMIT PREPARED, if it has been prepared; then it throws as `Connection::tpc_commit`, and may
  /// be called again after an error that is no AmbiguousCommit. Else COMMIT, in one phase: as
  /// `Transaction::commit`.
  void tpc_commit();

  /// ROLLBACK PREPARED, or ROLLBACK. Throws as `execute` does.
  void tpc_rollback();

  /// Whether it has been prepared, and not ended by this object.
  [[nodiscard]] bool prepared() const noexcept { return state_ == State::prepared; }

  /// A savepoint within this transaction, as `Transaction::transaction`.
  [[nodiscard]] Transaction transaction();
  template <class F>
  auto transaction(F&& function) {
    return detail::run_in(transaction(), function);
  }

  /// As `Transaction::large_objects`.
  [[nodiscard]] LargeObjects large_objects();

 private:
  friend class Connection;
  enum class State { begun, prepared, ended };

  TwoPhaseTransaction(std::shared_ptr<detail::Session> session, int scope, GlobalXid xid) noexcept
      : Executor(std::move(session), scope), xid_(std::move(xid)) {}
  void begin_ending(const char* what);

  GlobalXid xid_;
  State state_ = State::begun;
};

}  // namespace palmetto
