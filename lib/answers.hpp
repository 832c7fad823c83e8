#pragma once

#include "palmetto/flow/execute.hpp"
#include "palmetto/sql/statement.hpp"

#include <cstddef>
#include <source_location>

/// What a session makes of its commands, and of the answers to them.
namespace palmetto::detail {

[[nodiscard]] inline bool is_error(const pq::Result& result) noexcept {
  return pq::is_error(result.status());
}

/// Because of another one before it in the pipeline.
[[nodiscard]] inline bool is_skipped(const pq::Result& result) noexcept {
  return result.status() == pq::ResultStatus::pipeline_aborted;
}

/// A command of the driver's own (BEGIN), at the place of the statement that it travelled with.
[[nodiscard]] inline StatementText command_text(const char* command,
                                                std::source_location where = {}) {
  return {command, command, {}, where, false};
}

/// What a statement takes in libpq's buffer, about: its parameters, and the messages' frames.
[[nodiscard]] inline std::size_t size_of(const pq::ParameterArrays& parameters) noexcept {
  std::size_t size = 64;
  for (int i = 0; i < parameters.count; ++i)
    size += static_cast<std::size_t>(parameters.lengths[i]);
  return size;
}

}  // namespace palmetto::detail
