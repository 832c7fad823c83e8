#pragma once

#include "palmetto/result.hpp"

#include <source_location>
#include <type_traits>

namespace palmetto::detail {

/// Executes a statement of the driver's own, for errors at the place of the call that needs it.
template <class... Args>
Result execute_at(std::source_location where, const Executor& executor,
                  Statement<std::type_identity_t<Args>...> statement, const Args&... arguments) {
  StatementText text = statement.text();
  text.where = where;
  return execute_arrays(executor, text, WrittenArguments(executor, text, arguments...).arrays());
}

}  // namespace palmetto::detail
