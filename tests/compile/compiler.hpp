#pragma once

#include <filesystem>
#include <string>

/// What the compiler makes of a few lines of a user's.
namespace compile_test {

struct Outcome {
  bool compiled;
  std::string messages;
};

/// The compiler that built this, for snippets that all begin with the same lines.
class Compiler {
 public:
  /// Compiles `prelude` once for all the snippets. Throws std::runtime_error with the compiler's
  /// messages when it does not compile.
  explicit Compiler(const std::string& prelude);
  ~Compiler();
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  /// Compiles a source that the prelude comes before, for its errors alone.
  [[nodiscard]] Outcome compile(const std::string& source) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace compile_test
