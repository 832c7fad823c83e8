#pragma once

#include "palmetto/connection_options.hpp"
#include "palmetto/dialect.hpp"
#include "palmetto/executor.hpp"
#include "palmetto/flow/execute.hpp"
#include "palmetto/flow/wire.hpp"
#include "palmetto/transaction.hpp"

#include "transaction_stack.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace palmetto::detail {

class Ongoing;

using Executed = flow::Executed<pq::Result>;

/// What is behind a Connection and its transactions: the wire, its adapters, the open transactions.
class Session {
 public:
  Session(flow::Wire connected, ConnectionOptions options, DialectFactory make_dialect);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Result execute(int scope, const StatementText& statement, const pq::ParameterArrays& parameters,
                 const StatementOptions& options);
  std::vector<Result> execute_script(const DynamicSql& script);

  /// Opens a scope whose commands travel with the first statement. The scope's number.
  int begin(std::vector<std::string> commands, std::string savepoint);
  /// Throws NotSupportedError when the server does not have what a transaction is to begin with.
  void require(const TransactionOptions& options) const;
  /// The commands that begin a transaction. `more_options` is what the dialect's BEGIN takes behind
  /// the others.
  [[nodiscard]] std::vector<std::string> begin_commands(const TransactionOptions& options,
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
  /// and checks the answer that commits: the outcomes of `Transaction::commit`.
  void finish(int scope, std::span<const char* const> commands);
  /// Throws TransactionRolledBack with the failure that was the reason, when it is known.
  [[noreturn]] static void throw_rolled_back(const std::shared_ptr<const Error>& failure);
  /// ROLLBACK TO a savepoint of the scope, and nothing else.
  void rollback_to(int scope, const std::string& savepoint);

  /// Whether a statement executed as SQL (COMMIT, ROLLBACK) ended the transaction that is open
  /// here.
  [[nodiscard]] bool was_ended_by_statement() const noexcept;

  [[nodiscard]] bool closed() const noexcept { return closed_; }
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  void close() noexcept;

  /// Throws InterfaceError when it is closed.
  [[nodiscard]] const flow::Wire& wire() const;
  /// Throws ProgrammingError while the rows of a statement are arriving, a COPY is open, or a
  /// notice handler runs.
  void require_not_busy() const;
  [[nodiscard]] const Dialect& dialect() const noexcept { return *dialect_; }
  [[nodiscard]] AdaptersMap& adapters() noexcept { return adapters_; }
  [[nodiscard]] const AdaptersMap& adapters() const noexcept { return adapters_; }
  [[nodiscard]] TransactionStack& transactions() noexcept { return transactions_; }

  /// No operation lasts beyond it, whatever its own options say.
  void set_limit(std::optional<flow::Clock::time_point> limit) noexcept { limit_ = limit; }

  void cancel() const;
  void add_notice_handler(NoticeHandler handler) { handlers_.push_back(std::move(handler)); }

 private:
  friend class Ongoing;

  [[nodiscard]] flow::Deadline deadline(const StatementOptions& options) const;
  template <class T>
  T run(flow::Flow<T> flow, const flow::Deadline& deadline);
  Executed send(std::span<const flow::Command> commands, const flow::Deadline& deadline);
  void rollback(int scope, const flow::Deadline& deadline);
  void send_unsent(const StatementText& statement, const flow::Deadline& deadline);
  void check_own_commit(const Executed& executed, const StatementText& statement,
                        const pq::ParameterArrays& parameters);
  void check_prelude(const Executed& executed, const std::vector<std::string>& commands,
                     const StatementText& statement);
  void check_commit(const Executed& executed, std::size_t first, const StatementText& text,
                    const std::shared_ptr<const Error>& failure);
  [[noreturn]] static void throw_ambiguous(const std::string& reason, const StatementText& text);

  Result take(pq::Result result, const StatementText& statement, const StatementOptions& options,
              const pq::ParameterArrays& parameters);
  [[noreturn]] void throw_error(const pq::Result& result, const StatementText& statement,
                                const pq::ParameterArrays& parameters = {});
  [[noreturn]] void throw_lost(const Executed& executed, const StatementText& statement);
  void note_failure(std::shared_ptr<const Error> failure);
  void break_off() noexcept;

  static void receive_notice(void* session, const pg_result* notice);
  /// Of a connection that a notice handler closed, once libpq has returned.
  void finish_closing() noexcept {
    if (closed()) wire_.finish();
  }

  flow::Wire wire_;
  const pq::Cancel cancel_;          // made once, for cancel() may be called from another thread
  std::atomic<bool> closed_{false};  // likewise
  ConnectionOptions options_;
  std::unique_ptr<const Dialect> dialect_;
  AdaptersMap adapters_;
  std::vector<NoticeHandler> handlers_;
  TransactionStack transactions_;
  const Ongoing* ongoing_ = nullptr;  // what is open
  bool receiving_notice_ = false;     // libpq is calling: it may not be called
  std::optional<flow::Clock::time_point> limit_;
  bool broken_ = false;
  std::string lost_message_;
};

}  // namespace palmetto::detail
