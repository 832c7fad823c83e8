#pragma once

#include "palmetto/adapt/parameters.hpp"
#include "palmetto/cursor_options.hpp"
#include "palmetto/item_plan.hpp"
#include "palmetto/many_execution.hpp"
#include "palmetto/result.hpp"
#include "palmetto/row_fields.hpp"
#include "palmetto/sql/composition.hpp"
#include "palmetto/sql/statement.hpp"
#include "palmetto/stream_road.hpp"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <vector>

namespace palmetto {

/// How to execute one statement, other than its connection would.
struct StatementOptions {
  std::optional<std::chrono::milliseconds> timeout{};  ///< instead of the connection's
  std::optional<AdaptersMap> adapters{};               ///< instead of the connection's
  Format parameters = Format::binary;                  ///< preferred, where an adapter has both
  Format results = Format::binary;                     ///< of all the columns
  std::optional<int> prepare_threshold{};              ///< instead of the connection's
  std::optional<StreamRoad> road{};                    ///< of `stream`; when absent, the fastest
};

class Cursor;
class Executor;
class Pipeline;
template <class... Args>
class Prepared;
class CopyIn;
class CopyOut;
class CopyTable;
struct CopyOptions;
template <class Row>
class Stream;

namespace detail {

class Session;
class RowFeed;

/// The statement whose arguments are an item's fields.
template <class Items>
using StatementFor = typename OfFields<Statement, item_t<Items>>::type;

/// The session behind an executor; null when it was moved from.
[[nodiscard]] const std::shared_ptr<Session>& session_of(const Executor& executor);

/// What an executor writes arguments with, and how it executes them: for statements whose arguments
/// are counted at run time.
[[nodiscard]] const AdaptersMap& adapters_of(const Executor& executor);
[[nodiscard]] Format parameter_format_of(const Executor& executor);
[[nodiscard]] const StatementOptions& options_of(const Executor& executor);
/// The transaction of an executor; 0: the connection's own.
[[nodiscard]] int scope_of(const Executor& executor);
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

/// The arguments of a statement as an executor sends them. Throws as `Executor::execute` does.
template <class... Args>
class WrittenArguments {
 public:
  WrittenArguments(const Executor& executor, const StatementText& statement,
                   const Args&... arguments)
      : subject_(statement),
        parameters_(adapters_of(executor), parameter_format_of(executor), &subject_) {
    // One after the other, as between braces; clang takes 256 operands in a fold expression.
    static_cast<void>(std::initializer_list<int>{(parameters_.add(arguments), 0)...});
  }

  /// Good as long as this object.
  [[nodiscard]] pq::ParameterArrays arrays() noexcept { return parameters_.arrays(); }

 private:
  ParameterSubject subject_;
  Parameters<sizeof...(Args)> parameters_;
};

template <class... Args>
WrittenArguments(const Executor&, const StatementText&, const Args&...)
    -> WrittenArguments<Args...>;

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

  /// Executes one statement for each item of a range, a tuple or a struct whose fields are the
  /// values of `$1`, `$2`..., or the one value (row_fields.hpp). The number of rows affected by
  /// all:
  ///
  ///     conn.execute_many("INSERT INTO accounts (owner, balance) VALUES ($1, $2)", accounts);
  ///
  /// The statement is prepared, and the items are sent without waiting for the results of those
  /// before them, in constant memory: all of it, a transaction of its own included, is one round
  /// trip. All are executed or none is; within a transaction of the caller's that is for its
  /// rollback. Throws as `execute` does, with the item's number in the server's message.
  /// Source: psycopg's `executemany`.
  template <class Items>
  std::int64_t execute_many(detail::StatementFor<Items> statement, Items&& items) const {
    return execute_items(statement.text(), items, {});
  }

  /// The same, with `function(std::size_t item, const Result& result)` called for each item's
  /// result, in their order, for the rows that it affected or returned. What it throws ends the
  /// execution as an error does. It can't use the connection.
  template <class Items, std::invocable<std::size_t, const Result&> F>
  std::int64_t execute_many(detail::StatementFor<Items> statement, Items&& items,
                            F&& function) const {
    const auto call = [](const void* f, std::size_t item, const Result& result) {
      (*static_cast<std::remove_reference_t<F>*>(const_cast<void*>(f)))(item, result);
    };
    return execute_items(statement.text(), items, {std::addressof(function), call});
  }

  /// Prepares a statement for arguments of these types, see prepared.hpp. Throws as `execute` does.
  template <class... Args>
  [[nodiscard]] Prepared<Args...> prepare(Statement<std::type_identity_t<Args>...> statement) const;

  /// Opens a pipeline, see pipeline.hpp. Throws ProgrammingError when one is open already.
  [[nodiscard]] Pipeline pipeline() const;

  /// Executes a statement and gives its rows as they arrive, at constant memory. See stream.hpp.
  template <class... Ts, class... Args>
  [[nodiscard]] Stream<detail::row_of_t<Ts...>> stream(
      Statement<std::type_identity_t<Args>...> statement, const Args&... arguments) const;
  template <class... Ts, class... Args>
  [[nodiscard]] Stream<detail::row_of_t<Ts...>> stream(const sql::Composable& composed,
                                                       const Args&... arguments) const;

  /// COPY from the client: rows into a table, or into those columns of it. See copy_in.hpp.
  [[nodiscard]] CopyIn copy_in(const CopyTable& table, const std::vector<std::string_view>& columns,
                               const CopyOptions& options,
                               std::source_location where = std::source_location::current()) const;
  [[nodiscard]] CopyIn copy_in(const CopyTable& table,
                               const std::vector<std::string_view>& columns = {},
                               std::source_location where = std::source_location::current()) const;
  /// A COPY ... FROM STDIN as it is written, for raw blocks.
  [[nodiscard]] CopyIn copy_in_raw(Statement<> statement) const;
  [[nodiscard]] CopyIn copy_in_raw(const sql::Composable& composed) const;

  /// COPY to the client: the rows of a table, or those columns of it, in binary. See copy_out.hpp.
  template <class... Ts>
  [[nodiscard]] Stream<detail::row_of_t<Ts...>> copy_out(
      const CopyTable& table, const std::vector<std::string_view>& columns,
      std::source_location where = std::source_location::current()) const;
  /// The same for the rows of a query.
  template <class... Ts>
  [[nodiscard]] Stream<detail::row_of_t<Ts...>> copy_out(Statement<> query) const;
  /// A COPY ... TO STDOUT as it is written, block by block.
  [[nodiscard]] CopyOut copy_out_raw(Statement<> statement) const;
  [[nodiscard]] CopyOut copy_out_raw(const sql::Composable& composed) const;

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
  friend int detail::scope_of(const Executor&);
  friend Result detail::execute_arrays(const Executor&, const StatementText&,
                                       const pq::ParameterArrays&);

  template <class... Args>
  Result execute_text(const StatementText& statement, const Args&... arguments) const {
    return execute_arrays(statement,
                          detail::WrittenArguments(*this, statement, arguments...).arrays());
  }

  template <class Items>
  std::int64_t execute_items(const StatementText& statement, Items& items,
                             detail::ItemHandler handler) const {
    using Item = detail::item_t<Items>;
    using Plan = detail::item_plan_t<Item>;
    detail::ManyExecution execution(*this, statement, handler);
    if constexpr (Plan::is_possible) {
      Plan plan(detail::adapters_of(*this), detail::parameter_format_of(*this));
      if (plan.stores()) {
        add_stored(execution, plan, statement, items);
        return execution.finish();
      }
    }
    for (const auto& item : items) {
      const bool goes_on = detail::apply_fields<Item>(item, [&](const auto&... fields) {
        return execution.add(detail::WrittenArguments(*this, statement, fields...).arrays());
      });
      if (!goes_on) break;
    }
    return execution.finish();
  }
  template <class Plan, class Items>
  static void add_stored(detail::ManyExecution& execution, Plan& plan,
                         const StatementText& statement, Items& items) {
    const detail::ParameterSubject subject(statement);
    detail::InFlight& in_flight = execution.in_flight();
    for (const auto& item : items) {
      const auto add = [&](const auto&... fields) {
        return execution.add_kept(plan.write(in_flight, subject, fields...));
      };
      if (!detail::apply_fields<detail::item_t<Items>>(item, add)) break;
    }
  }

  /// Open or closed; throws InterfaceError when it was moved from.
  [[nodiscard]] detail::Session& any_session() const;
  template <class Row, class... Args>
  Stream<Row> stream_text(const StatementText& statement, const Args&... arguments) const;
  [[nodiscard]] std::unique_ptr<detail::RowFeed> open_stream(
      const StatementText& statement, const pq::ParameterArrays& parameters,
      const pq::ParameterArrays& texts) const;
  [[nodiscard]] std::unique_ptr<detail::RowFeed> open_copy(
      const CopyTable& table, const std::vector<std::string_view>& columns,
      std::source_location where) const;
  [[nodiscard]] std::unique_ptr<detail::RowFeed> open_copy(const StatementText& query) const;

  [[nodiscard]] const AdaptersMap& adapters_in_use() const;
  Result execute_arrays(const StatementText& statement,
                        const pq::ParameterArrays& parameters) const;

  std::shared_ptr<detail::Session> session_;
  int scope_ = 0;  // of the transaction; 0: the connection's own
  StatementOptions options_;
};

inline Format detail::parameter_format_of(const Executor& executor) {
  return executor.options_.parameters;
}

}  // namespace palmetto
