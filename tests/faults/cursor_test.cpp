// Server-side cursors and large objects whose connection dies: it ends closed, and nothing hangs.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

using namespace palmetto;
using namespace std::chrono_literals;
using faults::contains;
using faults::milliseconds_of;
using faults::thrown_by;
using support::Moment;
using support::Then;
using support::Way;
using support::WireProxy;

namespace {

// All that a cursor does. Whether it came to its end; any exception of another family passes on.
bool live_a_cursors_life(const std::string& conninfo) {
  std::optional<Connection> conn;
  try {
    conn.emplace(connect(conninfo));
  } catch (const OperationalError&) { return false; }
  try {
    Transaction tx = conn->transaction();
    Cursor cursor = tx.cursor("life", {.scroll = true});
    cursor.execute("SELECT n, repeat('x', n) FROM generate_series(1, $1) n", 5);
    const std::size_t columns = cursor.description().size();
    CHECK(columns == 2);
    int last = 0;
    for (auto [number, text] : cursor.rows<std::int32_t, std::string_view>(2)) {
      CHECK(number == ++last);
      CHECK(text.size() == static_cast<std::size_t>(number));
    }
    CHECK(last == 5);
    cursor.scroll(0, ScrollMode::absolute);
    const Result all = cursor.fetch_all();
    CHECK(all.size() == 5);
    cursor.close();
    tx.rollback();
  } catch (const ConnectionLost&) {
    CHECK(conn->broken());
    return false;
  } catch (const InterfaceError&) {  // it was lost behind the answer before: nothing was sent
    CHECK(conn->broken());
    return false;
  }
  return true;
}

// Writes and reads a large object.
bool live_a_large_objects_life(const std::string& conninfo) {
  std::optional<Connection> conn;
  try {
    conn.emplace(connect(conninfo));
  } catch (const OperationalError&) { return false; }
  try {
    Transaction tx = conn->transaction();
    const Oid oid = tx.large_objects().create();
    LargeObject object = tx.large_objects().open(oid, LargeObjectMode::read_write);
    const std::string text = "hello, world";
    object.write(std::as_bytes(std::span(text)));
    const std::int64_t size = object.size();
    CHECK(size == 12);
    object.seek(7);
    std::string back(5, '?');
    object.read(std::as_writable_bytes(std::span(back)));
    CHECK(back == "world");
    object.unlink();
    tx.rollback();
  } catch (const ConnectionLost&) {
    CHECK(conn->broken());
    return false;
  } catch (const InterfaceError&) {
    CHECK(conn->broken());
    return false;
  }
  return true;
}

// Cuts the connection at each of the messages of a life, in each of the ways.
void cut_everywhere(bool (*live)(const std::string&)) {
  support::Traffic traffic;
  {
    WireProxy proxy;
    proxy.at({.type = 'X'}, Then::go_on);
    REQUIRE(live(proxy.conninfo()));
    REQUIRE(proxy.wait_for_moment(5s));
    traffic = proxy.traffic();
  }
  REQUIRE(traffic.messages_to_server > 20);
  int lost = 0;
  const auto cut = [&](Way way, int nth, Then then) {
    CAPTURE(static_cast<int>(way));
    CAPTURE(static_cast<int>(then));
    CAPTURE(nth);
    WireProxy proxy;
    proxy.at({.way = way, .type = Moment::any, .statement = "", .nth = nth}, then);
    lost += live(proxy.conninfo()) ? 0 : 1;
  };
  for (const Then then : {Then::cut_before, Then::cut_inside, Then::cut_after}) {
    for (int nth = 1; nth <= traffic.messages_to_server; ++nth) cut(Way::to_server, nth, then);
    for (int nth = 1; nth <= traffic.messages_to_client; ++nth) cut(Way::to_client, nth, then);
  }
  for (int nth = 1; nth <= traffic.messages_to_server; ++nth)
    cut(Way::to_server, nth, Then::cut_at_answer);
  CHECK(lost > 3 * traffic.messages_to_server);
}

}  // namespace

TEST_CASE("wherever a cursor's connection is cut, it is lost, and its end harms nobody") {
  cut_everywhere(&live_a_cursors_life);
}

TEST_CASE("wherever a large object's connection is cut, it is lost, and its end harms nobody") {
  cut_everywhere(&live_a_large_objects_life);
}

TEST_CASE("a server that falls silent at a cursor's or a large object's end holds nobody up") {
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo(), {.grace = 50ms});
  Transaction tx = conn.transaction();
  std::optional<Cursor> cursor;
  std::optional<LargeObject> object;
  SUBCASE("a cursor") {
    cursor.emplace(tx.cursor("silent"));
    cursor->execute("SELECT 1");
  }
  SUBCASE("a large object") {
    const Oid oid = tx.large_objects().create();
    object.emplace(tx.large_objects().open(oid, LargeObjectMode::read));
  }
  proxy.fall_silent();
  const auto took = milliseconds_of([&] {
    cursor.reset();
    object.reset();
  });
  CHECK(took >= 50);
  CHECK(took < 5000);
  CHECK(conn.broken());
}

TEST_CASE("a deadline that passes in a FETCH cancels it, and the connection is usable") {
  WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  {
    Transaction tx = conn.transaction();
    Cursor cursor = tx.with({.timeout = 100ms}).cursor("slow");
    cursor.execute(
        "SELECT n, pg_sleep(CASE n WHEN 1 THEN 0 ELSE 60 END)::text "
        "FROM generate_series(1, 2) n");
    CHECK(cursor.fetch(1).size() == 1);
    const auto error = thrown_by<OperationTimeout>([&] { static_cast<void>(cursor.fetch(1)); });
    CHECK(contains(error.statement(), "FETCH FORWARD 1"));
  }
  CHECK(conn.execute("SELECT 1").value<std::int32_t>() == 1);
}
