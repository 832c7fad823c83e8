#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/pq/enums.hpp"

#include <cstddef>

/// COPY. The libpq manual, section 34.10.
namespace palmetto::flow {

/// How a step of a COPY ended.
enum class CopyStep {
  done,
  expired,  ///< the deadline passed; the COPY is as it was
  failed,   ///< the connection broke, or the COPY has ended: its result says why
};

/// Sends a block of a COPY from the client, to the last byte. Reads while it writes: a server that
/// is blocked on sending notices would never read the rest.
template <class Conn>
[[nodiscard]] Flow<CopyStep> put_block(Conn& conn, const char* data, std::size_t size) {
  while (true) {
    const pq::PutStatus put = conn.put_copy_data(data, size);
    if (put == pq::PutStatus::failed) co_return CopyStep::failed;
    if (put == pq::PutStatus::queued) break;
    const Ready ready = co_await Wait::read_write;
    if (ready == Ready::expired) co_return CopyStep::expired;
    if (can_read(ready) && !conn.consume_input()) co_return CopyStep::failed;
  }
  pq::FlushStatus flushed = conn.flush();
  while (flushed == pq::FlushStatus::pending) {
    const Ready ready = co_await Wait::read_write;
    if (ready == Ready::expired) co_return CopyStep::expired;
    if (can_read(ready) && !conn.consume_input()) co_return CopyStep::failed;
    flushed = conn.flush();
  }
  // The end of a connection shows when reading, not when writing.
  if (flushed == pq::FlushStatus::failed || !conn.consume_input()) co_return CopyStep::failed;
  co_return CopyStep::done;
}

/// Waits until there may be more of a COPY to the client.
template <class Conn>
[[nodiscard]] Flow<CopyStep> wait_for_block(Conn& conn) {
  // In a variable: of `if (co_await x == y) co_return a; co_return b;` GCC 12 drops the b.
  const Ready ready = co_await Wait::read;
  if (ready == Ready::expired) co_return CopyStep::expired;
  co_return conn.consume_input() ? CopyStep::done : CopyStep::failed;
}

}  // namespace palmetto::flow
