// Pumping a pipeline, played as a script: no socket, no server.

#include "palmetto/flow/pipeline.hpp"
#include "palmetto/pq/result.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <vector>

using namespace palmetto;
using flow::Ready;
using flow::Wait;
using pq::ResultStatus;

namespace {

/// Stands in for pq::Conn: each result ends its command.
struct ScriptedConn {
  using Results = std::deque<ResultStatus>;
  std::deque<pq::FlushStatus> flushes{};  // done, once there are no more
  std::deque<Results> input{};            // what each consume_input brings; it fails without
  Results arrived{};
  bool bad = false;
  bool at_end = false;  // of a command
  int cancels = 0;

  pq::ConnStatus status() const { return bad ? pq::ConnStatus::bad : pq::ConnStatus::ok; }
  pq::FlushStatus flush() {
    if (flushes.empty()) return pq::FlushStatus::done;
    const pq::FlushStatus status = flushes.front();
    flushes.pop_front();
    bad = bad || status == pq::FlushStatus::failed;
    return status;
  }
  bool is_busy() const { return !bad && !at_end && arrived.empty(); }
  bool consume_input() {
    if (input.empty()) {
      bad = true;
      return false;
    }
    arrived.insert(arrived.end(), input.front().begin(), input.front().end());
    input.pop_front();
    return true;
  }
  pq::Result get_result() {
    if (at_end || arrived.empty()) {
      at_end = false;
      return {};
    }
    const ResultStatus status = arrived.front();
    arrived.pop_front();
    at_end = true;
    return pq::Result::make_empty(status);
  }
  void request_cancel() { ++cancels; }
};

/// So many results are expected, and the first `wanted` of them are waited for.
struct Receiver {
  std::size_t expected;
  std::size_t wanted;
  std::vector<ResultStatus> received{};
  bool expired = false;

  bool is_expecting() const { return received.size() < expected; }
  bool has_enough() const { return received.size() >= wanted; }
  void receive(pq::Result&& result) { received.push_back(result.status()); }
  void note_expired() { expired = true; }
};

void expect(flow::Flow<flow::Pumped>& flow, Wait wait, Ready given) {
  REQUIRE_FALSE(flow.done());
  CHECK(flow.wait() == wait);
  flow.resume(given);
}

constexpr auto ok = ResultStatus::command_ok;

}  // namespace

TEST_CASE("pumping sends, and hands on the results up to the one that is wanted") {
  ScriptedConn conn{.input = {{ok}, {ResultStatus::fatal_error, ok}}};
  Receiver receiver{.expected = 4, .wanted = 2};
  auto flow = flow::pump(conn, receiver);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(receiver.received == std::vector{ok, ResultStatus::fatal_error, ok});
  CHECK_FALSE(flow.result().lost);
}

TEST_CASE("pumping reads while it writes") {
  ScriptedConn conn{.flushes = {pq::FlushStatus::pending, pq::FlushStatus::pending},
                    .input = {{ok}, {ok}}};
  Receiver receiver{.expected = 2, .wanted = 2};
  auto flow = flow::pump(conn, receiver);
  flow.start();
  expect(flow, Wait::read_write, Ready::read);
  CHECK(receiver.received.size() == 1);
  expect(flow, Wait::read_write, Ready::write);
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(receiver.received.size() == 2);
}

TEST_CASE("what has arrived is taken when nothing is waited for") {
  ScriptedConn conn{.input = {{ok, ok}}};
  Receiver receiver{.expected = 5, .wanted = 0};
  auto flow = flow::pump(conn, receiver);
  flow.start();
  REQUIRE(flow.done());
  CHECK(receiver.received.size() == 2);
  CHECK_FALSE(flow.result().lost);
}

TEST_CASE("a pipeline whose connection breaks is lost") {
  SUBCASE("while it is read") {
    ScriptedConn conn;
    Receiver receiver{.expected = 1, .wanted = 1};
    auto flow = flow::pump(conn, receiver);
    flow.start();
    expect(flow, Wait::read, Ready::read);
    REQUIRE(flow.done());
    CHECK(flow.result().lost);
    CHECK_FALSE(flow.result().expired);
  }
  SUBCASE("while it is written") {
    ScriptedConn conn{.flushes = {pq::FlushStatus::failed}, .arrived = {ResultStatus::fatal_error}};
    Receiver receiver{.expected = 2, .wanted = 2};
    auto flow = flow::pump(conn, receiver);
    flow.start();
    REQUIRE(flow.done());
    CHECK(flow.result().lost);
    CHECK(receiver.received == std::vector{ResultStatus::fatal_error});
  }
}

TEST_CASE("a pipeline whose deadline passes is cancelled, and its receiver told") {
  ScriptedConn conn{.input = {{ResultStatus::fatal_error}}};
  Receiver receiver{.expected = 1, .wanted = 1};
  auto flow = flow::pump(conn, receiver);
  flow.start();
  expect(flow, Wait::read, Ready::expired);
  CHECK(conn.cancels == 1);
  CHECK(receiver.expired);
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(flow.result().expired);
  CHECK_FALSE(flow.result().lost);
}
