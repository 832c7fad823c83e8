#pragma once

/// libpq's enumerations, under C++ names; the values are libpq's own (checked in lib/pq).
namespace palmetto::pq {

/// PQstatus. What lies between is the progress of a connection being made.
enum class ConnStatus : int { ok = 0, bad = 1, started = 2, made = 3, other = 4 };

/// PQtransactionStatus.
enum class TransactionStatus : int {
  idle = 0,            ///< no transaction
  active = 1,          ///< a command is in progress
  in_transaction = 2,  ///< idle, within a transaction
  in_error = 3,        ///< idle, within a failed transaction
  unknown = 4,         ///< the connection is bad
};

/// Whether the connection is there, and no command in progress.
[[nodiscard]] constexpr bool is_idle(TransactionStatus status) noexcept {
  return status != TransactionStatus::active && status != TransactionStatus::unknown;
}

/// PQresultStatus.
enum class ResultStatus : int {
  empty_query = 0,
  command_ok = 1,
  tuples_ok = 2,
  copy_out = 3,
  copy_in = 4,
  bad_response = 5,
  nonfatal_error = 6,
  fatal_error = 7,
  copy_both = 8,
  single_tuple = 9,
  pipeline_sync = 10,
  pipeline_aborted = 11,
  tuples_chunk = 12,
};

/// Whether the statement is a COPY from or to the client, which has begun.
[[nodiscard]] constexpr bool is_copy(ResultStatus status) noexcept {
  return status == ResultStatus::copy_in || status == ResultStatus::copy_out ||
         status == ResultStatus::copy_both;
}

/// Whether the statement failed, or its answer could not be understood.
[[nodiscard]] constexpr bool is_error(ResultStatus status) noexcept {
  return status == ResultStatus::fatal_error || status == ResultStatus::bad_response;
}

/// PQconnectPoll.
enum class PollingStatus : int { failed = 0, reading = 1, writing = 2, ok = 3 };

/// PQflush.
enum class FlushStatus : int { failed = -1, done = 0, pending = 1 };

/// PQputCopyData and PQputCopyEnd, in nonblocking mode.
enum class PutStatus : int { failed = -1, full = 0, queued = 1 };

/// PQgetCopyData, asynchronous.
enum class CopyStatus : int { data, pending, done, failed };

}  // namespace palmetto::pq
