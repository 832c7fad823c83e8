#include "palmetto/pq/conn.hpp"

#include "newer_functions.hpp"

#include <libpq-fe.h>

namespace palmetto::pq {

static_assert(static_cast<int>(TransactionStatus::unknown) == PQTRANS_UNKNOWN);
static_assert(static_cast<int>(PollingStatus::ok) == PGRES_POLLING_OK);

namespace {

std::string_view view(const char* text) noexcept { return text != nullptr ? text : ""; }

}  // namespace

Conn Conn::connect_start(std::span<const ConninfoOption> options) {
  // PQconnectStartParams would take an empty value for none, and the environment's in its place.
  Conn conn;
  conn.handle_.reset(PQconnectStart(make_conninfo(options).c_str()));
  return conn;
}

PollingStatus Conn::connect_poll() noexcept {
  return static_cast<PollingStatus>(PQconnectPoll(handle_.get()));
}

ConnStatus Conn::status() const noexcept {
  const int status = PQstatus(handle_.get());
  return status <= static_cast<int>(ConnStatus::made) ? static_cast<ConnStatus>(status)
                                                      : ConnStatus::other;
}
TransactionStatus Conn::transaction_status() const noexcept {
  return static_cast<TransactionStatus>(PQtransactionStatus(handle_.get()));
}
int Conn::socket() const noexcept { return PQsocket(handle_.get()); }
std::string Conn::error_message() const { return PQerrorMessage(handle_.get()); }

std::string_view Conn::db() const noexcept { return view(PQdb(handle_.get())); }
std::string_view Conn::user() const noexcept { return view(PQuser(handle_.get())); }
std::string_view Conn::host() const noexcept { return view(PQhost(handle_.get())); }
std::string_view Conn::hostaddr() const noexcept { return view(PQhostaddr(handle_.get())); }
std::string_view Conn::port() const noexcept { return view(PQport(handle_.get())); }
std::string_view Conn::options() const noexcept { return view(PQoptions(handle_.get())); }
std::optional<std::string_view> Conn::parameter_status(const char* name) const noexcept {
  const char* value = PQparameterStatus(handle_.get(), name);
  if (value == nullptr) return std::nullopt;
  return value;
}
int Conn::server_version() const noexcept { return PQserverVersion(handle_.get()); }
int Conn::protocol_version() const noexcept { return PQprotocolVersion(handle_.get()); }
int Conn::backend_pid() const noexcept { return PQbackendPID(handle_.get()); }
bool Conn::ssl_in_use() const noexcept { return PQsslInUse(handle_.get()) == 1; }

bool Conn::set_nonblocking() noexcept { return PQsetnonblocking(handle_.get(), 1) == 0; }
bool Conn::send_query(const char* script) noexcept {
  return PQsendQuery(handle_.get(), script) == 1;
}
bool Conn::send_query_params(const char* statement, const ParameterArrays& parameters,
                             Format results) noexcept {
  return PQsendQueryParams(handle_.get(), statement, parameters.count, parameters.types,
                           parameters.values, parameters.lengths, parameters.formats,
                           static_cast<int>(results)) == 1;
}
bool Conn::send_prepare(const char* name, const char* statement,
                        const ParameterArrays& parameters) noexcept {
  return PQsendPrepare(handle_.get(), name, statement, parameters.count, parameters.types) == 1;
}
bool Conn::send_query_prepared(const char* name, const ParameterArrays& parameters,
                               Format results) noexcept {
  return PQsendQueryPrepared(handle_.get(), name, parameters.count, parameters.values,
                             parameters.lengths, parameters.formats,
                             static_cast<int>(results)) == 1;
}
bool Conn::send_describe_prepared(const char* name) noexcept {
  return PQsendDescribePrepared(handle_.get(), name) == 1;
}
bool Conn::send_describe_portal(const char* name) noexcept {
  return PQsendDescribePortal(handle_.get(), name) == 1;
}

bool Conn::send_close_prepared(const char* name) noexcept {
  const auto send = newer_functions().send_close_prepared;
  return send != nullptr && send(handle_.get(), name) == 1;
}
bool Conn::set_single_row_mode() noexcept { return PQsetSingleRowMode(handle_.get()) == 1; }
bool Conn::set_chunked_rows_mode(int rows) noexcept {
  const auto set = newer_functions().set_chunked_rows_mode;
  return set != nullptr && set(handle_.get(), rows) == 1;
}
FlushStatus Conn::flush() noexcept { return static_cast<FlushStatus>(PQflush(handle_.get())); }
bool Conn::consume_input() noexcept { return PQconsumeInput(handle_.get()) == 1; }
bool Conn::is_busy() const noexcept { return PQisBusy(handle_.get()) == 1; }
Result Conn::get_result() noexcept { return Result(PQgetResult(handle_.get())); }

std::optional<Notify> Conn::notifies() {
  const std::unique_ptr<PGnotify, decltype(&PQfreemem)> notify(PQnotifies(handle_.get()),
                                                               &PQfreemem);
  if (!notify) return std::nullopt;
  return Notify{notify->relname, notify->extra, notify->be_pid};
}

bool Conn::enter_pipeline_mode() noexcept { return PQenterPipelineMode(handle_.get()) == 1; }
bool Conn::exit_pipeline_mode() noexcept { return PQexitPipelineMode(handle_.get()) == 1; }
bool Conn::pipeline_sync() noexcept { return PQpipelineSync(handle_.get()) == 1; }
bool Conn::send_flush_request() noexcept { return PQsendFlushRequest(handle_.get()) == 1; }

PutStatus Conn::put_copy_data(const char* data, std::size_t size) noexcept {
  return static_cast<PutStatus>(PQputCopyData(handle_.get(), data, static_cast<int>(size)));
}
PutStatus Conn::put_copy_end() noexcept {
  return static_cast<PutStatus>(PQputCopyEnd(handle_.get(), nullptr));
}
bool Conn::put_copy_error(const char* message) noexcept {
  return PQputCopyEnd(handle_.get(), message) == 1;
}
// The block before goes first: the next can have its memory.
CopyStatus Conn::get_copy_data(CopyBlock& block) noexcept {
  PQfreemem(block.data_);
  const int answer = PQgetCopyData(handle_.get(), &block.data_, 1);  // null without a block
  if (answer > 0) [[likely]] {
    block.size_ = static_cast<std::size_t>(answer);
    return CopyStatus::data;
  }
  block.size_ = 0;
  if (answer == 0) return CopyStatus::pending;
  return answer == -1 ? CopyStatus::done : CopyStatus::failed;
}
CopyStatus Conn::skip_copy_data() noexcept {
  CopyBlock dropped;
  return get_copy_data(dropped);
}

Cancel Conn::get_cancel() const noexcept { return Cancel(PQgetCancel(handle_.get())); }
CancelConn Conn::create_cancel() const noexcept {
  const auto create = newer_functions().cancel_create;
  CancelConn cancel(create != nullptr ? create(handle_.get()) : nullptr);
  return cancel.status() == ConnStatus::bad ? CancelConn() : std::move(cancel);
}
void Conn::set_verbose_errors(bool verbose) noexcept {
  PQsetErrorVerbosity(handle_.get(), verbose ? PQERRORS_VERBOSE : PQERRORS_DEFAULT);
}
void Conn::set_notice_receiver(NoticeReceiver receiver, void* context) noexcept {
  PQsetNoticeReceiver(handle_.get(), receiver, context);
}

CopyBlock::~CopyBlock() { PQfreemem(data_); }
void Conn::Finish::operator()(pg_conn* handle) const noexcept { PQfinish(handle); }

}  // namespace palmetto::pq
