// Server-side cursors, two-phase commit and large objects: refused by the version, before anything
// is sent.

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "emulated_cockroach.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

using namespace palmetto;
using namespace crdb_tests;
using support::contains;
using support::thrown_by;

namespace {

void check_refused(Cockroach& cockroach, crdb::CrdbConnection& conn, const std::string& says,
                   const std::function<void(crdb::CrdbConnection&)>& use) {
  const auto thrown = thrown_by<NotSupportedError>([&] { use(conn); });
  CHECK(contains(thrown.message(), says));
  CHECK(cockroach.conversation().empty());
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
}

void make_cursor(Connection& conn, const CursorOptions& options) {
  static_cast<void>(conn.cursor("c", options));
}

}  // namespace

TEST_CASE("cursors are refused before v22.1.3, held ones before v25.2, scrolling ones always") {
  struct Case {
    const char* version;
    CursorOptions options;
    const char* says;  // null: it is not refused
  };
  const Case cases[] = {
      {"v22.1.2", {}, "server-side cursors"},  {"v22.1.3", {}, nullptr},
      {"v22.1.3", {.scroll = false}, nullptr}, {"v25.1.6", {.hold = true}, "a cursor WITH HOLD"},
      {"v25.2.0", {.hold = true}, nullptr},    {"v26.3.0", {.scroll = true}, "a SCROLL cursor"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.version);
    Cockroach cockroach(greeting_of(c.version));
    crdb::CrdbConnection conn = cockroach.connect();
    if (c.says == nullptr) {
      CHECK_NOTHROW(make_cursor(conn, c.options));
    } else {
      check_refused(cockroach, conn, c.says,
                    [&](crdb::CrdbConnection& refusing) { make_cursor(refusing, c.options); });
    }
  }
}

TEST_CASE("a cursor does not go backwards on CockroachDB") {
  Cockroach cockroach(greeting_of("v26.3.0"));
  crdb::CrdbConnection conn = cockroach.connect();
  Cursor cursor = conn.cursor("c");
  for (const ScrollMode mode : {ScrollMode::relative, ScrollMode::absolute})
    check_refused(cockroach, conn, "a SCROLL cursor",
                  [&](crdb::CrdbConnection&) { cursor.scroll(-1, mode); });
}

TEST_CASE("CockroachDB has neither two-phase commit nor large objects, whatever its version") {
  Cockroach cockroach(greeting_of("v26.3.0"));
  crdb::CrdbConnection conn = cockroach.connect();
  const GlobalXid xid(1, "x");
  using Conn = crdb::CrdbConnection;
  const auto check = [&](const char* says, const std::function<void(Conn&)>& use) {
    check_refused(cockroach, conn, says, use);
  };
  check("two-phase commit", [&](Conn& c) { static_cast<void>(c.tpc_begin(xid)); });
  check("two-phase commit", [&](Conn& c) { c.tpc_commit(xid); });
  check("two-phase commit", [&](Conn& c) { c.tpc_rollback(xid); });
  check("two-phase commit", [&](Conn& c) { static_cast<void>(c.tpc_recover()); });
  Transaction tx = conn.transaction();
  check("large objects", [&](Conn&) { static_cast<void>(tx.large_objects()); });
}

TEST_CASE("a cursor's rows are read as those of CockroachDB's statements") {
  const Cluster cluster("v25.2.0");
  if (!cluster.is_from(220103)) return;
  crdb::CrdbConnection conn = cluster.connect();
  Transaction tx = conn.transaction();
  Cursor cursor = tx.cursor("numbers");
  cursor.execute("SELECT n::INT8 FROM generate_series(1, $1::INT8) AS g (n)", std::int64_t{5});
  CHECK(cursor.description().size() == 1);
  std::int64_t last = 0;
  for (const std::int64_t number : cursor.rows<std::int64_t>(2)) CHECK(number == ++last);
  CHECK(last == 5);
  cursor.close();
  CHECK(tx.execute("SELECT 1::INT8").value<std::int64_t>() == 1);
}
