#include "cases.hpp"

#include <doctest/doctest.h>

namespace compile_test {
namespace {

Outcome compile(const Compiler& compiler, const std::string& parameters,
                const std::string& statements) {
  return compiler.compile("void f(" + parameters + ") {\n" + statements + "\n}\n");
}

}  // namespace

void check_cases(const Compiler& compiler, const std::string& parameters,
                 const std::vector<Case>& cases) {
  for (const auto& [what, wrong_code, says, right_code] : cases) {
    CAPTURE(what);
    const Outcome wrong = compile(compiler, parameters, wrong_code);
    CHECK_MESSAGE(!wrong.compiled, wrong_code);
    for (const std::string& message : says) {
      const bool says_it = wrong.messages.find(message) != std::string::npos;
      CHECK_MESSAGE(says_it, "missing: ", message, "\n", wrong.messages);
    }
    const Outcome right = compile(compiler, parameters, right_code);
    CHECK_MESSAGE(right.compiled, right_code, "\n", right.messages);
  }
}

}  // namespace compile_test
