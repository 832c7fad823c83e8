#include "ongoing.hpp"

#include "palmetto/errors.hpp"

#include "redaction.hpp"
#include "session_run.hpp"

namespace palmetto::detail {

Ongoing::Ongoing(std::shared_ptr<Session> session, int scope, const StatementText& statement,
                 const StatementOptions& options)
    : session_(std::move(session)), statement_(statement), options_(options), own_(*session_) {
  static_cast<void>(session_->wire());
  session_->require_not_busy();
  session_->require_no_pipeline();
  session_->transactions_.check_may_execute(scope);
  if (scope != 0 && session_->was_ended_by_statement())
    throw ProgrammingError("a statement executed as SQL (COMMIT, ROLLBACK) ended the transaction");
  deadline_ = session_->deadline(options_);
}

void Ongoing::throw_busy() const {
  throw ProgrammingError("the connection is busy: " + std::string(occupation()) +
                         ", first: " + std::string(statement().shown));
}

AdaptersMap Ongoing::adapters() const {
  return options_.adapters ? *options_.adapters : session_->adapters_;
}

// Ends the own transaction once the error is made, which the transaction is the context of.
class Ongoing::OwnEnds {
 public:
  explicit OwnEnds(Ongoing& ongoing) noexcept : ongoing_(ongoing) {}
  ~OwnEnds() { ongoing_.own_.abandon(); }
  OwnEnds(const OwnEnds&) = delete;
  OwnEnds& operator=(const OwnEnds&) = delete;

 private:
  Ongoing& ongoing_;
};

pq::Result Ongoing::take_answer(Executed& executed, std::size_t index,
                                const pq::ParameterArrays& parameters) {
  const bool answered = executed.results.size() > index;
  const bool failed = answered && pq::is_error(executed.results[index].status());
  if (!answered || executed.lost || executed.expired) session_->throw_lost(executed, statement());
  if (failed) session_->throw_error(executed.results[index], statement(), parameters);
  return std::move(executed.results[index]);
}

pq::Result Ongoing::describe(const char* text, const pq::ParameterArrays& parameters) {
  using Kind = flow::Command::Kind;
  const flow::Command commands[] = {{.text = text, .parameters = parameters, .kind = Kind::prepare},
                                    {.kind = Kind::describe}};
  return std::move(execute(commands, parameters).back());
}

std::vector<pq::Result> Ongoing::execute(std::span<const flow::Command> commands,
                                         const pq::ParameterArrays& parameters) {
  Executed executed;
  const std::size_t at =
      session_->send_behind_prelude(commands, nullptr, statement(), deadline_, executed);
  std::vector<pq::Result> results;
  for (std::size_t i = 0; i < commands.size(); ++i)
    results.push_back(take_answer(executed, at + i, parameters));
  return results;
}

void Ongoing::fail(pq::Result result, const pq::ParameterArrays& parameters) {
  close();
  const OwnEnds own_ends(*this);
  const bool is_lost = !result || wire().status() == pq::ConnStatus::bad;
  if (!is_lost) session_->throw_error(result, statement(), parameters);
  session_->lost_message_ = trimmed(wire().error_message());
  session_->break_off();
  Executed executed{{.lost = true}};
  if (result) executed.results.push_back(std::move(result));
  session_->throw_lost(executed, statement());
}

void Ongoing::fail_expired() {
  leave();
  const OwnEnds own_ends(*this);
  session_->throw_lost({{.expired = true, .lost = session_->closed()}}, statement());
}

void Ongoing::require_usable() {
  if (!session_->closed()) return;
  close();
  static_cast<void>(session_->wire());
}

void Ongoing::abandon(const std::function<void()>& cancel) noexcept {
  close();
  if (!session_->closed() && !end_by_cancel(cancel)) session_->break_off();
  own_.abandon();
}

// False when the statement may go on.
bool Ongoing::end_by_cancel(const std::function<void()>& cancel) noexcept {
  try {
    session_->lost_message_ =
        "the connection was closed: rows that were still arriving were left, and the server did "
        "not cancel their statement";
    const bool takes_requests = session_->dialect_->has(Feature::cancel);
    wire().set_cancellable(takes_requests);
    if (!takes_requests && !cancel) return false;
    if (!takes_requests) cancel();
    return discard({.at = flow::Clock::now(), .grace = session_->options_.grace});
  } catch (...) { return false; }  // of the caller's own cancel
}

// Asks for the cancel from the deadline on, and again within the grace period.
bool Ongoing::discard(const flow::Deadline& deadline) {
  const auto until = *deadline.at + deadline.grace;
  return run(flow::discard(wire()), deadline) && wire().settle_cancel(until);
}

void Ongoing::abandon_copy_in() noexcept {
  close();
  if (!session_->closed() && !end_copy_in()) session_->break_off();
}

// False when the server does not answer. One that is kept from it (by a lock) is asked to cancel in
// the middle of the grace period.
bool Ongoing::end_copy_in() noexcept {
  try {
    session_->lost_message_ =
        "the connection was closed: a COPY was left, and the server did not confirm that";
    wire().put_copy_error("the COPY was left before its end");
    const auto half = session_->options_.grace / 2;
    wire().set_cancellable(session_->dialect_->has(Feature::cancel));
    return discard({.at = flow::from_now(half), .grace = half});
  } catch (...) { return false; }  // for want of memory
}

}  // namespace palmetto::detail
