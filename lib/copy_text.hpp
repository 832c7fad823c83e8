#pragma once

#include "palmetto/copy_table.hpp"
#include "palmetto/dialect.hpp"
#include "palmetto/sql/composition.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The texts of COPY.
namespace palmetto::detail {

using ColumnNames = std::vector<std::string_view>;

/// What asks for the columns: SELECT "id", "owner" FROM "accounts".
[[nodiscard]] std::string select_text(const CopyTable& table, const ColumnNames& columns);
/// COPY "accounts" ("id", "owner") FROM STDIN, with the format in the words of the server.
[[nodiscard]] std::string copy_in_text(const CopyTable& table, const ColumnNames& columns,
                                       CopyFormat format, const Dialect& dialect);
/// COPY "accounts" ("id", "owner") TO STDOUT, in binary.
[[nodiscard]] std::string copy_out_text(const CopyTable& table, const ColumnNames& columns);
/// The same of a query.
[[nodiscard]] std::string copy_out_text(std::string_view query);

}  // namespace palmetto::detail
