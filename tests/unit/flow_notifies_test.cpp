// Waiting for notifications, played as a script: no socket, no server.

#include "palmetto/flow/notifies.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

using namespace palmetto;
using flow::Ready;
using flow::Wait;

namespace {

/// Stands in for pq::Conn.
struct ScriptedConn {
  std::deque<std::vector<std::string>> input{};  // the channels that each consume_input brings
  bool breaks = false;                           // behind the input
  std::deque<std::string> read{};                // that libpq has

  bool consume_input() {
    if (input.empty()) {
      REQUIRE(breaks);
      return false;
    }
    read.insert(read.end(), input.front().begin(), input.front().end());
    input.pop_front();
    return true;
  }
  std::optional<pq::Notify> notifies() {
    if (read.empty()) return std::nullopt;
    pq::Notify notify{read.front(), "", 0};
    read.pop_front();
    return notify;
  }
};

std::vector<std::string> channels(const flow::ArrivedNotifies& arrived) {
  std::vector<std::string> channels;
  for (const pq::Notify& notify : arrived.notifies) channels.push_back(notify.channel);
  return channels;
}

void expect(flow::Flow<flow::ArrivedNotifies>& flow, Ready given) {
  REQUIRE_FALSE(flow.done());
  CHECK(flow.wait() == Wait::read);
  flow.resume(given);
}

}  // namespace

TEST_CASE("what has arrived already is given without a wait") {
  ScriptedConn conn{.input = {{"b", "c"}}, .read = {"a"}};
  auto flow = flow::notifies(conn);
  flow.start();
  REQUIRE(flow.done());
  CHECK(channels(flow.result()) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("it waits for notifications, through whatever else the server sends") {
  ScriptedConn conn{.input = {{}, {}, {"a"}}};
  auto flow = flow::notifies(conn);
  flow.start();
  expect(flow, Ready::read);
  expect(flow, Ready::read);
  REQUIRE(flow.done());
  CHECK(channels(flow.result()) == std::vector<std::string>{"a"});
}

TEST_CASE("it ends with nothing at its deadline") {
  ScriptedConn conn{.input = {{}}};
  auto flow = flow::notifies(conn);
  flow.start();
  expect(flow, Ready::expired);
  REQUIRE(flow.done());
  const auto arrived = flow.result();
  CHECK(arrived.notifies.empty());
  CHECK_FALSE(arrived.lost);
}

TEST_CASE("of a connection that broke, what it had read is given first") {
  ScriptedConn conn{.breaks = true, .read = {"a"}};
  auto first = flow::notifies(conn);
  first.start();
  REQUIRE(first.done());
  const auto last_words = first.result();
  CHECK(channels(last_words) == std::vector<std::string>{"a"});
  CHECK_FALSE(last_words.lost);
  auto second = flow::notifies(conn);
  second.start();
  REQUIRE(second.done());
  CHECK(second.result().lost);
}
