#pragma once

#include "support/thrown.hpp"

#include <chrono>

namespace faults {

using support::contains;
using support::thrown_by;

/// How many milliseconds `action` takes.
template <class Action>
long long milliseconds_of(Action&& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin)
      .count();
}

}  // namespace faults
