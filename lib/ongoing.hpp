#pragma once

#include "palmetto/flow/copy.hpp"
#include "palmetto/flow/rows.hpp"

#include "kept_statement.hpp"
#include "own_transaction.hpp"
#include "session.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace palmetto::detail {

/// What occupies a session from one call to the next: rows that arrive, a COPY. While it is open
/// the session executes nothing else. However it ends, the connection is idle or closed.
class Ongoing {
 public:
  Ongoing(const Ongoing&) = delete;
  Ongoing& operator=(const Ongoing&) = delete;

  [[nodiscard]] StatementText statement() const noexcept { return statement_.view(); }
  /// Throws the ProgrammingError of who would use the connection meanwhile.
  [[noreturn]] void throw_busy() const;

 protected:
  /// Checks all that `Executor::execute` checks before it sends anything, and throws likewise.
  Ongoing(std::shared_ptr<Session> session, int scope, const StatementText& statement,
          const StatementOptions& options);
  /// Whoever derives from this has left what was open.
  ~Ongoing() { close(); }

  [[nodiscard]] Session& session() const noexcept { return *session_; }
  [[nodiscard]] flow::Wire& wire() const noexcept { return session_->wire_; }
  [[nodiscard]] const StatementOptions& options() const noexcept { return options_; }
  [[nodiscard]] AdaptersMap adapters() const;
  [[nodiscard]] const flow::Deadline& deadline() const noexcept { return deadline_; }
  void set_deadline(std::optional<flow::Clock::time_point> at) noexcept { deadline_.at = at; }

  [[nodiscard]] flow::Clock::time_point grace_from_now() const {
    return flow::from_now(session_->options_.grace);
  }

  void open() noexcept { session_->ongoing_ = this; }
  [[nodiscard]] bool is_open() const noexcept { return session_->ongoing_ == this; }
  void close() noexcept {
    if (is_open()) session_->ongoing_ = nullptr;
  }

  [[nodiscard]] OwnTransaction& own() noexcept { return own_; }

  /// It has ended as it should: the connection is free. Throws what the own transaction's commit
  /// does, and the notify handlers.
  void complete() {
    close();
    own_.commit();
    Session::deliver_notifications(session_);
  }

  /// Sends what was not sent of the transactions' beginnings.
  void send_unsent() { session_->send_unsent(statement(), deadline_); }
  /// Parse and Describe of a text, as the unnamed statement; unsent beginnings travel with it.
  [[nodiscard]] pq::Result describe(const char* text, const pq::ParameterArrays& parameters);
  /// Executes commands in one go, unsent beginnings in front. The result of each.
  [[nodiscard]] std::vector<pq::Result> execute(std::span<const flow::Command> commands,
                                                const pq::ParameterArrays& parameters);

  /// Runs a flow, and does what a notice handler left to be done.
  template <class T>
  T run(flow::Flow<T> flow, const flow::Deadline& deadline) {
    T outcome = flow::run(std::move(flow), wire(), deadline);
    session_->finish_closing();
    return outcome;
  }

  /// Throws the error of a result, or that the connection was lost when there is none.
  [[noreturn]] void fail(pq::Result result, const pq::ParameterArrays& parameters = {});
  /// Leaves what is open, since the deadline has passed, and throws OperationTimeout.
  [[noreturn]] void fail_expired();
  /// Throws InterfaceError when the connection was closed meanwhile; what is open is closed then.
  void require_usable();
  /// A connection whose protocol is out of step is closed, and that is thrown as E.
  template <class E>
  [[noreturn]] void break_off(const std::string& message) {
    close();
    session_->lost_message_ = message;
    session_->break_off();
    throw E(message, {std::string(statement().shown), statement().where});
  }

  /// For destructors: asks the server to cancel, or `cancel` to do it, and drops what is still to
  /// come. The connection is closed when it does not end within the grace period.
  void abandon(const std::function<void()>& cancel = {}) noexcept;
  /// The same for a COPY from the client, which the server is told has failed.
  void abandon_copy_in() noexcept;

  /// What the statement is busy with, for messages.
  [[nodiscard]] virtual const char* occupation() const noexcept = 0;
  virtual void leave() noexcept = 0;

 private:
  class OwnEnds;

  [[nodiscard]] bool end_by_cancel(const std::function<void()>& cancel) noexcept;
  [[nodiscard]] bool end_copy_in() noexcept;
  [[nodiscard]] bool discard(const flow::Deadline& deadline);
  [[nodiscard]] pq::Result take_answer(Executed& executed, std::size_t index,
                                       const pq::ParameterArrays& parameters);

  std::shared_ptr<Session> session_;
  KeptStatement statement_;
  StatementOptions options_;
  flow::Deadline deadline_;
  OwnTransaction own_;
};

}  // namespace palmetto::detail
