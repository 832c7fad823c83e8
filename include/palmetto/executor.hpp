#pragma once

#include "palmetto/adapt/parameters.hpp"
#include "palmetto/cursor_options.hpp"
#include "palmetto/result.hpp"
#include "palmetto/sql/composition.hpp"
#include "palmetto/sql/statement.hpp"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

namespace palmetto {

/// How to execute one statement, other than its connection would.
struct StatementOptions {
  std::optional<std::chrono::milliseconds> timeout{};  ///< instead of the connection's
  std::optional<AdaptersMap> adapters{};               ///< instead of the connection's
  Format parameters = Format::binary;                  ///< preferred, where an adapter has both
  Format results = Format::binary;                     ///< of all the columns
};

class Cursor;
class Executor;

namespace detail {

class Session;

/// The session behind an executor; null when it was moved from.
[[nodiscard]] const std::shared_ptr<Session>& session_of(const Executor& executor);

/// What an executor writes arguments with, and how it executes them: for statements whose arguments
/// are counted at run time.
[[nodiscard]] const AdaptersMap& adapters_of(const Executor& executor);
[[nodiscard]] Format parameter_format_of(const Executor& executor);
[[nodiscard]] const StatementOptions& options_of(const Executor& executor);
/// The transaction of an executor; 0: the connection's own.
[[nodiscard]] int scope_of(const Executor& executor) noexcept;
Result execute_arrays(const Executor& executor, const StatementText& statement,
                      const pq::ParameterArrays& parameters);

// Names the parameter and the statement when an argument can't be written.
class ParameterSubject final : public WriteSubject {
 public:
  explicit ParameterSubject(const StatementText& statement) noexcept : statement_(statement) {}
  [[noreturn]] void fail(int parameter, std::string_view reason) const override;

 private:
  const StatementText& statement_;
};

}  // namespace detail

/// What executes statements: a `Connection`, a `Transaction`, or either of them with options:
///
///     conn.execute("INSERT INTO accounts (owner) VALUES ($1)", owner);
///     conn.with({.timeout = 200ms}).execute("SELECT pg_sleep(10)");
class Executor {
 public:
  Executor(const Executor& other);
  Executor(Executor&& other) noexcept;
  Executor& operator=(const Executor& other);
  Executor& operator=(Executor&& other) noexcept;
  ~Executor();

  /// Executes one statement and waits for its result. The arguments are the values of `$1`, `$2`...
  ///
  /// Throws the class of the server's SQLSTATE (`errors::UniqueViolation`), DataError when an
  /// argument can't be sent, NotSupportedError when the server lacks its type (nothing is sent
  /// then), OperationTimeout when the deadline passed, ConnectionLost when the connection broke,
  /// and InterfaceError when it is closed. The connection stays usable, unless it was lost.
  template <class... Args>
  Result execute(Statement<std::type_identity_t<Args>...> statement,
                 const Args&... arguments) const {
    return execute_text(statement.text(), arguments...);
  }

  /// The same for a composed statement. Throws ProgrammingError when its placeholders are not as
  /// many as the arguments.
  template <class... Args>
  Result execute(const sql::Composable& composed, const Args&... arguments) const {
    const DynamicSql statement = composed.statement(adapters_in_use());
    return execute_text(Statement<Args...>(statement).text(), arguments...);
  }

  /// The same executor with options of its own.
  [[nodiscard]] Executor with(StatementOptions options) const;

  /// A server-side cursor of that name (cursor.hpp): not declared yet, so that nothing is sent.
  /// Throws NotSupportedError for what the server can't do, ProgrammingError for an empty name.
  [[nodiscard]] Cursor cursor(std::string_view name, const CursorOptions& options = {}) const;

 protected:
  // Not inline: files that use connections need not compile what options are made of.
  Executor(std::shared_ptr<detail::Session> session, int scope);
  Executor(std::shared_ptr<detail::Session> session, int scope, StatementOptions options);

  /// Throws InterfaceError when there is no open connection behind this.
  [[nodiscard]] detail::Session& session() const;
  [[nodiscard]] const std::shared_ptr<detail::Session>& shared_session() const { return session_; }
  [[nodiscard]] int scope() const noexcept { return scope_; }

 private:
  friend const std::shared_ptr<detail::Session>& detail::session_of(const Executor&);
  friend const AdaptersMap& detail::adapters_of(const Executor&);
  friend Format detail::parameter_format_of(const Executor&);
  friend const StatementOptions& detail::options_of(const Executor&);
  friend int detail::scope_of(const Executor&) noexcept;
  friend Result detail::execute_arrays(const Executor&, const StatementText&,
                                       const pq::ParameterArrays&);

  template <class... Args>
  Result execute_text(const StatementText& statement, const Args&... arguments) const {
    const detail::ParameterSubject subject(statement);
    Parameters<sizeof...(Args)> parameters(adapters_in_use(), options_.parameters, &subject);
    // One after the other, as between braces; clang takes 256 operands in a fold expression.
    static_cast<void>(std::initializer_list<int>{(parameters.add(arguments), 0)...});
    return execute_arrays(statement, parameters.arrays());
  }

  [[nodiscard]] const AdaptersMap& adapters_in_use() const;
  Result execute_arrays(const StatementText& statement,
                        const pq::ParameterArrays& parameters) const;

  std::shared_ptr<detail::Session> session_;
  int scope_ = 0;  // of the transaction; 0: the connection's own
  StatementOptions options_;
};

}  // namespace palmetto
