#pragma once

#include "palmetto/cursor_options.hpp"
#include "palmetto/executor.hpp"
#include "palmetto/input_iterator.hpp"
#include "palmetto/result.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Server-side cursors: a query whose rows stay on the server until they are fetched.
///
///     auto tx = conn.transaction();
///     auto cursor = tx.cursor("rich");
///     cursor.execute("SELECT id, owner FROM accounts WHERE balance > $1", 1000);
///     for (auto [id, owner] : cursor.rows<std::int64_t, std::string_view>())
///       std::cout << id << ' ' << owner << '\n';      // fetched by the hundred
///
/// Source: the manual, "DECLARE", "FETCH", "MOVE" and "CLOSE"; psycopg's `ServerCursor`.
namespace palmetto {

template <class Row>
class CursorRows;

/// What `Cursor::scroll` counts from.
enum class ScrollMode {
  relative,  ///< the row that the cursor is on
  absolute,  ///< the beginning; negative numbers: the end
};

/// A cursor on the server, what `cursor()` of a connection or a transaction gives.
///
/// It ends with the transaction that it was declared in, unless it is held: then it is the
/// connection's, from the commit on, until it is closed. One that was not declared by `execute`
/// is whatever cursor the server has under that name, of a function say. What fetches throws as
/// `Executor::execute` does, InterfaceError when the cursor was closed, and ProgrammingError when
/// its transaction has ended, or in a pipeline. It must not be moved while its `rows` are iterated
/// over.
class Cursor {
 public:
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  /// Closes the cursor where it is there, within the connection's grace period, unless nothing was
  /// executed or fetched. Throws nothing.
  ~Cursor();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Declares the cursor for a query, whose arguments the server binds; one that it was declared
  /// for before is closed. Takes statements as `Executor::execute` does, and throws as that does:
  /// the server's error for what is no query, ProgrammingError outside of a transaction if the
  /// cursor is not held. Positions in errors count from the word DECLARE.
  template <class... Args>
  Cursor& execute(Statement<std::type_identity_t<Args>...> statement, const Args&... arguments) & {
    declare(statement.text(),
            detail::WrittenArguments(executor_, statement.text(), arguments...).arrays());
    return *this;
  }
  template <class... Args>
  Cursor& execute(const sql::Composable& composed, const Args&... arguments) & {
    const DynamicSql statement = composed.statement(detail::adapters_of(executor_));
    const StatementText text = Statement<Args...>(statement).text();
    declare(text, detail::WrittenArguments(executor_, text, arguments...).arrays());
    return *this;
  }

  /// The next `count` rows, fewer at the end; psycopg's `fetchmany`. Throws ProgrammingError when
  /// `count` is less than 1.
  [[nodiscard]] Result fetch(std::int64_t count,
                             std::source_location where = std::source_location::current());
  /// Likewise, each as a tuple of the types, or as the one type: as `Result::rows`.
  template <class T, class... Ts>
  [[nodiscard]] Rows<detail::row_of_t<T, Ts...>> fetch(
      std::int64_t count, std::source_location where = std::source_location::current()) {
    return fetch(count, where).template rows<T, Ts...>();
  }

  /// The next row, or nothing at the end.
  template <class T, class... Ts>
  [[nodiscard]] std::optional<detail::row_of_t<T, Ts...>> fetch_one(
      std::source_location where = std::source_location::current()) {
    return fetch(1, where).template optional<T, Ts...>();
  }

  /// All the rows that are left.
  [[nodiscard]] Result fetch_all(std::source_location where = std::source_location::current());
  template <class T, class... Ts>
  [[nodiscard]] Rows<detail::row_of_t<T, Ts...>> fetch_all(
      std::source_location where = std::source_location::current()) {
    return fetch_all(where).template rows<T, Ts...>();
  }

  /// The rows that are left, fetched by `batch_size` as they are iterated over, in memory of one
  /// batch. What a row points to is good until the next. psycopg's iteration and its `itersize`.
  template <class T, class... Ts>
  [[nodiscard]] CursorRows<detail::row_of_t<T, Ts...>> rows(
      std::int64_t batch_size = 100,
      std::source_location where = std::source_location::current()) & {
    return CursorRows<detail::row_of_t<T, Ts...>>(*this, batch_size, where);
  }

  /// Moves the cursor without fetching: `fetch` gives the row behind the one that it is on then.
  /// Beyond either end it stays there, which is no error. Throws the server's error
  /// (`errors::ObjectNotInPrerequisiteState`) when the cursor can't go backwards; there it needs
  /// what a scrolling one does.
  void scroll(std::int64_t count, ScrollMode mode = ScrollMode::relative,
              std::source_location where = std::source_location::current());

  /// The columns. Asks the server the first time.
  [[nodiscard]] const std::vector<Column>& description(
      std::source_location where = std::source_location::current());

  /// CLOSE, unless the cursor has been closed, or has ended: with its transaction, with the
  /// connection, or by an error before. From then on it can't be used.
  void close(std::source_location where = std::source_location::current());
  [[nodiscard]] bool closed() const noexcept { return state_ == State::closed; }

 private:
  friend class Executor;
  enum class State { unused, in_use, closed };

  Cursor(Executor executor, std::string_view name, const CursorOptions& options);

  void declare(const StatementText& statement, const pq::ParameterArrays& arguments);
  [[nodiscard]] Result run(const std::string& command, std::source_location where);
  [[nodiscard]] detail::Session& usable_session(std::source_location where) const;
  [[nodiscard]] detail::Session& session_to_read(const std::string& command,
                                                 std::source_location where) const;
  [[nodiscard]] bool is_own() const noexcept { return !query_.empty(); }
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] bool may_be_there() const;
  [[nodiscard]] bool is_there(std::source_location where) const;
  void close_if_there(std::source_location where) const;
  [[nodiscard]] std::string shown(const std::string& command) const;

  Executor executor_;
  CursorOptions options_;
  std::string name_;
  std::string quoted_;
  State state_ = State::unused;
  std::string query_;    // that `execute` declared it for, as messages show it
  int transaction_ = 0;  // that it was declared in: the outermost scope then, and the innermost
  int scope_ = 0;
  std::vector<Column> description_;  // empty: not asked for yet
};

/// The rows of a cursor, fetched in batches: what `Cursor::rows` gives. To iterate over once; where
/// one loop was left, another cursor's `rows` go on behind its batch.
template <class Row>
class CursorRows {
 public:
  using iterator = detail::InputIterator<CursorRows>;

  CursorRows(Cursor& cursor, std::int64_t batch_size, std::source_location where) noexcept
      : cursor_(cursor), batch_size_(batch_size), where_(where) {}
  CursorRows(const CursorRows&) = delete;
  CursorRows& operator=(const CursorRows&) = delete;

  [[nodiscard]] iterator begin() & {
    if (!batch_) fetch();
    return iterator(*this);
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend iterator;
  void fetch() {
    row_ = 0;
    batch_.reset();  // its memory first
    batch_.emplace(cursor_.fetch(batch_size_, where_).template rows<Row>());
  }
  [[nodiscard]] Row current() const { return (*batch_)[row_]; }
  [[nodiscard]] bool has_current() const noexcept { return batch_ && row_ != batch_->size(); }
  // A batch that is not full was the last.
  void advance() {
    ++row_;
    if (row_ == batch_->size() && static_cast<std::int64_t>(row_) == batch_size_) fetch();
  }

  Cursor& cursor_;
  std::int64_t batch_size_;
  std::source_location where_;
  std::optional<Rows<Row>> batch_;
  std::size_t row_ = 0;
};

}  // namespace palmetto
