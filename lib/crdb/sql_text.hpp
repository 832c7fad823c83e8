#pragma once

#include "palmetto/sql/composition.hpp"

#include <string>

namespace palmetto::crdb {

/// A piece of a statement that is SQL already, made here of what was checked.
class SqlText : public sql::Composable {
 public:
  explicit SqlText(std::string sql)
      : Composable(
            [sql = std::move(sql)](const AdaptersMap&, std::string& text, std::string& shown) {
              text += sql;
              shown += sql;
            }) {}
};

}  // namespace palmetto::crdb
