// What crdb::connect takes, and what it makes of it.

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/environment.hpp"
#include "support/server.hpp"
#include "support/silent_server.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

using namespace palmetto;
using namespace crdb_tests;
using support::contains;
using support::Environment;
using support::thrown_by;

namespace {

std::string port_of(const std::string& conninfo) {
  const std::size_t begin = conninfo.find("port=") + 5;
  return conninfo.substr(begin, conninfo.find(' ', begin) - begin);
}

// A server of the test's own, in the environment: what a connection string does not say.
class Surroundings {
 public:
  [[nodiscard]] std::map<std::string, std::string> startup(std::string_view conninfo) const {
    static_cast<void>(crdb::connect(conninfo));
    return cockroach_.server().startup();
  }
  [[nodiscard]] std::string port() const { return port_of(cockroach_.server().conninfo()); }

 private:
  Cockroach cockroach_;
  Environment host_{"PGHOST", "127.0.0.1"};
  Environment port_{"PGPORT", port()};
  Environment no_user_{"PGUSER", ""};
};

// Where nobody listens, an error names the port that was tried. Addresses of this kind are no one's
// (RFC 5735), but those of the loopback are this machine's.
std::string failure_of(std::string_view conninfo) {
  try {
    static_cast<void>(crdb::connect(conninfo));
    return "connected";
  } catch (const OperationalError& error) { return error.message(); }
}

constexpr const char* nobody = "127.9.8.7";

}  // namespace

TEST_CASE("a database's name alone is enough: the user is root") {
  const Surroundings surroundings;
  auto startup = surroundings.startup("bank");
  CHECK(startup["database"] == "bank");
  CHECK(startup["user"] == "root");
  CHECK(startup["application_name"] == "palmetto");
  CHECK(startup["client_encoding"] == "UTF8");
  CHECK(surroundings.startup("it's-a_b.c\\d?e&f")["database"] == "it's-a_b.c\\d?e&f");
}

TEST_CASE("a name is one only without what connection strings are made of") {
  for (const std::string_view malformed :
       {"my bank", "localhost:26257", "bank/accounts", "//bank", "postgresql//root",
        "jdbc:postgresql://localhost/bank"}) {
    CAPTURE(malformed);
    const auto error =
        thrown_by<ProgrammingError>([&] { static_cast<void>(crdb::connect(malformed)); });
    CHECK(contains(error.message(), "missing \"=\""));
  }
}

TEST_CASE("a connection string without a user has root, and with one has that") {
  const Surroundings surroundings;
  CHECK(surroundings.startup("dbname=bank")["user"] == "root");
  CHECK(surroundings.startup("dbname=bank user=")["user"] == "root");
  CHECK(surroundings.startup("")["user"] == "root");
  CHECK(surroundings.startup("dbname=bank user=maxroach")["user"] == "maxroach");
  auto startup = surroundings.startup("user = max\\ roach dbname='it\\'s a \\\\bank'");
  CHECK(startup["user"] == "max roach");
  CHECK(startup["database"] == "it's a \\bank");
}

TEST_CASE("cockroachdb:// and crdb:// are the schemes of such connections") {
  const Surroundings surroundings;
  for (const std::string scheme : {"cockroachdb://", "crdb://"}) {
    CAPTURE(scheme);
    auto startup = surroundings.startup(scheme + "127.0.0.1/bank");
    CHECK(startup["database"] == "bank");
    CHECK(startup["user"] == "root");
    CHECK(surroundings.startup(scheme + "/bank")["user"] == "root");
    CHECK(surroundings.startup(scheme)["user"] == "root");
    CHECK(surroundings.startup(scheme + "127.0.0.1/bank?")["database"] == "bank");
    CHECK(surroundings.startup(scheme + "127.0.0.1/bank?application_name=a")["user"] == "root");
    CHECK(surroundings.startup(scheme + "127.0.0.1/bank?application_name=a&")["user"] == "root");
    startup = surroundings.startup(scheme + "maxroach@127.0.0.1:" + surroundings.port() + "/bank");
    CHECK(startup["user"] == "maxroach");
    startup = surroundings.startup(scheme + ":pass?word@127.0.0.1/bank");
    CHECK(startup["user"] == "root");
    CHECK(startup["database"] == "bank");
  }
}

TEST_CASE("PGUSER comes before root") {
  const Surroundings surroundings;
  const Environment user("PGUSER", "maxroach");
  CHECK(surroundings.startup("bank")["user"] == "maxroach");
  CHECK(surroundings.startup("dbname=bank")["user"] == "maxroach");
  CHECK(surroundings.startup("cockroachdb:///bank")["user"] == "maxroach");
  CHECK(surroundings.startup("cockroachdb://other@/bank")["user"] == "other");
}

TEST_CASE("the host is localhost when none is given, and no socket") {
  const Environment no_host("PGHOST", "");
  const Cockroach cockroach;
  const Environment port("PGPORT", port_of(cockroach.server().conninfo()));
  for (const std::string conninfo : {"bank", "", "dbname=bank", "host=", "cockroachdb:///bank",
                                     "crdb://root@/bank?sslmode=disable"}) {
    CAPTURE(conninfo);
    CHECK(crdb::connect(conninfo).info().host() == "localhost");
  }
  const std::string at(nobody);
  CHECK(contains(failure_of("hostaddr=" + at + " port=26258"), "\"" + at + "\", port 26258"));
  const Environment address("PGHOSTADDR", "127.0.0.1");
  CHECK(crdb::connect("bank").info().host() == "127.0.0.1");
}

TEST_CASE("the port is 26257 when none is given") {
  const Environment host("PGHOST", nobody);
  const Environment no_port("PGPORT", "");
  const std::string at(nobody);
  for (const std::string& conninfo :
       {std::string("bank"), std::string("dbname=bank"), "host=" + at, std::string("port="),
        "cockroachdb://" + at + "/bank", "crdb://root@" + at, std::string("crdb:///bank")}) {
    CAPTURE(conninfo);
    CHECK(contains(failure_of(conninfo), "26257"));
  }
  CHECK_FALSE(contains(failure_of("host=" + at + " port="), "invalid"));
  CHECK(contains(failure_of("host=" + at + " port=26258"), "26258"));
  CHECK(contains(failure_of("cockroachdb://" + at + ":26258/bank"), "26258"));
}

TEST_CASE("each of several hosts has a port of its own, or 26257") {
  const Environment no_port("PGPORT", "");
  const std::string at(nobody);
  std::string failure = failure_of("cockroachdb://" + at + "," + at + ":26258," + at + "/bank");
  CHECK(contains(failure, "3 attempts"));
  CHECK(contains(failure, "\n- " + at + " port 26257: "));
  CHECK(contains(failure, "\n- " + at + " port 26258: "));
  CHECK_FALSE(contains(failure, "5432"));
  failure = failure_of("host=" + at + "," + at + " port=,26258");
  CHECK(contains(failure, "\n- " + at + " port 26257: "));
  CHECK(contains(failure, "\n- " + at + " port 26258: "));
  failure = failure_of("host=" + at + "," + at);
  CHECK(contains(failure, "2 attempts"));
  CHECK_FALSE(contains(failure, "5432"));
}

TEST_CASE("PGPORT comes before 26257") {
  const Environment port("PGPORT", "26300");
  const std::string at(nobody);
  CHECK(contains(failure_of("host=" + at), "26300"));
  const std::string failure = failure_of("cockroachdb://" + at + "," + at + ":26258/bank");
  CHECK(contains(failure, "\n- " + at + " port 26300: "));
  CHECK(contains(failure, "\n- " + at + " port 26258: "));
}

TEST_CASE("a postgresql:// URI has libpq's defaults") {
  const Environment no_port("PGPORT", "");
  const Environment no_user("PGUSER", "");
  const std::string at(nobody);
  CHECK(contains(failure_of("postgresql://" + at + "/bank"), "5432"));
  CHECK(contains(failure_of("postgres://" + at + "/bank"), "5432"));
  const Surroundings surroundings;
  CHECK(surroundings.startup("postgresql://maxroach@/bank")["user"] == "maxroach");
}

TEST_CASE("a service file has what it has") {
  const Surroundings surroundings;
  const std::string file = "/tmp/palmetto-connect-test-" + surroundings.port() + ".conf";
  std::ofstream(file) << "[bank]\nhost=127.0.0.1\nport=" << surroundings.port()
                      << "\nuser=maxroach\n";
  const Environment services("PGSERVICEFILE", file);
  const Environment other_port("PGPORT", "1");
  CHECK(surroundings.startup("service=bank dbname=b")["user"] == "maxroach");
  CHECK(surroundings.startup("cockroachdb:///b?service=bank")["user"] == "maxroach");
  const Environment service("PGSERVICE", "bank");
  CHECK(surroundings.startup("b")["user"] == "maxroach");
  std::remove(file.c_str());
}

TEST_CASE("--cluster reaches the server, by which a serverless one knows whose it is") {
  const Surroundings surroundings;
  const std::string cluster = "--cluster=crawling-fox-42";
  CHECK(surroundings.startup("dbname=bank options=" + cluster)["options"] == cluster);
  CHECK(surroundings.startup(
            "cockroachdb:///bank?options=--cluster%3Dcrawling-fox-42")["options"] == cluster);
  CHECK(surroundings.startup(
            "crdb:///bank?options=--cluster%3Dcrawling-fox-42&user=u")["options"] == cluster);
}

TEST_CASE("application_name is sent, by whichever way it was given") {
  const Surroundings surroundings;
  CHECK(surroundings.startup("dbname=bank application_name=a")["application_name"] == "a");
  CHECK(surroundings.startup("crdb:///bank?application_name=a")["application_name"] == "a");
  Cockroach cockroach;
  static_cast<void>(cockroach.connect({.application_name = "bank"}));
  CHECK(cockroach.server().startup()["application_name"] == "bank");
}

TEST_CASE("several nodes are tried as several hosts are") {
  const support::ClosedPort down;
  const Cockroach cockroach;
  const std::string port = port_of(cockroach.server().conninfo());
  const auto conn = crdb::connect("cockroachdb://127.0.0.1:" + port_of(down.conninfo()) +
                                  ",127.0.0.1:" + port + "/bank");
  CHECK(conn.info().port() == port);
  CHECK(crdb::CrdbConnection::is_crdb(conn));
}

TEST_CASE("what is malformed in such a URI is said without the password") {
  struct Malformed {
    std::string_view conninfo;
    std::string_view names;
  };
  for (const auto& [conninfo, names] : {
           Malformed{"cockroachdb://localhost/bank?nosuch=1", "\"nosuch\""},
           Malformed{"crdb://[::1/bank", "IPv6"},
           Malformed{"cockroachdb://u:hunter%zztw0@localhost/db", "percent-encoded"},
           Malformed{"crdb://u:huntertw0@[::1]x/db", "unexpected character"},
           Malformed{"crdb://u:huntertw0@localhost/db?nosuch=1", "invalid URI query parameter"},
           Malformed{"cockroach://u:huntertw0@localhost/db", "unknown: cockroach://"},
           Malformed{"cockroachdb+psycopg2://u:huntertw0@h/db", "unknown: cockroachdb+psycopg2://"},
           Malformed{"password=hunter://tw0 x", "missing \"=\""},
           Malformed{"user=u password=hunter tw0", "missing \"=\""},
           Malformed{std::string_view("crdb://u:hunter\0tw0@h", 21), "NUL byte at offset 15"},
       }) {
    CAPTURE(conninfo);
    const auto error =
        thrown_by<ProgrammingError>([&] { static_cast<void>(crdb::connect(conninfo)); });
    CHECK(contains(error.message(), names));
    CHECK_FALSE(contains(error.what(), "hunter"));
    CHECK_FALSE(contains(error.what(), "tw0"));
  }
}
