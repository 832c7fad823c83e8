#include "palmetto/cursor.hpp"

#include "palmetto/adapters/text.hpp"

#include "execute_at.hpp"
#include "session.hpp"

namespace palmetto {
namespace {

std::string prefix_of(const std::string& quoted_name, const CursorOptions& options) {
  std::string prefix = "DECLARE " + quoted_name;
  if (options.scroll) prefix += *options.scroll ? " SCROLL" : " NO SCROLL";
  prefix += " CURSOR";
  if (options.hold) prefix += " WITH HOLD";
  return prefix + " FOR ";
}

}  // namespace

// A held cursor is the connection's: it is there when the transaction has ended.
Cursor Executor::cursor(std::string_view name, const CursorOptions& options) const {
  const Dialect& dialect = session().dialect();
  dialect.require(Feature::server_cursors);
  if (options.scroll.value_or(false)) dialect.require(Feature::scroll_cursors);
  if (options.hold) dialect.require(Feature::hold_cursors);
  return Cursor(Executor(session_, options.hold ? 0 : scope_, options_), name, options);
}

Cursor::Cursor(Executor executor, std::string_view name, const CursorOptions& options)
    : executor_(std::move(executor)),
      options_(options),
      name_(name),
      quoted_(sql::Identifier(name).as_string()) {}

Cursor::Cursor(Cursor&& other) noexcept
    : executor_(std::move(other.executor_)),
      options_(other.options_),
      name_(std::move(other.name_)),
      quoted_(std::move(other.quoted_)),
      state_(std::exchange(other.state_, State::closed)),
      query_(std::move(other.query_)),
      transaction_(other.transaction_),
      scope_(other.scope_),
      description_(std::move(other.description_)) {}

Cursor::~Cursor() {
  if (state_ != State::in_use) return;
  try {
    StatementOptions options = detail::options_of(executor_);
    options.timeout = detail::session_of(executor_)->grace();
    executor_ = executor_.with(std::move(options));
    close();
  } catch (...) {
    // It could not be told: the cursor ends with its transaction, or its connection.
    return;
  }
}

// A cursor that is not held ends with its transaction; another one may have its name by now.
bool Cursor::has_ended() const {
  if (!is_own() || options_.hold) return false;
  detail::Session& session = *detail::session_of(executor_);
  return transaction_ == 0 ? !session.is_in_transaction()
                           : !session.transactions().is_open(transaction_);
}

detail::Session& Cursor::usable_session(std::source_location where) const {
  if (state_ == State::closed) throw InterfaceError("the cursor is closed", {quoted_, where});
  detail::Session& session = *detail::session_of(executor_);
  static_cast<void>(session.wire());
  session.require_no_pipeline();
  return session;
}

void Cursor::declare(const StatementText& statement, const pq::ParameterArrays& arguments) {
  detail::Session& session = usable_session(statement.where);
  if (!options_.hold && detail::scope_of(executor_) == 0 && !session.is_in_transaction())
    throw ProgrammingError(
        "a cursor needs a transaction, unless it is held: begin one with conn.transaction(), or "
        "declare the cursor with {.hold = true}",
        {std::string(statement.shown), statement.where});
  if (state_ == State::in_use) close_if_there(statement.where);
  state_ = State::unused;
  query_.clear();
  description_.clear();
  const std::string prefix = prefix_of(quoted_, options_);
  const DynamicSql command(prefix + statement.text, prefix + std::string(statement.shown),
                           statement.where);
  static_cast<void>(detail::execute_arrays(executor_, command.view(), arguments));
  state_ = State::in_use;
  query_ = statement.shown;
  transaction_ = session.transactions().outermost_id();
  scope_ = session.transactions().innermost_id();
}

std::string Cursor::shown(const std::string& command) const {
  return is_own() ? command + " (" + query_ + ")" : command;
}

detail::Session& Cursor::session_to_read(const std::string& command,
                                         std::source_location where) const {
  detail::Session& session = usable_session(where);
  if (!has_ended()) return session;
  throw ProgrammingError("the cursor has ended with the transaction that it was declared in",
                         {shown(command), where});
}

Result Cursor::run(const std::string& command, std::source_location where) {
  static_cast<void>(session_to_read(command, where));
  const DynamicSql statement(command, shown(command), where);
  Result result = detail::execute_arrays(executor_, statement.view(), {});
  state_ = State::in_use;
  return result;
}

Result Cursor::fetch(std::int64_t count, std::source_location where) {
  if (count < 1)
    throw ProgrammingError("a cursor fetches 1 row at the least, and not " + std::to_string(count),
                           {shown(quoted_), where});
  return run("FETCH FORWARD " + std::to_string(count) + " FROM " + quoted_, where);
}

Result Cursor::fetch_all(std::source_location where) {
  return run("FETCH FORWARD ALL FROM " + quoted_, where);
}

void Cursor::scroll(std::int64_t count, ScrollMode mode, std::source_location where) {
  if (count < 0) usable_session(where).dialect().require(Feature::scroll_cursors);
  const std::string to = mode == ScrollMode::absolute ? "ABSOLUTE " : "";
  static_cast<void>(run("MOVE " + to + std::to_string(count) + " FROM " + quoted_, where));
}

const std::vector<Column>& Cursor::description(std::source_location where) {
  if (!description_.empty()) return description_;
  const std::string command = "the columns of " + quoted_;
  detail::Session& session = session_to_read(command, where);
  const StatementOptions& options = detail::options_of(executor_);
  const std::string described = shown(command);
  const StatementText text{"", described, {}, where, false};
  description_ = session.describe_portal(detail::scope_of(executor_), name_.c_str(), text, options)
                     .description();
  for (Column& column : description_) column.format = options.results;  // that of a FETCH
  state_ = State::in_use;
  return description_;
}

void Cursor::close(std::source_location where) {
  if (std::exchange(state_, State::closed) != State::closed) close_if_there(where);
}

// CLOSE of a cursor that is not there would fail the transaction.
void Cursor::close_if_there(std::source_location where) const {
  if (!may_be_there() || !is_there(where)) return;
  const std::string command = "CLOSE " + quoted_;
  const DynamicSql statement(command, shown(command), where);
  static_cast<void>(detail::execute_arrays(executor_, statement.view(), {}));
}

bool Cursor::may_be_there() const {
  const detail::Session& session = *detail::session_of(executor_);
  if (session.closed() || has_ended()) return false;
  switch (session.wire().transaction_status()) {
    case pq::TransactionStatus::in_transaction:
      return true;
    case pq::TransactionStatus::idle:
      return options_.hold;
    case pq::TransactionStatus::active:
    case pq::TransactionStatus::in_error:
    case pq::TransactionStatus::unknown:
      return false;
  }
  return false;
}

// A rollback to a savepoint takes the cursors along that were declared behind it.
bool Cursor::is_there(std::source_location where) const {
  if (is_own() && detail::session_of(executor_)->transactions().is_open(scope_)) return true;
  return !detail::execute_at(where, executor_, "SELECT 1 FROM pg_cursors WHERE name = $1", name_)
              .empty();
}

}  // namespace palmetto
