#pragma once

#include <optional>

namespace palmetto {

/// How a server-side cursor is declared. Source: the manual, "DECLARE".
struct CursorOptions {
  /// Whether it can go backwards: SCROLL, or NO SCROLL; when absent, as the query's plan allows.
  /// psycopg's `scrollable`.
  std::optional<bool> scroll{};
  /// Whether it outlives its transaction, once that is committed: WITH HOLD. psycopg's `withhold`.
  bool hold = false;
};

}  // namespace palmetto
