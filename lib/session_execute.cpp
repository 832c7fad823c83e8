// Of the session, what executes statements.

#include "palmetto/errors.hpp"

#include "answers.hpp"
#include "housekeeping.hpp"
#include "session_run.hpp"

#include <algorithm>

namespace palmetto::detail {
namespace {

bool is_copy(const pq::Result& result) { return pq::is_copy(result.status()); }

bool is_done(const pq::Result* result) {
  return result != nullptr && result->status() == pq::ResultStatus::command_ok;
}

bool is_answer(pq::ResultStatus status) { return !pq::is_error(status) && !pq::is_copy(status); }

}  // namespace

void Session::send(std::span<const flow::Command> commands, const flow::Deadline& deadline,
                   Executed& executed) {
  if (pipeline_) [[unlikely]]
    return send_in_pipeline(commands, deadline, executed);
  if (!prepared_.to_close().empty()) [[unlikely]]
    return send_with_housekeeping(commands, deadline, executed);
  run(flow::execute(wire_, {.commands = commands}, executed.results), deadline, executed);
}

void Session::send_with_housekeeping(std::span<const flow::Command> commands,
                                     const flow::Deadline& deadline, Executed& executed) {
  const Housekeeping housekeeping(wire_, prepared_);
  run(flow::execute(wire_, {commands, housekeeping.commands()}, executed.results), deadline,
      executed);
}

std::size_t Session::send_behind_prelude(std::span<const flow::Command> commands,
                                         PreparedStatement* to_prepare,
                                         const StatementText& statement,
                                         const flow::Deadline& deadline, Executed& executed) {
  const Commands unsent = transactions_.unsent();
  commands_.clear();
  for (const std::string& text : unsent) commands_.push_back({text.c_str()});
  if (to_prepare != nullptr)
    commands_.push_back(prepare_command(*to_prepare, commands.front().parameters));
  const std::size_t at = commands_.size();
  commands_.insert(commands_.end(), commands.begin(), commands.end());
  send(commands_, deadline, executed);
  const bool was_asked = to_prepare != nullptr && executed.results.size() >= at;
  const pq::Result* const prepared = was_asked ? &executed.results[at - 1] : nullptr;
  if (to_prepare != nullptr && !is_done(prepared)) prepared_.forget(*to_prepare);
  check_prelude(executed, unsent, statement);
  if (prepared != nullptr && is_error(*prepared)) {
    if (executed.lost || executed.expired) throw_lost(executed, statement);
    throw_error(*prepared, statement, commands.front().parameters);
  }
  return at;
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

// Inlined into `execute`, its one caller.
[[gnu::always_inline]] inline Result Session::execute_once(const StatementText& statement,
                                                           const pq::ParameterArrays& parameters,
                                                           const StatementOptions& options,
                                                           PreparedStatement* prepared,
                                                           bool is_idle) {
  const flow::Deadline until = deadline(options);
  // Of a pipeline the status is not known; in a transaction no commit follows that could fail.
  const bool commits_itself = !transactions_.has_unsent() && (pipeline_ || is_idle);
  const bool prepares = prepared != nullptr && prepared->name.empty();
  if (prepares) prepared_.give_name(*prepared);
  const flow::Command own = execute_command(statement, parameters, options.results, prepared);
  Executed executed;
  std::size_t at = 0;
  if (statement.placeholders.is_copy) [[unlikely]]
    send_copy(own, statement, until, executed);
  else if (prepares || transactions_.has_unsent()) [[unlikely]]
    at = send_behind_prelude({&own, 1}, prepares ? prepared : nullptr, statement, until, executed);
  else send({&own, 1}, until, executed);
  if (executed.lost || executed.expired || executed.results.size() != at + 1) [[unlikely]]
    check_ended(executed, at, commits_itself, statement, parameters);
  return take(std::move(executed.results[at]), statement, options, parameters, prepared);
}

// It can't travel with others.
void Session::send_copy(const flow::Command& command, const StatementText& statement,
                        const flow::Deadline& deadline, Executed& executed) {
  send_unsent(statement, deadline);
  run(flow::execute(wire_, {.commands = {&command, 1}}, executed.results), deadline, executed);
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
  const bool prepares = prepared.name.empty();
  if (prepares) prepared_.give_name(prepared);
  const flow::Command describe{
      .parameters = types, .kind = flow::Command::Kind::describe, .name = prepared.name.c_str()};
  Executed executed;
  const std::size_t at = send_behind_prelude({&describe, 1}, prepares ? &prepared : nullptr,
                                             statement, deadline(options), executed);
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
  if (!transactions_.has_unsent()) return;
  Executed executed;
  send_behind_prelude({}, nullptr, statement, deadline, executed);
  if (executed.lost || executed.expired) throw_lost(executed, statement);
}

void Session::check_prelude(const Executed& executed, const Commands& commands,
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
    throw_error(result, command_text(commands[i].c_str(), statement.where));
  }
}

inline const SharedRowPlans& Session::plans_of(PreparedStatement& prepared,
                                               const AdaptersMap& adapters, Format format) {
  if (!prepared.plans || !prepared.plans->are_for(adapters, format)) [[unlikely]]
    prepared.plans = new RowPlans(adapters, format);
  return prepared.plans;
}

Result Session::take(pq::Result&& result, const StatementText& statement,
                     const StatementOptions& options, const pq::ParameterArrays& parameters,
                     PreparedStatement* prepared) {
  const pq::ResultStatus status = result.status();
  if (status == pq::ResultStatus::command_ok) note_command(result);
  else if (status != pq::ResultStatus::tuples_ok) refuse_answer(result, statement, parameters);
  const AdaptersMap& adapters = options.adapters ? *options.adapters : adapters_;
  if (prepared == nullptr || status != pq::ResultStatus::tuples_ok)
    return Result(ResultHandle(new ResultData(std::move(result), adapters, statement)));
  return Result(ResultHandle(new ResultData(
      std::move(result), plans_of(*prepared, adapters, options.results), statement)));
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

}  // namespace palmetto::detail
