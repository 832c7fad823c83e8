#pragma once

#include "palmetto/format.hpp"
#include "palmetto/oid.hpp"
#include "palmetto/pq/cancel.hpp"
#include "palmetto/pq/cancel_conn.hpp"
#include "palmetto/pq/conninfo.hpp"
#include "palmetto/pq/copy_block.hpp"
#include "palmetto/pq/enums.hpp"
#include "palmetto/pq/notify.hpp"
#include "palmetto/pq/parameter_arrays.hpp"
#include "palmetto/pq/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace palmetto::pq {

/// Owns a PGconn. Each member is one libpq call of the same name; nothing here blocks, decides or
/// throws (but for memory). Source: the manual, chapter 34 "libpq - C Library".
class Conn {
 public:
  using result_type = Result;
  using NoticeReceiver = void (*)(void* context, const pg_result* notice);

  Conn() noexcept = default;

  /// PQconnectStart.
  [[nodiscard]] static Conn connect_start(std::span<const ConninfoOption> options);
  [[nodiscard]] PollingStatus connect_poll() noexcept;
  /// PQfinish.
  void finish() noexcept { handle_.reset(); }
  explicit operator bool() const noexcept { return handle_ != nullptr; }

  [[nodiscard]] ConnStatus status() const noexcept;
  [[nodiscard]] TransactionStatus transaction_status() const noexcept;
  /// -1 when there is none.
  [[nodiscard]] int socket() const noexcept;
  [[nodiscard]] std::string error_message() const;
  /// PQconninfo: the options that it was made with, defaults included.
  [[nodiscard]] std::vector<ConninfoOption> conninfo() const;

  [[nodiscard]] std::string_view db() const noexcept;
  [[nodiscard]] std::string_view user() const noexcept;
  [[nodiscard]] std::string_view host() const noexcept;
  [[nodiscard]] std::string_view hostaddr() const noexcept;
  [[nodiscard]] std::string_view port() const noexcept;
  [[nodiscard]] std::string_view options() const noexcept;
  /// PQparameterStatus; nothing when the server did not report it.
  [[nodiscard]] std::optional<std::string_view> parameter_status(const char* name) const noexcept;
  [[nodiscard]] int server_version() const noexcept;
  [[nodiscard]] int protocol_version() const noexcept;
  [[nodiscard]] int backend_pid() const noexcept;
  [[nodiscard]] bool ssl_in_use() const noexcept;

  /// PQsetnonblocking.
  [[nodiscard]] bool set_nonblocking() noexcept;
  /// PQsendQuery: the simple protocol; several statements, results as text.
  [[nodiscard]] bool send_query(const char* script) noexcept;
  /// PQsendQueryParams.
  [[nodiscard]] bool send_query_params(const char* statement, const ParameterArrays& parameters,
                                       Format results) noexcept;
  /// PQsendPrepare; an empty name is the unnamed statement. Of `parameters` the types count alone.
  [[nodiscard]] bool send_prepare(const char* name, const char* statement,
                                  const ParameterArrays& parameters) noexcept;
  /// PQsendQueryPrepared; the parameters' types are the prepared statement's.
  [[nodiscard]] bool send_query_prepared(const char* name, const ParameterArrays& parameters,
                                         Format results) noexcept;
  /// PQsendDescribePrepared.
  [[nodiscard]] bool send_describe_prepared(const char* name) noexcept;
  /// PQsendDescribePortal.
  [[nodiscard]] bool send_describe_portal(const char* name) noexcept;
  /// PQsendClosePrepared; false where libpq does not have it: `Capabilities::close_prepared`.
  [[nodiscard]] bool send_close_prepared(const char* name) noexcept;
  /// PQsetSingleRowMode: what was just sent gives its rows one by one.
  [[nodiscard]] bool set_single_row_mode() noexcept;
  /// PQsetChunkedRowsMode: or up to so many at once; false where libpq does not have it:
  /// `Capabilities::chunked_rows`.
  [[nodiscard]] bool set_chunked_rows_mode(int rows) noexcept;
  [[nodiscard]] FlushStatus flush() noexcept;
  [[nodiscard]] bool consume_input() noexcept;
  [[nodiscard]] bool is_busy() const noexcept;
  [[nodiscard]] Result get_result() noexcept;
  /// PQnotifies.
  [[nodiscard]] std::optional<Notify> notifies();

  [[nodiscard]] bool enter_pipeline_mode() noexcept;
  bool exit_pipeline_mode() noexcept;
  [[nodiscard]] bool pipeline_sync() noexcept;
  /// PQsendFlushRequest: the server is to send what it has, before a Sync.
  [[nodiscard]] bool send_flush_request() noexcept;

  /// PQputCopyData, in nonblocking mode: queued, or not for want of room, or failed.
  [[nodiscard]] PutStatus put_copy_data(const char* data, std::size_t size) noexcept;
  /// PQputCopyEnd.
  [[nodiscard]] PutStatus put_copy_end() noexcept;
  /// PQputCopyEnd with an error: the server discards what it was sent.
  bool put_copy_error(const char* message) noexcept;
  /// PQgetCopyData, asynchronous: the next block in the place of the one before, which is gone.
  [[nodiscard]] CopyStatus get_copy_data(CopyBlock& block) noexcept;
  /// PQgetCopyData, asynchronous; the block is dropped.
  [[nodiscard]] CopyStatus skip_copy_data() noexcept;

  /// PQgetCancel.
  [[nodiscard]] Cancel get_cancel() const noexcept;
  /// PQcancelCreate; none where libpq does not have it, see `Capabilities::cancel_connection`, or
  /// when it failed.
  [[nodiscard]] CancelConn create_cancel() const noexcept;
  /// PQsetErrorVerbosity: whether error messages show the SQLSTATE.
  void set_verbose_errors(bool verbose) noexcept;
  /// PQsetNoticeReceiver.
  void set_notice_receiver(NoticeReceiver receiver, void* context) noexcept;

 private:
  struct Finish {
    void operator()(pg_conn* handle) const noexcept;
  };
  std::unique_ptr<pg_conn, Finish> handle_;
};

}  // namespace palmetto::pq
