#pragma once

#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/crdb/described_table.hpp"
#include "palmetto/crdb/keys.hpp"
#include "palmetto/crdb/table.hpp"

#include <array>
#include <cstddef>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The table of a described struct:
///
///     struct Account {
///       crdb::UuidKey id;
///       std::string owner;
///       std::int64_t balance;
///       std::optional<std::string> note;
///       std::vector<std::string> tags;
///     };
///     BOOST_DESCRIBE_STRUCT(Account, (), (id, owner, balance, note, tags))
///
///     conn.execute(crdb::create_table<Account>("accounts", {.unique = {"owner"}}));
///
/// makes
///
///     CREATE TABLE "accounts" ("id" uuid NOT NULL DEFAULT gen_random_uuid(), "owner" text NOT
///     NULL,
///       "balance" bigint NOT NULL, "note" text, "tags" text[] NOT NULL, PRIMARY KEY ("id"),
///       UNIQUE ("owner"))
///
/// The columns are the members, by their names. A std::optional member may be NULL, no other. The
/// types are those of the executor's adapters: what a member is sent as, if it can be read from
/// that; else what its adapter says it is: on CockroachDB a std::int32_t is sent as int8, and its
/// column is an int4, which it is read from. So the same struct is for either server, registered
/// enums have their own types, and RowId alone is CockroachDB's.
/// Source: peewee's `Model.create_table`; CockroachDB's manual, "CREATE TABLE".
namespace palmetto::crdb {

/// What a struct can't say of its table. Names of columns are those of its members.
struct TableOptions {
  bool if_not_exists = false;

  /// Instead of the member that is a key.
  Columns primary_key{};
  /// `{"owner", {"branch", "number"}}`: owner by itself, the other two together.
  std::vector<Columns> unique{};
  /// SQL behind the type of a column: `{{"balance", sql::SQL("DEFAULT 0 CHECK (balance >= 0)")}}`.
  /// Not for a key, which has its own DEFAULT.
  std::vector<std::pair<std::string, sql::Composable>> column_constraints{};
  /// SQL of its own, behind the columns: `{sql::SQL("CHECK (low < high)"), sql::SQL("INDEX
  /// (at)")}`.
  std::vector<sql::Composable> table_constraints{};
};

/// CREATE TABLE for a T, as a composed statement: to execute, to look at by `as_string`, or to add
/// to: `create_table<T>("t") + sql::SQL(" LOCALITY REGIONAL BY ROW")`.
///
/// Throws ProgrammingError when an option names no member, when more members than one are keys and
/// `primary_key` does not say which, and when a key has constraints. When it is executed, throws
/// NotSupportedError naming every member whose type the server does not have, and ProgrammingError
/// for those whose type is not registered; nothing is sent then.
template <class T>
[[nodiscard]] sql::Composed create_table(
    const Table& table, const TableOptions& options = {},
    std::source_location where = std::source_location::current());

// ---------------------------------------------------------------------------------------

namespace detail {

struct ColumnDefinition {
  std::string_view name;
  std::string_view cpp_name;
  bool nullable;
  std::string_view default_expression;  ///< of a key; empty: it is none
  Oid (*type)(const AdaptersMap& map);
};

/// `columns` live for ever.
[[nodiscard]] sql::Composed compose_create_table(const Table& table,
                                                 std::span<const ColumnDefinition> columns,
                                                 const TableOptions& options,
                                                 std::source_location where);

[[noreturn]] void throw_unreadable(const AdaptersMap& map, Oid type);

/// What the elements of an array column are.
template <class T>
struct ElementOf {};
template <class T>
  requires requires { Adapter<T>::is_sequence; }
struct ElementOf<T> {
  using type = not_null_t<typename palmetto::detail::Nested<T>::Element>;
};
template <class T>
struct ElementOf<Array<T>> {
  using type = not_null_t<T>;
};

template <class T>
[[nodiscard]] bool is_read_from(const AdaptersMap& map, Oid type) {
  if (type == 0) return false;
  if constexpr (Loadable<T>)
    return map.find_loader<T>(type, Format::binary) || map.find_loader<T>(type, Format::text);
  else return true;
}

/// The type of a column that holds Ts.
template <class T>
[[nodiscard]] Oid column_type(const AdaptersMap& map) {
  const Oid sent = map.find_dumper<T>().oid();
  if (is_read_from<T>(map, sent)) return sent;
  Oid type = TypeRef("text").oid;
  if constexpr (requires { typename ElementOf<T>::type; }) {
    type = map.array_oid_of(column_type<typename ElementOf<T>::type>(map));
  } else if constexpr (requires { Adapter<T>::type; }) {
    constexpr TypeRef adapted = Adapter<T>::type;
    if (!adapted.is_untyped()) type = map.oid_of(adapted);
  }
  if (!is_read_from<T>(map, type)) throw_unreadable(map, type);
  return type;
}

template <class Member>
[[nodiscard]] constexpr ColumnDefinition column_definition(std::string_view name) {
  using Value = not_null_t<Member>;
  static_assert(RequireColumn<Member>::met);
  return {name, cpp_name<Value>(), is_nullable<Member>, default_expression<Member>,
          &column_type<Value>};
}

template <class T>
inline constexpr auto column_definitions = []<std::size_t... I>(std::index_sequence<I...>) {
  using Fields = palmetto::detail::FieldsOf<T>;
  return std::array<ColumnDefinition, column_count<T>>{
      column_definition<typename Fields::template Field<I>>(Fields::names[I])...};
}(std::make_index_sequence<column_count<T>>());

}  // namespace detail

template <class T>
sql::Composed create_table(const Table& table, const TableOptions& options,
                           std::source_location where) {
  static_assert(detail::RequireTable<T>::met);
  return detail::compose_create_table(table, detail::column_definitions<T>, options, where);
}

}  // namespace palmetto::crdb
