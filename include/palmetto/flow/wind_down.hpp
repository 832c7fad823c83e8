#pragma once

#include "palmetto/flow/wait.hpp"

namespace palmetto::flow::detail {

/// What a flow does when its deadline passes: asks for a cancel, again when it is told so again.
template <class Conn>
class WindDown {
 public:
  explicit WindDown(Conn& conn) noexcept : conn_(conn) {}

  /// False when the flow must end now.
  [[nodiscard]] bool note(Ready ready) {
    if (ready == Ready::given_up) return false;
    if (ready != Ready::expired) return true;
    expired_ = true;
    conn_.request_cancel();
    return true;
  }
  [[nodiscard]] bool expired() const noexcept { return expired_; }

 private:
  Conn& conn_;
  bool expired_ = false;
};

}  // namespace palmetto::flow::detail
