// Connections that are not made: refused, unknown, unauthorised, unanswered.

#include "palmetto/palmetto.hpp"

#include "german.hpp"
#include "support/server.hpp"
#include "support/silent_server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::contains;
using faults::milliseconds_of;
using faults::thrown_by;

namespace {

constexpr long long noisy = 4000;  // milliseconds that a busy machine may add

// The role that pg_hba.conf asks a password from, for as long as the case lasts.
class PasswordRole {
 public:
  PasswordRole() {
    drop();
    admin_.execute("CREATE ROLE palmetto_password LOGIN PASSWORD 'huntertw0'");
  }
  ~PasswordRole() { drop(); }
  PasswordRole(const PasswordRole&) = delete;
  PasswordRole& operator=(const PasswordRole&) = delete;

 private:
  void drop() {
    admin_.execute("SET client_min_messages = warning");
    admin_.execute("DROP ROLE IF EXISTS palmetto_password");
  }
  Connection admin_ = support::connect();
};

}  // namespace

TEST_CASE("without a server's socket, connecting is an OperationalError that names it") {
  const auto error = thrown_by<OperationalError>(
      [] { static_cast<void>(connect("host=/nowhere-at-all user=u dbname=d")); });
  CHECK(contains(error.message(), "/nowhere-at-all"));
  CHECK(error.sqlstate().empty());
}

TEST_CASE("a TCP port where nobody listens is an OperationalError") {
  const support::ClosedPort port;
  const auto error =
      thrown_by<OperationalError>([&] { static_cast<void>(connect(port.conninfo())); });
  CHECK(contains(error.message(), "refused"));
  CHECK(contains(error.message(), "127.0.0.1"));
}

TEST_CASE("a host name that does not exist is an OperationalError") {
  const auto error = thrown_by<OperationalError>(
      [] { static_cast<void>(connect("host=no-such-host.invalid user=u dbname=d")); });
  CHECK(contains(error.message(), "no-such-host.invalid"));
}

TEST_CASE("an unknown database is errors::InvalidCatalogName") {
  const auto error = thrown_by<errors::InvalidCatalogName>(
      [] { static_cast<void>(connect(support::server_url_with("dbname=no_such_database"))); });
  CHECK(error.sqlstate() == "3D000");
  CHECK(contains(error.message(), "no_such_database"));
}

TEST_CASE("an unknown role is errors::InvalidAuthorizationSpecification") {
  const auto error = thrown_by<errors::InvalidAuthorizationSpecification>([] {
    static_cast<void>(connect(support::server_url_with("user=no_such_role&password=huntertw0")));
  });
  CHECK(error.sqlstate() == "28000");
  CHECK(contains(error.message(), "no_such_role"));
  CHECK_FALSE(contains(error.what(), "hunter"));
}

TEST_CASE("a role that may have no more connections is errors::TooManyConnections") {
  Connection admin = support::connect();
  admin.execute("DROP ROLE IF EXISTS palmetto_limited");
  admin.execute("CREATE ROLE palmetto_limited LOGIN CONNECTION LIMIT 0");
  const auto error = thrown_by<errors::TooManyConnections>(
      [] { static_cast<void>(connect(support::server_url_with("user=palmetto_limited"))); });
  CHECK(error.sqlstate() == "53300");
  admin.execute("DROP ROLE palmetto_limited");
}

TEST_CASE("what the server refuses is understood when libpq speaks another language") {
  const faults::German german;
  const auto error = thrown_by<errors::InvalidCatalogName>(
      [] { static_cast<void>(connect(support::server_url_with("dbname=no_such_database"))); });
  CHECK(contains(error.message(), "no_such_database"));
  CHECK_FALSE(contains(error.message(), "postinit.c"));  // the place in the server's own source
}

TEST_CASE("a wrong password is errors::InvalidPassword, and not shown") {
  const PasswordRole role;
  const std::string url = support::server_url_with("user=palmetto_password&password=");
  CHECK(connect(url + "huntertw0").info().user() == "palmetto_password");

  for (const char* wrong :
       {"hunter", "HUNTERTW0", "hunter%20tw0", "hunter%22%27", "%F0%9F%90%B3hunter"}) {
    CAPTURE(wrong);
    const auto error =
        thrown_by<errors::InvalidPassword>([&] { static_cast<void>(connect(url + wrong)); });
    CHECK(error.sqlstate() == "28P01");
    CHECK(contains(error.message(), "palmetto_password"));
    CHECK_FALSE(contains(error.what(), "hunter"));
    CHECK_FALSE(contains(error.what(), "HUNTER"));
    CHECK_FALSE(contains(error.diagnostic().message_primary, "hunter"));
  }
}

TEST_CASE("a password that is missing is an OperationalError") {
  const PasswordRole role;
  const auto error = thrown_by<OperationalError>(
      [] { static_cast<void>(connect(support::server_url_with("user=palmetto_password"))); });
  CHECK(contains(error.message(), "no password supplied"));
}

TEST_CASE("a server that accepts and never answers is a ConnectionTimeout, in time") {
  const support::SilentServer server;
  const long long took = milliseconds_of([&] {
    const auto error = thrown_by<ConnectionTimeout>(
        [&] { static_cast<void>(connect(server.conninfo(), {.connect_timeout = 300ms})); });
    CHECK(contains(error.message(), "127.0.0.1"));
    CHECK(contains(error.message(), "300 ms"));
  });
  CHECK(took >= 300);
  CHECK(took < 300 + noisy);
}

TEST_CASE("connect_timeout of the connection string is in seconds") {
  const support::SilentServer server;
  const long long took = milliseconds_of([&] {
    const auto error = thrown_by<ConnectionTimeout>(
        [&] { static_cast<void>(connect(server.conninfo() + " connect_timeout=2")); });
    CHECK(contains(error.message(), "2000 ms"));
  });
  CHECK(took >= 2000);
  CHECK(took < 2000 + noisy);
}

TEST_CASE("the option comes before the connection string's connect_timeout") {
  const support::SilentServer server;
  const long long took = milliseconds_of([&] {
    static_cast<void>(thrown_by<ConnectionTimeout>([&] {
      static_cast<void>(
          connect(server.conninfo() + " connect_timeout=60", {.connect_timeout = 100ms}));
    }));
  });
  CHECK(took < 100 + noisy);
}

TEST_CASE("a server that falls silent while it is connected to is a ConnectionTimeout") {
  support::WireProxy proxy;
  SUBCASE("before it got anything") { proxy.fall_silent(); }
  SUBCASE("after it got the startup message") {
    proxy.at({.type = support::Moment::startup}, support::Then::swallow_answers);
  }
  const long long took = milliseconds_of([&] {
    static_cast<void>(thrown_by<ConnectionTimeout>(
        [&] { static_cast<void>(connect(proxy.conninfo(), {.connect_timeout = 300ms})); }));
  });
  CHECK(took < 300 + noisy);
}

TEST_CASE("a server that hangs up while it is connected to is an OperationalError") {
  support::WireProxy proxy;
  SUBCASE("before it got the startup message") {
    proxy.at({.type = support::Moment::startup}, support::Then::cut_before);
  }
  SUBCASE("after it got the startup message") {
    proxy.at({.type = support::Moment::startup}, support::Then::cut_after);
  }
  SUBCASE("in place of its answer") {
    proxy.at({.type = support::Moment::startup}, support::Then::cut_at_answer);
  }
  SUBCASE("within its answer") { proxy.cut_after_bytes(support::Way::to_client, 20); }
  static_cast<void>(
      thrown_by<OperationalError>([&] { static_cast<void>(connect(proxy.conninfo())); }));
  CHECK_NOTHROW(static_cast<void>(connect(proxy.conninfo())));  // it was the network, not us
}
