// The programs of examples/, as their reader would run them.

#include "support/server.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[256];
  while (const std::size_t count = std::fread(buffer, 1, sizeof(buffer), pipe))
    output.append(buffer, count);
  CHECK(pclose(pipe) == 0);
  return output;
}

std::string content_of(const std::string& file) {
  std::ifstream in(std::string(PALMETTO_SOURCE_ROOT "/") + file);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("a type of one's own is a value, an element and a member") {
  CHECK(output_of("'" PALMETTO_OWN_TYPES "' '" + support::server_url() + "'") ==
        "sum: 249\nsorted: 10 20 30\ntea: 250\n");
}

TEST_CASE("docs/types.md shows that example as it is") {
  CHECK(support::contains(content_of("docs/types.md"),
                          "```cpp\n" + content_of("examples/own_types/own_types.cpp") + "```\n"));
}
