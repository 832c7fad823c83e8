#include "transaction_stack.hpp"

#include <algorithm>

namespace palmetto::detail {

int TransactionStack::open(std::vector<std::string> commands, std::string savepoint) {
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

void TransactionStack::check_may_execute(int id) {
  if (id != 0) static_cast<void>(innermost(id));
}

void TransactionStack::close_within(int id) {
  while (scopes_.back().id != id) scopes_.pop_back();
}

bool TransactionStack::has_unsent() const noexcept {
  return std::ranges::any_of(scopes_,
                             [](const Scope& scope) { return scope.sent < scope.commands.size(); });
}

std::vector<const char*> TransactionStack::unsent() const {
  std::vector<const char*> commands;
  for (const Scope& scope : scopes_)
    for (std::size_t i = scope.sent; i < scope.commands.size(); ++i)
      commands.push_back(scope.commands[i].c_str());
  return commands;
}

void TransactionStack::mark_one_sent() {
  for (Scope& scope : scopes_) {
    if (scope.sent == scope.commands.size()) continue;
    ++scope.sent;
    return;
  }
}

std::string begin_command(const TransactionOptions& options) {
  std::string command = "BEGIN";
  if (options.isolation) {
    command += " ISOLATION LEVEL ";
    switch (*options.isolation) {
      case IsolationLevel::read_uncommitted:
        command += "READ UNCOMMITTED";
        break;
      case IsolationLevel::read_committed:
        command += "READ COMMITTED";
        break;
      case IsolationLevel::repeatable_read:
        command += "REPEATABLE READ";
        break;
      case IsolationLevel::serializable:
        command += "SERIALIZABLE";
        break;
    }
  }
  if (options.read_only) command += *options.read_only ? " READ ONLY" : " READ WRITE";
  if (options.deferrable) command += *options.deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
  return command;
}

}  // namespace palmetto::detail
