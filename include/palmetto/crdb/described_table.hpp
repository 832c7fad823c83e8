#pragma once

#include "palmetto/adapt/fields.hpp"
#include "palmetto/crdb/keys.hpp"

#include <cstddef>
#include <string_view>

/// Structs that are the rows of tables: a member is the column of its name.
namespace palmetto::crdb::detail {

template <class T>
concept TableRow = palmetto::detail::Described<T>;

template <class T>
inline constexpr std::size_t column_count = 0;
template <TableRow T>
inline constexpr std::size_t column_count<T> = palmetto::detail::FieldsOf<T>::size;

template <class T>
struct RequireTable {
  static_assert(column_count<T> != 0,
                "palmetto: the rows of a table are structs whose members Boost.Describe knows: "
                "BOOST_DESCRIBE_STRUCT(Account, (), (id, owner))");
  static constexpr bool met = true;
};

template <class Member>
struct RequireColumn {
  static_assert(Dumpable<not_null_t<Member>>,
                "palmetto: a member of this type can't be a column, because it has no adapter: "
                "specialise palmetto::Adapter<T> for it (include/palmetto/adapt/adapter.hpp shows "
                "how), or include the header of its adapter");
  static constexpr bool met = true;
};

/// What generates a member that is a key; empty: it is none.
template <class Member>
inline constexpr std::string_view default_expression{};
template <Key Member>
inline constexpr std::string_view default_expression<Member> = Member::default_expression;

}  // namespace palmetto::crdb::detail
