#include "palmetto/two_phase_transaction.hpp"

#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/text.hpp"

#include "execute_at.hpp"
#include "session.hpp"

namespace palmetto {
namespace {

// The grammar takes a constant here, and no parameter.
std::string command_of(const char* command, const GlobalXid& xid) {
  constexpr Oid untyped = 0;
  std::string text = command;
  text += ' ';
  sql::detail::append_literal(adapters(), text, untyped, xid.text());
  return text;
}

void require_no_transaction(const detail::Session& session, const std::string& what) {
  session.dialect().require(Feature::two_phase_commit);
  session.require_no_pipeline();
  if (session.has_transaction())
    throw ProgrammingError(what + " can't be used within a transaction");
}

void end_prepared(detail::Session& session, const char* command, const GlobalXid& xid,
                  std::source_location where) {
  const std::string text = command_of(command, xid);
  static_cast<void>(session.execute(0, DynamicSql(text, text, where).view(), {}, {}));
}

// The server may have done what it could not tell of.
void commit_prepared(detail::Session& session, const GlobalXid& xid, std::source_location where) {
  require_no_transaction(session, "tpc_commit() of a prepared transaction");
  try {
    end_prepared(session, "COMMIT PREPARED", xid, where);
  } catch (const Error& error) {
    if (!session.closed() && !session.dialect().leaves_commit_unknown(error.sqlstate())) throw;
    throw AmbiguousCommit(
        "the outcome of COMMIT PREPARED is unknown, the transaction may have been applied; "
        "tpc_recover() of another connection tells whether it is still there: " +
            error.message(),
        {error.statement(), error.where()});
  }
}

void rollback_prepared(detail::Session& session, const GlobalXid& xid, std::source_location where) {
  require_no_transaction(session, "tpc_rollback() of a prepared transaction");
  end_prepared(session, "ROLLBACK PREPARED", xid, where);
}

}  // namespace

TwoPhaseTransaction Connection::tpc_begin(const GlobalXid& xid, const TransactionOptions& options) {
  require_no_transaction(session(), "tpc_begin()");
  return TwoPhaseTransaction(shared_session(), session().begin(0, options), xid);
}

void Connection::tpc_commit(const GlobalXid& xid, std::source_location where) {
  commit_prepared(session(), xid, where);
}

void Connection::tpc_rollback(const GlobalXid& xid, std::source_location where) {
  rollback_prepared(session(), xid, where);
}

std::vector<PreparedTransaction> Connection::tpc_recover(std::source_location where) {
  session().dialect().require(Feature::two_phase_commit);
  const Result result = detail::execute_at(
      where, *this,
      "SELECT gid, prepared, owner, database FROM pg_prepared_xacts ORDER BY prepared, gid");
  std::vector<PreparedTransaction> found;
  using Time = std::chrono::sys_time<std::chrono::microseconds>;
  for (auto [gid, prepared, owner, database] :
       result.rows<std::string, Time, std::string, std::string>())
    found.push_back({GlobalXid::from_text(gid), prepared, owner, database});
  return found;
}

TwoPhaseTransaction::TwoPhaseTransaction(TwoPhaseTransaction&& other) noexcept
    : Executor(std::move(other)),
      xid_(std::move(other.xid_)),
      state_(std::exchange(other.state_, State::ended)) {}

// Does nothing for a scope that has ended.
TwoPhaseTransaction::~TwoPhaseTransaction() {
  if (shared_session()) shared_session()->abandon(scope());
}

// A transaction that is not prepared has ended for this object whatever comes of its end.
void TwoPhaseTransaction::begin_ending(const char* what) {
  if (state_ != State::begun)
    throw ProgrammingError(std::string(what) + ": the two-phase transaction " +
                           (prepared() ? "has been prepared" : "has ended"));
  session().require_no_pipeline();
  static_cast<void>(session().transactions().innermost(scope()));
  state_ = State::ended;
}

void TwoPhaseTransaction::tpc_prepare() {
  begin_ending("tpc_prepare()");
  const std::string command = command_of("PREPARE TRANSACTION", xid_);
  const flow::Command prepare{command.c_str()};
  session().finish(scope(), {&prepare, 1}, detail::by_prepare);
  state_ = State::prepared;
}

void TwoPhaseTransaction::tpc_commit() {
  if (prepared()) {
    commit_prepared(session(), xid_, {});
    state_ = State::ended;
  } else {
    begin_ending("tpc_commit()");
    session().commit(scope());
  }
}

void TwoPhaseTransaction::tpc_rollback() {
  if (prepared()) {
    rollback_prepared(session(), xid_, {});
    state_ = State::ended;
  } else {
    begin_ending("tpc_rollback()");
    session().rollback(scope());
  }
}

Transaction TwoPhaseTransaction::transaction() {
  return Transaction(shared_session(), session().begin(scope(), {}));
}

}  // namespace palmetto
