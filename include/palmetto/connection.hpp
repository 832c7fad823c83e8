#pragma once

#include "palmetto/connection_info.hpp"
#include "palmetto/connection_options.hpp"
#include "palmetto/dialect.hpp"
#include "palmetto/executor.hpp"
#include "palmetto/transaction.hpp"

#include <concepts>
#include <memory>
#include <string_view>
#include <vector>

namespace palmetto {

/// A connection to a server:
///
///     auto conn = palmetto::connect("postgresql://localhost/bank");
///     auto balance = conn.execute("SELECT balance FROM accounts WHERE id = $1", id).value<int>();
///
/// Each statement commits on its own, unless within a `Transaction`. A connection is for one thread
/// at a time; `cancel()` alone may be called from another. The destructor closes it.
class Connection : public Executor {
 public:
  /// Connects. `conninfo` is a connection string or URI of libpq (the manual, section 34.1.1); its
  /// environment variables and service files work. Strings are UTF-8: client_encoding is set so.
  ///
  /// Throws ProgrammingError when `conninfo` is malformed; ConnectionTimeout when the deadline
  /// passed; the class of the server's SQLSTATE when it refused (`errors::InvalidPassword`);
  /// OperationalError when there is no server. The message has what libpq says, and never the
  /// password.
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

  /// Asks the server to cancel what the connection is executing, which then throws
  /// `errors::QueryCanceled`. From any thread, also while another executes; blocks until the
  /// request is delivered. Does nothing when the connection is closed. Throws NotSupportedError
  /// when the server takes no such requests, OperationalError when the request can't be delivered.
  void cancel() const;

  /// The adapters of this connection, a copy of the template: change them as you like.
  [[nodiscard]] AdaptersMap& adapters();
  [[nodiscard]] const AdaptersMap& adapters() const;

  [[nodiscard]] ConnectionInfo info() const;
  [[nodiscard]] const Dialect& dialect() const;

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
};

/// `Connection::connect`.
[[nodiscard]] Connection connect(std::string_view conninfo,
                                 const ConnectionOptions& options = ConnectionOptions::defaults());

}  // namespace palmetto
