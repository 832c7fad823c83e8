#include "palmetto/crdb/version.hpp"

#include "palmetto/crdb/features.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

using namespace palmetto;

TEST_CASE("the version is the first three numbers behind a v") {
  struct Case {
    std::string_view text;
    std::optional<int> version;
  };
  static constexpr Case cases[] = {
      {"CockroachDB CCL v21.2.10 (x86_64-unknown-linux-gnu, built 2022/05/02 17:38:58, go1.16.6)",
       210210},
      {"CockroachDB CCL v21.1.0-alpha.3 (x86_64-unknown-linux-gnu, built 2021/02/28 17:44:02, "
       "go1.19.8)",
       210100},
      {"CockroachDB OSS v21.1.0-alpha.3 (x86_64-unknown-linux-gnu)", 210100},
      {"CockroachDB CCL v23.1.10 (x86_64-pc-linux-gnu)", 230110},
      {"v25.4.0-alpha.1-dev", 250400},
      {"v1.0.0", 10000},
      {"v22.1.3\n", 220103},
      {"(v22.1.3)", 220103},
      {"not v2, but v22.1.3", 220103},
      {"dev22.1.3, v19.2.1", 190201},
      {"version v20.2.1", 200201},
      {"v26.2", std::nullopt},
      {"v26", std::nullopt},
      {"v26.2.", std::nullopt},
      {"v26..2", std::nullopt},
      {"v.26.2.1", std::nullopt},
      {"v 26.2.1", std::nullopt},
      {"v-26.2.1", std::nullopt},
      {"v26.-2.1", std::nullopt},
      {"v+26.2.1", std::nullopt},
      {"v99999999999.1.1", std::nullopt},
      {"26.2.1", std::nullopt},
      {"dev26.2.1", std::nullopt},
      {"_v26.2.1", std::nullopt},
      {"V26.2.1", std::nullopt},
      {"v", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(crdb::parse_version(c.text).value_or(-1) == c.version.value_or(-1));
  }
}

TEST_CASE("a text that goes on behind what is given of it is not read any further") {
  const std::string_view text = "v22.1.345";
  CHECK(crdb::parse_version(text.substr(0, 7)) == 220103);
  CHECK(crdb::parse_version(text.substr(0, 8)) == 220134);
  CHECK_FALSE(crdb::parse_version(text.substr(0, 6)));
}

TEST_CASE("a version is shown as CockroachDB writes it") {
  CHECK(crdb::format_version(220103) == "22.1.3");
  CHECK(crdb::format_version(210210) == "21.2.10");
  CHECK(crdb::format_version(250400) == "25.4.0");
  for (const int version : {10000, 190201, 220100, 260299})
    CHECK(crdb::parse_version("v" + crdb::format_version(version)) == version);
}

TEST_CASE("every feature in the table is there once, with a version that exists") {
  const auto table = crdb::features();
  REQUIRE_FALSE(table.empty());
  for (const crdb::FeatureEntry& entry : table) {
    CAPTURE(entry.name);
    CHECK(std::ranges::count(table, entry.feature, &crdb::FeatureEntry::feature) == 1);
    CHECK(std::ranges::count(table, entry.name, &crdb::FeatureEntry::name) == 1);
    CHECK_FALSE(entry.name.empty());
    CHECK_FALSE(entry.instead.empty());
    CHECK(entry.issue >= 0);
    if (entry.first_version == 0) continue;
    // v19.1 was the first that was named after its year; there were four releases a year at most.
    CHECK(entry.first_version >= 190100);
    CHECK(entry.first_version < 300000);
    const int release = entry.first_version / 100 % 100;
    CHECK(release >= 1);
    CHECK(release <= 4);
  }
}
