#pragma once

#include "palmetto/sql/composition.hpp"

#include <concepts>
#include <string>
#include <string_view>

namespace palmetto {

/// The formats of COPY. Source: the manual, COPY, "File Formats".
enum class CopyFormat { binary, text, csv };

/// How a COPY goes.
struct CopyOptions {
  CopyFormat format = CopyFormat::binary;
};

/// The table of a COPY: a name, which is quoted as one identifier, or `sql::Identifier("bank",
/// "accounts")`. Throws ProgrammingError for an empty name or one with a NUL byte.
class CopyTable {
 public:
  template <std::convertible_to<std::string_view> Name>
  CopyTable(const Name& name) : CopyTable(sql::Identifier(name)) {}
  CopyTable(const sql::Identifier& name) : name_(name.as_string()) {}

  /// As it stands in a statement.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
};

}  // namespace palmetto
