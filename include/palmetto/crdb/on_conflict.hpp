#pragma once

#include "palmetto/crdb/table.hpp"

#include <string>
#include <utility>

namespace palmetto::crdb {

namespace detail {
struct AnyConflict;
}

/// An ON CONFLICT clause, whole: what `on_conflict` ends in; none by default.
class ConflictClause : public sql::Composable {
 public:
  ConflictClause();

  [[nodiscard]] bool empty() const noexcept { return empty_; }

  /// The same for the rows that meet the condition; the others stay as they are:
  /// `on_conflict("owner").do_update("balance").where(sql::SQL("accounts.balance < 0"))`. Throws
  /// ProgrammingError behind do_nothing().
  [[nodiscard]] ConflictClause where(const sql::Composable& condition) const;

 private:
  friend class OnConflict;
  friend struct detail::AnyConflict;
  ConflictClause(const sql::Composable& clause, bool updates);
  bool empty_ = true;
  bool updates_ = false;
};

/// What to do with a row when another one has the same in some columns, which must be those of a
/// unique constraint or index:
///
///     crdb::insert(conn, "accounts", ann, crdb::on_conflict("owner").do_nothing());
///     crdb::insert(conn, "accounts", ann, crdb::on_conflict("owner").do_update("balance"));
///     crdb::insert(conn, "places", place,
///                  crdb::on_conflict({"street", "number"})
///                      .do_update(sql::SQL("visits = places.visits + excluded.visits")));
///
/// Source: CockroachDB's manual, "INSERT", "ON CONFLICT clause"; peewee's `on_conflict`.
class OnConflict {
 public:
  explicit OnConflict(const Columns& columns);

  /// Leaves the row out.
  [[nodiscard]] ConflictClause do_nothing() const;
  /// Puts these columns of the row into the one that is there. Throws ProgrammingError when there
  /// are none.
  [[nodiscard]] ConflictClause do_update(const Columns& columns) const;
  /// Changes the row that is there, by the assignments of an UPDATE; `excluded` is the one that is
  /// left out.
  [[nodiscard]] ConflictClause do_update(const sql::Composable& assignments) const;

 private:
  sql::Composed columns_;
};

/// Throws ProgrammingError when there are no columns.
[[nodiscard]] OnConflict on_conflict(const Columns& columns);

namespace detail {

struct AnyConflict {
  [[nodiscard]] ConflictClause do_nothing() const;
};

template <class>
inline constexpr bool has_named_conflicts = false;

}  // namespace detail

/// Whatever the columns are: `on_conflict().do_nothing()`.
[[nodiscard]] inline detail::AnyConflict on_conflict() { return {}; }

/// Not by a constraint's name, ON CONFLICT ON CONSTRAINT: it does not compile.
template <class Name>
void on_constraint(const Name&) {
  static_assert(
      detail::has_named_conflicts<Name>,
      "palmetto: conflicts are found by the columns, since CockroachDB before v22.1 finds "
      "none by a constraint's name: on_conflict({\"street\", \"number\"})");
}

}  // namespace palmetto::crdb
