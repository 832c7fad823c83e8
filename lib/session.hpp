#pragma once

#include "palmetto/connection_options.hpp"
#include "palmetto/dialect.hpp"
#include "palmetto/executor.hpp"
#include "palmetto/flow/execute.hpp"
#include "palmetto/flow/flow.hpp"
#include "palmetto/flow/wire.hpp"
#include "palmetto/transaction.hpp"

#include "cancel_target.hpp"
#include "notifications.hpp"
#include "pipeline_queue.hpp"
#include "prepared_statements.hpp"
#include "transaction_stack.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace palmetto::detail {

class Ongoing;

using flow::Executed;

/// How a transaction ends for good: the tag that says so, and what is unknown when nothing does.
struct Ending {
  std::string_view tag;
  std::string_view unknown;
};
inline constexpr Ending by_commit{"COMMIT", "applied"};
inline constexpr Ending by_prepare{"PREPARE TRANSACTION", "prepared"};

/// What is behind a Connection and its transactions: the wire, its adapters, the open transactions.
class Session {
 public:
  Session(flow::Wire connected, ConnectionOptions options, DialectFactory make_dialect);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Result execute(int scope, const StatementText& statement, const pq::ParameterArrays& parameters,
                 const StatementOptions& options);
  /// A statement that is prepared, and stays so until it is unpinned.
  struct Pinned {
    PreparedStatements::Shared prepared;
    std::vector<std::string> parameter_types;
    std::vector<Column> columns;
  };
  /// Prepares a statement for parameters of these types, and asks what it gives.
  Pinned prepare(int scope, const StatementText& statement, const pq::ParameterArrays& types,
                 const StatementOptions& options);
  std::vector<Result> execute_script(const DynamicSql& script);
  /// A result without rows: the columns of a cursor that was declared. `statement` is for errors.
  Result describe_portal(int scope, const char* name, const StatementText& statement,
                         const StatementOptions& options);

  /// Opens a pipeline, in which statements are queued, and closes it: what was queued is waited
  /// for.
  void open_pipeline();
  void close_pipeline() noexcept;
  [[nodiscard]] bool is_in_pipeline() const noexcept { return pipeline_ != nullptr; }
  /// Queues a statement, with the transaction's beginning and PREPARE in front where they are due;
  /// what of them fails is the statement's failure.
  struct Queued {
    std::size_t number;
    PreparedStatements::Shared prepared;  // what was executed in the statement's place, if anything
  };
  Queued queue(int scope, const StatementText& statement, const pq::ParameterArrays& parameters,
               const StatementOptions& options, const std::shared_ptr<ResultReceiver>& receiver);
  /// The same statement again, with parameters of the same types, when its `prepared` has a name;
  /// `size`: what it takes, see `size_of`.
  void queue_again(const PreparedStatement& prepared, const pq::ParameterArrays& parameters,
                   std::size_t size, Format results,
                   const std::shared_ptr<ResultReceiver>& receiver);
  /// Ends the batch of a pipeline that is open, if one is: the transaction's status is known then.
  void settle_pipeline(const flow::Deadline& deadline);
  /// Waits until that one is answered.
  void await_queued(std::size_t number, const StatementOptions& options);
  /// Ends the batch, waits for it, and throws the first failure in it.
  void sync_pipeline(const StatementOptions& options);
  /// What a queued statement ended with, as `execute` gives or throws it.
  [[nodiscard]] Result take_queued(pq::Result result, const StatementText& statement,
                                   const StatementOptions& options,
                                   const pq::ParameterArrays& parameters,
                                   const std::string& more = {});
  void note_queued_failure(const std::exception_ptr& failure) noexcept;

  /// Opens a scope whose commands travel with the first statement. The scope's number.
  int begin(Commands commands, std::string savepoint);
  /// Throws NotSupportedError when the server does not have what a transaction is to begin with.
  void require(const TransactionOptions& options) const;
  /// The commands that begin a transaction. `more_options` is what the dialect's BEGIN takes behind
  /// the others.
  [[nodiscard]] Commands begin_commands(const TransactionOptions& options,
                                        std::string_view more_options) const;
  /// Begins a transaction or, within one, a savepoint.
  int begin(int scope, const TransactionOptions& options, std::string_view more_options = {});
  void commit(int scope);
  /// Closes a scope of which nothing was sent; false when something was. Throws
  /// TransactionRolledBack when it failed to begin.
  [[nodiscard]] bool close_if_unsent(int scope);
  void rollback(int scope);
  /// For destructors: whatever it takes, throwing nothing.
  void abandon(int scope) noexcept;

  /// Sends commands that end the outermost transaction, with those that are still unsent in front,
  /// and checks the answer that commits, or prepares: the outcomes of `Transaction::commit`.
  void finish(int scope, std::span<const flow::Command> commands, const Ending& ending = by_commit);
  /// Throws TransactionRolledBack with the failure that was the reason, when it is known.
  [[noreturn]] static void throw_rolled_back(const std::shared_ptr<const Error>& failure,
                                             std::string_view tag = by_commit.tag);
  /// ROLLBACK TO a savepoint of the scope, and nothing else.
  void rollback_to(int scope, const std::string& savepoint);

  /// Whether a statement executed as SQL (COMMIT, ROLLBACK) ended the transaction that is open
  /// here.
  [[nodiscard]] bool was_ended_by_statement() const noexcept;

  [[nodiscard]] bool closed() const noexcept { return cancel_target_->closed; }
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  void close() noexcept;

  /// Throws InterfaceError when it is closed.
  [[nodiscard]] const flow::Wire& wire() const {
    if (closed()) [[unlikely]]
      throw_closed();
    return wire_;
  }
  /// Whether statements are executed in a transaction, be it one whose BEGIN is still unsent.
  [[nodiscard]] bool is_in_transaction() const;
  /// Whether one is open here, or by a statement executed as SQL.
  [[nodiscard]] bool has_transaction() const {
    return !transactions_.empty() || is_in_transaction();
  }
  [[nodiscard]] std::chrono::milliseconds grace() const noexcept { return options_.grace; }
  /// Throws ProgrammingError while the rows of a statement are arriving, or a notice handler runs.
  void require_not_busy() const {
    if (receiving_notice_ || handing_out_ || ongoing_ != nullptr) [[unlikely]]
      throw_busy();
  }
  /// Throws ProgrammingError while a pipeline is open.
  void require_no_pipeline() const;
  [[nodiscard]] const Dialect& dialect() const noexcept { return *dialect_; }
  [[nodiscard]] AdaptersMap& adapters() noexcept { return adapters_; }
  [[nodiscard]] const AdaptersMap& adapters() const noexcept { return adapters_; }
  [[nodiscard]] TransactionStack& transactions() noexcept { return transactions_; }
  [[nodiscard]] int prepare_threshold() const noexcept { return options_.prepare_threshold; }
  void set_prepare_threshold(int threshold) noexcept { options_.prepare_threshold = threshold; }

  /// When an operation with these options must have ended.
  [[nodiscard]] flow::Deadline deadline(const StatementOptions& options) const {
    if (options.timeout) return deadline_after(*options.timeout);
    if (options_.timeout) return deadline_after(*options_.timeout);
    return {.at = limit_, .grace = options_.grace};
  }
  /// No operation lasts beyond it, whatever its own options say.
  void set_limit(std::optional<flow::Clock::time_point> limit) noexcept { limit_ = limit; }
  [[nodiscard]] const std::optional<flow::Clock::time_point>& limit() const noexcept {
    return limit_;
  }

  /// For any thread.
  [[nodiscard]] std::shared_ptr<const CancelTarget> cancel_target() const noexcept {
    return cancel_target_;
  }

  NotifyHandlerId add_notify_handler(NotifyHandler handler);
  void remove_notify_handler(NotifyHandlerId id) { notifications_.remove_handler(id); }
  /// Has the notify handlers called with what has arrived, once no transaction is open. After an
  /// operation of the caller's, when the session is done with it.
  static void deliver_notifications(const std::shared_ptr<Session>& session) {
    if (session->notifications_.has_handlers()) call_notify_handlers(session);
  }
  /// Waits until there are notifications, and tells how many; none when the time has come.
  [[nodiscard]] std::size_t await_notifications(std::optional<flow::Clock::time_point> until);
  [[nodiscard]] Notifications& notifications() noexcept { return notifications_; }

  void add_notice_handler(NoticeHandler handler) { handlers_.push_back(std::move(handler)); }

 private:
  friend class Ongoing;
  static constexpr int most_parameters = 65535;

  template <class Flow>
  auto run(Flow flow, const flow::Deadline& deadline);
  /// The same, for what its results are with.
  void run(flow::Exchange<flow::Wire> exchange, const flow::Deadline& deadline, Executed& executed);
  [[nodiscard]] bool settle(const flow::Ended& ended, const flow::Deadline& deadline);
  /// Sends the commands, behind what the connection owes its server.
  void send(std::span<const flow::Command> commands, const flow::Deadline& deadline,
            Executed& executed);
  void send_with_housekeeping(std::span<const flow::Command> commands,
                              const flow::Deadline& deadline, Executed& executed);
  /// Sends them behind those that open their transaction, and the one that prepares a statement for
  /// them. The place of the first one's answer; throws what failed in front of it.
  std::size_t send_behind_prelude(std::span<const flow::Command> commands,
                                  PreparedStatement* to_prepare, const StatementText& statement,
                                  const flow::Deadline& deadline, Executed& executed);
  [[noreturn]] void throw_closed() const;
  [[noreturn]] void throw_busy() const;
  [[noreturn]] static void throw_ended_by_statement();
  [[noreturn]] static void throw_too_many(const StatementText& statement);
  [[nodiscard]] flow::Deadline deadline_after(std::chrono::milliseconds timeout) const;

  void check_may_execute(int scope, const StatementText& statement,
                         const pq::ParameterArrays& parameters) {
    static_cast<void>(wire());
    require_not_busy();
    transactions_.check_may_execute(scope);
    if (scope != 0 && was_ended_by_statement()) throw_ended_by_statement();
    if (parameters.count > most_parameters) throw_too_many(statement);
  }
  [[nodiscard]] static flow::Command prepare_command(const PreparedStatement& prepared,
                                                     const pq::ParameterArrays& parameters);
  [[nodiscard]] static flow::Command execute_command(const StatementText& statement,
                                                     const pq::ParameterArrays& parameters,
                                                     Format results,
                                                     const PreparedStatement* prepared);
  std::size_t queue_command(const flow::Command& command,
                            const std::shared_ptr<ResultReceiver>& receiver);
  void note_queued(std::size_t size);
  void pump(std::size_t number, const flow::Deadline& deadline);
  void end_batch(const flow::Deadline& deadline);
  [[noreturn]] void lose_pipeline(bool expired);
  void send_in_pipeline(std::span<const flow::Command> commands, const flow::Deadline& deadline,
                        Executed& executed);

  Result execute_once(const StatementText& statement, const pq::ParameterArrays& parameters,
                      const StatementOptions& options, PreparedStatement* prepared, bool is_idle);
  /// What is to be executed in a statement's place; null: itself.
  [[nodiscard]] const PreparedStatements::Shared& prepared_for(
      const StatementText& statement, const pq::ParameterArrays& parameters,
      const StatementOptions& options) {
    const int threshold = options.prepare_threshold.value_or(options_.prepare_threshold);
    if (threshold == never_prepare || !statement.placeholders.is_planned) return prepared_.none();
    return prepared_.note_execution(statement, parameters, threshold);
  }
  /// Whether it failed because the server has no plan of it, or one that does not hold any more;
  /// then it will be prepared again when it is executed the next time.
  [[nodiscard]] static bool is_stale(const Diagnostic& diagnostic) noexcept;
  [[nodiscard]] bool forget_if_stale(PreparedStatement& prepared, const Error& error);
  /// What a statement did to those that are prepared.
  void note_command(const pq::Result& result);
  void rollback(int scope, const flow::Deadline& deadline);
  void send_copy(const flow::Command& command, const StatementText& statement,
                 const flow::Deadline& deadline, Executed& executed);
  void send_unsent(const StatementText& statement, const flow::Deadline& deadline);
  void check_ended(const Executed& executed, std::size_t at, bool commits_itself,
                   const StatementText& statement, const pq::ParameterArrays& parameters);
  void check_prelude(const Executed& executed, const Commands& commands,
                     const StatementText& statement);
  void check_commit(const Executed& executed, std::size_t first, const StatementText& text,
                    const std::shared_ptr<const Error>& failure, const Ending& ending);
  [[noreturn]] void roll_back_skipped(const std::shared_ptr<const Error>& failure,
                                      const Ending& ending);
  [[noreturn]] static void throw_ambiguous(const std::string& reason, const StatementText& text,
                                           const Ending& ending);

  Result take(pq::Result&& result, const StatementText& statement, const StatementOptions& options,
              const pq::ParameterArrays& parameters, PreparedStatement* prepared = nullptr);
  [[nodiscard]] static const SharedRowPlans& plans_of(PreparedStatement& prepared,
                                                      const AdaptersMap& adapters, Format format);
  /// What is no answer of an `execute`: throws why.
  void refuse_answer(const pq::Result& result, const StatementText& statement,
                     const pq::ParameterArrays& parameters);
  [[noreturn]] void throw_error(const pq::Result& result, const StatementText& statement,
                                const pq::ParameterArrays& parameters = {},
                                const std::string& more = {});
  [[noreturn]] void throw_lost(const Executed& executed, const StatementText& statement);
  void note_failure(std::shared_ptr<const Error> failure);
  void break_off() noexcept;

  static void call_notify_handlers(std::shared_ptr<Session> session);
  [[nodiscard]] std::optional<Notify> next_for_handlers();
  void keep_arrived_notifications();
  static void receive_notice(void* session, const pg_result* notice);
  /// Of a connection that a notice handler closed, once libpq has returned.
  void finish_closing() noexcept {
    if (closed()) wire_.finish();
  }

  flow::Wire wire_;
  ConnectionOptions options_;
  std::unique_ptr<const Dialect> dialect_;
  const std::shared_ptr<CancelTarget> cancel_target_;
  AdaptersMap adapters_;
  std::vector<NoticeHandler> handlers_;
  Notifications notifications_;
  TransactionStack transactions_;
  PreparedStatements prepared_;
  std::unique_ptr<PipelineQueue> pipeline_;  // while one is open
  std::size_t queued_bytes_ = 0;             // since they were last sent
  std::vector<flow::Command> commands_;      // of one operation; here to keep their memory
  const Ongoing* ongoing_ = nullptr;         // what is open
  bool receiving_notice_ = false;            // libpq is calling: it may not be called
  bool handing_out_ = false;  // the results of a pipeline: their handlers may not use it
  std::optional<flow::Clock::time_point> limit_;
  bool broken_ = false;
  std::string lost_message_;
};

}  // namespace palmetto::detail
