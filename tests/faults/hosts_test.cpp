// Several hosts: which are tried, in which order, how long, and what is said when none takes it.

#include "palmetto/palmetto.hpp"

#include "support/environment.hpp"
#include "support/scripted_server.hpp"
#include "support/server.hpp"
#include "support/silent_server.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::contains;
using faults::milliseconds_of;
using faults::thrown_by;
using support::Environment;

namespace {

constexpr long long noisy = 4000;  // milliseconds that a busy machine may add

std::string port_of(const std::string& conninfo) {
  const std::size_t begin = conninfo.find("port=") + 5;
  return conninfo.substr(begin, conninfo.find(' ', begin) - begin);
}

// The port of each, all of which are of 127.0.0.1.
template <class... Servers>
std::vector<std::string> ports_of(const Servers&... servers) {
  return {port_of(servers.conninfo())...};
}

std::string joined(const std::vector<std::string>& items) {
  std::string list;
  for (const std::string& item : items) list += (list.empty() ? "" : ",") + item;
  return list;
}

std::string conninfo_of(const std::vector<std::string>& ports) {
  const std::vector<std::string> hosts(ports.size(), "127.0.0.1");
  return "host=" + joined(hosts) + " port=" + joined(ports) + " user=u dbname=d";
}

// A server that takes every connection and says whether it is a primary or a standby, as PostgreSQL
// does from version 14 on.
class Node {
 public:
  enum class Role { primary, standby };

  explicit Node(Role role = Role::primary)
      : server_({.parameters = {{"server_version", "15.0"},
                                {"in_hot_standby", role == Role::standby ? "on" : "off"},
                                {"default_transaction_read_only", "off"}}},
                [](std::string_view) { return support::done("SELECT 0"); }) {}

  // It refuses each one with that SQLSTATE.
  explicit Node(const std::string& sqlstate, const std::string& message)
      : server_({.refusal = support::error(sqlstate, message).fields},
                [](std::string_view) { return support::done("SELECT 0"); }) {}

  [[nodiscard]] std::string conninfo() const { return server_.conninfo(); }
  [[nodiscard]] int connections() const { return server_.connections(); }

 private:
  support::ScriptedServer server_;
};

}  // namespace

TEST_CASE("the hosts are tried in order, and the first that takes the connection is it") {
  const support::ClosedPort down;
  const Node first;
  const Node second;
  const Connection conn = connect(conninfo_of(ports_of(down, first, second)));
  CHECK(conn.info().port() == port_of(first.conninfo()));
  CHECK(second.connections() == 0);
}

TEST_CASE("a URI may have several hosts") {
  const support::ClosedPort down;
  const Node node;
  const std::vector<std::string> ports = ports_of(down, node);
  const Connection conn =
      connect("postgresql://u@127.0.0.1:" + ports[0] + ",127.0.0.1:" + ports[1] + "/d");
  CHECK(conn.info().port() == ports[1]);
  CHECK(conn.info().user() == "u");
}

TEST_CASE("addresses may be listed too, with or without the names that they are of") {
  const support::ClosedPort down;
  const Node node;
  const std::string ports = joined(ports_of(down, node));
  const Connection nameless =
      connect("hostaddr=127.0.0.1,127.0.0.1 port=" + ports + " user=u dbname=d");
  CHECK(nameless.info().port() == port_of(node.conninfo()));
  const Connection named = connect(
      "host=one.invalid,other.invalid hostaddr=127.0.0.1,127.0.0.1 user=u dbname=d port=" + ports);
  CHECK(named.info().host() == "other.invalid");
  CHECK(named.info().hostaddr() == "127.0.0.1");
}

TEST_CASE("one port is for all hosts") {
  const Node node;
  const Connection conn = connect("host=no-such-host.invalid,127.0.0.1 user=u dbname=d port=" +
                                  port_of(node.conninfo()));
  CHECK(conn.info().host() == "127.0.0.1");
}

TEST_CASE("a wrong number of ports or addresses is a ProgrammingError, in libpq's words") {
  const auto ports = thrown_by<ProgrammingError>(
      [] { static_cast<void>(connect("host=a,b,c port=1,2 user=u dbname=d")); });
  CHECK(contains(ports.message(), "could not match 2 port numbers to 3 hosts"));
  const auto one = thrown_by<ProgrammingError>(
      [] { static_cast<void>(connect("host=a port=1,2 user=u dbname=d")); });
  CHECK(contains(one.message(), "could not match 2 port numbers to 1 hosts"));
  const auto addresses = thrown_by<ProgrammingError>(
      [] { static_cast<void>(connect("host=a,b hostaddr=127.0.0.1 user=u dbname=d")); });
  CHECK(contains(addresses.message(), "could not match 2 host names to 1 hostaddr values"));
}

TEST_CASE("hosts and ports of the environment are several as well") {
  const support::ClosedPort down;
  const Node node;
  const Environment hosts("PGHOST", "127.0.0.1,127.0.0.1");
  const Environment ports("PGPORT", joined(ports_of(down, node)));
  const Environment no_address("PGHOSTADDR", "");
  CHECK(connect("user=u dbname=d").info().port() == port_of(node.conninfo()));
}

TEST_CASE("so are those of a service, with its own connect_timeout") {
  const support::SilentServer silent;
  const Node node;
  const std::string file = "/tmp/palmetto-hosts-test-" + port_of(node.conninfo()) + ".conf";
  std::ofstream(file) << "[bank]\nhost=127.0.0.1,127.0.0.1\nport=" << joined(ports_of(silent, node))
                      << "\nuser=u\nconnect_timeout=2\n";
  const Environment services("PGSERVICEFILE", file);
  const long long took = milliseconds_of(
      [&] { CHECK(connect("service=bank dbname=d").info().port() == port_of(node.conninfo())); });
  std::remove(file.c_str());
  CHECK(took >= 2000);
  CHECK(took < 2000 + noisy);
}

TEST_CASE("a service that does not exist is named") {
  const auto error = thrown_by<OperationalError>(
      [] { static_cast<void>(connect("service=palmetto-no-such-service")); });
  CHECK(contains(error.message(), "palmetto-no-such-service"));
}

TEST_CASE("each host has the connect_timeout for itself") {
  const support::SilentServer one;
  const support::SilentServer other;
  const Node node;
  const long long took = milliseconds_of([&] {
    const Connection conn =
        connect(conninfo_of(ports_of(one, other, node)), {.connect_timeout = 300ms});
    CHECK(conn.info().port() == port_of(node.conninfo()));
  });
  CHECK(took >= 600);
  CHECK(took < 600 + noisy);
}

TEST_CASE("when no host answers it is a ConnectionTimeout that names each") {
  const support::SilentServer one;
  const support::SilentServer other;
  const auto error = thrown_by<ConnectionTimeout>([&] {
    static_cast<void>(connect(conninfo_of(ports_of(one, other)), {.connect_timeout = 200ms}));
  });
  CHECK(error.message() ==
        "2 attempts to connect failed:"
        "\n- 127.0.0.1 port " +
            port_of(one.conninfo()) + ": no connection to 127.0.0.1 port " +
            port_of(one.conninfo()) + " within 200 ms\n- 127.0.0.1 port " +
            port_of(other.conninfo()) + ": no connection to 127.0.0.1 port " +
            port_of(other.conninfo()) + " within 200 ms");
}

TEST_CASE("when every host fails the error names each and why, in a line each") {
  const support::ClosedPort down;
  const auto error = thrown_by<OperationalError>([&] {
    static_cast<void>(connect("host=127.0.0.1,no-such-host.invalid user=u dbname=d port=" +
                              port_of(down.conninfo())));
  });
  CHECK(std::ranges::count(error.message(), '\n') == 2);
  CHECK(contains(error.message(), "\n- 127.0.0.1 port " + port_of(down.conninfo()) + ": "));
  CHECK(contains(error.message(), "refused"));
  CHECK(contains(error.message(), "\n- no-such-host.invalid port "));
}

TEST_CASE("when some hosts refuse and others fail, the last refusal is the class") {
  const support::ClosedPort down;
  const Node starting("57P03", "the database system is starting up");
  const Node full("53300", "sorry, too many clients already");
  const auto error = thrown_by<errors::TooManyConnections>(
      [&] { static_cast<void>(connect(conninfo_of(ports_of(starting, full, down)))); });
  CHECK(error.sqlstate() == "53300");
  CHECK(contains(error.message(), "3 attempts"));
  CHECK(contains(error.message(), "starting up"));
  CHECK(contains(error.message(), "too many clients"));
  CHECK(contains(error.message(), "refused"));
  CHECK_FALSE(contains(error.message(), "57P03"));
}

TEST_CASE("a server that has no connection to give now is passed over") {
  const Node node;
  for (const auto& [sqlstate, message] : std::vector<std::pair<std::string, std::string>>{
           {"57P01", "server is not accepting clients, try another node"},  // CockroachDB drains
           {"57P02", "terminating connection because of crash of another server process"},
           {"57P03", "the database system is starting up"},
           {"53300", "sorry, too many clients already"},
           {"53200", "out of memory"}}) {
    CAPTURE(sqlstate);
    const Node refusing(sqlstate, message);
    CHECK(connect(conninfo_of(ports_of(refusing, node))).info().port() == port_of(node.conninfo()));
  }
}

TEST_CASE("what a server refuses that can take connections, no other host is asked for") {
  for (const char* sqlstate : {"28P01", "28000", "3D000", "42501", "XXUUU"}) {
    CAPTURE(sqlstate);
    const Node refusing(sqlstate, "no");
    const Node never_asked;
    try {
      static_cast<void>(connect(conninfo_of(ports_of(refusing, never_asked))));
      FAIL_CHECK("connected");
    } catch (const DatabaseError& error) {
      CHECK(error.sqlstate() == sqlstate);
      CHECK_FALSE(contains(error.message(), "attempts"));
    }
    CHECK(never_asked.connections() == 0);
  }
}

TEST_CASE("a refusal behind a host that is down is told with it") {
  const support::ClosedPort down;
  const Node refusing("28P01", "password authentication failed for user \"u\"");
  const auto error = thrown_by<errors::InvalidPassword>([&] {
    static_cast<void>(connect(conninfo_of(ports_of(down, refusing)) + " password=huntertw0"));
  });
  CHECK(contains(error.message(), "2 attempts to connect failed"));
  CHECK(contains(error.message(), "password authentication failed for user \"u\""));
  CHECK(contains(error.diagnostic().message_primary, "password authentication failed"));
  CHECK_FALSE(contains(error.what(), "hunter"));
}

TEST_CASE("no part of a URI's password is shown for any of the hosts") {
  const support::ClosedPort down;
  const std::string port = port_of(down.conninfo());
  const auto error = thrown_by<OperationalError>([&] {
    static_cast<void>(
        connect("postgresql://u:x@huntertw0,127.0.0.1:" + port + "@127.0.0.1:" + port + "/db"));
  });
  CHECK_FALSE(contains(error.what(), "hunter"));
}

TEST_CASE("at random, every host comes first at some time") {
  const Node one;
  const Node other;
  const Node third;
  const std::string conninfo = conninfo_of(ports_of(one, other, third));
  std::set<std::string> ports;
  for (int i = 0; i < 200 && ports.size() < 3; ++i)
    ports.insert(connect(conninfo, {.load_balance_hosts = LoadBalanceHosts::random}).info().port());
  CHECK(ports.size() == 3);
}

TEST_CASE("at random, a host that is down is only passed over") {
  const support::ClosedPort down;
  const Node node;
  for (int i = 0; i < 20; ++i)
    CHECK(
        connect(conninfo_of(ports_of(down, node)), {.load_balance_hosts = LoadBalanceHosts::random})
            .info()
            .port() == port_of(node.conninfo()));
}

TEST_CASE("without being asked to, no order but the given one is tried") {
  const Node one;
  const Node other;
  const std::string conninfo = conninfo_of(ports_of(one, other));
  for (int i = 0; i < 20; ++i) {
    CHECK(connect(conninfo).info().port() == port_of(one.conninfo()));
    CHECK(connect(conninfo, {.load_balance_hosts = LoadBalanceHosts::disable}).info().port() ==
          port_of(one.conninfo()));
  }
  CHECK(other.connections() == 0);
}

TEST_CASE("target_session_attrs chooses among the hosts") {
  const Node standby(Node::Role::standby);
  const Node primary;
  const std::vector<std::string> ports = ports_of(standby, primary);
  const auto port_with = [&](const std::string& attributes, const std::string& conninfo) {
    return connect(conninfo + " target_session_attrs=" + attributes).info().port();
  };
  const std::string standby_first = conninfo_of(ports);
  const std::string primary_first = conninfo_of({ports[1], ports[0]});
  CHECK(port_with("any", standby_first) == ports[0]);
  CHECK(port_with("primary", standby_first) == ports[1]);
  CHECK(port_with("read-write", standby_first) == ports[1]);
  CHECK(port_with("standby", primary_first) == ports[0]);
  CHECK(port_with("read-only", primary_first) == ports[0]);
  CHECK(port_with("prefer-standby", primary_first) == ports[0]);
}

TEST_CASE("where standbys are preferred and there is none, the hosts are tried again for any") {
  const support::ClosedPort down;
  const Node one;
  const Node other;
  const Connection conn =
      connect(conninfo_of(ports_of(down, one, other)) + " target_session_attrs=prefer-standby");
  CHECK(conn.info().port() == port_of(one.conninfo()));
  CHECK(one.connections() == 2);
  CHECK(other.connections() == 1);
}

TEST_CASE("the environment asks for a kind of server as well") {
  const Node standby(Node::Role::standby);
  const Node primary;
  const Environment preferred("PGTARGETSESSIONATTRS", "prefer-standby");
  CHECK(connect(conninfo_of(ports_of(primary, standby))).info().port() ==
        port_of(standby.conninfo()));
}

TEST_CASE("when no host is of the kind that was asked for, the error says what each is") {
  const Node one;
  const Node other;
  const auto error = thrown_by<OperationalError>([&] {
    static_cast<void>(connect(conninfo_of(ports_of(one, other)) + " target_session_attrs=standby"));
  });
  CHECK(contains(error.message(), "2 attempts"));
  CHECK(contains(error.message(), "hot standby"));
}

TEST_CASE("an empty item in a list is libpq's default, whatever the environment has") {
  const support::ClosedPort down;
  const Node node;
  const Environment host("PGHOST", "127.0.0.1");
  const Environment port("PGPORT", port_of(node.conninfo()));
  const auto refused = [](const std::string& conninfo) {
    return thrown_by<OperationalError>([&] { static_cast<void>(connect(conninfo)); }).message();
  };
  const std::string no_host = refused("host=no-such-host.invalid, user=u dbname=d");
  CHECK(contains(no_host, "/.s.PGSQL." + port_of(node.conninfo())));
  const std::string no_port =
      refused("postgresql://u@127.0.0.1:" + port_of(down.conninfo()) + ",no-such-host.invalid/d");
  // libpq tells its own port's number in newer versions alone.
  CHECK((contains(no_port, "\n- no-such-host.invalid: ") ||
         contains(no_port, "\n- no-such-host.invalid port 5432: ")));
  CHECK(node.connections() == 0);
}

TEST_CASE("so is an empty value alone, as it is for libpq") {
  const Node node;
  const Environment host("PGHOST", "127.0.0.1");
  CHECK_THROWS_AS(connect("host='' user=u dbname=d port=" + port_of(node.conninfo())),
                  OperationalError);
  CHECK(node.connections() == 0);
}

TEST_CASE("a host name of several addresses is libpq's to try") {
  // 127.0.0.1 and, where the machine has it, ::1.
  const Node node;
  CHECK(connect("host=localhost user=u dbname=d port=" + port_of(node.conninfo()))
            .info()
            .hostaddr() == "127.0.0.1");
}
