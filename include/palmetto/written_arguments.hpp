#pragma once

#include "palmetto/executor.hpp"

#include <initializer_list>

namespace palmetto::detail {

/// The arguments of a statement as an executor sends them: for what executes another statement than
/// the one that they were written for. Throws as `Executor::execute` does.
template <class... Args>
class WrittenArguments {
 public:
  WrittenArguments(const Executor& executor, const StatementText& statement,
                   const Args&... arguments)
      : subject_(statement),
        parameters_(adapters_of(executor), parameter_format_of(executor), &subject_) {
    // One after the other, as between braces; clang takes 256 operands in a fold expression.
    static_cast<void>(std::initializer_list<int>{(parameters_.add(arguments), 0)...});
  }

  /// Good as long as this object.
  [[nodiscard]] pq::ParameterArrays arrays() noexcept { return parameters_.arrays(); }

 private:
  ParameterSubject subject_;
  Parameters<sizeof...(Args)> parameters_;
};

template <class... Args>
WrittenArguments(const Executor&, const StatementText&, const Args&...)
    -> WrittenArguments<Args...>;

}  // namespace palmetto::detail
