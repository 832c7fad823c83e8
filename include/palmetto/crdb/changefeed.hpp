#pragma once

#include "palmetto/crdb/connection.hpp"
#include "palmetto/crdb/hlc_timestamp.hpp"
#include "palmetto/crdb/json_row.hpp"
#include "palmetto/crdb/table.hpp"
#include "palmetto/input_iterator.hpp"
#include "palmetto/sql/composition.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// Changefeeds: every change of some tables, as it is committed:
///
///     struct Account { boost::uuids::uuid id; std::string owner; palmetto::Numeric balance; };
///     BOOST_DESCRIBE_STRUCT(Account, (), (id, owner, balance))
///
///     auto feed = crdb::changefeed<Account>(conn, {"accounts"}, {.resolved = 1s});
///     for (const auto& event : feed) {
///       if (event.resolved) remember(*event.resolved);
///       else if (event.after) show(event.table, *event.after);
///       else forget(event.key);
///     }
///
/// The rows come first as they are, unless `initial_scan` says otherwise; then their changes, for
/// ever. Each comes once at least, and may come again. A resolved timestamp says that all up to it
/// has come: begin there another time, with it as the `cursor`.
///
/// The connection executes nothing else while the feed is open. The feed ends
///
/// - when it is left: by its destructor, `close()`, an exception in the loop. The server is asked
///   to cancel it, and the connection is usable again when the server has confirmed that within
///   the connection's grace period; else it is closed, as it is at once with versions before v22.1,
///   which take no cancel requests, unless the options have a `cancel`;
/// - at the deadline: by OperationTimeout, and the connection is as above;
/// - by a cancel from elsewhere (`conn.cancel()` in another thread, CANCEL QUERY):
///   by `errors::QueryCanceled`, and the connection is usable;
/// - by an error of the server's, likewise; or by ConnectionLost;
/// - by itself, with `InitialScan::only` or the option end_time; the connection is usable.
///
/// Rangefeeds must be enabled: SET CLUSTER SETTING kv.rangefeed.enabled = true.
/// Source: CockroachDB's manual, "CREATE CHANGEFEED", "Changefeed Messages"; the feed has no sink.
namespace palmetto::crdb {

/// Whether a changefeed begins with the rows that there are. `only` ends behind them; from v22.1.
enum class InitialScan { yes, no, only };

/// One more option of CREATE CHANGEFEED, with its value if it takes one.
struct ChangefeedOption {
  std::string name;
  std::optional<std::string> value{};
};

/// What a changefeed tells, and from when on.
struct ChangefeedOptions {
  /// How often there are resolved timestamps, at the most; 0: as often as the server has one; when
  /// absent, never.
  std::optional<std::chrono::milliseconds> resolved{};
  bool updated = false;  ///< when each row was changed
  bool diff = false;     ///< what each row was before
  /// When absent: unless there is a cursor.
  std::optional<InitialScan> initial_scan{};
  /// The changes since then: an event's `resolved`, `SystemTime("-10s")`.
  std::optional<SystemTime> cursor{};
  /// How often nodes flush, which bounds how late events are; from v22.1.
  std::optional<std::chrono::milliseconds> min_checkpoint_frequency{};
  /// Others, as `{{"full_table_name"}, {"schema_change_policy", "stop"}}`; not `format` and not
  /// `envelope`, which events are read from.
  std::vector<ChangefeedOption> with{};

  /// When the feed has to end. The connection's own timeout is for each statement, and not for
  /// this.
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  /// Cancels the feed by other means where the server takes no cancel requests: by another
  /// connection. Called in the thread that leaves; when it throws, the connection is closed.
  std::function<void()> cancel{};
};

/// A row was changed, or all changes up to a time have been told. `Row` and `Key` are those of
/// `changefeed`.
template <class Row, class Key>
struct ChangefeedEvent {
  /// When it is there, the event is this alone: all changes up to it were told.
  std::optional<HlcTimestamp> resolved{};
  std::string table{};                    ///< its name alone, unless asked for `full_table_name`
  Key key{};                              ///< the columns of the primary key
  std::optional<Row> after{};             ///< the row as it is; absent: it was deleted
  std::optional<Row> before{};            ///< as it was, with `diff`; absent: it is new
  std::optional<HlcTimestamp> updated{};  ///< with `updated`
};

namespace detail {

/// A message of a changefeed. The pieces of JSON are well-formed, and good until the next message;
/// empty ones are absent.
struct ChangefeedMessage {
  std::optional<HlcTimestamp> resolved{};
  std::string table{};
  std::string_view key{};
  std::string_view after{};
  std::string_view before{};
  std::optional<HlcTimestamp> updated{};
};

/// The messages of a changefeed, whatever they are read as.
class ChangefeedStream {
 public:
  ChangefeedStream(CrdbConnection& conn, const std::vector<Table>& tables,
                   const ChangefeedOptions& options, std::source_location where);
  ChangefeedStream(ChangefeedStream&&) noexcept;
  ChangefeedStream& operator=(ChangefeedStream&&) noexcept;
  ~ChangefeedStream();

  /// Waits for the next; nothing behind the last.
  [[nodiscard]] std::optional<ChangefeedMessage> next();
  void close() noexcept;
  [[nodiscard]] const ErrorContext& context() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The parts of a value in the wrapped envelope. Throws DataError when it is something else.
[[nodiscard]] ChangefeedMessage parse_message(std::string_view value, const JsonSubject& subject);

}  // namespace detail

/// The events of a changefeed, as they come: what `changefeed` gives. For one thread at a time, the
/// one that uses the connection. It can be moved; then its iterators are void.
template <class Row, class Key>
class Changefeed {
 public:
  using Event = ChangefeedEvent<Row, Key>;

  Changefeed(CrdbConnection& conn, const std::vector<Table>& tables,
             const ChangefeedOptions& options, std::source_location where)
      : rows_(conn.adapters()), keys_(conn.adapters()), stream_(conn, tables, options, where) {}

  /// Waits for the next event; nothing when the feed has ended by itself, or was closed. Throws
  /// what the feed ends with, see above; and DataError, naming table and column, for an event that
  /// can't be read as asked for: then the feed goes on with the event behind.
  [[nodiscard]] std::optional<Event> next() {
    const std::optional<detail::ChangefeedMessage> message = stream_.next();
    if (!message) return std::nullopt;
    Event event;
    event.resolved = message->resolved;
    if (event.resolved) return event;
    event.table = message->table;
    event.updated = message->updated;
    const detail::JsonSubject subject(event.table, stream_.context());
    event.key = keys_(message->key, subject);
    if (!message->after.empty()) event.after = rows_(message->after, subject);
    if (!message->before.empty()) event.before = rows_(message->before, subject);
    return event;
  }

  /// Leaves the feed, as the destructor does.
  void close() noexcept { stream_.close(); }

  /// Over the events, once: each `begin()` waits for another one.
  using iterator = palmetto::detail::InputIterator<Changefeed>;
  [[nodiscard]] iterator begin() {
    advance();
    return iterator(*this);
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend iterator;
  [[nodiscard]] const Event& current() const noexcept { return *event_; }
  [[nodiscard]] bool has_current() const noexcept { return event_.has_value(); }
  void advance() {
    event_.reset();  // should it throw
    event_ = next();
  }

  detail::JsonReader<Row> rows_;
  detail::JsonReader<Key> keys_;
  detail::ChangefeedStream stream_;
  std::optional<Event> event_;
};

/// Opens a changefeed of these tables.
///
/// `Row` is what the rows of all of them are read as: boost::json::value, whose numbers with a
/// fraction are doubles; or a struct described with Boost.Describe, exactly, by the columns' names.
/// A member without a column is a DataError, a column without a member is left aside. What is no
/// string in CockroachDB (a number, an array) is its JSON when it is read as one; JSONB columns are
/// read as Json<T>, Jsonb<T> or boost::json::value. `Key` is what the columns of the primary key
/// are read as: boost::json::array, a std::tuple, or one type when there is one column:
///
///     for (auto& event : crdb::changefeed<Account, boost::uuids::uuid>(conn, {"accounts"})) ...
///
/// Throws ProgrammingError within a transaction, which the feed would never let end, while another
/// feed is open, and when no column can be read as a member's type; NotSupportedError when the
/// server's version lacks an option; ConnectionLost. What the server says of the tables is thrown
/// by the first event.
template <class Row = boost::json::value, class Key = boost::json::array>
[[nodiscard]] Changefeed<Row, Key> changefeed(
    CrdbConnection& conn, const std::vector<Table>& tables, const ChangefeedOptions& options = {},
    std::source_location where = std::source_location::current()) {
  static_assert(std::is_same_v<Row, boost::json::value> || palmetto::detail::Described<Row>,
                "palmetto: the rows of a changefeed are read as boost::json::value, or as a struct "
                "described with Boost.Describe");
  return Changefeed<Row, Key>(conn, tables, options, where);
}

}  // namespace palmetto::crdb
