#pragma once

#include "palmetto/connection.hpp"

#include <cstdint>
#include <string>

namespace faults {

/// A second connection to the server, untouched by the faults: it sees what became of the first.
class Observer {
 public:
  Observer();

  /// Waits until that session executes pg_sleep. Throws when it does not within some seconds.
  void wait_until_asleep(int backend_pid);
  /// Waits until that session waits for its next statement.
  void wait_until_idle(int backend_pid);
  /// Waits until the sessions of that application_name have ended, and what they left open was
  /// rolled back.
  void wait_until_gone(const std::string& application_name);

  void terminate(int backend_pid);

  /// A number for rows of the table `faults (run int, n int)`, which nobody else uses.
  [[nodiscard]] int new_run();
  [[nodiscard]] std::int64_t rows_of(int run);

  [[nodiscard]] palmetto::Connection& connection() noexcept { return conn_; }

 private:
  template <class Ask>
  void wait_until(const std::string& what, Ask ask);

  palmetto::Connection conn_;
};

}  // namespace faults
