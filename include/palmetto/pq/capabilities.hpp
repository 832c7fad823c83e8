#pragma once

namespace palmetto::pq {

/// What the libpq that this process loaded can do, whatever it was built with.
/// Source: libpq's release notes; psycopg's `Capabilities`.
struct Capabilities {
  int libpq_version = 0;            ///< PQlibVersion: 150018 is 15.18
  bool pipeline = false;            ///< PQenterPipelineMode, from 14
  bool chunked_rows = false;        ///< PQsetChunkedRowsMode, from 17
  bool cancel_connection = false;   ///< PQcancelCreate, from 17
  bool close_prepared = false;      ///< PQsendClosePrepared, from 17
  bool pipeline_send_sync = false;  ///< PQsendPipelineSync, from 17
};

/// Looked up once, by name, in the loaded library.
[[nodiscard]] const Capabilities& capabilities() noexcept;

}  // namespace palmetto::pq
