#pragma once

#include "support/answer.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// What the server is to get in place of a statement. `status` is the transaction's, as the last
/// ReadyForQuery had it: I none, T open, E failed.
using Rewriting = std::function<std::string(std::string_view statement, char status)>;

/// An answer that a statement is to have.
struct PlannedAnswer {
  std::string beginning;  ///< of the statement
  Answer answer;
  bool executed;  ///< the server executes the statement all the same
  int times;
};

/// How what goes through a proxy is changed.
class WireRules {
 public:
  std::map<std::string, std::string> parameters;  ///< ParameterStatus
  std::optional<std::pair<std::int32_t, std::int32_t>> backend_key;
  std::vector<Rewriting> rewritings;
  std::list<PlannedAnswer> answers;  // a list, for conversations point into it
  std::vector<std::pair<std::string, std::string>> reopenings;

  [[nodiscard]] std::string rewritten(std::string_view statement, char status) const;
  /// The first planned answer for a statement, one of its times taken; null when it has none.
  [[nodiscard]] PlannedAnswer* take_answer(std::string_view statement);
  [[nodiscard]] const std::string* reopening(std::string_view statement) const;
};

}  // namespace support
