#include "row_stream.hpp"

#include "palmetto/errors.hpp"

#include "redaction.hpp"
#include "session.hpp"

namespace palmetto::detail {

RowStream::RowStream(std::shared_ptr<Session> session, DynamicSql statement,
                     RowStreamOptions options)
    : session_(std::move(session)), statement_(std::move(statement)), options_(std::move(options)) {
  static_cast<void>(session_->wire());
  session_->require_not_busy();
  session_->require_no_pipeline();
  flow::Wire& wire = session_->wire_;
  if (wire.send_query_params(statement_.text().c_str(), {}, Format::binary) &&
      wire.set_single_row_mode())
    session_->stream_ = this;
  else end_with({});
}

RowStream::~RowStream() { leave(); }

bool RowStream::is_open() const noexcept { return session_->stream_ == this; }

std::optional<Result> RowStream::next() {
  if (!is_open()) return std::nullopt;
  static_cast<void>(session_->wire());
  auto arrived = wait_until(options_.deadline);
  if (arrived.expired) {
    leave();
    session_->throw_lost({.results = {}, .expired = true, .lost = session_->closed()}, statement());
  }
  if (flow::is_rows(arrived.result.status()))
    return session_->take(std::move(arrived.result), statement(), {}, {});
  end_with(std::move(arrived.result));
  return std::nullopt;
}

flow::Arrived<pq::Result> RowStream::wait_until(
    const std::optional<flow::Clock::time_point>& time) {
  flow::Wire& wire = session_->wire_;
  auto arrived = flow::run(flow::next_rows(wire), [&wire] { return wire.socket(); }, {.at = time});
  session_->finish_closing();
  return arrived;
}

void RowStream::end_with(pq::Result result) {
  session_->stream_ = nullptr;
  const bool is_lost = !result || session_->wire_.status() == pq::ConnStatus::bad;
  if (is_lost || pq::is_copy(result.status())) {
    session_->lost_message_ = trimmed(session_->wire_.error_message());
    session_->break_off();
  }
  if (is_lost) {
    Executed executed{.results = {}, .lost = true};
    if (result) executed.results.push_back(std::move(result));
    session_->throw_lost(executed, statement());
  }
  static_cast<void>(session_->take(std::move(result), statement(), {}, {}));
}

void RowStream::leave() noexcept {
  if (!is_open()) return;
  session_->stream_ = nullptr;
  if (!session_->closed() && !end_by_cancel()) session_->break_off();
}

// False when the statement may go on.
bool RowStream::end_by_cancel() noexcept {
  try {
    session_->lost_message_ =
        "the connection was closed: rows that were still arriving were left, and the server did "
        "not cancel their statement";
    return ask_for_cancel() && drain();
  } catch (...) { return false; }  // of the caller's own cancel
}

bool RowStream::ask_for_cancel() {
  if (session_->dialect_->has(Feature::cancel)) {
    session_->wire_.set_cancellable(true);
    session_->wire_.request_cancel();
    return true;
  }
  if (!options_.cancel) return false;
  options_.cancel();
  return true;
}

// Within the grace period: false when it was not enough.
bool RowStream::drain() {
  flow::Wire& wire = session_->wire_;
  const auto until = flow::from_now(session_->options_.grace);
  auto arrived = wait_until(until);
  while (flow::is_rows(arrived.result.status())) arrived = wait_until(until);
  return arrived.result && !pq::is_copy(arrived.result.status()) &&
         wire.status() == pq::ConnStatus::ok && wire.settle_cancel(until);
}

}  // namespace palmetto::detail
