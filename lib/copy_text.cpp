#include "copy_text.hpp"

namespace palmetto::detail {
namespace {

constexpr std::string_view to_client = " TO STDOUT (FORMAT binary)";

std::string list(const ColumnNames& columns) {
  std::string names;
  for (const std::string_view column : columns) {
    if (!names.empty()) names += ", ";
    names += sql::Identifier(column).as_string();
  }
  return names;
}

std::string table_and_columns(const CopyTable& table, const ColumnNames& columns) {
  return columns.empty() ? table.name() : table.name() + " (" + list(columns) + ")";
}

std::string format_text(CopyFormat format, const Dialect& dialect) {
  const bool has_options = dialect.has(Feature::copy_options);
  switch (format) {
    case CopyFormat::binary:
      return has_options ? " (FORMAT binary)" : " BINARY";
    case CopyFormat::csv:
      return has_options ? " (FORMAT csv)" : " CSV";
    case CopyFormat::text:
      return "";
  }
  return "";
}

}  // namespace

std::string select_text(const CopyTable& table, const ColumnNames& columns) {
  return "SELECT " + (columns.empty() ? "*" : list(columns)) + " FROM " + table.name();
}

std::string copy_in_text(const CopyTable& table, const ColumnNames& columns, CopyFormat format,
                         const Dialect& dialect) {
  return "COPY " + table_and_columns(table, columns) + " FROM STDIN" + format_text(format, dialect);
}

std::string copy_out_text(const CopyTable& table, const ColumnNames& columns) {
  return "COPY " + table_and_columns(table, columns) + std::string(to_client);
}

// The line break ends a comment at the query's end.
std::string copy_out_text(std::string_view query) {
  return "COPY (" + std::string(query) + "\n)" + std::string(to_client);
}

}  // namespace palmetto::detail
