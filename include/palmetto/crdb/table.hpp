#pragma once

#include "palmetto/sql/composition.hpp"

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palmetto::crdb {

/// The name of a table: `"accounts"`, or with a schema `sql::Identifier("bank", "accounts")`. A
/// text is one name, quoted, whatever is in it: "bank.accounts" is a table with a dot in its name.
class Table : public sql::Identifier {
 public:
  template <std::convertible_to<std::string_view> Name>
  Table(const Name& name) : Identifier(name) {}
  Table(sql::Identifier name) : Identifier(std::move(name)) {}
};

/// The names of columns: of one, `"owner"`, or of several, `{"branch", "number"}`.
class Columns {
 public:
  Columns(const char* name) : names_{name} {}
  Columns(std::string name) : names_{std::move(name)} {}
  // Of pointers: of two strings in another pair of braces a std::string_view would be made.
  Columns(std::initializer_list<const char*> names) : names_(names.begin(), names.end()) {}
  explicit Columns(std::vector<std::string> names) : names_(std::move(names)) {}

  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  /// As a piece of SQL: "branch", "number".
  [[nodiscard]] sql::Composed list() const;

 private:
  std::vector<std::string> names_;
};

}  // namespace palmetto::crdb
