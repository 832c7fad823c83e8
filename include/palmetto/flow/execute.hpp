#pragma once

#include "palmetto/flow/exchange.hpp"
#include "palmetto/format.hpp"
#include "palmetto/pq/parameter_arrays.hpp"

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

}  // namespace detail

/// Sends the batch in one go (more than one command: pipelined), at once; the flow collects a
/// result for each of its commands that was answered; those behind one that failed are answered
/// with `pipeline_aborted`. `results` are empty, and outlive the flow.
///
/// A COPY that was started is ended at once: its result says `copy_in` or `copy_out`, and so tells
/// the caller that the statement needs another call.
template <class Conn>
[[nodiscard]] inline Exchange<Conn> execute(Conn& conn, const Batch& batch, Results& results) {
  if (!detail::is_pipelined(batch))
    return {conn, send_command(conn, batch.commands[0]), 0, results};
  const bool is_sent = detail::send_pipelined(conn, batch);
  return {conn, is_sent, batch.housekeeping.size() + 1, results};
}

/// The same of a script over the simple protocol: a result for each of its statements, up to the
/// first that fails.
template <class Conn>
[[nodiscard]] Exchange<Conn> execute_script(Conn& conn, const char* script, Results& results) {
  return {conn, conn.send_query(script), 0, results};
}

/// Asks for the columns of a portal, a cursor say: they are those of the one result.
template <class Conn>
[[nodiscard]] Exchange<Conn> describe_portal(Conn& conn, const char* name, Results& results) {
  return {conn, conn.send_describe_portal(name), 0, results};
}

}  // namespace palmetto::flow
