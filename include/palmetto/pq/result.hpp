#pragma once

#include "palmetto/diagnostic.hpp"
#include "palmetto/format.hpp"
#include "palmetto/oid.hpp"
#include "palmetto/pq/enums.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct pg_result;

namespace palmetto::pq {

/// One value of a result: bytes that the result owns; a null pointer is SQL NULL. `length` is in
/// bytes; the byte behind the last is a NUL in both formats.
struct Cell {
  const char* data;
  std::size_t length;
};

/// Owns a PGresult. Each member is one libpq call; rows and columns count from 0 and are not
/// checked. Source: the manual, section 34.3 "Command Execution Functions".
class Result {
 public:
  Result() noexcept = default;
  explicit Result(pg_result* handle) noexcept : handle_(handle) {}

  /// PQmakeEmptyPGresult: a result without a server, for tests.
  [[nodiscard]] static Result make_empty(ResultStatus status);

  /// Whether there is a result at all: PQgetResult ends a command with none.
  explicit operator bool() const noexcept { return handle_ != nullptr; }

  [[nodiscard]] ResultStatus status() const noexcept;
  /// PQresultErrorMessage: the whole text, as libpq puts it together.
  [[nodiscard]] std::string error_message() const;
  /// PQresultErrorField, each of them.
  [[nodiscard]] Diagnostic diagnostic() const;

  [[nodiscard]] int ntuples() const noexcept;
  [[nodiscard]] int nfields() const noexcept;
  [[nodiscard]] std::string_view fname(int column) const noexcept;
  [[nodiscard]] Oid ftype(int column) const noexcept;
  [[nodiscard]] int fmod(int column) const noexcept;
  [[nodiscard]] Format fformat(int column) const noexcept;
  /// PQnparams and PQparamtype: of a prepared statement's description.
  [[nodiscard]] int nparams() const noexcept;
  [[nodiscard]] Oid paramtype(int parameter) const noexcept;
  /// PQcmdStatus: the command tag, "UPDATE 3".
  [[nodiscard]] std::string_view command_tag() const noexcept;

  /// PQgetvalue, PQgetlength and PQgetisnull of one row, for `count` columns at once.
  void cells(int row, const int* columns, std::size_t count, Cell* out) const noexcept;
  [[nodiscard]] Cell cell(int row, int column) const noexcept;

 private:
  struct Clear {
    void operator()(pg_result* handle) const noexcept;
  };
  std::unique_ptr<pg_result, Clear> handle_;
};

/// The fields of a notice, whose PGresult stays libpq's.
[[nodiscard]] Diagnostic diagnostic_of(const pg_result* handle);

}  // namespace palmetto::pq
