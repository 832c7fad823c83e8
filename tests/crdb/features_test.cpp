// The table of what CockroachDB has not, or has not yet, and the gate that asks it.

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace palmetto;
using namespace crdb_tests;
using support::contains;
using support::thrown_by;

namespace {

struct Case {
  Feature feature;
  const char* last_without;  // null: there is no version that has it
  const char* first_with;
};

// psycopg-peewee.md, section 1.5, and CockroachDB's release notes.
constexpr Case cases[] = {
    {Feature::backend_pid, "v21.2.17", "v22.1.0"},
    {Feature::cancel, "v21.2.17", "v22.1.0"},
    {Feature::server_cursors, "v22.1.2", "v22.1.3"},
    {Feature::hold_cursors, "v25.1.6", "v25.2.0"},
    {Feature::scroll_cursors, nullptr, nullptr},
    {Feature::copy_to, "v22.2.19", "v23.1.0"},
    {Feature::copy_to_binary, nullptr, nullptr},
    {Feature::copy_options, "v22.2.19", "v23.1.0"},
    {Feature::two_phase_commit, nullptr, nullptr},
    {Feature::notifications, nullptr, nullptr},
    {Feature::large_objects, nullptr, nullptr},
    {Feature::do_blocks, "v24.3.13", "v25.1.0"},
    {Feature::composite_types, "v22.2.19", "v23.1.0"},
    {Feature::nested_transactions, "v19.2.12", "v20.1.0"},
    {Feature::deferrable_transactions, nullptr, nullptr},
    {Feature::read_committed, "v23.2.28", "v24.1.0"},
    {Feature::to_regtype, "v22.1.22", "v22.2.0"},
    {Feature::autocommit_before_ddl, "v23.2.28", "v24.1.0"},
    {Feature::changefeed_scan_only, "v21.2.17", "v22.1.0"},
    {Feature::changefeed_checkpoint_frequency, "v21.2.17", "v22.1.0"},
    {Feature::ranges, nullptr, nullptr},
};

std::string name_of(Feature feature) {
  const auto entries = crdb::features();
  const auto entry = std::ranges::find(entries, feature, &crdb::FeatureEntry::feature);
  REQUIRE(entry != entries.end());
  return std::string(entry->name);
}

}  // namespace

TEST_CASE("a feature is refused up to the version before the first that has it") {
  for (const Case& c : cases) {
    CAPTURE(name_of(c.feature));
    Cockroach old(greeting_of(c.last_without != nullptr ? c.last_without : "v26.3.0"));
    crdb::CrdbConnection before = old.connect();
    CHECK_FALSE(before.dialect().has(c.feature));
    const auto thrown = thrown_by<NotSupportedError>([&] { before.dialect().require(c.feature); });
    CHECK(contains(thrown.message(), name_of(c.feature)));
    CHECK(contains(thrown.message(), "; use "));
    CHECK(contains(thrown.message(), c.first_with != nullptr
                                         ? "versions from " + std::string(c.first_with) + " do"
                                         : "nor does a later version"));
    CHECK(old.conversation().empty());
    if (c.first_with == nullptr) continue;
    Cockroach newer(greeting_of(c.first_with));
    crdb::CrdbConnection since = newer.connect();
    CHECK(since.dialect().has(c.feature));
    CHECK_NOTHROW(since.dialect().require(c.feature));
  }
}

TEST_CASE("each feature of the table is there once, with what to use instead") {
  CHECK(crdb::features().size() == std::size(cases));
  for (const crdb::FeatureEntry& entry : crdb::features()) {
    CAPTURE(entry.name);
    CHECK(std::ranges::count(crdb::features(), entry.feature, &crdb::FeatureEntry::feature) == 1);
    CHECK(std::ranges::count(cases, entry.feature, &Case::feature) == 1);
    CHECK_FALSE(entry.instead.empty());
  }
}

TEST_CASE("a refusal says since when, where to read on, and what to use instead") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK(conn.dialect().refusal(Feature::server_cursors) ==
        "CockroachDB v21.1.0 does not have server-side cursors, versions from v22.1.3 do "
        "(cockroach#41412); use several SELECTs with a LIMIT, each from the last key on");
}

TEST_CASE("a pre-release has what its version has; without a version nothing is sure") {
  Cockroach pre_release(greeting_of("CockroachDB CCL v25.4.0-alpha.1-dev"));
  CHECK(pre_release.connect().dialect().has(Feature::hold_cursors));
  Cockroach unknown(greeting_of("CockroachDB CCL v26.2"));
  crdb::CrdbConnection conn = unknown.connect();
  CHECK(contains(*conn.dialect().refusal(Feature::hold_cursors),
                 "it is unknown whether the server has a cursor WITH HOLD"));
  Cockroach postgresql(greeting_without_version());
  for (const Case& c : cases) CHECK(postgresql.connect().dialect().has(c.feature));
}

TEST_CASE("composite types are sent from v23.1 on") {
  using Pair = std::pair<int, int>;
  Cockroach old;
  crdb::CrdbConnection before = old.connect();
  CHECK_THROWS_AS(before.execute("INSERT INTO t VALUES ($1)", Pair(1, 2)), NotSupportedError);
  CHECK(old.conversation().empty());
  Cockroach newer(greeting_of("v23.1.0"));
  crdb::CrdbConnection since = newer.connect();
  CHECK_NOTHROW(since.execute("INSERT INTO t VALUES ($1)", Pair(1, 2)));
}

TEST_CASE("docs/cockroachdb.md has the table as it is") {
  std::ifstream in(PALMETTO_SOURCE_ROOT "/docs/cockroachdb.md");
  REQUIRE(in.good());
  const std::string page{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (const crdb::FeatureEntry& entry : crdb::features()) {
    const std::string since =
        entry.first_version == 0 ? "never" : "v" + crdb::format_version(entry.first_version);
    const std::string issue = entry.issue == 0 ? "" : std::to_string(entry.issue);
    std::string row = "| ";
    row.append(entry.name).append(" | ").append(since).append(" | ").append(issue);
    row.append(" | ").append(entry.instead).append(" |\n");
    CAPTURE(row);
    CHECK(contains(page, row));
  }
}
