#pragma once

struct pg_conn;
struct pg_cancel_conn;

namespace palmetto::pq {

/// libpq's functions that came after version 14, which its header here may not have: null where the
/// library that this process loaded does not either. Looked up once, by name.
struct NewerFunctions {
  int (*set_chunked_rows_mode)(pg_conn*, int) = nullptr;        ///< 17
  int (*send_close_prepared)(pg_conn*, const char*) = nullptr;  ///< 17
  int (*send_pipeline_sync)(pg_conn*) = nullptr;                ///< 17
  pg_cancel_conn* (*cancel_create)(pg_conn*) = nullptr;         ///< 17, and those that follow
  int (*cancel_start)(pg_cancel_conn*) = nullptr;
  int (*cancel_poll)(pg_cancel_conn*) = nullptr;
  int (*cancel_status)(const pg_cancel_conn*) = nullptr;
  int (*cancel_socket)(const pg_cancel_conn*) = nullptr;
  char* (*cancel_error_message)(const pg_cancel_conn*) = nullptr;
  void (*cancel_reset)(pg_cancel_conn*) = nullptr;
  void (*cancel_finish)(pg_cancel_conn*) = nullptr;
};

[[nodiscard]] const NewerFunctions& newer_functions() noexcept;

}  // namespace palmetto::pq
