#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/pq/enums.hpp"

#include <cstdint>

namespace palmetto::flow {

/// How asking the server for a cancel ended. That a request was delivered does not say that it
/// found something to cancel.
enum class CancelOutcome : std::uint8_t { delivered, failed, expired };

/// Sends one request over `cancel`, which is new or was reset: PQcancelStart, then PQcancelPoll
/// until the server has taken it. Ends at the deadline. The libpq manual, section 34.7.1.
template <class CancelConn>
Flow<CancelOutcome> cancel(CancelConn& cancel) {
  if (!cancel.start()) co_return CancelOutcome::failed;
  // Before its first call, libpq counts as having asked for writing.
  pq::PollingStatus polling = pq::PollingStatus::writing;
  while (polling == pq::PollingStatus::reading || polling == pq::PollingStatus::writing) {
    const Wait wait = polling == pq::PollingStatus::reading ? Wait::read : Wait::write;
    if (co_await wait == Ready::expired) co_return CancelOutcome::expired;
    polling = cancel.poll();
  }
  co_return polling == pq::PollingStatus::ok ? CancelOutcome::delivered : CancelOutcome::failed;
}

}  // namespace palmetto::flow
