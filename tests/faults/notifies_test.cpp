// Waiting for notifications: what ends the wait, and what does not.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>
#include <sys/time.h>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::milliseconds_of;
using faults::thrown_by;

namespace {

volatile std::sig_atomic_t alarms = 0;

// Interrupts whatever blocks, again and again, while it lives.
class Alarms {
 public:
  Alarms() {
    alarms = 0;
    struct sigaction action {};  // without SA_RESTART
    action.sa_handler = [](int) { alarms = alarms + 1; };
    sigaction(SIGALRM, &action, &before_);
    set(10);
  }
  ~Alarms() {
    set(0);
    sigaction(SIGALRM, &before_, nullptr);
  }
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;

 private:
  static void set(int milliseconds) {
    const timeval every{.tv_sec = 0, .tv_usec = milliseconds * 1000};
    const itimerval timer{.it_interval = every, .it_value = every};
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
  struct sigaction before_ {};
};

std::vector<std::string> payloads(Connection& conn, const NotifiesOptions& options) {
  std::vector<std::string> payloads;
  for (const Notify& notify : conn.notifies(options)) payloads.push_back(notify.payload);
  return payloads;
}

}  // namespace

TEST_CASE("a connection that dies while notifications are awaited is a ConnectionLost") {
  support::WireProxy proxy;
  faults::Observer observer;
  Connection conn = connect(proxy.conninfo());
  conn.execute("LISTEN faults");
  const int pid = conn.info().backend_pid();
  std::thread end;
  SUBCASE("the network is gone") {
    end = std::thread([&] { proxy.cut(); });
  }
  SUBCASE("the server ends the session") {
    end = std::thread([&] { observer.terminate(pid); });
  }
  const auto error = thrown_by<ConnectionLost>([&] { payloads(conn, {}); });
  CHECK_FALSE(error.message().empty());
  end.join();
  CHECK(conn.closed());
  CHECK(conn.broken());
  CHECK_THROWS_AS(static_cast<void>(conn.notifies()), InterfaceError);
}

TEST_CASE("what arrived before the connection died is given first") {
  support::WireProxy proxy;
  faults::Observer observer;
  Connection conn = connect(proxy.conninfo());
  conn.execute("LISTEN faults");
  proxy.at({.way = support::Way::to_client, .type = 'A'}, support::Then::cut_after);
  std::vector<std::string> given;
  static_cast<void>(thrown_by<ConnectionLost>([&] {
    observer.connection().execute("NOTIFY faults, 'last words'");
    for (const Notify& notify : conn.notifies()) given.push_back(notify.payload);
  }));
  CHECK(given == std::vector<std::string>{"last words"});
}

TEST_CASE("signals do not end the wait for notifications, nor make it longer") {
  faults::Observer observer;
  Connection conn = support::connect();
  conn.execute("LISTEN faults");
  const long long took = milliseconds_of([&] {
    const Alarms interrupt;
    CHECK(payloads(conn, {.timeout = 300ms}).empty());
  });
  CHECK(alarms > 0);
  CHECK(took >= 300);
  CHECK(took < 300 + 4000);
  observer.connection().execute("NOTIFY faults, 'x'");
  const Alarms interrupt;
  CHECK(payloads(conn, {.stop_after = 1}) == std::vector<std::string>{"x"});
}

TEST_CASE("a connection that notifications are awaited on can be cancelled, to no effect") {
  Connection conn = support::connect();
  conn.execute("LISTEN faults");
  std::thread canceller([handle = conn.cancel_handle()] { handle.cancel(); });
  CHECK(payloads(conn, {.timeout = 200ms}).empty());
  canceller.join();
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}
