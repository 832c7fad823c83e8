#pragma once

#include "palmetto/cancel_handle.hpp"
#include "palmetto/connection_info.hpp"
#include "palmetto/connection_options.hpp"
#include "palmetto/dialect.hpp"
#include "palmetto/executor.hpp"
#include "palmetto/notifies.hpp"
#include "palmetto/transaction.hpp"

#include <concepts>
#include <memory>
#include <source_location>
#include <string_view>
#include <vector>

namespace palmetto {

class GlobalXid;
struct PreparedTransaction;
class TwoPhaseTransaction;

/// A connection to a server:
///
///     auto conn = palmetto::connect("postgresql://localhost/bank");
///     auto balance = conn.execute("SELECT balance FROM accounts WHERE id = $1", id).value<int>();
///
/// Each statement commits on its own, unless within a `Transaction`. A connection is for one thread
/// at a time; `cancel()` and `cancel_handle()` alone may be called from another. The destructor
/// closes it.
class Connection : public Executor {
 public:
  /// Connects. `conninfo` is a connection string or URI of libpq (the manual, section 34.1.1); its
  /// environment variables and service files work. Strings are UTF-8: client_encoding is set so.
  ///
  /// Of several hosts (`host=a,b`, the manual, section 34.1.1.3) the first that takes the
  /// connection is it, and is of the kind that `target_session_attrs` asks for. A server that
  /// refuses ends the search, for the others would refuse likewise (a wrong password, no such
  /// database); unless it has no connection to give now: shutting down, starting up (57P01, 57P02,
  /// 57P03), or too many connections (class 53).
  ///
  /// Throws ProgrammingError when `conninfo` is malformed; the class of the server's SQLSTATE when
  /// it refused (`errors::InvalidPassword`); ConnectionTimeout when it did not answer in time;
  /// OperationalError when there is none. When several attempts failed it is the class of the last
  /// refusal, else of the last attempt, and the message has a line for each. It has what libpq
  /// says, and never the password.
  [[nodiscard]] static Connection connect(
      std::string_view conninfo, const ConnectionOptions& options = ConnectionOptions::defaults());

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// Executes a script: any number of statements, separated by semicolons, without parameters, over
  /// the simple protocol. The results are in text format: one for each statement. Several
  /// statements are one transaction, unless they say otherwise (the manual, section 55.2.2.1).
  /// Throws the first error.
  std::vector<Result> execute_script(const DynamicSql& script);

  /// Begins a transaction; within one, a savepoint. Throws ProgrammingError when options are given
  /// for a savepoint, and NotSupportedError for what the server can't do.
  [[nodiscard]] Transaction transaction(const TransactionOptions& options = {});

  /// Runs `function(Transaction&)` in a transaction: commits when it returns, and returns what it
  /// returned; rolls back when it throws, and lets the exception pass.
  template <class F>
    requires std::invocable<F&, Transaction&>
  auto transaction(F&& function, const TransactionOptions& options = {}) {
    return detail::run_in(transaction(options), function);
  }

  /// What cancels what the connection is executing, from any thread, also when this object is gone.
  /// Of a connection that was moved from, one that does nothing.
  [[nodiscard]] CancelHandle cancel_handle() const;

  /// `CancelHandle::cancel`: from any thread, while another executes here.
  void cancel(std::chrono::milliseconds timeout = std::chrono::seconds(30)) const {
    cancel_handle().cancel(timeout);
  }

  /// The notifications that arrive, as they do, and those that have arrived since the last time; of
  /// the channels that the session listens to:
  ///
  ///     conn.execute("LISTEN orders");
  ///     for (const palmetto::Notify& notify : conn.notifies({.timeout = 5s})) ...
  ///
  /// Throws ProgrammingError while the connection is busy, NotSupportedError when the server has no
  /// notifications. Source: psycopg's `Connection.notifies`.
  [[nodiscard]] Notifies notifies(const NotifiesOptions& options = {});

  /// Has `handler` called with every notification from now on, after those before it, at the end of
  /// the operation that it arrived with: `NotifyHandler`. Throws NotSupportedError when the server
  /// has no notifications, ProgrammingError while the connection is busy. Source: psycopg's
  /// `Connection.add_notify_handler`.
  NotifyHandlerId add_notify_handler(NotifyHandler handler);
  /// It is not called any more. Does nothing when it was removed before.
  void remove_notify_handler(NotifyHandlerId id);

  /// Begins a transaction for two-phase commit (two_phase_transaction.hpp). Throws ProgrammingError
  /// within a transaction, and NotSupportedError for what the server can't do; nothing is sent.
  [[nodiscard]] TwoPhaseTransaction tpc_begin(const GlobalXid& xid,
                                              const TransactionOptions& options = {});

  /// Commits, or rolls back, a transaction that was prepared, on whatever connection: COMMIT
  /// PREPARED and ROLLBACK PREPARED. Throw ProgrammingError within a transaction, and
  /// `errors::UndefinedObject` when there is none of that name; `tpc_commit` throws AmbiguousCommit
  /// when the connection was lost meanwhile: whether it is still there, `tpc_recover` tells.
  void tpc_commit(const GlobalXid& xid,
                  std::source_location where = std::source_location::current());
  void tpc_rollback(const GlobalXid& xid,
                    std::source_location where = std::source_location::current());

  /// The transactions that are prepared, in all of the server's databases, the oldest first.
  [[nodiscard]] std::vector<PreparedTransaction> tpc_recover(
      std::source_location where = std::source_location::current());

  /// The adapters of this connection, a copy of the template: change them as you like.
  [[nodiscard]] AdaptersMap& adapters();
  [[nodiscard]] const AdaptersMap& adapters() const;

  [[nodiscard]] ConnectionInfo info() const;
  [[nodiscard]] const Dialect& dialect() const;

  /// How often a statement is executed before it is prepared: `ConnectionOptions`.
  [[nodiscard]] int prepare_threshold() const;
  void set_prepare_threshold(int threshold);

  /// Has `handler` called with every notice from now on, after those before it.
  void add_notice_handler(NoticeHandler handler);

  /// Closes the connection; what was not committed is rolled back by the server. Does nothing when
  /// it is closed.
  void close() noexcept;
  [[nodiscard]] bool closed() const noexcept;
  /// Whether it was closed because it broke, and not by `close()`.
  [[nodiscard]] bool broken() const noexcept;

 protected:
  static std::shared_ptr<detail::Session> open(std::string_view conninfo,
                                               const ConnectionOptions& options,
                                               DialectFactory dialect);
  explicit Connection(std::shared_ptr<detail::Session> session) noexcept
      : Executor(std::move(session), 0) {}

  /// As `transaction`, with more of what BEGIN takes, which only this kind of server does.
  [[nodiscard]] Transaction begin(const TransactionOptions& options, std::string_view more_options);
};

/// `Connection::connect`.
[[nodiscard]] Connection connect(std::string_view conninfo,
                                 const ConnectionOptions& options = ConnectionOptions::defaults());

}  // namespace palmetto
