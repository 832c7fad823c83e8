#pragma once

#include "session.hpp"

#include <utility>

namespace palmetto::detail {

/// A transaction of an operation's own, when there is none that it is executed in. Rolled back
/// unless it was committed.
class OwnTransaction {
 public:
  explicit OwnTransaction(Session& session) noexcept : session_(session) {}
  ~OwnTransaction() { abandon(); }
  OwnTransaction(const OwnTransaction&) = delete;
  OwnTransaction& operator=(const OwnTransaction&) = delete;

  /// Begins it unless there is one already; its beginning travels with what is sent next.
  void begin() {
    if (!session_.has_transaction()) scope_ = session_.begin(0, {});
  }
  /// Its number as a scope; 0: there is none.
  [[nodiscard]] int scope() const noexcept { return scope_; }

  /// Commits it, if there is one. Throws as `Transaction::commit`.
  void commit() {
    if (scope_ != 0) session_.commit(std::exchange(scope_, 0));
  }
  void abandon() noexcept {
    if (scope_ != 0) session_.abandon(std::exchange(scope_, 0));
  }

 private:
  Session& session_;
  int scope_ = 0;
};

}  // namespace palmetto::detail
