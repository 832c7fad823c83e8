#pragma once

#include "palmetto/diagnostic.hpp"

#include <cstddef>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>

/// The exceptions. Catch by meaning (`IntegrityError`), by SQLSTATE (`errors::UniqueViolation`), or
/// all
/// (`Error`); ask any of them what failed, where and why:
///
///     try {
///       conn.execute("INSERT INTO accounts VALUES ($1)", id);
///     } catch (const palmetto::errors::UniqueViolation& error) {
///       log(error.diagnostic().constraint_name, error.where().file_name(), error.where().line());
///     }
///
/// The hierarchy is the one of Python's DB-API (PEP 249) and of psycopg.
namespace palmetto {

/// What an error is about, gathered where it is raised.
struct ErrorContext {
  std::string statement;                           ///< the text that failed; empty: none did
  std::source_location where{};                    ///< of the statement in the caller's source
  std::shared_ptr<const Diagnostic> diagnostic{};  ///< null: the error did not come from the server
};

/// The base of every exception that Palmetto throws. Its text never holds the value of a parameter
/// or a password. Copying does not throw.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, const ErrorContext& context = {});

  /// The message alone: what() without the SQLSTATE, the statement and the place.
  [[nodiscard]] const std::string& message() const noexcept { return details_->message; }

  /// The five characters of the server's SQLSTATE; empty when the error is the client's own.
  [[nodiscard]] std::string_view sqlstate() const noexcept;

  /// The fields of the server's message; all empty when the error is the client's own.
  [[nodiscard]] const Diagnostic& diagnostic() const noexcept;

  /// The text of the statement that failed, with composed literals left out; empty when none did.
  [[nodiscard]] const std::string& statement() const noexcept {
    return details_->context.statement;
  }

  /// Where in the caller's source that statement stands; line 0 when unknown.
  [[nodiscard]] const std::source_location& where() const noexcept {
    return details_->context.where;
  }

  /// Whether the same transaction, run again from its start, may succeed: 40001
  /// serialization_failure, 40P01 deadlock_detected, CockroachDB's old CR000.
  [[nodiscard]] bool is_retryable() const noexcept;

 private:
  struct Details {
    std::string message;
    ErrorContext context;
  };
  std::shared_ptr<const Details> details_;
};

/// The library was used wrongly, or can't work with this server; the database had no part in it.
class InterfaceError : public Error {
 public:
  using Error::Error;
};

/// The base of what concerns the database.
class DatabaseError : public Error {
 public:
  using Error::Error;
};

/// A value is out of range, malformed, NULL where none is taken, or of a type that does not fit.
class DataError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

/// The server's operation failed for reasons that are not the program's: lost, busy, refused.
class OperationalError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

/// A constraint does not hold.
class IntegrityError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

/// The database is in a state that it should not be in, a failed transaction among them.
class InternalError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

/// The statement is wrong: syntax, unknown names, a wrong number of arguments.
class ProgrammingError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

/// The server, its version or the loaded libpq does not have what was asked for.
class NotSupportedError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

/// The columns of a result can't be read as the C++ types asked for. One error names every
/// mismatch.
class TypeMismatch : public DataError {
 public:
  using DataError::DataError;
};

/// A result had another number of rows than the call takes: `one()` of none, `optional()` of two.
class RowCountError : public DataError {
 public:
  using DataError::DataError;
};

/// No connection was made before the connect deadline.
class ConnectionTimeout : public OperationalError {
 public:
  using OperationalError::OperationalError;
};

/// The connection died during an operation, and is closed.
class ConnectionLost : public OperationalError {
 public:
  using OperationalError::OperationalError;
};

/// An operation's deadline passed: its statement was cancelled and did not take effect, or, when
/// the server no longer answered, the connection was closed (`Connection::closed()` tells).
class OperationTimeout : public OperationalError {
 public:
  using OperationalError::OperationalError;
};

/// The statement was not executed, because one before it in the same pipeline had failed.
class PipelineAborted : public OperationalError {
 public:
  using OperationalError::OperationalError;
};

/// COMMIT was answered with ROLLBACK: a statement of the transaction had failed before, and nothing
/// of it was applied.
class TransactionRolledBack : public OperationalError {
 public:
  using OperationalError::OperationalError;
};

/// Transactions were ended in another order than the reverse of their beginning.
class OutOfOrderTransactionNesting : public ProgrammingError {
 public:
  using ProgrammingError::ProgrammingError;
};

/// The outcome of a COMMIT is unknown: the transaction may have been applied, or not.
class AmbiguousCommit : public OperationalError {
 public:
  using OperationalError::OperationalError;
};

/// A retried transaction failed as often as it was allowed to.
class ExceededMaxAttempts : public OperationalError {
 public:
  ExceededMaxAttempts(int attempts, const Error& last);

  /// How many times the function ran.
  [[nodiscard]] int attempts() const noexcept { return attempts_; }

  /// The error that the last attempt ended with.
  [[nodiscard]] const Error& last_error() const noexcept { return last_; }

 private:
  int attempts_;
  Error last_;
};

/// One class per SQLSTATE, named as psycopg names them: `errors::UniqueViolation` is 23505.
namespace errors {

/// The five characters, as a template argument.
struct SqlState {
  char text[6]{};
  consteval SqlState(const char (&code)[6]) {
    for (std::size_t i = 0; i < 6; ++i) text[i] = code[i];
  }
};

template <SqlState Code, class Base>
class ServerError : public Base {
 public:
  using Base::Base;
  static constexpr std::string_view code{Code.text, 5};
};

#define PALMETTO_SQLSTATE(code, name, base) using name = ServerError<code, base>;
#include "palmetto/sqlstates.def"
#undef PALMETTO_SQLSTATE

}  // namespace errors

/// Throws the class of the diagnostic's SQLSTATE: its own, else the base of its class (the first
/// two characters), else `DatabaseError`. `message` is what to say; the context's diagnostic must
/// be set.
[[noreturn]] void throw_server_error(const std::string& message, const ErrorContext& context);

}  // namespace palmetto
