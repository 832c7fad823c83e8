#include "palmetto/crdb/create_table.hpp"

#include "palmetto/errors.hpp"

#include <algorithm>

namespace palmetto::crdb {
namespace {

using detail::ColumnDefinition;
using Definitions = std::span<const ColumnDefinition>;

std::string quoted(std::string_view name) { return '"' + std::string(name) + '"'; }

const ColumnDefinition& find_column(Definitions columns, std::string_view name, const char* option,
                                    std::source_location where) {
  const auto column = std::ranges::find(columns, name, &ColumnDefinition::name);
  if (column == columns.end())
    throw ProgrammingError(
        std::string(option) + " names a column that no member is: " + quoted(name), {"", where});
  return *column;
}

void check(Definitions columns, const TableOptions& options, std::source_location where) {
  for (const std::string& name : options.primary_key.names())
    find_column(columns, name, "primary_key", where);
  for (const Columns& unique : options.unique)
    for (const std::string& name : unique.names()) find_column(columns, name, "unique", where);
  for (const auto& [name, constraint] : options.column_constraints)
    if (!find_column(columns, name, "column_constraints", where).default_expression.empty())
      throw ProgrammingError(quoted(name) +
                                 " is a key, whose DEFAULT is its own: it takes no "
                                 "column_constraints",
                             {"", where});
}

std::vector<std::string> primary_key(Definitions columns, const TableOptions& options,
                                     std::source_location where) {
  if (!options.primary_key.names().empty()) return options.primary_key.names();
  std::vector<std::string> keys;
  for (const ColumnDefinition& column : columns)
    if (!column.default_expression.empty()) keys.emplace_back(column.name);
  if (keys.size() > 1)
    throw ProgrammingError("more members than one are keys, " + quoted(keys[0]) + " and " +
                               quoted(keys[1]) + ": primary_key must say which",
                           {"", where});
  return keys;
}

// The types of all the columns; one error for all that have none.
class ColumnTypes {
 public:
  ColumnTypes(const AdaptersMap& map, Definitions columns, std::source_location where) {
    for (const ColumnDefinition& column : columns) {
      try {
        names_.push_back(sql::detail::type_name(map, column.type(map)));
      } catch (const NotSupportedError& error) {
        is_unsupported_ = true;
        note(column, error);
      } catch (const ProgrammingError& error) { note(column, error); }
    }
    if (!problems_.empty()) fail({"", where});
  }

  [[nodiscard]] const std::string& operator[](std::size_t column) const { return names_[column]; }

 private:
  void note(const ColumnDefinition& column, const Error& error) {
    problems_ += problems_.empty() ? "" : "; ";
    problems_ +=
        quoted(column.name) + " (" + std::string(column.cpp_name) + "): " + error.message();
  }
  [[noreturn]] void fail(const ErrorContext& context) const {
    const std::string message = "the table can't have these columns: " + problems_;
    if (is_unsupported_) throw NotSupportedError(message, context);
    throw ProgrammingError(message, context);
  }

  std::vector<std::string> names_;
  std::string problems_;
  bool is_unsupported_ = false;
};

std::string define(const ColumnDefinition& column, const std::string& type) {
  std::string definition = sql::Identifier(column.name).as_string() + ' ' + type;
  if (!column.nullable) definition += " NOT NULL";
  if (!column.default_expression.empty())
    definition += " DEFAULT " + std::string(column.default_expression);
  return definition;
}

// The columns with their types, which are known only when the adapters are.
class ColumnList : public sql::Composable {
 public:
  using Constraints = std::vector<std::pair<std::string, sql::Composable>>;

  ColumnList(Definitions columns, Constraints constraints, std::source_location where)
      : Composable([columns, constraints = std::move(constraints), where](
                       const AdaptersMap& map, std::string& text, std::string& shown) {
          const ColumnTypes types(map, columns, where);
          for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string definition = (i == 0 ? "" : ", ") + define(columns[i], types[i]);
            append(map, text, shown, definition, columns[i].name, constraints);
          }
        }) {}

 private:
  static void append(const AdaptersMap& map, std::string& text, std::string& shown,
                     const std::string& definition, std::string_view name,
                     const Constraints& constraints) {
    text += definition;
    shown += definition;
    for (const auto& [column, constraint] : constraints) {
      if (column != name) continue;
      text += ' ';
      shown += ' ';
      constraint.render()(map, text, shown);
    }
  }
};

}  // namespace

sql::Composed detail::compose_create_table(const Table& table,
                                           std::span<const ColumnDefinition> columns,
                                           const TableOptions& options,
                                           std::source_location where) {
  check(columns, options, where);
  std::vector<sql::Composable> elements{ColumnList(columns, options.column_constraints, where)};
  if (const auto key = primary_key(columns, options, where); !key.empty())
    elements.push_back(sql::SQL("PRIMARY KEY ({})").format(Columns(key).list()));
  for (const Columns& unique : options.unique)
    elements.push_back(sql::SQL("UNIQUE ({})").format(unique.list()));
  elements.insert(elements.end(), options.table_constraints.begin(),
                  options.table_constraints.end());
  const sql::SQL create =
      options.if_not_exists ? sql::SQL("CREATE TABLE IF NOT EXISTS ") : sql::SQL("CREATE TABLE ");
  return sql::Composed(
      {create, table, sql::SQL(" ("), sql::SQL(", ").join(elements), sql::SQL(")")}, where);
}

void detail::throw_unreadable(const AdaptersMap& map, Oid type) {
  throw ProgrammingError("it can't be read from " + map.types().display(type) +
                         ", as which it is sent: register its own type, or a dumper and a loader");
}

}  // namespace palmetto::crdb
