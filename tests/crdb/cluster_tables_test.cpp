// Tables of described structs on a cluster: made, filled, and their keys generated there.

#include "palmetto/crdb/create_table.hpp"
#include "palmetto/crdb/insert.hpp"
#include "palmetto/palmetto.hpp"

#include "own_schema.hpp"

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace palmetto;
using crdb_tests::Cluster;
using crdb_tests::OwnSchema;

namespace {

struct Account {
  crdb::UuidKey id;
  std::string owner;
  std::int64_t balance = 0;
  std::optional<std::string> note;
  std::vector<std::string> tags;
  friend bool operator==(const Account&, const Account&) = default;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, owner, balance, note, tags))

struct Event {
  crdb::RowId id;
  std::string what;
  friend bool operator==(const Event&, const Event&) = default;
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, what))

struct Everything {
  std::int64_t id = 0;
  bool yes = false;
  std::int16_t small = 0;
  std::int32_t medium = 0;
  double real = 0;
  Numeric exact;
  std::vector<std::byte> bytes;
  std::chrono::year_month_day day = std::chrono::year_month_day(std::chrono::sys_days());
  std::chrono::sys_time<std::chrono::microseconds> at{};
  Interval lasts;
  boost::json::value document;
  std::vector<std::int64_t> numbers;
  std::optional<Inet> from;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (id, yes, small, medium, real, exact, bytes, day, at, lasts, document,
                       numbers, from))

template <class T>
struct TableOf {
  Cluster cluster;
  OwnSchema schema{cluster};
  crdb::CrdbConnection conn = schema.connect();

  explicit TableOf(const crdb::TableOptions& options = {}) {
    conn.execute(crdb::create_table<T>("t", options));
  }
};

std::vector<Account> accounts(Connection& conn) {
  return conn.execute("SELECT id, owner, balance, note, tags FROM t ORDER BY owner").all<Account>();
}

}  // namespace

TEST_CASE("a row on a cluster has the key that was generated there") {
  TableOf<Account> table;
  Account ann{.id = {}, .owner = "Ann", .balance = 10, .note = {}, .tags = {"a", "b,c"}};
  Account bob{.id = {}, .owner = "Bob", .balance = 20, .note = "no tags", .tags = {}};
  CHECK(crdb::insert(table.conn, "t", ann) == 1);
  CHECK(crdb::insert(table.conn, "t", bob) == 1);
  REQUIRE(ann.id.has_value());
  CHECK(ann.id != bob.id);
  CHECK(accounts(table.conn) == std::vector{ann, bob});
}

TEST_CASE("rows on a cluster have their keys, each its own") {
  TableOf<Event> table;
  std::vector<Event> events;
  for (int i = 0; i < 2500; ++i) events.push_back({.id = {}, .what = std::to_string(i)});
  events[7].id = 7;
  CHECK(crdb::insert(table.conn, "t", events) == 2500);
  CHECK(events[7].id.value() == 7);
  std::ranges::sort(events, {}, [](const Event& event) { return event.id.value(); });
  CHECK(table.conn.execute("SELECT id, what FROM t ORDER BY id").all<Event>() == events);
}

TEST_CASE("a row that is there already on a cluster is left, updated, or written over") {
  TableOf<Account> table({.unique = {"owner"}});
  auto& conn = table.conn;
  Account ann{.id = {}, .owner = "Ann", .balance = 10, .note = "first", .tags = {}};
  crdb::insert(conn, "t", ann);

  Account other = ann;
  other.id.reset();
  CHECK_THROWS_AS(crdb::insert(conn, "t", other), errors::UniqueViolation);
  CHECK_FALSE(other.id.has_value());
  CHECK(crdb::insert(conn, "t", other, crdb::on_conflict("owner").do_nothing()) == 0);
  CHECK_FALSE(other.id.has_value());
  CHECK(crdb::insert(conn, "t", other, crdb::on_conflict().do_nothing()) == 0);
  CHECK(accounts(conn) == std::vector{ann});

  other.balance = 30;
  other.note = "second";
  CHECK(crdb::insert(conn, "t", other, crdb::on_conflict("owner").do_update("balance")) == 1);
  CHECK(other.id == ann.id);
  ann.balance = 30;
  CHECK(accounts(conn) == std::vector{ann});

  const auto adding = sql::SQL("balance = t.balance + excluded.balance");
  CHECK(crdb::insert(
            conn, "t", other,
            crdb::on_conflict("owner").do_update(adding).where(sql::SQL("t.balance < 31"))) == 1);
  CHECK(crdb::insert(
            conn, "t", other,
            crdb::on_conflict("owner").do_update(adding).where(sql::SQL("t.balance < 31"))) == 0);
  ann.balance = 60;
  CHECK(accounts(conn) == std::vector{ann});

  ann.note.reset();
  CHECK(crdb::upsert(conn, "t", ann) == 1);
  Account bob{.id = {}, .owner = "Bob", .balance = 1, .note = {}, .tags = {}};
  CHECK(crdb::upsert(conn, "t", bob) == 1);
  CHECK(accounts(conn) == std::vector{ann, bob});
}

TEST_CASE("rows are inserted within a transaction on a cluster, and are gone with it") {
  TableOf<Account> table;
  Account ann{.id = {}, .owner = "Ann", .balance = 10, .note = {}, .tags = {}};
  Account bob{.id = {}, .owner = "Bob", .balance = 20, .note = {}, .tags = {}};
  crdb::run_transaction(table.conn, [&](Transaction& tx) {
    ann.id.reset();
    crdb::insert(tx, "t", ann);
  });
  auto tx = table.conn.transaction();
  crdb::insert(tx, "t", bob);
  tx.rollback();
  CHECK(accounts(table.conn) == std::vector{ann});
}

TEST_CASE("a struct's table on a cluster has columns that its members are read from") {
  TableOf<Everything> table({.primary_key = {"id"}});
  Everything row;
  row.id = 1;
  row.small = -2;
  row.medium = 70000;
  row.real = 0.5;
  row.exact = Numeric::parse("1.250");
  row.bytes = {std::byte{0}, std::byte{255}};
  row.document = {{"a", 1}};
  row.numbers = {1, 2, 3};
  row.lasts = {1, 2, std::chrono::seconds(3)};
  row.from = Inet::parse("10.0.0.1/8");
  CHECK(crdb::insert(table.conn, "t", row) == 1);
  const auto read = table.conn.execute("SELECT * FROM t").one<Everything>();
  CHECK(read.small == -2);
  CHECK(read.medium == 70000);
  CHECK(read.real == 0.5);
  CHECK(read.exact.to_string() == "1.250");
  CHECK(read.bytes == row.bytes);
  CHECK(read.day == row.day);
  CHECK(read.at == row.at);
  CHECK(read.lasts == row.lasts);
  CHECK(read.document == row.document);
  CHECK(read.numbers == row.numbers);
  CHECK(read.from == row.from);
}

TEST_CASE("a table that is there already on a cluster is left as it is, if asked for") {
  TableOf<Event> table;
  CHECK_THROWS_AS(table.conn.execute(crdb::create_table<Event>("t")), errors::DuplicateTable);
  CHECK_NOTHROW(table.conn.execute(crdb::create_table<Event>("t", {.if_not_exists = true})));
}
