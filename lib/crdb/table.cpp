#include "palmetto/crdb/table.hpp"

namespace palmetto::crdb {

sql::Composed Columns::list() const {
  std::vector<sql::Identifier> identifiers;
  for (const std::string& name : names_) identifiers.emplace_back(name);
  return sql::SQL(", ").join(identifiers);
}

}  // namespace palmetto::crdb
