#include "palmetto/crdb/insert.hpp"

#include "palmetto/connection_info.hpp"
#include "palmetto/errors.hpp"

#include <algorithm>
#include <string>

namespace palmetto::crdb::detail {
namespace {

// Of a statement: what CockroachDB's manual finds reasonable, what the protocol has room for, and
// well below the 16 MiB that CockroachDB takes of a message.
constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_parameters = 65535;
constexpr std::size_t enough_bytes = 1 << 20;

struct Text : sql::Composable {
  explicit Text(std::string text)
      : Composable(
            [text = std::move(text)](const AdaptersMap&, std::string& all, std::string& shown) {
              all += text;
              shown += text;
            }) {}
};

std::size_t rows_per_statement(std::size_t columns) {
  return std::min(most_rows, most_parameters / columns);
}

// "($1, $2), (DEFAULT, $3)".
std::string values_list(const std::vector<bool>& given, std::size_t columns) {
  std::string text;
  int parameter = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (i % columns == 0) text += i == 0 ? "(" : "), (";
    else text += ", ";
    if (given[i]) text += '$' + std::to_string(++parameter);
    else text += "DEFAULT";
  }
  return text + ')';
}

struct ServerInfo : ConnectionInfo {
  explicit ServerInfo(const Executor& executor)
      : ConnectionInfo(palmetto::detail::session_of(executor)) {}
};

void require_upsert(const Executor& executor, const std::source_location& where) {
  static_cast<void>(palmetto::detail::adapters_of(executor));  // throws when it was moved from
  if (ServerInfo(executor).parameter_status("crdb_version")) return;
  throw NotSupportedError(
      "the server has no UPSERT, which is CockroachDB's own; use insert() and "
      "on_conflict(...).do_update(...)",
      {"", where});
}

}  // namespace

Insertion::Insertion(const Executor& executor, InsertCommand command, const Table& table,
                     std::span<const InsertColumn> columns, std::size_t rows,
                     const ConflictClause& conflict, std::source_location where)
    : executor_(executor),
      command_(command),
      table_(table),
      columns_(columns),
      rows_(rows),
      conflict_(conflict),
      where_(where),
      empty_keys_(columns.size()) {
  if (command == InsertCommand::upsert) require_upsert(executor, where);
  begin_statement();
}

Insertion::~Insertion() {
  for (std::size_t column = 0; column < columns_.size(); ++column)
    for (const EmptyKey& empty : empty_keys_[column])
      if (empty.row >= rows_done_) columns_[column].key->empty(empty.key);
}

void Insertion::generate_keys() {
  if (rows_ < 2) return;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const std::vector<EmptyKey>& keys = empty_keys_[column];
    if (keys.empty()) continue;
    const KeyFunctions& functions = *columns_[column].key;
    const sql::Composed select(
        {sql::SQL("SELECT "), Text(std::string(functions.default_expression)),
         sql::SQL(" FROM generate_series(1, $1)")},
        where_);
    const Result values = executor_.execute(select, static_cast<std::int64_t>(keys.size()));
    if (values.size() != keys.size())
      throw InternalError("the server generated another number of keys than it was asked for",
                          {"", where_});
    functions.fill(keys, values, 0);
  }
}

void Insertion::begin_statement() {
  const std::size_t rows = std::min(rows_ - rows_done_, rows_per_statement(columns_.size()));
  const WriteSubject* subject = this;
  parameters_.emplace(rows * columns_.size(), palmetto::detail::adapters_of(executor_),
                      palmetto::detail::parameter_format_of(executor_), subject);
  given_.clear();
  rows_in_statement_ = 0;
}

void Insertion::end_row() {
  ++rows_in_statement_;
  if (rows_in_statement_ == rows_per_statement(columns_.size()) ||
      parameters_->size() >= enough_bytes)
    execute_statement();
}

std::int64_t Insertion::finish() {
  if (rows_in_statement_ != 0) execute_statement();
  return affected_;
}

void Insertion::execute_statement() {
  const std::vector<std::size_t> returning = returning_columns();
  const DynamicSql text = statement(returning).statement(palmetto::detail::adapters_of(executor_));
  const Result result =
      palmetto::detail::execute_arrays(executor_, text.view(), parameters_->arrays());
  affected_ += result.rows_affected();
  settle_keys(result, returning);
  rows_done_ += rows_in_statement_;
  begin_statement();
}

sql::Composed Insertion::statement(std::span<const std::size_t> returning) const {
  const bool upserts = command_ == InsertCommand::upsert;
  std::vector<sql::Identifier> names;
  for (const InsertColumn& column : columns_) names.emplace_back(column.name);
  std::vector<sql::Composable> pieces{upserts ? sql::SQL("UPSERT INTO ") : sql::SQL("INSERT INTO "),
                                      table_,
                                      sql::SQL(" ("),
                                      sql::SQL(", ").join(names),
                                      sql::SQL(") VALUES "),
                                      Text(values_list(given_, columns_.size()))};
  if (!conflict_.empty()) pieces.push_back(sql::SQL(" {}").format(conflict_));
  if (!returning.empty()) {
    std::vector<sql::Identifier> keys;
    for (const std::size_t column : returning) keys.push_back(names[column]);
    pieces.push_back(sql::SQL(" RETURNING {}").format(sql::SQL(", ").join(keys)));
  }
  return sql::Composed(std::move(pieces), where_);
}

// Several rows have their keys already; but which of them were inserted, a conflict decides.
std::vector<std::size_t> Insertion::returning_columns() const {
  std::vector<std::size_t> returning;
  if (rows_ == 1 || !conflict_.empty())
    for (std::size_t column = 0; column < columns_.size(); ++column)
      if (!keys_in_statement(column).empty()) returning.push_back(column);
  return returning;
}

void Insertion::settle_keys(const Result& result, std::span<const std::size_t> returning) {
  for (std::size_t i = 0; i < returning.size(); ++i) {
    const KeyFunctions& functions = *columns_[returning[i]].key;
    const std::span<const EmptyKey> keys = keys_in_statement(returning[i]);
    if (rows_ > 1) functions.empty_others(keys, result, i);
    else if (!result.empty()) functions.fill(keys, result, i);
  }
}

std::span<const EmptyKey> Insertion::keys_in_statement(std::size_t column) const {
  const std::vector<EmptyKey>& keys = empty_keys_[column];
  const auto first = std::ranges::lower_bound(keys, rows_done_, {}, &EmptyKey::row);
  const auto last =
      std::ranges::lower_bound(keys, rows_done_ + rows_in_statement_, {}, &EmptyKey::row);
  return {first, last};
}

void Insertion::fail(int, std::string_view reason) const {
  const std::size_t cell = given_.size() - 1;
  std::string message;
  if (rows_ > 1) message += "row " + std::to_string(rows_done_ + cell / columns_.size() + 1) + ", ";
  message += "column \"" + std::string(columns_[cell % columns_.size()].name) + "\": ";
  throw DataError(message + std::string(reason), {"INSERT INTO " + table_.as_string(), where_});
}

}  // namespace palmetto::crdb::detail
