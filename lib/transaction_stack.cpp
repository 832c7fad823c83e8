#include "transaction_stack.hpp"

#include <algorithm>

namespace palmetto::detail {

int TransactionStack::open(Commands commands, std::string savepoint) {
  if (scopes_.empty()) failure_.reset();
  scopes_.push_back({++last_id_, std::move(commands), 0, std::move(savepoint)});
  return last_id_;
}

bool TransactionStack::is_open(int id) const noexcept {
  return std::ranges::find(scopes_, id, &Scope::id) != scopes_.end();
}

TransactionStack::Scope& TransactionStack::innermost(int id) {
  if (!scopes_.empty() && scopes_.back().id == id) return scopes_.back();
  if (is_open(id))
    throw OutOfOrderTransactionNesting("a transaction within this one is still open");
  throw ProgrammingError("the transaction has ended");
}

void TransactionStack::check_open(int id) {
  if (id != 0) static_cast<void>(innermost(id));
  if (!scopes_.empty() && scopes_.back().failed)
    throw ProgrammingError("the transaction failed to begin: it can only be rolled back");
}

void TransactionStack::close_within(int id) {
  while (is_open(id) && scopes_.back().id != id) scopes_.pop_back();
}

Commands TransactionStack::unsent() const {
  Commands commands;
  for (const Scope& scope : scopes_)
    for (std::size_t i = scope.sent; i < scope.commands.size(); ++i)
      commands.push_back(scope.commands[i]);
  return commands;
}

void TransactionStack::mark_failed(int id) noexcept {
  bool failed = false;
  for (Scope& scope : scopes_) {
    failed = failed || scope.id == id;
    scope.failed = failed;
  }
}

void TransactionStack::mark_one_failed() {
  bool failed = false;
  for (Scope& scope : scopes_) {
    failed = failed || scope.sent < scope.commands.size();
    scope.failed = failed;
  }
}

void TransactionStack::mark_one_sent() {
  for (Scope& scope : scopes_) {
    if (scope.sent == scope.commands.size()) continue;
    ++scope.sent;
    return;
  }
}

std::string transaction_modes(const TransactionOptions& options) {
  std::string modes;
  if (options.isolation) {
    modes += " ISOLATION LEVEL ";
    switch (*options.isolation) {
      case IsolationLevel::read_uncommitted:
        modes += "READ UNCOMMITTED";
        break;
      case IsolationLevel::read_committed:
        modes += "READ COMMITTED";
        break;
      case IsolationLevel::repeatable_read:
        modes += "REPEATABLE READ";
        break;
      case IsolationLevel::serializable:
        modes += "SERIALIZABLE";
        break;
    }
  }
  if (options.read_only) modes += *options.read_only ? " READ ONLY" : " READ WRITE";
  if (options.deferrable) modes += *options.deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
  return modes;
}

}  // namespace palmetto::detail
