#pragma once

#include "palmetto/flow/cancel.hpp"
#include "palmetto/flow/run.hpp"
#include "palmetto/pq/conn.hpp"

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>

namespace palmetto::flow {

/// What became of a request to cancel.
struct CancelAnswer {
  CancelOutcome outcome = CancelOutcome::delivered;
  std::string error{};  ///< when it failed: why
};

/// Sends requests to cancel what a connection is doing. From any thread, from several at once
/// (which then take turns), and after the connection has gone:
///
///     auto canceller = std::make_shared<Canceller>(conn);  // in the connection's own thread
///     CancelAnswer answer = canceller->send(from_now(30s));
///
/// With libpq 17 a request is a flow over a connection encrypted as the first one is. Before, it is
/// PQcancel, which is not encrypted, and blocks as long as the network likes: it is called in a
/// thread of its own, which is left to itself when the time is up.
class Canceller : public std::enable_shared_from_this<Canceller> {
 public:
  /// Takes what it needs from the connection, which is open; in the thread that uses it.
  explicit Canceller(const pq::Conn& conn);

  /// Returns when the server has taken the request, it failed, or the time has come.
  [[nodiscard]] CancelAnswer send(Clock::time_point until);

  /// The same in a thread of its own. Throws std::system_error when there is none to be had.
  [[nodiscard]] std::future<CancelAnswer> start(Clock::time_point until);

 private:
  [[nodiscard]] CancelAnswer send_here(Clock::time_point until);
  [[nodiscard]] CancelAnswer run_flow(Clock::time_point until);

  pq::CancelConn conn_;  // none before libpq 17
  const pq::Cancel cancel_;
  std::mutex mutex_;
  std::condition_variable returned_;
  bool in_use_ = false;  // the connection of libpq 17: it is for one thread at a time
};

}  // namespace palmetto::flow
