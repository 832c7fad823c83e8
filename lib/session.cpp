#include "session.hpp"

#include "palmetto/errors.hpp"

#include "housekeeping.hpp"
#include "ongoing.hpp"
#include "redaction.hpp"
#include "session_run.hpp"

#include <algorithm>
#include <array>

namespace palmetto::detail {
namespace {

constexpr const char* not_cancelled =
    "the deadline passed, and the server did not confirm the cancel: the connection was closed";

bool is_error(const pq::Result& result) { return pq::is_error(result.status()); }

bool is_copy(const pq::Result& result) { return pq::is_copy(result.status()); }

bool is_answer(pq::ResultStatus status) { return !pq::is_error(status) && !pq::is_copy(status); }

// Because of another one before it in the pipeline.
bool is_skipped(const pq::Result& result) {
  return result.status() == pq::ResultStatus::pipeline_aborted;
}

ErrorContext context_of(const StatementText& statement, Diagnostic diagnostic) {
  return {std::string(statement.shown), statement.where,
          std::make_shared<const Diagnostic>(std::move(diagnostic))};
}

// A command of the driver's own (BEGIN), at the place of the statement that it travelled with.
StatementText command_text(const std::string& command, std::source_location where = {}) {
  return {command.c_str(), command, {}, where, false};
}

std::vector<flow::Command> as_commands(const std::vector<std::string>& texts) {
  std::vector<flow::Command> commands;
  for (const std::string& text : texts) commands.push_back({text.c_str()});
  return commands;
}

}  // namespace

Session::Session(flow::Wire connected, ConnectionOptions options, DialectFactory make_dialect)
    : wire_(std::move(connected)),
      options_(std::move(options)),
      dialect_(make_dialect(wire_)),
      cancel_target_(
          std::make_shared<CancelTarget>(wire_.canceller(), dialect_->refusal(Feature::cancel))),
      adapters_(options_.adapters ? *options_.adapters : dialect_->adapters_template()),
      prepared_(options_.prepared_max) {
  if (!options_.adapters) dialect_->restrict_adapters(adapters_);
  if (options_.notice_handler) handlers_.push_back(options_.notice_handler);
  wire_.set_notice_receiver(&Session::receive_notice, this);
}

Session::~Session() = default;

bool Session::was_ended_by_statement() const noexcept {
  return transactions_.has_begun() && wire_.transaction_status() == pq::TransactionStatus::idle;
}

void Session::throw_closed() const {
  throw InterfaceError(broken_ ? lost_message_ : "the connection is closed");
}

bool Session::is_in_transaction() const {
  return wire().transaction_status() != pq::TransactionStatus::idle || transactions_.has_unsent();
}

void Session::close() noexcept {
  cancel_target_->closed = true;
  if (!receiving_notice_) wire_.finish();
  transactions_.clear();
}

void Session::break_off() noexcept {
  broken_ = true;
  close();
}

void Session::receive_notice(void* context, const pg_result* notice) {
  auto& session = *static_cast<Session*>(context);
  session.receiving_notice_ = true;
  // Called by libpq, through C: nothing may be thrown.
  try {
    const Diagnostic diagnostic = pq::diagnostic_of(notice);
    for (std::size_t i = 0, count = session.handlers_.size(); i < count; ++i) {
      const NoticeHandler handler = session.handlers_[i];  // for it may add others
      handler(diagnostic);
    }
  } catch (...) {}
  session.receiving_notice_ = false;
}

flow::Deadline Session::deadline_after(std::chrono::milliseconds timeout) const {
  const auto at = flow::from_now(timeout);
  return {.at = limit_ ? std::min(*limit_, at) : at, .grace = options_.grace};
}

void Session::throw_ended_by_statement() {
  throw ProgrammingError("a statement executed as SQL (COMMIT, ROLLBACK) ended the transaction");
}

void Session::throw_too_many(const StatementText& statement) {
  throw ProgrammingError("a statement can have 65535 parameters at the most",
                         {std::string(statement.shown), statement.where});
}

void Session::throw_busy() const {
  if (receiving_notice_)
    throw ProgrammingError("the connection is busy: a notice handler can't use it");
  if (handing_out_)
    throw ProgrammingError("the connection is busy: the handler of a result can't use it");
  ongoing_->throw_busy();
}

// Whether the connection is lost after all.
bool Session::settle(const flow::Ended& ended, const flow::Deadline& deadline) {
  if (!ended.lost && wire_.settle_cancel(flow::from_now(deadline.grace))) return false;
  lost_message_ = ended.expired ? not_cancelled : trimmed(wire_.error_message());
  break_off();
  return true;
}

Executed Session::send(std::span<const flow::Command> commands, const flow::Deadline& deadline,
                       bool is_copy) {
  require_not_busy();
  Executed executed;
  if (pipeline_) {
    send_in_pipeline(commands, deadline, executed);
    return executed;
  }
  std::optional<Housekeeping> housekeeping;
  flow::Batch batch{commands};
  if (!is_copy && !prepared_.to_close().empty()) [[unlikely]]
    batch.housekeeping = housekeeping.emplace(wire_, prepared_).commands();
  run(flow::execute(wire_, batch, executed.results), deadline, executed);
  return executed;
}

flow::Command Session::prepare_command(const PreparedStatement& prepared,
                                       const pq::ParameterArrays& parameters) {
  return {.text = prepared.text.c_str(),
          .parameters = parameters,
          .kind = flow::Command::Kind::prepare,
          .name = prepared.name.c_str()};
}

flow::Command Session::execute_command(const StatementText& statement,
                                       const pq::ParameterArrays& parameters, Format results,
                                       const PreparedStatement* prepared) {
  if (prepared == nullptr) return {statement.text, parameters, results};
  return {.parameters = parameters,
          .results = results,
          .kind = flow::Command::Kind::execute,
          .name = prepared->name.c_str()};
}

// The server has no such plan, or one that does not hold any more. Of the latter PostgreSQL's
// message may be in another language, and CockroachDB names other functions.
bool Session::is_stale(const Diagnostic& diagnostic) noexcept {
  if (diagnostic.sqlstate == errors::InvalidSqlStatementName::code) return true;
  return diagnostic.sqlstate == errors::FeatureNotSupported::code &&
         (diagnostic.source_function == "RevalidateCachedQuery" ||
          diagnostic.message_primary == "cached plan must not change result type");
}

bool Session::forget_if_stale(PreparedStatement& prepared, const Error& error) {
  if (prepared.name.empty() || closed() || !is_stale(error.diagnostic())) return false;
  if (error.sqlstate() != errors::InvalidSqlStatementName::code) {
    prepared_.drop(prepared);
    return true;
  }
  // It may be another one, that the statement itself executes.
  if (error.message().find('"' + prepared.name + '"') == std::string::npos) return false;
  prepared_.forget(prepared);
  return true;
}

std::span<const flow::Command> Session::put_in_front(const std::vector<std::string>& unsent,
                                                     const PreparedStatement* to_prepare,
                                                     const flow::Command& own) {
  commands_.clear();
  for (const std::string& command : unsent) commands_.push_back({command.c_str()});
  if (to_prepare != nullptr) commands_.push_back(prepare_command(*to_prepare, own.parameters));
  commands_.push_back(own);
  return commands_;
}

// Inlined into `execute`, its one caller.
[[gnu::always_inline]] inline Result Session::execute_once(const StatementText& statement,
                                                           const pq::ParameterArrays& parameters,
                                                           const StatementOptions& options,
                                                           PreparedStatement* prepared,
                                                           bool is_idle) {
  const flow::Deadline until = deadline(options);
  // Of a pipeline the status is not known; in a transaction no commit follows that could fail.
  const bool commits_itself = !transactions_.has_unsent() && (pipeline_ || is_idle);
  if (statement.placeholders.is_copy) send_unsent(statement, until);
  const std::vector<std::string> unsent = transactions_.unsent();
  const bool prepares = prepared != nullptr && prepared->name.empty();
  if (prepares) prepared_.give_name(*prepared);
  const flow::Command own = execute_command(statement, parameters, options.results, prepared);
  std::span<const flow::Command> commands(&own, 1);
  if (prepares || !unsent.empty())
    commands = put_in_front(unsent, prepares ? prepared : nullptr, own);
  const std::size_t at = commands.size() - 1;

  Executed executed = send(commands, until, statement.placeholders.is_copy);
  if (at != 0) check_prelude(executed, unsent, statement);
  if (prepares) note_prepared(executed, at - 1, *prepared);
  const bool was_refused =
      prepares && executed.results.size() >= at && is_error(executed.results[at - 1]);
  if (was_refused && !executed.lost && !executed.expired)
    throw_error(executed.results[at - 1], statement, parameters);
  if (was_refused) throw_lost(executed, statement);
  if (executed.lost || executed.expired || executed.results.size() != at + 1)
    check_ended(executed, at, commits_itself, statement, parameters);
  return take(std::move(executed.results[at]), statement, options, parameters, prepared);
}

Result Session::execute(int scope, const StatementText& statement,
                        const pq::ParameterArrays& parameters, const StatementOptions& options) {
  check_may_execute(scope, statement, parameters);
  if (statement.placeholders.is_copy) require_no_pipeline();
  // It is the most recently used one, which stays.
  PreparedStatement* prepared = prepared_for(statement, parameters, options).get();
  const bool is_idle = wire_.transaction_status() == pq::TransactionStatus::idle;
  for (bool is_repeatable = is_idle && transactions_.empty();; is_repeatable = false) {
    try {
      return execute_once(statement, parameters, options, prepared, is_idle);
    } catch (const Error& error) {
      if (prepared == nullptr || !forget_if_stale(*prepared, error) || !is_repeatable) throw;
    }
  }
}

Session::Pinned Session::prepare(int scope, const StatementText& statement,
                                 const pq::ParameterArrays& types,
                                 const StatementOptions& options) {
  check_may_execute(scope, statement, types);
  Pinned pinned{prepared_.note_execution(statement, types, 0), {}, {}};
  PreparedStatement& prepared = *pinned.prepared;
  const std::vector<std::string> unsent = transactions_.unsent();
  std::vector<flow::Command> commands = as_commands(unsent);
  const bool prepares = prepared.name.empty();
  if (prepares) {
    prepared_.give_name(prepared);
    commands.push_back(prepare_command(prepared, types));
  }
  const std::size_t at = commands.size();
  commands.push_back({.kind = flow::Command::Kind::describe, .name = prepared.name.c_str()});

  Executed executed = send(commands, deadline(options));
  check_prelude(executed, unsent, statement);
  if (prepares) note_prepared(executed, at - 1, prepared);
  if (executed.lost || executed.expired) throw_lost(executed, statement);
  for (const pq::Result& result : executed.results)
    if (is_error(result)) throw_error(result, statement);
  const pq::Result& described = executed.results[at];
  for (int i = 0; i < described.nparams(); ++i)
    pinned.parameter_types.push_back(adapters_.types().display(described.paramtype(i)));
  pinned.columns = take(std::move(executed.results[at]), statement, options, {}).description();
  for (Column& column : pinned.columns) column.format = options.results;
  ++prepared.pins;
  return pinned;
}

void Session::note_prepared(const Executed& executed, std::size_t at, PreparedStatement& prepared) {
  prepared.is_pending = false;
  const bool done =
      executed.results.size() > at && executed.results[at].status() == pq::ResultStatus::command_ok;
  if (!done) prepared_.forget(prepared);
}

void Session::note_command(const pq::Result& result) {
  const std::string_view tag = result.command_tag();
  if (tag == "DISCARD ALL" || tag == "DEALLOCATE ALL") return prepared_.forget_all();
  if (tag.starts_with("ALTER") || tag.starts_with("DROP") || tag == "DEALLOCATE")
    prepared_.drop_all();
}

// Within a transaction an answer that came is an answer, whatever became of the connection or the
// deadline after it. Outside of one the commit is still to come behind it, and may fail.
void Session::check_ended(const Executed& executed, std::size_t at, bool commits_itself,
                          const StatementText& statement, const pq::ParameterArrays& parameters) {
  const bool answered = executed.results.size() > at;
  const bool whole = answered && is_answer(executed.results[at].status());
  if (!whole && (!answered || executed.lost || executed.expired)) throw_lost(executed, statement);
  if (!whole || !commits_itself) return;
  const auto* const failed = std::ranges::find_if(executed.results, is_error);
  const bool has_failed = failed != executed.results.end();
  if (executed.lost || (executed.expired && has_failed)) throw_lost(executed, statement);
  if (has_failed) throw_error(*failed, statement, parameters);
}

// What can't travel in a pipeline gets the commands that open its transaction in front.
void Session::send_unsent(const StatementText& statement, const flow::Deadline& deadline) {
  const std::vector<std::string> unsent = transactions_.unsent();
  if (unsent.empty()) return;
  const Executed executed = send(as_commands(unsent), deadline);
  check_prelude(executed, unsent, statement);
  if (executed.lost || executed.expired) throw_lost(executed, statement);
}

void Session::check_prelude(const Executed& executed, const std::vector<std::string>& commands,
                            const StatementText& statement) {
  for (std::size_t i = 0; i < std::min(commands.size(), executed.results.size()); ++i) {
    const pq::Result& result = executed.results[i];
    if (is_skipped(result)) return;
    if (!is_error(result)) {
      transactions_.mark_one_sent();
      continue;
    }
    transactions_.mark_one_failed();
    if (executed.lost || executed.expired) throw_lost(executed, statement);
    throw_error(result, command_text(commands[i], statement.where));
  }
}

Result Session::take(pq::Result&& result, const StatementText& statement,
                     const StatementOptions& options, const pq::ParameterArrays& parameters,
                     PreparedStatement* prepared) {
  const pq::ResultStatus status = result.status();
  if (status == pq::ResultStatus::command_ok) note_command(result);
  else if (status != pq::ResultStatus::tuples_ok) refuse_answer(result, statement, parameters);
  const AdaptersMap& adapters = options.adapters ? *options.adapters : adapters_;
  const auto data = std::allocate_shared<ResultData>(flow::Recycling<ResultData>(),
                                                     std::move(result), adapters, statement);
  if (prepared != nullptr && status == pq::ResultStatus::tuples_ok)
    data->set_plans(plans_of(*prepared, adapters, options.results));
  return Result(data);
}

const std::shared_ptr<const RowPlans>& Session::plans_of(PreparedStatement& prepared,
                                                         const AdaptersMap& adapters,
                                                         Format format) {
  if (!prepared.plans || !prepared.plans->are_for(adapters, format)) [[unlikely]]
    prepared.plans = std::make_shared<const RowPlans>(adapters, format);
  return prepared.plans;
}

void Session::refuse_answer(const pq::Result& result, const StatementText& statement,
                            const pq::ParameterArrays& parameters) {
  if (is_error(result)) throw_error(result, statement, parameters);
  if (is_skipped(result))
    throw PipelineAborted(
        "the statement was skipped, because one before it in the pipeline had failed",
        {std::string(statement.shown), statement.where});
  if (is_copy(result)) {
    const ProgrammingError refused("COPY from or to the client can't go through execute()",
                                   {std::string(statement.shown), statement.where});
    note_failure(std::make_shared<const Error>(refused));
    throw refused;
  }
}

std::vector<Result> Session::execute_script(const DynamicSql& script) {
  static_cast<void>(wire());
  require_not_busy();
  require_no_pipeline();
  const StatementText statement = script.view();
  check_placeholders(statement, 0);
  const flow::Deadline until = deadline({});
  send_unsent(statement, until);
  Executed executed;
  run(flow::execute_script(wire_, statement.text, executed.results), until, executed);
  if (executed.lost) throw_lost(executed, statement);
  std::vector<Result> results;
  for (pq::Result& result : executed.results) {
    if (executed.expired && is_error(result)) throw_lost(executed, statement);
    results.push_back(take(std::move(result), statement, {}, {}));
  }
  return results;
}

Result Session::describe_portal(int scope, const char* name, const StatementText& statement,
                                const StatementOptions& options) {
  static_cast<void>(wire());
  require_not_busy();
  transactions_.check_may_execute(scope);
  const flow::Deadline until = deadline(options);
  send_unsent(statement, until);
  Executed executed;
  run(flow::describe_portal(wire_, name, executed.results), until, executed);
  if (executed.results.empty() || executed.lost || executed.expired)
    throw_lost(executed, statement);
  return take(std::move(executed.results[0]), statement, options, {});
}

void Session::throw_error(const pq::Result& result, const StatementText& statement,
                          const pq::ParameterArrays& parameters, const std::string& more) {
  Diagnostic diagnostic = result.diagnostic();
  if (diagnostic.sqlstate.empty()) {
    // libpq's own: the connection broke, or the server answered what libpq does not understand.
    const std::string message = trimmed(result.error_message());
    const ErrorContext context{std::string(statement.shown), statement.where};
    if (closed()) throw ConnectionLost(message, context);
    throw OperationalError(message, context);
  }
  const std::string message = without_values(diagnostic, statement, parameters) + more;
  const ErrorContext context = context_of(statement, std::move(diagnostic));
  note_failure(std::make_shared<const Error>(message, context));
  throw_server_error(message, context);
}

// The first failure is the reason: those after it only say that the transaction is aborted.
void Session::note_failure(std::shared_ptr<const Error> failure) {
  if (transactions_.empty() || closed()) return;
  // In a pipeline the status is not known yet; what fails there fails its transaction.
  if (!pipeline_ && wire_.transaction_status() != pq::TransactionStatus::in_error) return;
  if (transactions_.failure() && failure->sqlstate() == errors::InFailedSqlTransaction::code)
    return;
  transactions_.set_failure(std::move(failure));
}

void Session::throw_lost(const Executed& executed, const StatementText& statement) {
  const ErrorContext context{std::string(statement.shown), statement.where};
  if (executed.expired && !executed.lost) {
    note_failure(std::make_shared<const Error>("the deadline passed", context));
    throw OperationTimeout("the deadline passed, and the server cancelled the statement", context);
  }
  if (executed.expired) throw OperationTimeout(not_cancelled, context);
  for (const pq::Result& result : executed.results)
    if (is_error(result)) throw_error(result, statement);
  throw ConnectionLost(lost_message_.empty() ? "the connection was lost" : lost_message_, context);
}

void Session::finish(int scope, std::span<const char* const> commands, const Ending& ending) {
  static_cast<void>(transactions_.innermost(scope));
  static_cast<void>(wire());
  if (was_ended_by_statement()) {
    transactions_.clear();
    throw_ended_by_statement();
  }
  const std::vector<std::string> unsent = transactions_.unsent();
  std::vector<flow::Command> batch = as_commands(unsent);
  for (const char* command : commands) batch.push_back({command});
  const std::string first = commands.front();
  const StatementText text = command_text(first);

  const Executed executed = send(batch, deadline({}));
  const auto failure = transactions_.failure();
  check_prelude(executed, unsent, text);
  const bool was_skipped =
      executed.results.size() > unsent.size() && is_skipped(executed.results[unsent.size()]);
  if (!closed() && was_skipped) roll_back_skipped(failure, ending);
  if (closed() || wire_.transaction_status() == pq::TransactionStatus::idle) transactions_.clear();
  check_commit(executed, unsent.size(), text, failure, ending);
}

// COMMIT was not executed, because a statement before it in the pipeline had failed.
void Session::roll_back_skipped(const std::shared_ptr<const Error>& failure, const Ending& ending) {
  const flow::Command rollback{"ROLLBACK"};
  transactions_.clear();
  if (wire_.transaction_status() != pq::TransactionStatus::idle) {
    const Executed executed = send({&rollback, 1}, deadline({}));
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

int Session::begin(std::vector<std::string> commands, std::string savepoint) {
  static_cast<void>(wire());
  require_not_busy();
  return transactions_.open(std::move(commands), std::move(savepoint));
}

void Session::require(const TransactionOptions& options) const {
  if (options.deferrable.value_or(false)) dialect_->require(Feature::deferrable_transactions);
  if (is_read_committed(options.isolation)) dialect_->require(Feature::read_committed);
}

std::vector<std::string> Session::begin_commands(const TransactionOptions& options,
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
  const TransactionStack::Scope innermost = transactions_.innermost(scope);
  if (innermost.sent != 0) return false;
  transactions_.close_innermost();
  if (innermost.failed)
    throw TransactionRolledBack("the transaction failed to begin: nothing was applied");
  return true;
}

void Session::commit(int scope) {
  require_not_busy();
  if (close_if_unsent(scope)) return;
  const TransactionStack::Scope& innermost = transactions_.innermost(scope);
  if (innermost.savepoint.empty()) {
    static constexpr std::array commands{"COMMIT"};
    return finish(scope, commands);
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
  static_cast<void>(execute(0, command_text(release), {}, {}));
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
  const StatementText text = command_text(back);
  const bool ended = wire().transaction_status() == pq::TransactionStatus::idle;
  if (ended) return;  // by a statement of the caller's
  const Executed executed = send(commands, deadline);
  if (executed.lost || executed.expired) throw_lost(executed, text);
  for (const pq::Result& result : executed.results)
    if (is_error(result)) throw_error(result, text);
  transactions_.forget_failure();
}

void Session::rollback_to(int scope, const std::string& savepoint) {
  static_cast<void>(transactions_.innermost(scope));
  const std::string command = "ROLLBACK TO SAVEPOINT " + savepoint;
  static_cast<void>(execute(scope, command_text(command), {}, {}));
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
