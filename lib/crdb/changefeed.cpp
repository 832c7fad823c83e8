#include "palmetto/crdb/changefeed.hpp"

#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/row_reader.hpp"
#include "palmetto/sql/composition.hpp"

#include "arriving_rows.hpp"
#include "json_text.hpp"
#include "session.hpp"
#include "sql_text.hpp"

#include <span>
#include <tuple>

namespace palmetto::crdb {
namespace {

using detail::ChangefeedMessage;
using detail::JsonCutter;
using detail::JsonSubject;
using detail::JsonText;

sql::Composable duration(std::chrono::milliseconds time) {
  return sql::Literal(std::to_string(time.count()) + "ms");
}

sql::Composable piece(InitialScan scan) {
  switch (scan) {
    case InitialScan::yes:
      return sql::SQL("initial_scan");
    case InitialScan::no:
      return sql::SQL("no_initial_scan");
    case InitialScan::only:
      return sql::SQL("initial_scan = 'only'");
  }
  throw ProgrammingError("there is no such InitialScan");
}

sql::Composable piece(const ChangefeedOption& option) {
  if (option.name == "format" || option.name == "envelope")
    throw ProgrammingError("a changefeed's option can't be " + option.name +
                           ": its events are read from JSON in the wrapped envelope");
  const sql::Identifier name(option.name);
  if (!option.value) return name;
  return sql::SQL("{} = {}").format(name, sql::Literal(*option.value));
}

// The server takes a string alone there, no function.
SqlText cursor(const SystemTime& time) {
  if (!time.expression().starts_with('\''))
    throw ProgrammingError("a changefeed can't begin at " + time.expression() +
                           ": its cursor is a time, or an interval ago");
  return SqlText(time.expression());
}

std::vector<sql::Composable> pieces(const CrdbConnection& conn, const ChangefeedOptions& options) {
  std::vector<sql::Composable> with;
  if (options.resolved) {
    const bool is_each = *options.resolved == std::chrono::milliseconds(0);
    if (is_each) with.push_back(sql::SQL("resolved"));
    else with.push_back(sql::SQL("resolved = {}").format(duration(*options.resolved)));
  }
  if (options.updated) with.push_back(sql::SQL("updated"));
  if (options.diff) with.push_back(sql::SQL("diff"));
  if (options.initial_scan == InitialScan::only)
    conn.dialect().require(Feature::changefeed_scan_only);
  if (options.initial_scan) with.push_back(piece(*options.initial_scan));
  if (options.cursor) with.push_back(sql::SQL("cursor = ") + cursor(*options.cursor));
  if (options.min_checkpoint_frequency) {
    conn.dialect().require(Feature::changefeed_checkpoint_frequency);
    with.push_back(sql::SQL("min_checkpoint_frequency = {}")
                       .format(duration(*options.min_checkpoint_frequency)));
  }
  for (const ChangefeedOption& option : options.with) with.push_back(piece(option));
  return with;
}

DynamicSql statement_of(const CrdbConnection& conn, const std::vector<Table>& tables,
                        const ChangefeedOptions& options, std::source_location where) {
  if (tables.empty()) throw ProgrammingError("a changefeed needs a table");
  std::vector<sql::Composable> statement{sql::SQL("CREATE CHANGEFEED FOR "),
                                         sql::SQL(", ").join(tables)};
  const std::vector<sql::Composable> with = pieces(conn, options);
  if (!with.empty()) {
    statement.push_back(sql::SQL(" WITH "));
    statement.push_back(sql::SQL(", ").join(with));
  }
  return sql::Composed(std::move(statement), where).statement(conn.adapters());
}

const std::shared_ptr<palmetto::detail::Session>& free_session_of(const CrdbConnection& conn) {
  const auto& session = palmetto::detail::session_of(conn);
  const pq::TransactionStatus status = session->wire().transaction_status();
  if (!session->transactions().empty() || status == pq::TransactionStatus::in_transaction ||
      status == pq::TransactionStatus::in_error)
    throw ProgrammingError(
        "a changefeed can't be opened within a transaction, which it would never let end");
  return session;
}

HlcTimestamp timestamp(JsonText value, const JsonSubject& subject) {
  if (value.kind() != JsonText::Kind::string)
    subject.fail(-1, std::string(value.kind_name()) + ", where a timestamp is a string");
  try {
    return HlcTimestamp::parse(value.unescaped());
  } catch (const DataError& error) { subject.fail(-1, error.message()); }
}

std::string_view row_text(JsonText value) {
  return value.is_null() ? std::string_view() : value.text();
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

ChangefeedMessage detail::parse_message(std::string_view value, const JsonSubject& subject) {
  Reader in(value.data(), value.size(), &subject);
  const JsonText envelope = JsonText::parse(in);
  if (envelope.kind() != JsonText::Kind::object)
    subject.fail(-1, std::string(envelope.kind_name()) + ", where a message is an object");
  ChangefeedMessage message;
  bool has_row = false;
  JsonCutter members(envelope);
  while (const auto member = members.next_member()) {
    if (member->name == "after") {
      has_row = true;
      message.after = row_text(member->value);
    } else if (member->name == "before") {
      message.before = row_text(member->value);
    } else if (member->name == "updated") {
      message.updated = timestamp(member->value, subject);
    } else if (member->name == "resolved") {
      message.resolved = timestamp(member->value, subject);
    }
  }
  if (!has_row && !message.resolved)
    subject.fail(-1, "a message that has neither \"after\" nor \"resolved\"");
  return message;
}

struct detail::ChangefeedStream::State {
  using Bytes = std::span<const std::byte>;
  using Reader = palmetto::detail::RowReader<
      std::tuple<std::optional<std::string_view>, std::optional<Bytes>, Bytes>>;

  ErrorContext context;
  std::optional<Reader> reader;
  palmetto::detail::ArrivingRows rows;

  State(const CrdbConnection& conn, const DynamicSql& statement, const ChangefeedOptions& options)
      : context{std::string(statement.view().shown), statement.view().where},
        rows(free_session_of(conn), 0, statement.view(), {}, StreamRoad::single_row) {
    rows.set_deadline(options.deadline);
    rows.set_cancel(options.cancel);
    rows.send({});
  }
};

detail::ChangefeedStream::ChangefeedStream(CrdbConnection& conn, const std::vector<Table>& tables,
                                           const ChangefeedOptions& options,
                                           std::source_location where)
    : state_(std::make_unique<State>(conn, statement_of(conn, tables, options, where), options)) {}

detail::ChangefeedStream::ChangefeedStream(ChangefeedStream&&) noexcept = default;
detail::ChangefeedStream& detail::ChangefeedStream::operator=(ChangefeedStream&&) noexcept =
    default;
detail::ChangefeedStream::~ChangefeedStream() = default;

std::optional<ChangefeedMessage> detail::ChangefeedStream::next() {
  if (!state_) return std::nullopt;
  if (!state_->rows.next()) return std::nullopt;
  if (!state_->reader) state_->reader.emplace(state_->rows.description());
  const auto [table, key, value] = (*state_->reader)(state_->rows.row(), state_->rows.cells());
  const JsonSubject subject(table.value_or(""), state_->context);
  ChangefeedMessage message = parse_message(text_of(value), subject);
  message.table = table.value_or("");
  if (message.resolved) return message;
  Reader in(nullptr, 0, &subject);
  if (key) in = in.elsewhere(text_of(*key));
  message.key = JsonText::parse(in).text();
  return message;
}

void detail::ChangefeedStream::close() noexcept {
  if (state_) state_->rows.leave();
}

const ErrorContext& detail::ChangefeedStream::context() const noexcept { return state_->context; }

}  // namespace palmetto::crdb
