#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/pg_lsn.hpp"
#include "palmetto/adapters/tid.hpp"
#include "palmetto/adapters/transaction_id.hpp"

#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <limits>

using namespace support;
using palmetto::Cid;
using palmetto::Format;
using palmetto::PgLsn;
using palmetto::Tid;
using palmetto::Xid;
using palmetto::Xid8;

namespace {

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

// Of any size, the small ones as often as the large.
std::uint64_t random_number(Random& random) { return random() >> random.between(0, 63); }

}  // namespace

TEST_CASE("PgLsn travels as pg_lsn") {
  auto conn = connect();
  check_round_trips<PgLsn>(conn, "pg_lsn",
                           {{{0}, "0/0"},
                            {{0x16'B374'D848}, "16/B374D848"},
                            {{0x1'0000'000A}, "1/A"},
                            {{largest}, "FFFFFFFF/FFFFFFFF"}});
  check_random_round_trips(conn, "pg_lsn",
                           [](Random& random) { return PgLsn{random_number(random)}; });
  CHECK(conn.execute("SELECT pg_current_wal_insert_lsn()").value<PgLsn>() > PgLsn{});
}

TEST_CASE("Tid travels as tid") {
  auto conn = connect();
  check_round_trips<Tid>(
      conn, "tid",
      {{{0, 0}, "(0,0)"}, {{258, 3}, "(258,3)"}, {{4294967295, 65535}, "(4294967295,65535)"}});
  check_random_round_trips(conn, "tid", [](Random& random) {
    return Tid{static_cast<std::uint32_t>(random_number(random)),
               static_cast<std::uint16_t>(random_number(random))};
  });
  conn.execute("CREATE TEMP TABLE rows (n int)");
  conn.execute("INSERT INTO rows VALUES (1), (2)");
  CHECK(conn.execute("SELECT ctid FROM rows ORDER BY n").all<Tid>() ==
        std::vector<Tid>{{0, 1}, {0, 2}});
  CHECK(conn.execute("SELECT n FROM rows WHERE ctid = $1", Tid{0, 2}).value<int>() == 2);
}

TEST_CASE("Xid, Xid8 and Cid travel as xid, xid8 and cid") {
  auto conn = connect();
  check_round_trips<Xid>(conn, "xid", {{{0}, "0"}, {{7}, "7"}, {{4294967295}, "4294967295"}});
  check_round_trips<Cid>(conn, "cid", {{{0}, "0"}, {{4294967295}, "4294967295"}});
  check_round_trips<Xid8>(conn, "xid8", {{{0}, "0"}, {{largest}, "18446744073709551615"}});
  check_random_round_trips(conn, "xid8",
                           [](Random& random) { return Xid8{random_number(random)}; });
  for (const Format format : {Format::binary, Format::text}) {
    const auto [whole, half] =
        conn.with({.results = format})
            .execute("SELECT pg_current_xact_id(), pg_current_xact_id()::xid")
            .one<Xid8, Xid>();
    CHECK(half.value == static_cast<std::uint32_t>(whole.value));
  }
}
