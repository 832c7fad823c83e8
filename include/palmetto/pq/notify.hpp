#pragma once

#include <string>

namespace palmetto::pq {

/// A notification of LISTEN/NOTIFY. Source: the manual, section 34.9; PGnotify.
struct Notify {
  std::string channel;
  std::string payload;
  int backend_pid = 0;  ///< of the session that notified
};

}  // namespace palmetto::pq
