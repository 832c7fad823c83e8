// Asking for a cancel, and when: played as scripts, no socket, no server.

#include "palmetto/flow/cancel.hpp"
#include "palmetto/flow/run.hpp"

#include <doctest/doctest.h>

#include <deque>

using namespace palmetto;
using namespace std::chrono_literals;
using flow::CancelOutcome;
using flow::Ready;
using flow::Wait;
using pq::PollingStatus;

namespace {

/// Stands in for pq::CancelConn.
struct ScriptedCancel {
  bool starts = true;
  std::deque<PollingStatus> polls{};

  bool start() const { return starts; }
  PollingStatus poll() {
    REQUIRE_FALSE(polls.empty());
    const PollingStatus polling = polls.front();
    polls.pop_front();
    return polling;
  }
};

void expect(flow::Flow<CancelOutcome>& flow, Wait wait, Ready given) {
  REQUIRE_FALSE(flow.done());
  CHECK(flow.wait() == wait);
  flow.resume(given);
}

}  // namespace

TEST_CASE("a cancel request waits for what libpq asks for, first for writing") {
  ScriptedCancel cancel{
      .polls = {PollingStatus::writing, PollingStatus::reading, PollingStatus::ok}};
  auto flow = flow::cancel(cancel);
  flow.start();
  expect(flow, Wait::write, Ready::write);
  expect(flow, Wait::write, Ready::write);
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(flow.result() == CancelOutcome::delivered);
}

TEST_CASE("a cancel request that can't be begun, or that libpq gives up, has failed") {
  ScriptedCancel refused{.starts = false};
  auto never = flow::cancel(refused);
  never.start();
  REQUIRE(never.done());
  CHECK(never.result() == CancelOutcome::failed);

  ScriptedCancel broken{.polls = {PollingStatus::failed}};
  auto flow = flow::cancel(broken);
  flow.start();
  expect(flow, Wait::write, Ready::write);
  REQUIRE(flow.done());
  CHECK(flow.result() == CancelOutcome::failed);
}

TEST_CASE("a cancel request ends at its deadline") {
  ScriptedCancel cancel{.polls = {PollingStatus::reading}};
  auto flow = flow::cancel(cancel);
  flow.start();
  expect(flow, Wait::write, Ready::write);
  expect(flow, Wait::read, Ready::expired);
  REQUIRE(flow.done());
  CHECK(flow.result() == CancelOutcome::expired);
}

TEST_CASE("a flow hears of its deadline again after 100 ms, 200 ms, ... of the grace period") {
  flow::Countdown countdown({.at = flow::Clock::now(), .grace = 1h});
  for (auto pause = 100ms; pause <= 3200ms; pause *= 2) {
    CAPTURE(pause.count());
    const auto before = flow::Clock::now();
    CHECK(countdown.pass() == Ready::expired);
    const auto after = flow::Clock::now();
    CHECK(countdown.next() >= before + pause);
    CHECK(countdown.next() <= after + pause);
  }
}

TEST_CASE("a flow is given up when the grace period is over, and not later") {
  flow::Countdown none({.at = flow::Clock::now(), .grace = 0ms});
  CHECK(none.pass() == Ready::expired);
  CHECK(none.pass() == Ready::given_up);

  const auto begin = flow::Clock::now();
  flow::Countdown shorter_than_a_pause({.at = begin, .grace = 50ms});
  CHECK(shorter_than_a_pause.pass() == Ready::expired);
  CHECK(shorter_than_a_pause.next() <= flow::Clock::now() + 50ms);
}
