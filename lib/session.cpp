#include "session.hpp"

#include "palmetto/errors.hpp"

#include "answers.hpp"
#include "ongoing.hpp"
#include "redaction.hpp"

#include <algorithm>

namespace palmetto::detail {
namespace {

constexpr const char* not_cancelled =
    "the deadline passed, and the server did not confirm the cancel: the connection was closed";

ErrorContext context_of(const StatementText& statement, Diagnostic diagnostic) {
  return {std::string(statement.shown), statement.where,
          std::make_shared<const Diagnostic>(std::move(diagnostic))};
}

}  // namespace

Session::Session(flow::Wire connected, ConnectionOptions options, DialectFactory make_dialect)
    : wire_(std::move(connected)),
      options_(std::move(options)),
      dialect_(make_dialect(wire_)),
      cancel_target_(
          std::make_shared<CancelTarget>(wire_.canceller(), dialect_->refusal(Feature::cancel))),
      adapters_(options_.adapters ? *options_.adapters : dialect_->adapters_template()),
      prepared_(options_.prepared_max) {
  if (!options_.adapters) dialect_->restrict_adapters(adapters_);
  if (options_.notice_handler) handlers_.push_back(options_.notice_handler);
  wire_.set_notice_receiver(&Session::receive_notice, this);
}

Session::~Session() = default;

bool Session::was_ended_by_statement() const noexcept {
  return transactions_.has_begun() && wire_.transaction_status() == pq::TransactionStatus::idle;
}

void Session::throw_closed() const {
  throw InterfaceError(broken_ ? lost_message_ : "the connection is closed");
}

bool Session::is_in_transaction() const {
  return wire().transaction_status() != pq::TransactionStatus::idle || transactions_.has_unsent();
}

void Session::close() noexcept {
  cancel_target_->closed = true;
  if (!receiving_notice_) wire_.finish();
  transactions_.clear();
}

void Session::break_off() noexcept {
  broken_ = true;
  close();
}

void Session::receive_notice(void* context, const pg_result* notice) {
  auto& session = *static_cast<Session*>(context);
  session.receiving_notice_ = true;
  // Called by libpq, through C: nothing may be thrown.
  try {
    const Diagnostic diagnostic = pq::diagnostic_of(notice);
    for (std::size_t i = 0, count = session.handlers_.size(); i < count; ++i) {
      const NoticeHandler handler = session.handlers_[i];  // for it may add others
      handler(diagnostic);
    }
  } catch (...) {}
  session.receiving_notice_ = false;
}

flow::Deadline Session::deadline_after(std::chrono::milliseconds timeout) const {
  const auto at = flow::from_now(timeout);
  return {.at = limit_ ? std::min(*limit_, at) : at, .grace = options_.grace};
}

void Session::throw_ended_by_statement() {
  throw ProgrammingError("a statement executed as SQL (COMMIT, ROLLBACK) ended the transaction");
}

void Session::throw_too_many(const StatementText& statement) {
  throw ProgrammingError("a statement can have 65535 parameters at the most",
                         {std::string(statement.shown), statement.where});
}

void Session::throw_busy() const {
  if (receiving_notice_)
    throw ProgrammingError("the connection is busy: a notice handler can't use it");
  if (handing_out_)
    throw ProgrammingError("the connection is busy: the handler of a result can't use it");
  ongoing_->throw_busy();
}

// Whether the connection is lost after all.
bool Session::settle(const flow::Ended& ended, const flow::Deadline& deadline) {
  if (!ended.lost && wire_.settle_cancel(flow::from_now(deadline.grace))) return false;
  lost_message_ = ended.expired ? not_cancelled : trimmed(wire_.error_message());
  break_off();
  return true;
}

void Session::throw_error(const pq::Result& result, const StatementText& statement,
                          const pq::ParameterArrays& parameters, const std::string& more) {
  Diagnostic diagnostic = result.diagnostic();
  if (diagnostic.sqlstate.empty()) {
    // libpq's own: the connection broke, or the server answered what libpq does not understand.
    const std::string message = trimmed(result.error_message());
    const ErrorContext context{std::string(statement.shown), statement.where};
    if (closed()) throw ConnectionLost(message, context);
    throw OperationalError(message, context);
  }
  const std::string message = without_values(diagnostic, statement, parameters) + more;
  const ErrorContext context = context_of(statement, std::move(diagnostic));
  note_failure(std::make_shared<const Error>(message, context));
  throw_server_error(message, context);
}

// The first failure is the reason: those after it only say that the transaction is aborted.
void Session::note_failure(std::shared_ptr<const Error> failure) {
  if (transactions_.empty() || closed()) return;
  // In a pipeline the status is not known yet; what fails there fails its transaction.
  if (!pipeline_ && wire_.transaction_status() != pq::TransactionStatus::in_error) return;
  if (transactions_.failure() && failure->sqlstate() == errors::InFailedSqlTransaction::code)
    return;
  transactions_.set_failure(std::move(failure));
}

void Session::throw_lost(const Executed& executed, const StatementText& statement) {
  const ErrorContext context{std::string(statement.shown), statement.where};
  if (executed.expired && !executed.lost) {
    note_failure(std::make_shared<const Error>("the deadline passed", context));
    throw OperationTimeout("the deadline passed, and the server cancelled the statement", context);
  }
  if (executed.expired) throw OperationTimeout(not_cancelled, context);
  for (const pq::Result& result : executed.results)
    if (is_error(result)) throw_error(result, statement);
  throw ConnectionLost(lost_message_.empty() ? "the connection was lost" : lost_message_, context);
}

}  // namespace palmetto::detail
