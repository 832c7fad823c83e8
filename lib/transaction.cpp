#include "palmetto/transaction.hpp"

#include "session.hpp"

namespace palmetto {

Transaction::Transaction(Transaction&& other) noexcept
    : Executor(std::move(other)),
      managed_(other.managed_),
      ended_(std::exchange(other.ended_, true)) {}

Transaction::~Transaction() {
  if (!ended_ && shared_session()) shared_session()->abandon(scope());
}

// Whatever comes of it, the transaction has ended for this object.
void Transaction::begin_ending() {
  if (managed_)
    throw ProgrammingError(
        "run_transaction ends its transaction itself: return to commit, throw to roll back");
  static_cast<void>(session().transactions().innermost(scope()));
  ended_ = true;
}

void Transaction::commit() {
  begin_ending();
  session().commit(scope());
  detail::Session::deliver_notifications(shared_session());
}

void Transaction::rollback() {
  begin_ending();
  session().rollback(scope());
  detail::Session::deliver_notifications(shared_session());
}

Transaction Transaction::transaction() {
  return Transaction(shared_session(), session().begin(scope(), {}));
}

}  // namespace palmetto
