#include "palmetto/pq/result.hpp"

#include <libpq-fe.h>

#include <charconv>

namespace palmetto::pq {

static_assert(static_cast<int>(ResultStatus::tuples_ok) == PGRES_TUPLES_OK);
static_assert(static_cast<int>(ResultStatus::fatal_error) == PGRES_FATAL_ERROR);
static_assert(static_cast<int>(ResultStatus::pipeline_aborted) == PGRES_PIPELINE_ABORTED);

namespace {

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text != nullptr ? text : "";
}

std::optional<int> position(const PGresult* result, int code) {
  const std::string text = field(result, code);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

// A NULL has length 0: only then is there a need to ask for more.
Cell cell_of(const PGresult* result, int row, int column) noexcept {
  const auto length = static_cast<std::size_t>(PQgetlength(result, row, column));
  if (length == 0 && PQgetisnull(result, row, column) != 0) return {nullptr, 0};
  return {PQgetvalue(result, row, column), length};
}

}  // namespace

Diagnostic diagnostic_of(const pg_result* handle) {
  return {.severity = field(handle, PG_DIAG_SEVERITY),
          .severity_nonlocalized = field(handle, PG_DIAG_SEVERITY_NONLOCALIZED),
          .sqlstate = field(handle, PG_DIAG_SQLSTATE),
          .message_primary = field(handle, PG_DIAG_MESSAGE_PRIMARY),
          .message_detail = field(handle, PG_DIAG_MESSAGE_DETAIL),
          .message_hint = field(handle, PG_DIAG_MESSAGE_HINT),
          .internal_query = field(handle, PG_DIAG_INTERNAL_QUERY),
          .context = field(handle, PG_DIAG_CONTEXT),
          .schema_name = field(handle, PG_DIAG_SCHEMA_NAME),
          .table_name = field(handle, PG_DIAG_TABLE_NAME),
          .column_name = field(handle, PG_DIAG_COLUMN_NAME),
          .datatype_name = field(handle, PG_DIAG_DATATYPE_NAME),
          .constraint_name = field(handle, PG_DIAG_CONSTRAINT_NAME),
          .source_file = field(handle, PG_DIAG_SOURCE_FILE),
          .source_line = field(handle, PG_DIAG_SOURCE_LINE),
          .source_function = field(handle, PG_DIAG_SOURCE_FUNCTION),
          .statement_position = position(handle, PG_DIAG_STATEMENT_POSITION),
          .internal_position = position(handle, PG_DIAG_INTERNAL_POSITION)};
}

Result Result::make_empty(ResultStatus status) {
  return Result(PQmakeEmptyPGresult(nullptr, static_cast<ExecStatusType>(status)));
}

ResultStatus Result::status() const noexcept {
  return static_cast<ResultStatus>(PQresultStatus(handle_.get()));
}
std::string Result::error_message() const { return PQresultErrorMessage(handle_.get()); }
Diagnostic Result::diagnostic() const { return diagnostic_of(handle_.get()); }
int Result::ntuples() const noexcept { return PQntuples(handle_.get()); }
int Result::nfields() const noexcept { return PQnfields(handle_.get()); }
std::string_view Result::fname(int column) const noexcept { return PQfname(handle_.get(), column); }
Oid Result::ftype(int column) const noexcept { return PQftype(handle_.get(), column); }
int Result::fmod(int column) const noexcept { return PQfmod(handle_.get(), column); }
Format Result::fformat(int column) const noexcept {
  return static_cast<Format>(PQfformat(handle_.get(), column));
}
int Result::nparams() const noexcept { return PQnparams(handle_.get()); }
Oid Result::paramtype(int parameter) const noexcept {
  return PQparamtype(handle_.get(), parameter);
}
std::string_view Result::command_tag() const noexcept { return PQcmdStatus(handle_.get()); }

void Result::cells(int row, const int* columns, std::size_t count, Cell* out) const noexcept {
  const PGresult* result = handle_.get();
  for (std::size_t i = 0; i < count; ++i) out[i] = cell_of(result, row, columns[i]);
}
Cell Result::cell(int row, int column) const noexcept {
  return cell_of(handle_.get(), row, column);
}

void Result::Clear::operator()(pg_result* handle) const noexcept { PQclear(handle); }

}  // namespace palmetto::pq
