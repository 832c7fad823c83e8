#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/pq/enums.hpp"

namespace palmetto::flow {

/// How making a connection ended.
enum class ConnectOutcome { connected, failed, expired };

/// Makes the connection that `conn` has started: PQconnectPoll until it is ready or refused. The
/// libpq manual, section 34.1, "PQconnectPoll".
template <class Conn>
Flow<ConnectOutcome> connect(Conn& conn) {
  // Before its first call, libpq counts as having asked for writing.
  pq::PollingStatus polling = pq::PollingStatus::writing;
  if (conn.status() == pq::ConnStatus::bad) polling = pq::PollingStatus::failed;
  while (polling == pq::PollingStatus::reading || polling == pq::PollingStatus::writing) {
    const Wait wait = polling == pq::PollingStatus::reading ? Wait::read : Wait::write;
    if (co_await wait == Ready::expired) co_return ConnectOutcome::expired;
    polling = conn.connect_poll();
  }
  co_return polling == pq::PollingStatus::ok ? ConnectOutcome::connected : ConnectOutcome::failed;
}

}  // namespace palmetto::flow
