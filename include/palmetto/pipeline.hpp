#pragma once

#include "palmetto/executor.hpp"

#include <memory>

namespace palmetto {

namespace detail {
class PendingResult;
}

/// The result of a statement that was queued in a `Pipeline`: a future of it. Copies share.
class PipelineResult {
 public:
  explicit PipelineResult(std::shared_ptr<detail::PendingResult> pending) noexcept
      : pending_(std::move(pending)) {}

  /// The statement's result; waits for it when it has not arrived, for which no Sync is needed.
  /// Throws the error that the statement ended with, each time; PipelineAborted when it was skipped
  /// because one before it had failed; ConnectionLost, OperationTimeout.
  [[nodiscard]] Result get() const;

  /// Whether it has arrived, so that `get` does not wait.
  [[nodiscard]] bool ready() const noexcept;

 private:
  std::shared_ptr<detail::PendingResult> pending_;
};

/// Statements that are sent without waiting for the results of those before them: a batch costs one
/// round trip.
///
///     auto pipeline = conn.pipeline();
///     auto ada = pipeline.execute("INSERT INTO accounts (owner) VALUES ($1) RETURNING id", "Ada");
///     auto count = pipeline.execute("SELECT count(*) FROM accounts");
///     pipeline.sync();
///     auto id = ada.get().value<std::int64_t>();
///
/// An error belongs to its statement. Those behind it, up to the next `sync()`, are skipped: their
/// results throw PipelineAborted. Outside of a transaction PostgreSQL makes one of all that stands
/// between two Syncs; CockroachDB commits each statement on its own. Within one, `commit()` travels
/// with what is queued:
///
///     auto tx = conn.transaction();
///     auto pipeline = tx.pipeline();
///     for (const Account& account : accounts) pipeline.execute("INSERT ...", account.owner);
///     tx.commit();  // BEGIN, all the INSERTs and COMMIT: one round trip
///
/// Meanwhile the connection itself may be used: what it executes waits for its result, and so for
/// all that was queued before. Scripts, COPY and streams can't travel in a pipeline.
///
/// Source: the manual, section 34.5 "Pipeline Mode"; psycopg's `Connection.pipeline`.
class Pipeline {
 public:
  Pipeline(Pipeline&&) noexcept = default;
  Pipeline& operator=(Pipeline&&) = delete;

  /// Ends the pipeline: what was queued is executed, and waited for. What failed is only in its own
  /// result then: call `sync()` to hear of it.
  ~Pipeline();

  /// Queues a statement; see `Executor::execute`. Throws what is found before anything is sent, and
  /// ConnectionLost.
  template <class... Args>
  PipelineResult execute(Statement<std::type_identity_t<Args>...> statement,
                         const Args&... arguments) const {
    return queue(statement.text(), arguments...);
  }
  template <class... Args>
  PipelineResult execute(const sql::Composable& composed, const Args&... arguments) const {
    const DynamicSql statement = composed.statement(detail::adapters_of(executor_));
    return queue(Statement<Args...>(statement).text(), arguments...);
  }

  /// Ends the batch and waits for all of its results. Throws the first error of a statement in it,
  /// or that of its commit; the next batch is not affected.
  void sync() const;

 private:
  friend class Executor;
  explicit Pipeline(const Executor& executor);

  template <class... Args>
  PipelineResult queue(const StatementText& statement, const Args&... arguments) const {
    return queue_arrays(statement,
                        detail::WrittenArguments(executor_, statement, arguments...).arrays());
  }
  PipelineResult queue_arrays(const StatementText& statement,
                              const pq::ParameterArrays& parameters) const;

  // Closes the session's pipeline.
  struct Close {
    void operator()(detail::Session* session) const noexcept;
  };
  Executor executor_;
  std::unique_ptr<detail::Session, Close> open_;
};

}  // namespace palmetto
