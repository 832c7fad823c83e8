#include "observer.hpp"

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>

using namespace std::chrono_literals;

namespace faults {

Observer::Observer() : conn_(support::connect()) {
  conn_.execute("SET client_min_messages = warning");
  conn_.execute("CREATE TABLE IF NOT EXISTS faults (run int, n int)");
}

template <class Ask>
void Observer::wait_until(const std::string& what, Ask ask) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (!ask()) {
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error("waited in vain until " + what);
    conn_.execute("SELECT pg_sleep(0.002)");
  }
}

void Observer::wait_until_asleep(int backend_pid) {
  wait_until("the session sleeps", [&] {
    return conn_
        .execute("SELECT count(*) > 0 FROM pg_stat_activity WHERE pid = $1 AND wait_event = $2",
                 backend_pid, "PgSleep")
        .value<bool>();
  });
}

void Observer::wait_until_idle(int backend_pid) {
  wait_until("the session is idle", [&] {
    return conn_
        .execute("SELECT count(*) > 0 FROM pg_stat_activity WHERE pid = $1 AND state LIKE 'idle%'",
                 backend_pid)
        .value<bool>();
  });
}

void Observer::wait_until_gone(const std::string& application_name) {
  wait_until("the session has ended", [&] {
    return conn_
        .execute("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = $1",
                 application_name)
        .value<bool>();
  });
}

void Observer::terminate(int backend_pid) {
  conn_.execute("SELECT pg_terminate_backend($1)", backend_pid);
}

int Observer::new_run() {
  static std::atomic<int> last = 0;
  const int run = ++last;
  conn_.execute("DELETE FROM faults WHERE run = $1", run);  // of an earlier run of the program
  return run;
}

std::int64_t Observer::rows_of(int run) {
  return conn_.execute("SELECT count(*) FROM faults WHERE run = $1", run).value<std::int64_t>();
}

}  // namespace faults
