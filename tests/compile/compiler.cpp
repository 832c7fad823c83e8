#include "compiler.hpp"

#include <stdlib.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace compile_test {
namespace {

std::filesystem::path new_folder() {
  std::string path = std::filesystem::temp_directory_path() / "palmetto-compile.XXXXXX";
  if (mkdtemp(path.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "mkdtemp " + path);
  return path;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("can't write " + path.string());
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs the compiler in `folder`, in English, whatever the user's language.
Outcome run(const std::filesystem::path& folder, const std::string& arguments) {
  const std::string command = "cd '" + folder.string() +
                              "' && LC_ALL=C " PALMETTO_TEST_COMPILER " " + arguments +
                              " >messages 2>&1";
  const int status = std::system(command.c_str());
  return {status == 0, read(folder / "messages")};
}

}  // namespace

Compiler::Compiler(const std::string& prelude) : folder_(new_folder()) {
  write(folder_ / "prelude.hpp", prelude);
  // GCC and clang take the precompiled file for the header, when it lies beside it.
  const Outcome outcome = run(folder_, "-x c++-header prelude.hpp -o prelude.hpp.gch");
  if (!outcome.compiled) {
    std::filesystem::remove_all(folder_);
    throw std::runtime_error("what the snippets begin with does not compile:\n" + outcome.messages);
  }
}

Compiler::~Compiler() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Outcome Compiler::compile(const std::string& source) const {
  write(folder_ / "snippet.cpp", source);
  return run(folder_, "-fsyntax-only -include prelude.hpp snippet.cpp");
}

}  // namespace compile_test
