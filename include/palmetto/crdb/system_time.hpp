#pragma once

#include <string>
#include <string_view>

namespace palmetto::crdb {

/// A time in the past to read as of: `SystemTime("-10s")`, `SystemTime("2026-11-21 12:00:00+00")`,
/// `SystemTime::follower_read()`. Source: CockroachDB's manual, "AS OF SYSTEM TIME".
class SystemTime {
 public:
  /// An interval before now, a timestamp or a decimal, as CockroachDB reads it. Throws
  /// ProgrammingError when it is empty or has a NUL byte.
  explicit SystemTime(std::string_view time);

  /// follower_read_timestamp(): the latest time that the closest replica can serve.
  [[nodiscard]] static SystemTime follower_read();

  /// As it stands behind AS OF SYSTEM TIME.
  [[nodiscard]] const std::string& expression() const noexcept { return expression_; }

 private:
  struct Expression {
    const char* text;
  };
  explicit SystemTime(Expression expression) : expression_(expression.text) {}
  std::string expression_;
};

}  // namespace palmetto::crdb
