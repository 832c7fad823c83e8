#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/flow/wind_down.hpp"
#include "palmetto/pq/enums.hpp"

/// The rows of a statement as they arrive, in memory of a few of them.
namespace palmetto::flow {

/// Whether a result is rows with more to come, and not what their statement ended with.
[[nodiscard]] constexpr bool is_rows(pq::ResultStatus status) noexcept {
  return status == pq::ResultStatus::single_tuple || status == pq::ResultStatus::tuples_chunk;
}

/// What was waited for.
template <class Result>
struct Arrived {
  Result result;         ///< rows, or what the statement ended with: see `is_rows`
  bool expired = false;  ///< the deadline passed before: there is no result
};

/// Waits for the next rows of a statement that was sent, and told to give them one by one. When
/// there are none left, the connection is idle again, or bad; but for the result of a COPY, which
/// is given as soon as it has begun. At the deadline nothing is cancelled: the rows go on.
template <class Conn>
[[nodiscard]] Flow<Arrived<typename Conn::result_type>> next_rows(Conn& conn) {
  Arrived<typename Conn::result_type> arrived;
  pq::FlushStatus flushed = conn.flush();
  while (flushed == pq::FlushStatus::pending) {
    const Ready ready = co_await Wait::read_write;
    arrived.expired = ready == Ready::expired;
    if (arrived.expired) co_return std::move(arrived);
    if (can_read(ready) && !conn.consume_input()) break;
    flushed = conn.flush();
  }

  while (true) {
    while (conn.is_busy()) {
      arrived.expired = co_await Wait::read == Ready::expired;
      if (arrived.expired) co_return std::move(arrived);
      if (!conn.consume_input()) break;
    }
    auto result = conn.get_result();
    if (!result) break;
    const pq::ResultStatus status = result.status();
    // Behind the answer there may be the error of its own commit.
    if (!arrived.result || !pq::is_error(arrived.result.status()))
      arrived.result = std::move(result);
    if (is_rows(status) || pq::is_copy(status)) break;
  }
  co_return std::move(arrived);
}

/// Drops what is still to come of a statement, a COPY to the client included: at the deadline the
/// server is asked to cancel it, so that it ends soon. True when the connection is idle then; false
/// when it is lost, was given up, or is in the middle of a COPY from the client.
template <class Conn>
[[nodiscard]] Flow<bool> discard(Conn& conn) {
  detail::WindDown wind_down(conn);
  pq::FlushStatus flushed = conn.flush();
  while (flushed == pq::FlushStatus::pending) {
    const Ready ready = co_await Wait::read_write;
    if (!wind_down.note(ready)) co_return false;
    if (can_read(ready) && !conn.consume_input()) break;
    flushed = conn.flush();
  }

  while (true) {
    while (conn.is_busy()) {
      const Ready ready = co_await Wait::read;
      if (!wind_down.note(ready)) co_return false;
      if (ready != Ready::expired && !conn.consume_input()) break;
    }
    const auto result = conn.get_result();
    if (!result) break;
    if (result.status() == pq::ResultStatus::copy_in) co_return false;
    pq::CopyStatus copied =
        result.status() == pq::ResultStatus::copy_out ? pq::CopyStatus::data : pq::CopyStatus::done;
    while (copied == pq::CopyStatus::data || copied == pq::CopyStatus::pending) {
      if (copied == pq::CopyStatus::pending) {
        const Ready ready = co_await Wait::read;
        if (!wind_down.note(ready)) co_return false;
        if (ready != Ready::expired && !conn.consume_input()) break;
      }
      copied = conn.skip_copy_data();
    }
  }
  co_return conn.status() != pq::ConnStatus::bad;
}

}  // namespace palmetto::flow
