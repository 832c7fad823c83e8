#include "support/wire_rules.hpp"

#include <algorithm>

namespace support {

std::string WireRules::rewritten(std::string_view statement, char status) const {
  std::string text(statement);
  for (const Rewriting& rewriting : rewritings) text = rewriting(text, status);
  return text;
}

PlannedAnswer* WireRules::take_answer(std::string_view statement) {
  const auto planned = std::ranges::find_if(answers, [&](const PlannedAnswer& candidate) {
    return candidate.times > 0 && statement.starts_with(candidate.beginning);
  });
  if (planned == answers.end()) return nullptr;
  --planned->times;
  return &*planned;
}

const std::string* WireRules::reopening(std::string_view statement) const {
  const auto found = std::ranges::find_if(
      reopenings, [&](const auto& candidate) { return statement.starts_with(candidate.first); });
  return found == reopenings.end() ? nullptr : &found->second;
}

}  // namespace support
