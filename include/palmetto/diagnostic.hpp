#pragma once

#include <optional>
#include <string>

namespace palmetto {

/// Every field of an error or a notice as the server sent it; a field that it did not send is
/// empty. The texts may quote the user's data (a detail names the duplicate key): think before
/// logging them. Source: the manual, section 55.8 "Error and Notice Message Fields"; psycopg's
/// `Diagnostic`.
struct Diagnostic {
  std::string severity;  ///< S: ERROR, FATAL, NOTICE..., translated by the server
  /// V: the same, never translated. CockroachDB before 22.1.3 does not send it.
  std::string severity_nonlocalized;
  std::string sqlstate;                   ///< C: five characters
  std::string message_primary;            ///< M
  std::string message_detail;             ///< D
  std::string message_hint;               ///< H
  std::string internal_query;             ///< q: a failed internally generated command
  std::string context;                    ///< W: the call stack of PL functions
  std::string schema_name;                ///< s
  std::string table_name;                 ///< t
  std::string column_name;                ///< c
  std::string datatype_name;              ///< d
  std::string constraint_name;            ///< n
  std::string source_file;                ///< F: in the server's own source
  std::string source_line;                ///< L
  std::string source_function;            ///< R
  std::optional<int> statement_position;  ///< P: in characters, from 1, into the statement
  std::optional<int> internal_position;   ///< p: likewise, into internal_query
};

}  // namespace palmetto
