// Of the session, what begins and ends transactions.

#include "palmetto/errors.hpp"

#include "answers.hpp"
#include "redaction.hpp"
#include "session.hpp"

namespace palmetto::detail {

void Session::finish(int scope, std::span<const flow::Command> commands, const Ending& ending) {
  require_not_busy();
  static_cast<void>(transactions_.innermost(scope));
  static_cast<void>(wire());
  if (was_ended_by_statement()) {
    transactions_.clear();
    throw_ended_by_statement();
  }
  const StatementText text = command_text(commands.front().text);
  Executed executed;
  const std::size_t at = send_behind_prelude(commands, nullptr, text, deadline({}), executed);
  const auto failure = transactions_.failure();
  const bool was_skipped = executed.results.size() > at && is_skipped(executed.results[at]);
  if (!closed() && was_skipped) roll_back_skipped(failure, ending);
  if (closed() || wire_.transaction_status() == pq::TransactionStatus::idle) transactions_.clear();
  check_commit(executed, at, text, failure, ending);
}

// COMMIT was not executed, because a statement before it in the pipeline had failed.
void Session::roll_back_skipped(const std::shared_ptr<const Error>& failure, const Ending& ending) {
  const flow::Command rollback{"ROLLBACK"};
  transactions_.clear();
  if (wire_.transaction_status() != pq::TransactionStatus::idle) {
    Executed executed;
    send({&rollback, 1}, deadline({}), executed);
    if (executed.lost || executed.expired) throw_lost(executed, command_text("ROLLBACK"));
  }
  throw_rolled_back(failure, ending.tag);
}

// The first answer COMMIT or ROLLBACK decides: CockroachDB commits at RELEASE, and says so in its
// tag. What got no answer, or one that the server itself calls unknown, is unknown.
void Session::check_commit(const Executed& executed, std::size_t first, const StatementText& text,
                           const std::shared_ptr<const Error>& failure, const Ending& ending) {
  for (std::size_t i = first; i < executed.results.size(); ++i) {
    const pq::Result& result = executed.results[i];
    if (result.command_tag() == ending.tag) return;
    if (result.command_tag() == "ROLLBACK") throw_rolled_back(failure, ending.tag);
    if (!is_error(result)) continue;
    if (executed.lost || executed.expired ||
        dialect_->leaves_commit_unknown(result.diagnostic().sqlstate))
      throw_ambiguous(result.error_message(), text, ending);
    throw_error(result, text);
  }
  throw_ambiguous(lost_message_, text, ending);
}

void Session::throw_rolled_back(const std::shared_ptr<const Error>& failure, std::string_view tag) {
  const std::string what = std::string(tag) + " was answered with ROLLBACK: nothing was applied";
  if (!failure) throw TransactionRolledBack(what);
  throw TransactionRolledBack(
      what + ", because an earlier statement had failed: " + failure->message(),
      {failure->statement(), failure->where()});
}

void Session::throw_ambiguous(const std::string& reason, const StatementText& text,
                              const Ending& ending) {
  throw AmbiguousCommit("the outcome of " + std::string(text.shown) +
                            " is unknown, the transaction may have been " +
                            std::string(ending.unknown) + ": " + trimmed(reason),
                        {std::string(text.shown), text.where});
}

int Session::begin(Commands commands, std::string savepoint) {
  static_cast<void>(wire());
  require_not_busy();
  return transactions_.open(std::move(commands), std::move(savepoint));
}

void Session::require(const TransactionOptions& options) const {
  if (options.deferrable.value_or(false)) dialect_->require(Feature::deferrable_transactions);
  if (is_read_committed(options.isolation)) dialect_->require(Feature::read_committed);
}

Commands Session::begin_commands(const TransactionOptions& options,
                                 std::string_view more_options) const {
  const std::string modes = transaction_modes(options).append(more_options);
  if (modes.empty() || !dialect_->ignores_begin_modes()) return {"BEGIN" + modes};
  return {"BEGIN", "SET TRANSACTION" + modes};
}

int Session::begin(int scope, const TransactionOptions& options, std::string_view more_options) {
  require_not_busy();
  transactions_.check_may_execute(scope);
  const bool outermost =
      transactions_.empty() && wire().transaction_status() == pq::TransactionStatus::idle;
  if (outermost) {
    require(options);
    return begin(begin_commands(options, more_options), "");
  }
  if (options.isolation || options.read_only || options.deferrable || !more_options.empty())
    throw ProgrammingError("a savepoint takes no options: they are the outermost transaction's");
  dialect_->require(Feature::nested_transactions);
  const std::string savepoint = "palmetto_" + std::to_string(transactions_.depth());
  return begin({"SAVEPOINT " + savepoint}, savepoint);
}

bool Session::close_if_unsent(int scope) {
  const TransactionStack::Scope& innermost = transactions_.innermost(scope);
  if (innermost.sent != 0) return false;
  const bool has_failed = innermost.failed;
  transactions_.close_innermost();
  if (has_failed)
    throw TransactionRolledBack("the transaction failed to begin: nothing was applied");
  return true;
}

void Session::commit(int scope) {
  require_not_busy();
  if (close_if_unsent(scope)) return;
  const TransactionStack::Scope& innermost = transactions_.innermost(scope);
  if (innermost.savepoint.empty()) {
    const flow::Command commit{"COMMIT"};
    return finish(scope, {&commit, 1});
  }
  settle_pipeline(deadline({}));
  if (wire().transaction_status() == pq::TransactionStatus::in_error) {
    const auto failure = transactions_.failure();
    rollback(scope);
    throw TransactionRolledBack("the savepoint was rolled back, not released: " +
                                (failure ? failure->message() : "a statement in it had failed"));
  }
  const std::string release = "RELEASE " + innermost.savepoint;
  transactions_.close_innermost();
  static_cast<void>(execute(0, command_text(release.c_str()), {}, {}));
}

void Session::rollback(int scope) { rollback(scope, deadline({})); }

void Session::rollback(int scope, const flow::Deadline& deadline) {
  require_not_busy();
  settle_pipeline(deadline);
  TransactionStack::Scope& innermost = transactions_.innermost(scope);
  if (innermost.sent == 0) return transactions_.close_innermost();
  const std::string savepoint = innermost.savepoint;
  const std::string back = savepoint.empty() ? "ROLLBACK" : "ROLLBACK TO " + savepoint;
  const std::string release = "RELEASE " + savepoint;
  transactions_.close_innermost();
  std::vector<flow::Command> commands{{back.c_str()}};
  if (!savepoint.empty()) commands.push_back({release.c_str()});
  const StatementText text = command_text(back.c_str());
  const bool ended = wire().transaction_status() == pq::TransactionStatus::idle;
  if (ended) return;  // by a statement of the caller's
  Executed executed;
  send(commands, deadline, executed);
  if (executed.lost || executed.expired) throw_lost(executed, text);
  for (const pq::Result& result : executed.results)
    if (is_error(result)) throw_error(result, text);
  transactions_.forget_failure();
}

void Session::rollback_to(int scope, const std::string& savepoint) {
  static_cast<void>(transactions_.innermost(scope));
  const std::string command = "ROLLBACK TO SAVEPOINT " + savepoint;
  static_cast<void>(execute(scope, command_text(command.c_str()), {}, {}));
  transactions_.forget_failure();
}

void Session::abandon(int scope) noexcept {
  try {
    if (closed() || !transactions_.is_open(scope)) return;
    transactions_.close_within(scope);
    // Neither the connection's deadline nor a retry loop's, which may have passed already.
    rollback(scope, flow::Deadline{.at = flow::from_now(options_.grace), .grace = options_.grace});
  } catch (...) {
    // It could not be told: a lost connection's transaction is the server's to roll back, and an
    // error of ROLLBACK TO leaves the outer transaction failed, which its own end reports.
    return;
  }
}

}  // namespace palmetto::detail
