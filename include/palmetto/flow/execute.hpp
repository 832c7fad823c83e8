#pragma once

#include "palmetto/flow/flow.hpp"
#include "palmetto/flow/results.hpp"
#include "palmetto/flow/wind_down.hpp"
#include "palmetto/format.hpp"
#include "palmetto/pq/conn.hpp"

#include <cstddef>
#include <span>

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

/// How it ended.
struct Ended {
  bool expired = false;  ///< the deadline passed on the way; the server was asked to cancel
  bool lost = false;     ///< the connection broke, or was given up: its state is bad
};

/// What came back. `results` has a result for each command that was answered, in order.
struct Executed : Ended {
  Results results{};
};

/// Sends one command; false when the connection can't.
template <class Conn>
[[nodiscard]] inline bool send_command(Conn& conn, const Command& command) {
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
[[nodiscard]] bool send_pipelined(Conn& conn, const Batch& batch) {
  if (!conn.enter_pipeline_mode()) return false;
  for (const Command& command : batch.housekeeping)
    if (!send_command(conn, command) || !conn.pipeline_sync()) return false;
  for (const Command& command : batch.commands)
    if (!send_command(conn, command)) return false;
  return conn.pipeline_sync();
}

/// Flushes what was sent and collects the results until the connection is idle. `syncs`: how many
/// of them were sent, of which the results before the last are left; 0 without a pipeline. Never
/// throws for what the server says; leaves the connection idle, or bad.
template <class Conn>
Flow<Ended> collect(Conn& conn, bool is_sent, std::size_t syncs, Results& results) {
  const bool pipelined = syncs != 0;
  WindDown wind_down(conn);
  const auto lost = [&] { return Ended{.expired = wind_down.expired(), .lost = true}; };
  if (!is_sent) co_return lost();

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
      results.clear();
      continue;
    }
    results.push_back(std::move(result));
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
  co_return Ended{.expired = wind_down.expired(), .lost = conn.status() == pq::ConnStatus::bad};
}

}  // namespace detail

/// Sends the batch in one go (more than one command: pipelined), at once; the flow collects a
/// result for each of its commands that was answered; those behind one that failed are answered
/// with `pipeline_aborted`. `results` are empty, and outlive the flow.
///
/// A COPY that was started is ended at once: its result says `copy_in` or `copy_out`, and so tells
/// the caller that the statement needs another call.
template <class Conn>
[[nodiscard]] inline Flow<Ended> execute(Conn& conn, const Batch& batch, Results& results) {
  if (!detail::is_pipelined(batch))
    return detail::collect(conn, send_command(conn, batch.commands[0]), 0, results);
  const bool is_sent = detail::send_pipelined(conn, batch);
  return detail::collect(conn, is_sent, batch.housekeeping.size() + 1, results);
}

/// The same of a script over the simple protocol: a result for each of its statements, up to the
/// first that fails.
template <class Conn>
[[nodiscard]] Flow<Ended> execute_script(Conn& conn, const char* script, Results& results) {
  return detail::collect(conn, conn.send_query(script), 0, results);
}

/// Asks for the columns of a portal, a cursor say: they are those of the one result.
template <class Conn>
[[nodiscard]] Flow<Ended> describe_portal(Conn& conn, const char* name, Results& results) {
  return detail::collect(conn, conn.send_describe_portal(name), 0, results);
}

}  // namespace palmetto::flow
