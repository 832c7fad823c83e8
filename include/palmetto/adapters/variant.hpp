#pragma once

#include "palmetto/adapt/adapter.hpp"

#include <concepts>
#include <variant>

namespace palmetto {

/// A std::variant as an argument is the alternative that it has: sent as that is, with its type.
/// std::monostate is NULL. A variant can't be read, nor be an element of an array: which of its
/// types it is of is known at run time alone.
///
///     std::variant<std::monostate, std::int64_t, std::string> key = std::int64_t{42};
///     conn.execute("SELECT $1", key);
template <class... Ts>
  requires((Dumpable<Ts> || std::same_as<Ts, std::monostate>) && ...)
struct Adapter<std::variant<Ts...>> {
  /// Calls `function` with the alternative, or with nullptr.
  template <class F>
  static void visit_alternative(const std::variant<Ts...>& value, F&& function) {
    std::visit(
        [&function]<class T>(const T& alternative) {
          if constexpr (std::same_as<T, std::monostate>) function(nullptr);
          else function(alternative);
        },
        value);
  }
};

}  // namespace palmetto
