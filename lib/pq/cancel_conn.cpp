#include "palmetto/pq/cancel_conn.hpp"

#include "newer_functions.hpp"

namespace palmetto::pq {

// There is a handle only where libpq has them all.
bool CancelConn::start() noexcept { return newer_functions().cancel_start(handle_.get()) == 1; }
PollingStatus CancelConn::poll() noexcept {
  return static_cast<PollingStatus>(newer_functions().cancel_poll(handle_.get()));
}
void CancelConn::reset() noexcept { newer_functions().cancel_reset(handle_.get()); }

ConnStatus CancelConn::status() const noexcept {
  if (!handle_) return ConnStatus::bad;
  const int status = newer_functions().cancel_status(handle_.get());
  return status <= static_cast<int>(ConnStatus::made) ? static_cast<ConnStatus>(status)
                                                      : ConnStatus::other;
}
int CancelConn::socket() const noexcept {
  return handle_ ? newer_functions().cancel_socket(handle_.get()) : -1;
}
std::string CancelConn::error_message() const {
  return handle_ ? newer_functions().cancel_error_message(handle_.get()) : "";
}

void CancelConn::Finish::operator()(pg_cancel_conn* handle) const noexcept {
  newer_functions().cancel_finish(handle);
}

}  // namespace palmetto::pq
