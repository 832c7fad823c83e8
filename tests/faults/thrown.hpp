#pragma once

#include "palmetto/errors.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string_view>
#include <typeinfo>

namespace faults {

/// What `action` throws, which must be of just this class and no other derived from it.
template <class Expected, class Action>
Expected thrown_by(Action&& action) {
  try {
    action();
  } catch (const Expected& error) {
    INFO("what was thrown: ", error.what());
    CHECK(typeid(error) == typeid(Expected));
    return error;
  }
  throw palmetto::InterfaceError("nothing was thrown");
}

/// How many milliseconds `action` takes.
template <class Action>
long long milliseconds_of(Action&& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin)
      .count();
}

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace faults
