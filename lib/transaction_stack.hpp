#pragma once

#include "palmetto/errors.hpp"
#include "palmetto/transaction.hpp"

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace palmetto::detail {

/// What opens a transaction: BEGIN, SAVEPOINT, and what is set behind it. Rarely more than two.
using Commands = boost::container::small_vector<std::string, 2>;

/// The open transactions of a session, outermost first, and which of their commands are still to be
/// sent. Decides; sends nothing.
class TransactionStack {
 public:
  struct Scope {
    int id;
    Commands commands;
    std::size_t sent = 0;   // how many of them the server has done
    std::string savepoint;  // what it rolls back to; empty: the whole transaction
    bool failed = false;    // one of its commands failed: it never began
  };

  /// Opens a scope within the innermost. Its number.
  int open(Commands commands, std::string savepoint);

  /// The innermost scope, which must be this one. Throws OutOfOrderTransactionNesting when an inner
  /// one is open, ProgrammingError when it has ended.
  [[nodiscard]] Scope& innermost(int id);

  /// Throws, as `innermost` does, when statements may not be executed in this scope now; 0 is the
  /// connection, in which they may, but for a transaction that failed to begin.
  void check_may_execute(int id) {
    if (id != 0 || !scopes_.empty()) check_open(id);
  }

  [[nodiscard]] bool empty() const noexcept { return scopes_.empty(); }
  [[nodiscard]] std::size_t depth() const noexcept { return scopes_.size(); }
  /// Whether the scope is open, be it innermost or not.
  [[nodiscard]] bool is_open(int id) const noexcept;
  /// Their numbers; 0 when there is none.
  [[nodiscard]] int outermost_id() const noexcept {
    return scopes_.empty() ? 0 : scopes_.front().id;
  }
  [[nodiscard]] int innermost_id() const noexcept {
    return scopes_.empty() ? 0 : scopes_.back().id;
  }
  void close_innermost() { scopes_.pop_back(); }
  /// Closes those within the scope, which is open.
  void close_within(int id);
  void clear() noexcept { scopes_.clear(); }

  /// The commands to send before anything else, outermost first.
  [[nodiscard]] Commands unsent() const;
  [[nodiscard]] bool has_unsent() const noexcept { return next_unsent().second != nullptr; }
  /// The first of them, and the scope that it is of; null when there is none.
  [[nodiscard]] std::pair<int, const std::string*> next_unsent() const noexcept {
    for (const Scope& scope : scopes_)
      if (scope.sent < scope.commands.size()) return {scope.id, &scope.commands[scope.sent]};
    return {0, nullptr};
  }
  /// Whether the server was told of the outermost transaction.
  [[nodiscard]] bool has_begun() const noexcept {
    return !scopes_.empty() && scopes_.front().sent == scopes_.front().commands.size();
  }
  /// Notes that the first of the unsent commands has been done.
  void mark_one_sent();
  /// Notes that it failed: its scope, and those within, can only be left.
  void mark_one_failed();
  /// The same of a command of that scope which was thought to have been done.
  void mark_failed(int id) noexcept;

  /// The server's error that put the transaction into its failed state; null when none did.
  [[nodiscard]] const std::shared_ptr<const Error>& failure() const noexcept { return failure_; }
  void set_failure(std::shared_ptr<const Error> failure) { failure_ = std::move(failure); }
  /// The transaction has been rolled back to before it.
  void forget_failure() noexcept { failure_.reset(); }

 private:
  void check_open(int id);

  std::vector<Scope> scopes_;
  int last_id_ = 0;
  std::shared_ptr<const Error> failure_;
};

/// Whether that is READ COMMITTED, or what is the same: no server has READ UNCOMMITTED.
[[nodiscard]] constexpr bool is_read_committed(std::optional<IsolationLevel> isolation) noexcept {
  return isolation == IsolationLevel::read_committed ||
         isolation == IsolationLevel::read_uncommitted;
}

/// What stands behind BEGIN: " ISOLATION LEVEL SERIALIZABLE READ ONLY"
[[nodiscard]] std::string transaction_modes(const TransactionOptions& options);

}  // namespace palmetto::detail
