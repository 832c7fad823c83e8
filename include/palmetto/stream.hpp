#pragma once

#include "palmetto/executor.hpp"
#include "palmetto/input_iterator.hpp"
#include "palmetto/row_feed.hpp"
#include "palmetto/row_reader.hpp"

#include <iterator>
#include <memory>
#include <utility>

/// Rows as they arrive, at constant memory:
///
///     for (auto [id, owner] : conn.stream<std::int64_t, std::string_view>(
///              "SELECT id, owner FROM accounts WHERE balance > $1", 10))
///       ...
///
/// They are read as those of `Result::rows` are; what a row points into is good until `++`.
/// They come over the fastest road that the server, the statement and libpq allow: `road()` tells,
/// `conn.with({.road = StreamRoad::cursor})` forces. Until they have ended, or were left, the
/// connection executes nothing else.
///
/// - An error of the statement's is thrown when its row is due: by `stream` up to the first row, by
///   the increment later.
/// - Leaving the loop before its end leaves the connection usable: the server is asked to cancel,
///   and has the connection's grace period to confirm it; else the connection is closed. Within a
///   transaction the cancelled statement is a failed one, but for `StreamRoad::cursor`.
/// - The `timeout` is of all the rows together: OperationTimeout.
/// - By COPY and by a cursor the rows come within a transaction, which the stream has of its own
///   when there is none.
namespace palmetto {

/// The rows of a statement that is under way: what `Executor::stream` and `Executor::copy_out`
/// give.
template <class Row>
class Stream {
 public:
  using iterator = detail::InputIterator<Stream>;

  /// Waits for the first row. Throws TypeMismatch with every column that does not fit.
  explicit Stream(std::unique_ptr<detail::RowFeed> feed)
      : feed_(std::move(feed)), reader_(described(*feed_)) {
    advance();
  }
  /// Its iterators are void then.
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&&) noexcept = default;

  /// The rows that are still to come; once.
  [[nodiscard]] iterator begin() noexcept { return iterator(*this); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  [[nodiscard]] StreamRoad road() const noexcept { return feed_->road(); }

  /// Leaves the rows that are to come, as the destructor does.
  void close() noexcept {
    has_row_ = false;
    feed_->leave();
  }

 private:
  friend iterator;
  [[nodiscard]] static const detail::ResultHandle& described(detail::RowFeed& feed) {
    feed.start();
    return feed.description();
  }
  [[nodiscard, gnu::always_inline]] inline Row current() const {
    const detail::RowFeed& feed = *feed_;
    if (feed.cells() == nullptr) [[likely]]
      return reader_(feed.row(), feed.fields());
    return reader_(feed.row(), feed.cells());
  }
  [[nodiscard]] bool has_current() const noexcept { return has_row_; }
  void advance() {
    has_row_ = false;  // should it throw
    has_row_ = feed_->next();
  }

  std::unique_ptr<detail::RowFeed> feed_;
  detail::RowReader<Row> reader_;
  bool has_row_ = false;
};

// ---------------------------------------------------------------------------------------

template <class... Ts, class... Args>
Stream<detail::row_of_t<Ts...>> Executor::stream(Statement<std::type_identity_t<Args>...> statement,
                                                 const Args&... arguments) const {
  return stream_text<detail::row_of_t<Ts...>>(statement.text(), arguments...);
}

template <class... Ts, class... Args>
Stream<detail::row_of_t<Ts...>> Executor::stream(const sql::Composable& composed,
                                                 const Args&... arguments) const {
  const DynamicSql statement = composed.statement(adapters_in_use());
  return stream_text<detail::row_of_t<Ts...>>(Statement<Args...>(statement).text(), arguments...);
}

template <class Row, class... Args>
Stream<Row> Executor::stream_text(const StatementText& statement, const Args&... arguments) const {
  const detail::ParameterSubject subject(statement);
  Parameters<sizeof...(Args)> parameters(adapters_in_use(), options_.parameters, &subject);
  Parameters<sizeof...(Args)> texts(adapters_in_use(), Format::text, &subject);
  static_cast<void>(std::initializer_list<int>{(parameters.add(arguments), 0)...});
  static_cast<void>(std::initializer_list<int>{(texts.add(arguments), 0)...});
  return Stream<Row>(open_stream(statement, parameters.arrays(), texts.arrays()));
}

}  // namespace palmetto
