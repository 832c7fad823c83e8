#pragma once

#include "palmetto/flow/execute.hpp"
#include "palmetto/flow/wire.hpp"

#include "prepared_statements.hpp"

#include <span>
#include <string>
#include <vector>

namespace palmetto::detail {

/// The commands that close the prepared statements which are not used any more: taken from their
/// list when they can be sent now.
class Housekeeping {
 public:
  Housekeeping(const flow::Wire& wire, PreparedStatements& prepared);

  [[nodiscard]] std::span<const flow::Command> commands() const noexcept { return commands_; }

 private:
  std::vector<std::string> texts_;
  std::vector<flow::Command> commands_;
};

}  // namespace palmetto::detail
