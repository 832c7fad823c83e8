#pragma once

#include "compiler.hpp"

#include <string>
#include <vector>

namespace compile_test {

/// A wrong use, which does not compile, and what the compiler says then, all of it. Beside it
/// stands the same line put right, which does compile: no other mistake is taken for the one that
/// is meant.
struct Case {
  std::string what;
  std::string wrong;
  std::vector<std::string> says;
  std::string right;
};

/// Compiles each as the body of a function of these parameters.
void check_cases(const Compiler& compiler, const std::string& parameters,
                 const std::vector<Case>& cases);

}  // namespace compile_test
