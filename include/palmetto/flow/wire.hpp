#pragma once

#include "palmetto/flow/canceller.hpp"
#include "palmetto/flow/run.hpp"
#include "palmetto/pq/conn.hpp"

#include <future>
#include <memory>

namespace palmetto::flow {

/// The connection that flows run on: libpq's, with a way to ask for a cancel that does not block.
class Wire : public pq::Conn {
 public:
  Wire() = default;
  explicit Wire(pq::Conn conn) noexcept : pq::Conn(std::move(conn)) {}

  /// What asks for a cancel; made at the first call, when the connection must be open.
  [[nodiscard]] const std::shared_ptr<Canceller>& canceller();

  /// Whether the server honours cancel requests at all; when not, request_cancel does nothing.
  void set_cancellable(bool cancellable) noexcept { cancellable_ = cancellable; }

  /// Sends a cancel request from a thread of its own, unless the one before is still under way.
  void request_cancel();

  /// Waits until no request is under way any more, so that none hits the next statement. False when
  /// one still is at `until`.
  [[nodiscard]] bool settle_cancel(Clock::time_point until);

 private:
  bool cancellable_ = true;
  std::shared_ptr<Canceller> canceller_;
  std::future<CancelAnswer> cancelling_;
};

}  // namespace palmetto::flow
