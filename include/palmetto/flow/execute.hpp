#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/flow/wind_down.hpp"
#include "palmetto/format.hpp"
#include "palmetto/pq/conn.hpp"

#include <span>
#include <vector>

/// Statements over the extended and the simple protocol.
namespace palmetto::flow {

/// One message to the server, or a few that belong together, with one result.
struct Command {
  enum class Kind {
    query,     ///< a statement by its text
    prepare,   ///< of the parameters the types count alone
    execute,   ///< a prepared statement
    describe,  ///< likewise: its parameters' types and its columns
    close,     ///< where libpq has it, see `pq::Capabilities`
  };

  const char* text = "";
  pq::ParameterArrays parameters{};  ///< BEGIN, SAVEPOINT, RELEASE have none
  Format results = Format::binary;
  Kind kind = Kind::query;
  const char* name = "";  ///< of the prepared statement
};

/// What is sent in one go.
struct Batch {
  std::span<const Command> commands;
  /// What the connection owes its server, in front: each is a transaction of its own, and its
  /// result, be it an error, is left.
  std::span<const Command> housekeeping{};
};

/// What came back. `results` has a result for each command that was answered, in order.
template <class Result>
struct Executed {
  std::vector<Result> results;
  bool expired = false;  ///< the deadline passed on the way; the server was asked to cancel
  bool lost = false;     ///< the connection broke, or was given up: its state is bad
};

/// Sends one command; false when the connection can't.
template <class Conn>
[[nodiscard]] bool send_command(Conn& conn, const Command& command) {
  switch (command.kind) {
    case Command::Kind::query:
      return conn.send_query_params(command.text, command.parameters, command.results);
    case Command::Kind::prepare:
      return conn.send_prepare(command.name, command.text, command.parameters);
    case Command::Kind::execute:
      return conn.send_query_prepared(command.name, command.parameters, command.results);
    case Command::Kind::describe:
      return conn.send_describe_prepared(command.name);
    case Command::Kind::close:
      return conn.send_close_prepared(command.name);
  }
  return false;
}

namespace detail {

[[nodiscard]] inline bool is_pipelined(const Batch& batch) noexcept {
  return batch.commands.size() > 1 || !batch.housekeeping.empty();
}

template <class Conn>
[[nodiscard]] bool send(Conn& conn, const Batch& batch) {
  if (!is_pipelined(batch)) return send_command(conn, batch.commands[0]);
  if (!conn.enter_pipeline_mode()) return false;
  for (const Command& command : batch.housekeeping)
    if (!send_command(conn, command) || !conn.pipeline_sync()) return false;
  for (const Command& command : batch.commands)
    if (!send_command(conn, command)) return false;
  return conn.pipeline_sync();
}

/// Sends with `send(conn)` and collects the results until the connection is idle. `syncs`: how many
/// of them are sent, of which the results before the last are left; 0 without a pipeline. Never
/// throws for what the server says; leaves the connection idle, or bad.
template <class Conn, class Send, class Results>
Flow<Executed<typename Conn::result_type>> exchange(Conn& conn, Send send, std::size_t syncs,
                                                    Results storage) {
  const bool pipelined = syncs != 0;
  Executed<typename Conn::result_type> executed{std::move(storage)};
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
    if (status == pq::ResultStatus::pipeline_sync) {
      if (--syncs == 0) break;
      executed.results.clear();
      continue;
    }
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

/// Sends the batch in one go (more than one command: pipelined) and collects a result for each of
/// its commands that was answered; those behind one that failed are answered with
/// `pipeline_aborted`. `storage`, an empty vector, becomes the results'.
///
/// A COPY that was started is ended at once: its result says `copy_in` or `copy_out`, and so tells
/// the caller that the statement needs another call.
template <class Conn>
[[nodiscard]] auto execute(Conn& conn, const Batch& batch,
                           std::vector<typename Conn::result_type> storage = {}) {
  const std::size_t syncs = detail::is_pipelined(batch) ? batch.housekeeping.size() + 1 : 0;
  return detail::exchange(
      conn, [batch](Conn& c) { return detail::send(c, batch); }, syncs, std::move(storage));
}

/// Sends a script over the simple protocol and collects a result for each of its statements, up to
/// the first that fails.
template <class Conn>
[[nodiscard]] auto execute_script(Conn& conn, const char* script) {
  return detail::exchange(
      conn, [script](Conn& c) { return c.send_query(script); }, 0,
      std::vector<typename Conn::result_type>());
}

/// Asks for the columns of a portal, a cursor say: they are those of the one result.
template <class Conn>
[[nodiscard]] auto describe_portal(Conn& conn, const char* name) {
  return detail::exchange(
      conn, [name](Conn& c) { return c.send_describe_portal(name); }, 0,
      std::vector<typename Conn::result_type>());
}

}  // namespace palmetto::flow
