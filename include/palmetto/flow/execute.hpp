#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/format.hpp"
#include "palmetto/pq/conn.hpp"

#include <span>
#include <vector>

/// Statements over the extended and the simple protocol.
namespace palmetto::flow {

/// One statement to send. Commands that take no parameters (BEGIN, SAVEPOINT, RELEASE) have none.
struct Command {
  const char* text = "";
  pq::ParameterArrays parameters{};
  Format results = Format::binary;
};

/// What came back. `results` has a result for each command that was answered, in order.
template <class Result>
struct Executed {
  std::vector<Result> results;
  bool expired = false;  ///< the deadline passed on the way; the server was asked to cancel
  bool lost = false;     ///< the connection broke, or was given up: its state is bad
};

namespace detail {

/// What a flow does when its deadline passes: asks once for a cancel, gives up the second time.
template <class Conn>
class WindDown {
 public:
  explicit WindDown(Conn& conn) noexcept : conn_(conn) {}

  /// False when the flow must end now.
  [[nodiscard]] bool note(Ready ready) {
    if (ready != Ready::expired) return true;
    if (expired_) return false;
    expired_ = true;
    conn_.request_cancel();
    return true;
  }
  [[nodiscard]] bool expired() const noexcept { return expired_; }

 private:
  Conn& conn_;
  bool expired_ = false;
};

template <class Conn>
[[nodiscard]] bool send(Conn& conn, std::span<const Command> commands) {
  if (commands.size() == 1)
    return conn.send_query_params(commands[0].text, commands[0].parameters, commands[0].results);
  if (!conn.enter_pipeline_mode()) return false;
  for (const Command& command : commands)
    if (!conn.send_query_params(command.text, command.parameters, command.results)) return false;
  return conn.pipeline_sync();
}

/// Sends with `send(conn)` and collects the results until the connection is idle. Never throws for
/// what the server says; leaves the connection idle, or bad.
template <class Conn, class Send>
Flow<Executed<typename Conn::result_type>> exchange(Conn& conn, Send send, bool pipelined) {
  Executed<typename Conn::result_type> executed;
  WindDown wind_down(conn);
  const auto lost = [&]() -> decltype(executed)&& {
    executed.lost = true;
    executed.expired = wind_down.expired();
    return std::move(executed);
  };
  if (!send(conn)) co_return lost();

  // Reads while it writes: a server that is itself blocked on writing would never read the rest.
  pq::FlushStatus flushed = conn.flush();
  while (flushed == pq::FlushStatus::pending) {
    const Ready ready = co_await Wait::read_write;
    if (!wind_down.note(ready)) co_return lost();
    if (can_read(ready) && !conn.consume_input()) break;
    flushed = conn.flush();
  }

  for (bool more = true; more;) {
    while (conn.is_busy()) {
      const Ready ready = co_await Wait::read;
      if (!wind_down.note(ready)) co_return lost();
      if (ready != Ready::expired && !conn.consume_input()) break;
    }
    auto result = conn.get_result();
    if (!result) {
      more = pipelined && conn.status() != pq::ConnStatus::bad;  // ends a command, not the pipeline
      continue;
    }
    const pq::ResultStatus status = result.status();
    if (status == pq::ResultStatus::pipeline_sync) break;
    executed.results.push_back(std::move(result));
    if (status == pq::ResultStatus::copy_in || status == pq::ResultStatus::copy_both)
      conn.put_copy_error("COPY through execute()");
    pq::CopyStatus copied =
        status == pq::ResultStatus::copy_out ? pq::CopyStatus::data : pq::CopyStatus::done;
    while (copied == pq::CopyStatus::data || copied == pq::CopyStatus::pending) {
      if (copied == pq::CopyStatus::pending) {
        const Ready ready = co_await Wait::read;
        if (!wind_down.note(ready)) co_return lost();
        if (ready != Ready::expired && !conn.consume_input()) break;
      }
      copied = conn.skip_copy_data();
    }
  }
  if (pipelined) conn.exit_pipeline_mode();
  executed.expired = wind_down.expired();
  executed.lost = conn.status() == pq::ConnStatus::bad;
  co_return std::move(executed);
}

}  // namespace detail

/// Sends the commands in one go (more than one: pipelined, with one Sync) and collects a result for
/// each that was answered; those behind one that failed are answered with `pipeline_aborted`.
///
/// A COPY that was started is ended at once: its result says `copy_in` or `copy_out`, and so tells
/// the caller that the statement needs another call.
template <class Conn>
[[nodiscard]] auto execute(Conn& conn, std::span<const Command> commands) {
  return detail::exchange(
      conn, [commands](Conn& c) { return detail::send(c, commands); }, commands.size() > 1);
}

/// Sends a script over the simple protocol and collects a result for each of its statements, up to
/// the first that fails.
template <class Conn>
[[nodiscard]] auto execute_script(Conn& conn, const char* script) {
  return detail::exchange(
      conn, [script](Conn& c) { return c.send_query(script); }, false);
}

/// Asks for the columns of a portal, a cursor say: they are those of the one result.
template <class Conn>
[[nodiscard]] auto describe_portal(Conn& conn, const char* name) {
  return detail::exchange(
      conn, [name](Conn& c) { return c.send_describe_portal(name); }, false);
}

}  // namespace palmetto::flow
