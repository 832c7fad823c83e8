// The flows, played as scripts: no socket, no server.

#include "palmetto/flow/connect.hpp"
#include "palmetto/flow/execute.hpp"
#include "palmetto/flow/rows.hpp"
#include "palmetto/flow/run.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

using namespace palmetto;
using flow::Ready;
using flow::Wait;
using pq::ResultStatus;

namespace {

/// Stands in for pq::Conn: answers what the script says, and notes what was asked of it.
class ScriptedConn {
 public:
  using result_type = pq::Result;

  std::deque<pq::PollingStatus> polls;
  std::deque<pq::FlushStatus> flushes;
  std::deque<std::deque<ResultStatus>>
      input;  // what each consume_input brings; empty: no result yet
  std::vector<std::string> sent;
  bool consume_fails = false;
  bool bad = false;
  int cancels = 0;
  int copies_failed = 0;

  pq::ConnStatus status() const { return bad ? pq::ConnStatus::bad : pq::ConnStatus::ok; }
  pq::TransactionStatus transaction_status() const {
    if (bad) return pq::TransactionStatus::unknown;
    const bool is_answered = arrived_.empty() || arrived_.front() == end_of_command;
    return drained_ && is_answered ? pq::TransactionStatus::idle : pq::TransactionStatus::active;
  }
  pq::PollingStatus connect_poll() { return take(polls); }
  bool enter_pipeline_mode() { return note("enter"); }
  bool exit_pipeline_mode() { return note("exit"); }
  bool pipeline_sync() { return note("sync"); }
  bool send_query(const char* text) { return note(text); }
  bool send_query_params(const char* text, const pq::ParameterArrays&, Format) {
    return note(text);
  }
  bool send_prepare(const char* name, const char*, const pq::ParameterArrays&) {
    return note(("prepare " + std::string(name)).c_str());
  }
  bool send_query_prepared(const char* name, const pq::ParameterArrays&, Format) {
    return note(("execute " + std::string(name)).c_str());
  }
  bool send_describe_prepared(const char* name) {
    return note(("describe " + std::string(name)).c_str());
  }
  bool send_close_prepared(const char* name) {
    return note(("close " + std::string(name)).c_str());
  }
  pq::FlushStatus flush() { return flushes.empty() ? pq::FlushStatus::done : take(flushes); }
  bool is_busy() const { return !bad && arrived_.empty() && !drained_; }
  bool consume_input() {
    if (consume_fails) {
      bad = true;
      arrived_ = {ResultStatus::fatal_error, end_of_command};
      return false;
    }
    arrived_ = take(input);
    drained_ = input.empty();
    return true;
  }
  pq::Result get_result() {
    if (arrived_.empty()) return pq::Result();
    const ResultStatus status = take(arrived_);
    return status == end_of_command ? pq::Result() : pq::Result::make_empty(status);
  }
  bool put_copy_error(const char*) { return ++copies_failed > 0; }
  pq::CopyStatus skip_copy_data() { return pq::CopyStatus::done; }
  void request_cancel() { ++cancels; }

  static constexpr auto end_of_command = static_cast<ResultStatus>(99);

 private:
  bool note(const char* what) {
    sent.push_back(what);
    return !bad;
  }
  template <class T>
  static T take(std::deque<T>& queue) {
    REQUIRE_FALSE(queue.empty());
    T front = std::move(queue.front());
    queue.pop_front();
    return front;
  }
  std::deque<ResultStatus> arrived_;
  bool drained_ = false;
};

constexpr auto end = ScriptedConn::end_of_command;

template <class Flow>
void expect(Flow& flow, Wait wait, Ready given) {
  REQUIRE_FALSE(flow.done());
  CHECK(flow.wait() == wait);
  flow.resume(given);
}

std::vector<ResultStatus> statuses(const flow::Results& results) {
  std::vector<ResultStatus> statuses;
  for (const pq::Result& result : results) statuses.push_back(result.status());
  return statuses;
}

}  // namespace

TEST_CASE("connecting waits for what libpq asks for, first for writing") {
  ScriptedConn conn;
  conn.polls = {pq::PollingStatus::reading, pq::PollingStatus::writing, pq::PollingStatus::ok};
  auto flow = flow::connect(conn);
  flow.start();
  expect(flow, Wait::write, Ready::write);
  expect(flow, Wait::read, Ready::read);
  expect(flow, Wait::write, Ready::write);
  REQUIRE(flow.done());
  CHECK(flow.result() == flow::ConnectOutcome::connected);
}

TEST_CASE("connecting fails when libpq says so, and at once when it could not even start") {
  ScriptedConn refused;
  refused.polls = {pq::PollingStatus::failed};
  auto flow = flow::connect(refused);
  flow.start();
  expect(flow, Wait::write, Ready::write);
  CHECK(flow.result() == flow::ConnectOutcome::failed);

  ScriptedConn bad;
  bad.bad = true;
  auto at_once = flow::connect(bad);
  at_once.start();
  REQUIRE(at_once.done());
  CHECK(at_once.result() == flow::ConnectOutcome::failed);
}

TEST_CASE("connecting ends at the deadline") {
  ScriptedConn conn;
  auto flow = flow::connect(conn);
  flow.start();
  expect(flow, Wait::write, Ready::expired);
  REQUIRE(flow.done());
  CHECK(flow.result() == flow::ConnectOutcome::expired);
}

TEST_CASE("one command is sent alone, and its result awaited") {
  ScriptedConn conn;
  conn.input = {{}, {ResultStatus::tuples_ok, end}};
  const flow::Command command{"SELECT 1"};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = {&command, 1}}, results);
  flow.start();
  CHECK(conn.sent == std::vector<std::string>{"SELECT 1"});
  expect(flow, Wait::read, Ready::read);
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  const flow::Ended ended = flow.result();
  CHECK(statuses(results) == std::vector{ResultStatus::tuples_ok});
  CHECK_FALSE(ended.lost);
  CHECK_FALSE(ended.expired);
}

TEST_CASE("while it writes it reads, so that two full buffers never wait for each other") {
  ScriptedConn conn;
  conn.flushes = {pq::FlushStatus::pending, pq::FlushStatus::pending, pq::FlushStatus::done};
  conn.input = {{}, {ResultStatus::command_ok, end}};
  const flow::Command command{"INSERT"};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = {&command, 1}}, results);
  flow.start();
  expect(flow, Wait::read_write, Ready::read);
  expect(flow, Wait::read_write, Ready::write);
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(results.size() == 1);
}

TEST_CASE("several commands travel in one pipeline with one sync") {
  ScriptedConn conn;
  conn.input = {
      {ResultStatus::command_ok, end, ResultStatus::tuples_ok, end, ResultStatus::pipeline_sync}};
  const flow::Command commands[] = {{"BEGIN"}, {"SELECT 1"}};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = commands}, results);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(conn.sent == std::vector<std::string>{"enter", "BEGIN", "SELECT 1", "sync", "exit"});
  CHECK(statuses(results) == std::vector{ResultStatus::command_ok, ResultStatus::tuples_ok});
}

TEST_CASE("commands behind one that failed are answered as aborted") {
  ScriptedConn conn;
  conn.input = {{ResultStatus::fatal_error, end, ResultStatus::pipeline_aborted, end,
                 ResultStatus::pipeline_sync}};
  const flow::Command commands[] = {{"BEGIN"}, {"SELECT 1"}};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = commands}, results);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  CHECK(statuses(results) ==
        std::vector{ResultStatus::fatal_error, ResultStatus::pipeline_aborted});
}

TEST_CASE(
    "the deadline asks for a cancel, once more each time it comes, and waits for the answer") {
  ScriptedConn conn;
  conn.input = {{ResultStatus::fatal_error, end}};
  const flow::Command command{"SELECT pg_sleep(9)"};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = {&command, 1}}, results);
  flow.start();
  expect(flow, Wait::read, Ready::expired);
  CHECK(conn.cancels == 1);
  expect(flow, Wait::read, Ready::expired);
  CHECK(conn.cancels == 2);
  expect(flow, Wait::read, Ready::read);
  const flow::Ended ended = flow.result();
  CHECK(ended.expired);
  CHECK_FALSE(ended.lost);
  CHECK(results.size() == 1);
}

TEST_CASE("the end of the grace period gives the connection up") {
  ScriptedConn conn;
  const flow::Command command{"SELECT pg_sleep(9)"};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = {&command, 1}}, results);
  flow.start();
  expect(flow, Wait::read, Ready::expired);
  expect(flow, Wait::read, Ready::given_up);
  REQUIRE(flow.done());
  const flow::Ended ended = flow.result();
  CHECK(ended.expired);
  CHECK(ended.lost);
  CHECK(conn.cancels == 1);
}

TEST_CASE("a connection that breaks ends the flow with the error it left") {
  ScriptedConn conn;
  conn.consume_fails = true;
  const flow::Command commands[] = {{"BEGIN"}, {"SELECT 1"}};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = commands}, results);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  const flow::Ended ended = flow.result();
  CHECK(ended.lost);
  CHECK(statuses(results) == std::vector{ResultStatus::fatal_error});
}

TEST_CASE("a connection that breaks behind an answer leaves that, and its error") {
  using enum ResultStatus;
  ScriptedConn conn;
  conn.input = {{command_ok}, {}};
  const flow::Command command{"INSERT"};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = {&command, 1}}, results);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  conn.consume_fails = true;
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(flow.result().lost);
  CHECK(statuses(results) == std::vector{command_ok, fatal_error});
}

TEST_CASE("without a socket nothing is waited for: libpq has to say why") {
  CHECK(flow::wait_for(-1, Wait::read) == Ready::read);
  CHECK(flow::wait_for(-1, Wait::read_write) == Ready::read_write);
  CHECK(flow::wait_until(-1, Wait::read, flow::from_now(std::chrono::hours(1))) == Ready::read);
}

TEST_CASE("a COPY that was not meant is ended, and shows in its result") {
  ScriptedConn conn;
  conn.input = {{ResultStatus::copy_in, ResultStatus::fatal_error, end}};
  const flow::Command command{"COPY t FROM STDIN"};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = {&command, 1}}, results);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(conn.copies_failed == 1);
  CHECK(statuses(results).front() == ResultStatus::copy_in);
}

TEST_CASE("a script gives a result for each of its statements") {
  ScriptedConn conn;
  conn.input = {{ResultStatus::command_ok, ResultStatus::tuples_ok, end}};
  flow::Results results;
  auto flow = flow::execute_script(conn, "SET x = 1; SELECT 1", results);
  flow.start();
  CHECK(conn.sent == std::vector<std::string>{"SET x = 1; SELECT 1"});
  expect(flow, Wait::read, Ready::read);
  CHECK(results.size() == 2);
}

TEST_CASE("rows are given as they arrive, and what their statement ended with behind them") {
  ScriptedConn conn;
  conn.input = {
      {}, {ResultStatus::single_tuple, ResultStatus::tuples_chunk}, {ResultStatus::tuples_ok, end}};
  auto first = flow::next_rows(conn);
  first.start();
  expect(first, Wait::read, Ready::read);
  expect(first, Wait::read, Ready::read);
  CHECK(first.result().result.status() == ResultStatus::single_tuple);
  auto second = flow::next_rows(conn);
  second.start();
  REQUIRE(second.done());
  CHECK(second.result().result.status() == ResultStatus::tuples_chunk);
  auto last = flow::next_rows(conn);
  last.start();
  expect(last, Wait::read, Ready::read);
  REQUIRE(last.done());
  CHECK(last.result().result.status() == ResultStatus::tuples_ok);
}

TEST_CASE("rows end with the first error, also with one that comes behind their answer") {
  const auto ended = [](std::deque<ResultStatus> results) {
    ScriptedConn conn;
    conn.input = {std::move(results)};
    auto flow = flow::next_rows(conn);
    flow.start();
    expect(flow, Wait::read, Ready::read);
    REQUIRE(flow.done());
    return flow.result().result.status();
  };
  using enum ResultStatus;
  CHECK(ended({tuples_ok, fatal_error, end}) == fatal_error);
  CHECK(ended({bad_response, fatal_error, end}) == bad_response);
}

TEST_CASE("rows are not given up at a deadline: it cancels nothing, and they go on") {
  ScriptedConn conn;
  conn.input = {{ResultStatus::single_tuple}};
  auto expired = flow::next_rows(conn);
  expired.start();
  expect(expired, Wait::read, Ready::expired);
  REQUIRE(expired.done());
  const auto nothing = expired.result();
  CHECK(nothing.expired);
  CHECK_FALSE(nothing.result);
  CHECK(conn.cancels == 0);
  auto next = flow::next_rows(conn);
  next.start();
  expect(next, Wait::read, Ready::read);
  CHECK(next.result().result.status() == ResultStatus::single_tuple);
}

TEST_CASE("before it waits for rows it sends their statement, reading while it writes") {
  ScriptedConn conn;
  conn.flushes = {pq::FlushStatus::pending, pq::FlushStatus::pending, pq::FlushStatus::done};
  conn.input = {{}, {ResultStatus::single_tuple}};
  auto flow = flow::next_rows(conn);
  flow.start();
  expect(flow, Wait::read_write, Ready::read);
  expect(flow, Wait::read_write, Ready::write);
  expect(flow, Wait::read, Ready::read);
  CHECK(flow.result().result.status() == ResultStatus::single_tuple);
}

TEST_CASE("a COPY in the place of rows is given as soon as it has begun") {
  ScriptedConn conn;
  conn.input = {{ResultStatus::copy_out}};
  auto flow = flow::next_rows(conn);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(flow.result().result.status() == ResultStatus::copy_out);
}

TEST_CASE("a statement is prepared and executed in one batch") {
  using enum ResultStatus;
  ScriptedConn conn;
  conn.input = {{command_ok, end, tuples_ok, end, pipeline_sync}};
  const flow::Command commands[] = {
      {.text = "SELECT 1", .kind = flow::Command::Kind::prepare, .name = "p"},
      {.kind = flow::Command::Kind::execute, .name = "p"}};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = commands}, results);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(conn.sent == std::vector<std::string>{"enter", "prepare p", "execute p", "sync", "exit"});
  CHECK(statuses(results) == std::vector{command_ok, tuples_ok});
}

TEST_CASE("what a connection owes goes in front, and what becomes of it is left") {
  using enum ResultStatus;
  ScriptedConn conn;
  conn.input = {{fatal_error, end, pipeline_sync, command_ok, end},
                {pipeline_sync, tuples_ok, end},
                {pipeline_sync}};
  const flow::Command owed[] = {{"DEALLOCATE a"},
                                {.kind = flow::Command::Kind::close, .name = "b"}};
  const flow::Command command{"SELECT 1"};
  flow::Results results;
  auto flow = flow::execute(conn, {.commands = {&command, 1}, .housekeeping = owed}, results);
  flow.start();
  for (int i = 0; i < 3; ++i) expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(conn.sent == std::vector<std::string>{"enter", "DEALLOCATE a", "sync", "close b", "sync",
                                              "SELECT 1", "sync", "exit"});
  CHECK(statuses(results) == std::vector{tuples_ok});
}

TEST_CASE("a connection that breaks among the rows gives the error it left") {
  ScriptedConn conn;
  conn.consume_fails = true;
  auto flow = flow::next_rows(conn);
  flow.start();
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(flow.result().result.status() == ResultStatus::fatal_error);
}

TEST_CASE("rows are dropped up to the end of their statement, which is cancelled at the deadline") {
  using enum ResultStatus;
  ScriptedConn conn;
  conn.flushes = {pq::FlushStatus::pending, pq::FlushStatus::done};
  conn.input = {{single_tuple, single_tuple}, {single_tuple}, {fatal_error, end}};
  auto flow = flow::discard(conn);
  flow.start();
  expect(flow, Wait::read_write, Ready::write);
  expect(flow, Wait::read, Ready::read);
  expect(flow, Wait::read, Ready::expired);
  expect(flow, Wait::read, Ready::read);
  expect(flow, Wait::read, Ready::expired);
  CHECK(conn.cancels == 2);
  expect(flow, Wait::read, Ready::read);
  REQUIRE(flow.done());
  CHECK(flow.result());
}

TEST_CASE("rows that are dropped end with the connection when it breaks, is given up, or copies") {
  ScriptedConn conn;
  Ready ready = Ready::read;
  SUBCASE("it breaks") { conn.consume_fails = true; }
  SUBCASE("the grace period is over") { ready = Ready::given_up; }
  SUBCASE("it copies") { conn.input = {{ResultStatus::copy_in}}; }
  auto flow = flow::discard(conn);
  flow.start();
  expect(flow, Wait::read, ready);
  REQUIRE(flow.done());
  CHECK_FALSE(flow.result());
}
