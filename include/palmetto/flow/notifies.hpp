#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/pq/notify.hpp"

#include <vector>

namespace palmetto::flow {

/// Notifications that arrived together.
struct ArrivedNotifies {
  std::vector<pq::Notify> notifies;  ///< none when the deadline passed, or the connection is bad
  bool lost = false;                 ///< the connection broke, with none left to be given
};

/// Waits on an idle connection until notifications have arrived, and gives all that have. What is
/// there already is given without a wait, whatever the deadline. The libpq manual, section 34.9
/// "Asynchronous Notification".
template <class Conn>
[[nodiscard]] Flow<ArrivedNotifies> notifies(Conn& conn) {
  ArrivedNotifies arrived;
  while (true) {
    const bool alive = conn.consume_input();
    while (auto notify = conn.notifies()) arrived.notifies.push_back(std::move(*notify));
    if (!arrived.notifies.empty()) break;
    arrived.lost = !alive;
    if (arrived.lost || co_await Wait::read == Ready::expired) break;
  }
  co_return std::move(arrived);
}

}  // namespace palmetto::flow
