#pragma once

#include "support/thrown.hpp"

#include <concepts>
#include <stdexcept>
#include <string_view>
#include <typeinfo>

namespace support {

/// The E that the function throws. Throws itself when that is none: the test fails then.
template <class E, std::invocable F>
[[nodiscard]] E caught(F&& function) {
  try {
    function();
  } catch (const E& error) { return error; }
  throw std::logic_error("nothing was thrown");
}

/// Whether the function throws an E, and no class derived from it.
template <class E, std::invocable F>
[[nodiscard]] bool throws_exactly(F&& function) {
  try {
    function();
  } catch (const E& error) { return typeid(error) == typeid(E); }
  return false;
}

}  // namespace support
