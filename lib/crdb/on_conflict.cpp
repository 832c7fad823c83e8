#include "palmetto/crdb/on_conflict.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::crdb {

ConflictClause::ConflictClause() : Composable(sql::SQL("")) {}

ConflictClause::ConflictClause(const sql::Composable& clause, bool updates)
    : Composable(clause), empty_(false), updates_(updates) {}

ConflictClause ConflictClause::where(const sql::Composable& condition) const {
  if (!updates_) throw ProgrammingError("ON CONFLICT has a WHERE behind do_update() only");
  return {sql::SQL("{} WHERE {}").format(*this, condition), true};
}

OnConflict::OnConflict(const Columns& columns) : columns_(columns.list()) {
  if (columns.names().empty())
    throw ProgrammingError("on_conflict() without columns is for do_nothing() only");
}

ConflictClause OnConflict::do_nothing() const {
  return {sql::SQL("ON CONFLICT ({}) DO NOTHING").format(columns_), false};
}

ConflictClause OnConflict::do_update(const Columns& columns) const {
  if (columns.names().empty()) throw ProgrammingError("do_update() has no columns to update");
  std::vector<sql::Composed> assignments;
  for (const std::string& name : columns.names())
    assignments.push_back(sql::SQL("{0} = excluded.{0}").format(sql::Identifier(name)));
  return do_update(sql::SQL(", ").join(assignments));
}

ConflictClause OnConflict::do_update(const sql::Composable& assignments) const {
  return {sql::SQL("ON CONFLICT ({}) DO UPDATE SET {}").format(columns_, assignments), true};
}

OnConflict on_conflict(const Columns& columns) { return OnConflict(columns); }

ConflictClause detail::AnyConflict::do_nothing() const {
  return {sql::SQL("ON CONFLICT DO NOTHING"), false};
}

}  // namespace palmetto::crdb
