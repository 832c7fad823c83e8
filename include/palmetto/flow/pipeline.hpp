#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/flow/wind_down.hpp"
#include "palmetto/pq/enums.hpp"

/// Commands that were queued in libpq's pipeline mode (the manual, section 34.5 "Pipeline Mode").
namespace palmetto::flow {

/// How pumping ended.
struct Pumped {
  bool expired = false;  ///< the deadline passed on the way; the server was asked to cancel
  bool lost = false;     ///< the connection broke, or was given up: its state is bad
};

/// Sends all that is queued and hands every result that arrives to `receiver.receive(result)`,
/// until everything is sent and `receiver.has_enough()`. Reads while it writes, however much is
/// queued: neither side ever waits for the other to read. `receiver.is_expecting()` tells whether
/// there is a command without a result; `receiver.note_expired()` that the deadline has passed.
template <class Conn, class Receiver>
[[nodiscard]] Flow<Pumped> pump(Conn& conn, Receiver& receiver) {
  Pumped pumped;
  detail::WindDown wind_down(conn);
  // What has arrived meanwhile is taken even when nothing is waited for, so that libpq's queue of
  // commands does not grow with all that is sent. A failure shows in the connection's status.
  if (receiver.is_expecting() && receiver.has_enough()) static_cast<void>(conn.consume_input());
  while (true) {
    const pq::FlushStatus flushed = conn.flush();
    while (receiver.is_expecting() && !conn.is_busy()) {
      auto result = conn.get_result();  // a null one ends a command
      if (result) receiver.receive(std::move(result));
      else if (conn.status() == pq::ConnStatus::bad) break;
    }
    pumped.lost = flushed == pq::FlushStatus::failed || conn.status() == pq::ConnStatus::bad;
    const bool is_sent = flushed == pq::FlushStatus::done;
    if (pumped.lost || (is_sent && receiver.has_enough())) break;

    const Ready ready = co_await (is_sent ? Wait::read : Wait::read_write);
    pumped.lost = !wind_down.note(ready);
    if (wind_down.expired()) receiver.note_expired();
    if (pumped.lost) break;
    if (!can_read(ready) || conn.consume_input()) continue;
    // What the server said last, of a connection that is gone.
    if (auto result = conn.get_result(); result && receiver.is_expecting())
      receiver.receive(std::move(result));
  }
  pumped.expired = wind_down.expired();
  co_return pumped;
}

}  // namespace palmetto::flow
