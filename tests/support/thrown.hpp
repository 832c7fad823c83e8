#pragma once

#include <doctest/doctest.h>

#include <stdexcept>
#include <string_view>
#include <typeinfo>

namespace support {

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
  throw std::logic_error("nothing was thrown");
}

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace support
