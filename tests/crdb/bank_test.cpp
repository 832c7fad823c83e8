// The bank of examples/ on nodes that go away again and again: no money is lost, whatever is cut.

#include "palmetto/palmetto.hpp"

#include "emulated_cockroach.hpp"
#include "support/program.hpp"
#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <regex>
#include <string>

using namespace std::chrono_literals;
using crdb_tests::Cluster;
using crdb_tests::EmulatedCockroach;
using crdb_tests::only_cockroachdb;
using support::Moment;
using support::Program;
using support::Then;
using support::Way;
using support::WireProxy;

namespace {

using Nodes = std::array<WireProxy*, 3>;
using Clock = std::chrono::steady_clock;

constexpr auto long_enough = 60s;

// One connection string that names the hosts of all. They differ in their first option, the host.
template <class Node>
std::string conninfo_of(const std::array<Node, 3>& nodes) {
  const std::string first = nodes[0].conninfo();
  std::string hosts;
  for (const Node& node : nodes) {
    const std::string conninfo = node.conninfo();
    hosts += (hosts.empty() ? "" : ",") + conninfo.substr(0, conninfo.find(' ')).substr(5);
  }
  return "host=" + hosts + first.substr(first.find(' '));
}

void at_each(const Nodes& nodes, const Moment& moment, Then then) {
  for (WireProxy* node : nodes) node->at(moment, then);
}

bool wait_for_any(const Nodes& nodes) {
  const auto until = Clock::now() + long_enough;
  while (Clock::now() < until)
    if (std::ranges::any_of(nodes,
                            [](const WireProxy* node) { return node->wait_for_moment(5ms); }))
      return true;
  return false;
}

// Drives the tellers to the node by cutting the others' connections, until the moment comes there.
void reach(const Nodes& nodes, WireProxy& node, const Moment& moment, Then then) {
  CAPTURE(moment.statement);
  node.at(moment, then);
  const auto until = Clock::now() + long_enough;
  while (!node.wait_for_moment(200ms)) {
    REQUIRE(Clock::now() < until);
    for (WireProxy* other : nodes)
      if (other != &node) other->cut();
  }
}

// The node takes no connections, however that is, while the others go on.
void be_gone(const Nodes& nodes, WireProxy& node, const Moment& commit, void (WireProxy::*go)()) {
  (node.*go)();
  node.cut();
  for (WireProxy* other : nodes)
    if (other != &node) reach(nodes, *other, commit, Then::go_on);
  node.take_connections();
}

void disturb(const Nodes& nodes, const Moment& commit) {
  for (WireProxy* node : nodes) {
    reach(nodes, *node, commit, Then::cut_at_answer);  // it is applied, and nobody knows
    reach(nodes, *node, commit, Then::cut_inside);     // it is not, and nobody knows either
    reach(nodes, *node, {.type = 'P', .statement = "UPDATE"}, Then::cut_inside);
    reach(nodes, *node, {.way = Way::to_client, .type = 'D', .statement = "SELECT balance"},
          Then::cut_before);
    be_gone(nodes, *node, commit, &WireProxy::refuse);
    be_gone(nodes, *node, commit, &WireProxy::hang_up);
  }
}

// The number in that line of the bank's table.
int count_in(const std::string& table, const std::string& line) {
  std::smatch found;
  REQUIRE(std::regex_search(table, found, std::regex("\n  " + line + " +(\\d+)")));
  return std::stoi(found[1]);
}

void check_bank(const std::string& url, const Nodes& nodes, const std::string& commit_statement) {
  const Moment commit{.type = 'P', .statement = commit_statement};
  at_each(nodes, {.type = 'P', .statement = "CREATE TABLE"}, Then::cut_before);
  Program bank({PALMETTO_BANK, url, "600", "6"});
  CHECK(wait_for_any(nodes));
  at_each(nodes, commit, Then::cut_at_answer);  // the first is that of the accounts
  REQUIRE(bank.wait_for_output("transferring", long_enough));
  disturb(nodes, commit);
  at_each(nodes, {.way = Way::to_client, .type = 'D', .statement = "SELECT id, balance"},
          Then::cut_inside);
  bank.interrupt();
  CHECK(wait_for_any(nodes));
  REQUIRE(bank.wait_for_output("per second", long_enough));
  const int status = bank.wait();
  const std::string output = bank.output();
  CAPTURE(output);
  CHECK(status == 0);
  CHECK(output.ends_with("  the books balance\n"));
  CHECK(count_in(output, "applied") > 0);
  CHECK(count_in(output, "unknown") >= 6);
  CHECK(output.find("COMMIT, 0 were applied") == std::string::npos);
  CHECK(count_in(output, "retries") >= 12);
}

// A node of a PostgreSQL that has several.
struct PostgresqlNode {
  WireProxy proxy;
  [[nodiscard]] std::string conninfo() const { return proxy.conninfo(); }
};

}  // namespace

TEST_CASE("the bank's books balance while nodes of CockroachDB go away, again and again") {
  std::array nodes{EmulatedCockroach("v21.1.0"), EmulatedCockroach("v21.1.0"),
                   EmulatedCockroach("v21.1.0")};
  check_bank(conninfo_of(nodes), {&nodes[0].proxy(), &nodes[1].proxy(), &nodes[2].proxy()},
             "RELEASE SAVEPOINT cockroach_restart");
}

TEST_CASE("the bank's books balance while ways to PostgreSQL go away, again and again") {
  std::array<PostgresqlNode, 3> nodes;
  check_bank(conninfo_of(nodes), {&nodes[0].proxy, &nodes[1].proxy, &nodes[2].proxy}, "COMMIT");
}

TEST_CASE(
    "the bank's books balance on the cluster of PALMETTO_CRDB_URL, whose nodes may be killed" *
    only_cockroachdb()) {
  const Cluster cluster;
  Program bank({PALMETTO_BANK, cluster.conninfo(), "10", "6"});
  const int status = bank.wait();
  const std::string output = bank.output();
  CAPTURE(output);
  CHECK(status == 0);
  CHECK(output.ends_with("  the books balance\n"));
}
