#include "palmetto/crdb/version.hpp"

#include "fuzz.hpp"

namespace {

using namespace palmetto::crdb;

void check_version(std::string_view text) {
  const std::optional<int> version = parse_version(text);
  if (!version) return;
  const std::string written = "v" + format_version(*version);
  if (parse_version(written) != version)
    palmetto::fuzz::fail("what was read and written is read as another version", written);
}

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  return {parse("a version of CockroachDB", &check_version,
                {
                    "CockroachDB CCL v21.2.10 (x86_64-unknown-linux-gnu, built 2022/05/02)",
                    "v25.4.0-alpha.1-dev",
                    "not v2, but v22.1.3",
                    "v26.2",
                })};
}
