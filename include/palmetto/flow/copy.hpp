#pragma once

#include "palmetto/flow/execute.hpp"

#include <cstddef>
#include <span>
#include <string>

/// COPY, and asking what a statement would give. The libpq manual, section 34.10.
namespace palmetto::flow {

/// Sends `before` (commands that take no parameters) and Parse and Describe of `text`, as the
/// unnamed statement, in one go. Its results: one for each command, one for Parse, and the
/// description.
template <class Conn>
[[nodiscard]] auto describe(Conn& conn, std::span<const std::string> before, const char* text,
                            const pq::ParameterArrays& parameters) {
  return detail::exchange(
      conn,
      [before, text, &parameters](Conn& c) {
        if (!c.enter_pipeline_mode()) return false;
        for (const std::string& command : before)
          if (!c.send_query_params(command.c_str(), {}, Format::binary)) return false;
        return c.send_prepare("", text, parameters) && c.send_describe_prepared("") &&
               c.pipeline_sync();
      },
      true);
}

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
  CopyStep step = CopyStep::done;
  if (flushed == pq::FlushStatus::failed || !conn.consume_input()) step = CopyStep::failed;
  co_return step;
}

/// Waits until there may be more of a COPY to the client.
template <class Conn>
[[nodiscard]] Flow<CopyStep> wait_for_block(Conn& conn) {
  CopyStep step = CopyStep::expired;
  const Ready ready = co_await Wait::read;
  if (ready != Ready::expired) step = conn.consume_input() ? CopyStep::done : CopyStep::failed;
  co_return step;
}

}  // namespace palmetto::flow
