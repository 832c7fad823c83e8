#pragma once

#include <string_view>

namespace palmetto {

template <class T>
struct Adapter;

namespace detail {

// What the compiler calls T, cut out of its name for this function: "... [with T = int]".
template <class T>
[[nodiscard]] constexpr std::string_view compiler_name() noexcept {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("T = ") + 4);
  return name.substr(0, name.find_first_of(";]"));
}

}  // namespace detail

/// What a C++ type is called in a message: its adapter's `cpp_name`, else what the compiler calls
/// it.
template <class T>
[[nodiscard]] constexpr std::string_view cpp_name() noexcept {
  if constexpr (requires { Adapter<T>::cpp_name; }) return Adapter<T>::cpp_name;
  else return detail::compiler_name<T>();
}

}  // namespace palmetto
