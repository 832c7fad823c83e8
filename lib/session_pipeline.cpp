// Of the session, what concerns pipelines.

#include "palmetto/errors.hpp"
#include "palmetto/flow/pipeline.hpp"

#include "answers.hpp"
#include "pending_result.hpp"
#include "redaction.hpp"
#include "session_run.hpp"

namespace palmetto::detail {
namespace {

// What may stand in libpq's buffer before it is sent.
constexpr std::size_t send_at = 16 * 1024;

// PREPARE: what becomes of it, and its error as that of the statement behind it.
class PrepareReceiver final : public ResultReceiver {
 public:
  PrepareReceiver(PreparedStatements::Shared prepared,
                  std::shared_ptr<ResultReceiver> statement) noexcept
      : prepared_(std::move(prepared)), statement_(std::move(statement)) {}
  void receive(pq::Result&& result) noexcept override {
    if (result && result.status() == pq::ResultStatus::command_ok) return;
    prepared_->name.clear();
    if (result && pq::is_error(result.status())) statement_->receive(std::move(result));
  }

 private:
  const PreparedStatements::Shared prepared_;
  const std::shared_ptr<ResultReceiver> statement_;
};

// BEGIN and SAVEPOINT: a transaction that did not begin can only be left.
class BeginReceiver final : public ResultReceiver {
 public:
  BeginReceiver(TransactionStack& transactions, int scope,
                std::shared_ptr<ResultReceiver> statement) noexcept
      : transactions_(transactions), scope_(scope), statement_(std::move(statement)) {}
  void receive(pq::Result&& result) noexcept override {
    if (result && result.status() == pq::ResultStatus::command_ok) return;
    transactions_.mark_failed(scope_);
    if (result && pq::is_error(result.status())) statement_->receive(std::move(result));
  }

 private:
  TransactionStack& transactions_;
  const int scope_;
  const std::shared_ptr<ResultReceiver> statement_;
};

// Those of a batch whose results are all waited for.
class BatchReceiver final : public ResultReceiver {
 public:
  void receive(pq::Result&& result) noexcept override {
    if (result) results_.push_back(std::move(result));
  }
  [[nodiscard]] flow::Results take() noexcept { return std::move(results_); }

 private:
  flow::Results results_;
};

// While results are handed to those who wait for them.
class HandingOut {
 public:
  explicit HandingOut(bool& flag) noexcept : flag_(flag) { flag_ = true; }
  ~HandingOut() { flag_ = false; }
  HandingOut(const HandingOut&) = delete;
  HandingOut& operator=(const HandingOut&) = delete;

 private:
  bool& flag_;
};

}  // namespace

void Session::require_no_pipeline() const {
  if (pipeline_)
    throw ProgrammingError(
        "the connection is in a pipeline, in which scripts, COPY, streams, cursors and two-phase "
        "commits can't travel");
}

void Session::open_pipeline() {
  static_cast<void>(wire());
  require_not_busy();
  if (pipeline_) throw ProgrammingError("the connection is in a pipeline already");
  if (!wire_.enter_pipeline_mode())
    throw OperationalError("the pipeline could not be opened: " + trimmed(wire_.error_message()));
  pipeline_ = std::make_unique<PipelineQueue>();
}

void Session::close_pipeline() noexcept {
  try {
    if (!closed()) settle_pipeline(deadline({}));
  } catch (...) {
    // A receiver has it, or nobody asked.
    if (pipeline_->is_expecting()) break_off();
  }
  pipeline_->lose();
  pipeline_.reset();
  if (!closed()) wire_.exit_pipeline_mode();
}

Session::Queued Session::queue(int scope, const StatementText& statement,
                               const pq::ParameterArrays& parameters,
                               const StatementOptions& options,
                               const std::shared_ptr<ResultReceiver>& receiver) {
  check_may_execute(scope, statement, parameters);
  if (statement.placeholders.is_copy) require_no_pipeline();
  for (auto next = transactions_.next_unsent(); next.second != nullptr;
       next = transactions_.next_unsent()) {
    const auto& [begun, command] = next;
    queue_command({command->c_str()},
                  std::make_shared<BeginReceiver>(transactions_, begun, receiver));
    transactions_.mark_one_sent();
  }
  const PreparedStatements::Shared prepared = prepared_for(statement, parameters, options);
  if (prepared && prepared->name.empty()) {
    prepared_.give_name(*prepared);
    queue_command(prepare_command(*prepared, parameters),
                  std::make_shared<PrepareReceiver>(prepared, receiver));
  }
  const flow::Command command =
      execute_command(statement, parameters, options.results, prepared.get());
  return {queue_command(command, receiver), prepared};
}

std::size_t Session::queue_command(const flow::Command& command,
                                   const std::shared_ptr<ResultReceiver>& receiver) {
  if (!flow::send_command(wire_, command)) lose_pipeline(false);
  const std::size_t number = pipeline_->expect(receiver);
  note_queued(size_of(command.parameters));
  return number;
}

void Session::queue_again(const PreparedStatement& prepared, const pq::ParameterArrays& parameters,
                          std::size_t size, Format results,
                          const std::shared_ptr<ResultReceiver>& receiver) {
  if (!wire_.send_query_prepared(prepared.name.c_str(), parameters, results)) lose_pipeline(false);
  if (!pipeline_->expect_again(*receiver)) pipeline_->expect(receiver);
  note_queued(size);
}

void Session::note_queued(std::size_t size) {
  queued_bytes_ += size;
  if (queued_bytes_ >= send_at) pump(0, deadline({}));
}

// Up to the answer of that command; 0: until all is sent.
void Session::pump(std::size_t number, const flow::Deadline& deadline) {
  queued_bytes_ = 0;
  pipeline_->want(number);
  const HandingOut handing_out(handing_out_);
  const flow::Pumped pumped = run(flow::pump(wire_, *pipeline_), deadline);
  if (pumped.lost) lose_pipeline(pumped.expired);
}

void Session::lose_pipeline(bool expired) {
  if (!closed()) {
    lost_message_ = trimmed(wire_.error_message());
    break_off();
  }
  pipeline_->lose();
  if (expired) throw OperationTimeout(lost_message_);
  throw ConnectionLost(lost_message_.empty() ? "the connection was lost" : lost_message_);
}

void Session::end_batch(const flow::Deadline& deadline) {
  if (!wire_.pipeline_sync()) lose_pipeline(false);
  pump(pipeline_->expect_sync(), deadline);
}

void Session::settle_pipeline(const flow::Deadline& deadline) {
  if (pipeline_ && pipeline_->is_open()) end_batch(deadline);
}

void Session::sync_pipeline(const StatementOptions& options) {
  static_cast<void>(wire());
  require_not_busy();
  if (pipeline_->is_open()) end_batch(deadline(options));
  const std::exception_ptr failure = pipeline_->take_failure();
  const pq::Result commit_error = pipeline_->take_commit_error();
  if (failure) std::rethrow_exception(failure);
  if (commit_error) throw_error(commit_error, {});
}

void Session::await_queued(std::size_t number, const StatementOptions& options) {
  static_cast<void>(wire());
  require_not_busy();
  if (!wire_.send_flush_request()) lose_pipeline(false);
  pump(number, deadline(options));
}

Result Session::take_queued(pq::Result result, const StatementText& statement,
                            const StatementOptions& options, const pq::ParameterArrays& parameters,
                            const std::string& more) {
  if (!result) throw_lost({{.lost = true}}, statement);
  if (pq::is_error(result.status())) {
    const Diagnostic diagnostic = result.diagnostic();
    if (is_stale(diagnostic)) prepared_.drop_all();  // whichever it was
    if (pipeline_->has_expired() && diagnostic.sqlstate == errors::QueryCanceled::code)
      throw_lost({{.expired = true}}, statement);
    throw_error(result, statement, parameters, more);
  }
  return take(std::move(result), statement, options, parameters);
}

void Session::note_queued_failure(const std::exception_ptr& failure) noexcept {
  if (pipeline_) pipeline_->note_failure(failure);
}

// What is waited for at once, behind all that was queued.
void Session::send_in_pipeline(std::span<const flow::Command> commands,
                               const flow::Deadline& deadline, Executed& executed) {
  const auto receiver = std::make_shared<BatchReceiver>();
  try {
    for (const flow::Command& command : commands) queue_command(command, receiver);
    end_batch(deadline);
    executed.expired = pipeline_->has_expired();
  } catch (const ConnectionLost&) { executed.lost = true; } catch (const OperationTimeout&) {
    executed.lost = executed.expired = true;
  }
  executed.results = receiver->take();
  if (pq::Result error = pipeline_->take_commit_error())
    executed.results.push_back(std::move(error));
}

}  // namespace palmetto::detail
