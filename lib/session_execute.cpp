// Of the session, what executes statements.

#include "palmetto/errors.hpp"

#include "answers.hpp"
#include "housekeeping.hpp"
#include "session_run.hpp"

#include <algorithm>

namespace palmetto::detail {
namespace {

bool is_copy(const pq::Result& result) { return pq::is_copy(result.status()); }

bool is_answer(pq::ResultStatus status) { return !pq::is_error(status) && !pq::is_copy(status); }

}  // namespace

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

}  // namespace palmetto::detail
