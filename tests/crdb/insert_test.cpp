// insert() and upsert(): the statements that CockroachDB is sent, and what PostgreSQL does with
// those that it has as well.

#include "palmetto/crdb/insert.hpp"

#include "palmetto/crdb/create_table.hpp"
#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/adapter_round_trip.hpp"
#include "support/server.hpp"
#include "support/thrown.hpp"

#include <boost/describe/class.hpp>
#include <boost/uuid/string_generator.hpp>
#include <doctest/doctest.h>

#include <array>
#include <list>
#include <set>
#include <span>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using namespace std::string_literals;
using crdb::on_conflict;
using crdb_tests::Cockroach;
using support::contains;
using support::thrown_by;
using test::from_hex;

namespace {

struct Account {
  crdb::UuidKey id{};
  std::string owner{};
  std::int64_t balance{};
  std::optional<std::string> note{};
  std::vector<std::string> tags{};

  friend bool operator==(const Account&, const Account&) = default;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, owner, balance, note, tags))

struct Event {
  crdb::RowId id{};
  std::int32_t severity{};
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, severity))

struct Ticket {
  crdb::UuidKey id{};
};
BOOST_DESCRIBE_STRUCT(Ticket, (), (id))

struct TwoKeys {
  crdb::UuidKey id{};
  crdb::RowId number{};
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(TwoKeys, (), (id, number, name))

struct Setting {
  std::string name{};
  std::string value{};
};
BOOST_DESCRIBE_STRUCT(Setting, (), (name, value))

constexpr std::uint32_t uuid_oid = 2950;
constexpr std::uint32_t int8_oid = 20;

const std::string low_bytes = from_hex("00112233445566778899aabbccddeeff");
const std::string high_bytes = from_hex("ffeeddccbbaa99887766554433221100");
const crdb::UuidKey low = boost::uuids::string_generator()("00112233-4455-6677-8899-aabbccddeeff");
const crdb::UuidKey high = boost::uuids::string_generator()("ffeeddcc-bbaa-9988-7766-554433221100");

using Cells = std::vector<std::vector<std::optional<std::string>>>;

// The answer to an INSERT with RETURNING.
support::Answer returning(std::vector<support::Column> columns, Cells rows) {
  const std::string tag = "INSERT 0 " + std::to_string(rows.size());
  support::Answer answer = support::rows(std::move(columns), std::move(rows));
  answer.tag = tag;
  return answer;
}

std::string insert_into_accounts(const std::string& rest) {
  return R"(INSERT INTO "accounts" ("id", "owner", "balance", "note", "tags") VALUES )" + rest;
}

// PostgreSQL with a schema of its own, where unique_rowid() is.
Connection connect_with_tables() {
  Connection conn = support::connect();
  conn.execute("CREATE SCHEMA insert_test");
  conn.execute("SET search_path = insert_test");
  conn.execute("CREATE SEQUENCE rowids");
  conn.execute(
      "CREATE FUNCTION unique_rowid() RETURNS int8 LANGUAGE sql "
      "AS $$ SELECT 1000000 + nextval('rowids') $$");
  conn.execute(crdb::create_table<Account>("accounts", {.unique = {"owner"}}));
  conn.execute(crdb::create_table<Event>("events"));
  conn.execute(crdb::create_table<TwoKeys>("two", {.primary_key = "id", .unique = {"name"}}));
  conn.execute(crdb::create_table<Setting>("settings", {.primary_key = "name"}));
  return conn;
}

class Tables {
 public:
  Tables() : conn(connect_with_tables()) {}
  ~Tables() { conn.execute("DROP SCHEMA insert_test CASCADE"); }

  std::vector<Account> accounts() {
    return conn.execute("SELECT * FROM accounts ORDER BY owner").all<Account>();
  }

  Connection conn;
};

std::vector<Account> accounts_of(std::initializer_list<const char*> owners) {
  std::vector<Account> accounts;
  for (const char* owner : owners) accounts.push_back({.owner = owner});
  return accounts;
}

}  // namespace

TEST_CASE("a row is inserted by one statement, which returns the key that was generated") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  cockroach.next("INSERT", returning({{"id", uuid_oid}}, {{low_bytes}}));
  Account ann{.owner = "Ann", .balance = 10};
  CHECK(crdb::insert(conn, "accounts", ann) == 1);
  CHECK(ann.id == low);
  CHECK(cockroach.conversation() ==
        insert_into_accounts("(DEFAULT, $1, $2, $3, $4) RETURNING \"id\"\n"));
  const auto parameters = cockroach.server().statements().back().parameters;
  REQUIRE(parameters.size() == 4);
  CHECK(parameters[0].bytes == "Ann");
  CHECK(parameters[1].oid == int8_oid);
  CHECK_FALSE(parameters[2].bytes.has_value());
  CHECK(parameters[3].oid == 1009);
}

TEST_CASE("a key that has a value is inserted as it is") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  Account ann{.id = low, .owner = "Ann"};
  CHECK(crdb::insert(conn, "accounts", ann) == 1);
  CHECK(cockroach.conversation() == insert_into_accounts("($1, $2, $3, $4, $5)\n"));
  CHECK(cockroach.server().statements().back().parameters[0].bytes == low_bytes);
}

TEST_CASE("a row that can't be changed gets its key from the server, and is not told") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const Account ann{.owner = "Ann"};
  crdb::insert(conn, "accounts", ann);
  crdb::insert(conn, "accounts", std::as_const(ann));
  const std::array<Account, 2> both{ann, Account{.id = low, .owner = "Bob"}};
  crdb::insert(conn, "accounts", both);
  const std::string one = insert_into_accounts("(DEFAULT, $1, $2, $3, $4)\n");
  CHECK(cockroach.conversation() ==
        one + one + insert_into_accounts("(DEFAULT, $1, $2, $3, $4), ($5, $6, $7, $8, $9)\n"));
}

TEST_CASE("RowId comes from CockroachDB's unique_rowid()") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  cockroach.next("INSERT", returning({{"id", int8_oid}}, {{from_hex("110f4e8d1ccd0001")}}));
  Event event{.severity = 3};
  crdb::insert(conn, "events", event);
  CHECK(event.id.value() == 0x110f4e8d1ccd0001);
  CHECK(cockroach.conversation() ==
        "INSERT INTO \"events\" (\"id\", \"severity\") VALUES (DEFAULT, $1) RETURNING \"id\"\n");
}

TEST_CASE("a struct may be nothing but a key, or have none") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  cockroach.next("INSERT", returning({{"id", uuid_oid}}, {{low_bytes}}));
  Ticket ticket;
  crdb::insert(conn, "tickets", ticket);
  CHECK(ticket.id == low);
  crdb::insert(conn, sql::Identifier("app", "settings"), Setting{.name = "a", .value = "b"});
  CHECK(cockroach.conversation() ==
        "INSERT INTO \"tickets\" (\"id\") VALUES (DEFAULT) RETURNING \"id\"\n"
        "INSERT INTO \"app\".\"settings\" (\"name\", \"value\") VALUES ($1, $2)\n");
}

// RETURNING of several rows promises no order: which key is whose must not depend on it.
TEST_CASE("the keys of several rows are generated first, and then inserted with them") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  cockroach.next("SELECT",
                 support::rows({{"gen_random_uuid", uuid_oid}}, {{high_bytes}, {low_bytes}}));
  cockroach.next("INSERT", support::done("INSERT 0 3"));
  std::vector<Account> accounts = accounts_of({"Ann", "Bob", "Cid"});
  accounts[1].id = boost::uuids::uuid{};
  CHECK(crdb::insert(conn, "accounts", accounts) == 3);
  CHECK(accounts[0].id == high);
  CHECK(accounts[1].id == boost::uuids::uuid{});
  CHECK(accounts[2].id == low);
  CHECK(cockroach.conversation() ==
        "SELECT gen_random_uuid() FROM generate_series(1, $1)\n" +
            insert_into_accounts("($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10), "
                                 "($11, $12, $13, $14, $15)\n"));
  const auto parameters = cockroach.server().statements().back().parameters;
  CHECK(parameters[0].bytes == high_bytes);
  CHECK(parameters[10].bytes == low_bytes);
}

TEST_CASE("after a conflict several rows have the keys of those that were inserted") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  cockroach.next("SELECT",
                 support::rows({{"gen_random_uuid", uuid_oid}},
                               {{high_bytes}, {low_bytes}, {from_hex("01").append(15, 'x')}}));
  // In another order, and with a row that was there before.
  cockroach.next(
      "INSERT", returning({{"id", uuid_oid}}, {{std::string(16, 'y')}, {low_bytes}, {high_bytes}}));
  std::vector<Account> accounts = accounts_of({"Ann", "Bob", "Cid"});
  CHECK(crdb::insert(conn, "accounts", accounts,
                     on_conflict("owner").do_update({"balance", "note"})) == 3);
  CHECK(accounts[0].id == high);
  CHECK(accounts[1].id == low);
  CHECK_FALSE(accounts[2].id.has_value());
  CHECK(cockroach.conversation().ends_with(
      " ON CONFLICT (\"owner\") DO UPDATE SET \"balance\" = excluded.\"balance\", "
      "\"note\" = excluded.\"note\" RETURNING \"id\"\n"));
}

TEST_CASE("rows that fail leave their keys without a value") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  cockroach.next("SELECT",
                 support::rows({{"gen_random_uuid", uuid_oid}}, {{high_bytes}, {low_bytes}}));
  cockroach.next("INSERT", crdb_tests::duplicate_key(), 2);
  std::vector<Account> accounts = accounts_of({"Ann", "Bob"});
  thrown_by<errors::UniqueViolation>([&] { crdb::insert(conn, "accounts", accounts); });
  thrown_by<errors::UniqueViolation>([&] { crdb::insert(conn, "accounts", accounts[0]); });
  CHECK(accounts == accounts_of({"Ann", "Bob"}));
}

TEST_CASE("a server that generates too few keys is not believed") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  cockroach.next("SELECT", support::rows({{"gen_random_uuid", uuid_oid}}, {{high_bytes}}));
  std::vector<Account> accounts = accounts_of({"Ann", "Bob"});
  thrown_by<InternalError>([&] { crdb::insert(conn, "accounts", accounts); });
  CHECK(accounts == accounts_of({"Ann", "Bob"}));
}

TEST_CASE("upsert is CockroachDB's UPSERT") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  cockroach.next("UPSERT", returning({{"id", uuid_oid}}, {{low_bytes}}));
  Account ann{.owner = "Ann"};
  CHECK(crdb::upsert(conn, "accounts", ann) == 1);
  CHECK(ann.id == low);
  CHECK(crdb::upsert(conn, "accounts", ann) == 1);
  const std::string upsert =
      R"(UPSERT INTO "accounts" ("id", "owner", "balance", "note", "tags") VALUES )";
  CHECK(cockroach.conversation() == upsert + "(DEFAULT, $1, $2, $3, $4) RETURNING \"id\"\n" +
                                        upsert + "($1, $2, $3, $4, $5)\n");
}

TEST_CASE("upsert is for whatever connection has CockroachDB behind it, and for no other") {
  Cockroach cockroach;
  Connection plain = connect(cockroach.server().conninfo());
  CHECK(crdb::upsert(plain, "settings", Setting{.name = "a"}) == 1);

  Connection postgresql = support::connect();
  const auto error = thrown_by<NotSupportedError>(
      [&] { crdb::upsert(postgresql, "settings", Setting{.name = "a"}); });
  CHECK(contains(error.message(), "UPSERT"));
  CHECK(contains(error.message(), "on_conflict"));
}

TEST_CASE("a transaction inserts, and so does an executor with options of its own") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const Setting setting{.name = "a", .value = "b"};
  conn.transaction([&](Transaction& tx) { crdb::insert(tx, "s", setting); });
  crdb::insert(conn.with({.timeout = 10s}), "s", setting);
  const std::string sql = "INSERT INTO \"s\" (\"name\", \"value\") VALUES ($1, $2)";
  CHECK(cockroach.conversation() == "BEGIN; " + sql + "\nCOMMIT\n" + sql + "\n");

  crdb::insert(conn.with({.parameters = Format::text}), "e", Event{.id = 1, .severity = 7});
  const auto parameters = cockroach.server().statements().back().parameters;
  CHECK(parameters[1].format == 0);
  CHECK(parameters[1].bytes == "7");
  crdb::insert(conn.with({.adapters = adapters()}), "e", Event{.id = 1, .severity = 7});
  CHECK(cockroach.server().statements().back().parameters[1].oid == 23);
}

TEST_CASE("any range of rows is inserted; none sends nothing") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const Setting a{.name = "a"};
  const Setting b{.name = "b"};
  const std::list<Setting> list{a, b};
  const std::array<Setting, 2> array{a, b};
  Setting plain[] = {a, b};
  crdb::insert(conn, "s", list);
  crdb::insert(conn, "s", array);
  crdb::insert(conn, "s", plain);
  crdb::insert(conn, "s", std::span(plain));
  crdb::insert(conn, "s", std::vector{a, b});
  CHECK(crdb::insert(conn, "s", std::vector<Setting>()) == 0);
  CHECK(cockroach.server().round_trips() == 5);
  for (const auto& statement : cockroach.server().statements())
    CHECK(statement.text.ends_with("VALUES ($1, $2), ($3, $4)"));
}

TEST_CASE("many rows are few statements, of a thousand rows, or of a megabyte and a row") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  crdb::insert(conn, "s", std::vector<Setting>(2001));
  auto statements = cockroach.server().statements();
  REQUIRE(statements.size() == 3);
  CHECK(statements[0].parameters.size() == 2000);
  CHECK(statements[0].text == statements[1].text);
  CHECK(statements[2].parameters.size() == 2);

  const std::vector<Setting> large(5, {.name = "n", .value = std::string(300'000, 'x')});
  crdb::insert(conn, "s", large);
  statements = cockroach.server().statements();
  REQUIRE(statements.size() == 5);
  CHECK(statements[3].parameters.size() == 8);
  CHECK(statements[4].parameters.size() == 2);
}

TEST_CASE("the rows of the statements before the one that failed keep their keys") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  std::vector<Event> events(1500);
  Cells ids;
  for (std::size_t i = 0; i < events.size(); ++i)
    ids.push_back(
        {from_hex("000000000000") + static_cast<char>(i / 256) + static_cast<char>(i % 256)});
  cockroach.next("SELECT", support::rows({{"unique_rowid", int8_oid}}, ids));
  cockroach.next("INSERT", support::done("INSERT 0 1000"));
  cockroach.next("INSERT", crdb_tests::duplicate_key());
  thrown_by<errors::UniqueViolation>([&] { crdb::insert(conn, "events", events); });
  CHECK(events[0].id == 0);
  CHECK(events[999].id == 999);
  CHECK_FALSE(events[1000].id.has_value());
  CHECK_FALSE(events[1499].id.has_value());
}

TEST_CASE("a value that can't be sent is named by its row and column, and nothing is sent") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  std::vector<Setting> settings{{.name = "a"}, {.name = "b", .value = "x\0y"s}};
  const auto message = [](const DataError& error) { return error.message(); };
  CHECK(contains(message(thrown_by<DataError>([&] { crdb::insert(conn, "s", settings); })),
                 "row 2, column \"value\": "));
  const auto error = thrown_by<DataError>([&] { crdb::insert(conn, "s", settings[1]); });
  CHECK(error.message().starts_with("column \"value\": "));
  CHECK(error.statement() == "INSERT INTO \"s\"");
  CHECK(contains(error.where().file_name(), "insert_test"));
  CHECK(cockroach.conversation().empty());
}

TEST_CASE("an error of the server's says where the rows are inserted") {
  Tables tables;
  std::uint_least32_t line = 0;
  const auto error = thrown_by<errors::UndefinedTable>([&] {
    line = __LINE__ + 1;
    crdb::insert(tables.conn, "nowhere", Setting{});
  });
  CHECK(error.where().line() == line);
}

TEST_CASE("a connection that was moved from inserts nothing") {
  Connection conn = support::connect();
  const Connection moved = std::move(conn);
  thrown_by<InterfaceError>([&] { crdb::insert(conn, "s", Setting{}); });
  thrown_by<InterfaceError>([&] { crdb::upsert(conn, "s", Setting{}); });
}

TEST_CASE("conflicts are named by columns, or not at all") {
  const auto sql = [](const sql::Composable& clause) { return clause.as_string(); };
  CHECK(sql(crdb::ConflictClause()).empty());
  CHECK(sql(on_conflict().do_nothing()) == "ON CONFLICT DO NOTHING");
  CHECK(sql(on_conflict("a").do_nothing()) == "ON CONFLICT (\"a\") DO NOTHING");
  CHECK(sql(on_conflict({"a", "b"}).do_update("c")) ==
        "ON CONFLICT (\"a\", \"b\") DO UPDATE SET \"c\" = excluded.\"c\"");
  CHECK(sql(on_conflict("a").do_update(sql::SQL("c = t.c + excluded.c"))) ==
        "ON CONFLICT (\"a\") DO UPDATE SET c = t.c + excluded.c");
  CHECK(sql(on_conflict("a").do_update("c").where(sql::SQL("t.c < 0"))) ==
        "ON CONFLICT (\"a\") DO UPDATE SET \"c\" = excluded.\"c\" WHERE t.c < 0");
  thrown_by<ProgrammingError>([] { static_cast<void>(on_conflict(crdb::Columns{})); });
  thrown_by<ProgrammingError>(
      [] { static_cast<void>(on_conflict("a").do_update(crdb::Columns{})); });
  thrown_by<ProgrammingError>(
      [] { static_cast<void>(on_conflict("a").do_nothing().where(sql::SQL("true"))); });
}

TEST_CASE("PostgreSQL: a row comes back as it was inserted, with its key") {
  Tables tables;
  Account ann{.owner = "Ann", .balance = 10, .note = "n", .tags = {"a", "b"}};
  CHECK(crdb::insert(tables.conn, "accounts", ann) == 1);
  CHECK(ann.id.has_value());
  CHECK(tables.accounts() == std::vector{ann});

  Account bob{.id = low, .owner = "Bob"};
  CHECK(crdb::insert(tables.conn, sql::Identifier("insert_test", "accounts"), bob) == 1);
  CHECK(tables.accounts() == std::vector{ann, bob});

  Event event{.severity = 3};
  crdb::insert(tables.conn, "events", event);
  CHECK(event.id.value() == 1000001);
}

TEST_CASE("PostgreSQL: thousands of rows come back, each with the key that it was given") {
  Tables tables;
  std::vector<Event> events(2500);
  for (std::size_t i = 0; i < events.size(); ++i) events[i].severity = static_cast<int>(i);
  events[7].id = 7;
  CHECK(crdb::insert(tables.conn, "events", events) == 2500);
  CHECK(events[7].id == 7);
  const auto found = tables.conn.execute("SELECT * FROM events ORDER BY severity").all<Event>();
  REQUIRE(found.size() == events.size());
  for (std::size_t i = 0; i < events.size(); ++i) CHECK(found[i].id == events[i].id);
}

TEST_CASE("PostgreSQL: several keys of a row are generated, one by one or together") {
  Tables tables;
  TwoKeys one{.name = "one"};
  crdb::insert(tables.conn, "two", one);
  std::vector<TwoKeys> rows{{.name = "a"}, {.id = low, .name = "b"}, {.number = 5, .name = "c"}};
  crdb::insert(tables.conn, "two", rows);
  CHECK(rows[1].id == low);
  CHECK(rows[2].number == 5);
  rows.push_back(one);
  for (const TwoKeys& row : rows) {
    const auto [id, number] =
        tables.conn.execute("SELECT id, number FROM two WHERE name = $1", row.name)
            .one<crdb::UuidKey, crdb::RowId>();
    CHECK(id == row.id);
    CHECK(number == row.number);
  }
}

TEST_CASE("PostgreSQL: do_nothing leaves a row out, and its key without a value") {
  Tables tables;
  Account ann{.owner = "Ann", .balance = 10};
  crdb::insert(tables.conn, "accounts", ann);
  Account again{.owner = "Ann", .balance = 20};
  CHECK(crdb::insert(tables.conn, "accounts", again, on_conflict("owner").do_nothing()) == 0);
  CHECK_FALSE(again.id.has_value());
  CHECK(crdb::insert(tables.conn, "accounts", again, on_conflict().do_nothing()) == 0);

  std::vector<Account> rows = accounts_of({"Ann", "Bob", "Cid", "Bob"});
  CHECK(crdb::insert(tables.conn, "accounts", rows, on_conflict("owner").do_nothing()) == 2);
  CHECK_FALSE(rows[0].id.has_value());
  CHECK_FALSE(rows[3].id.has_value());
  CHECK(tables.accounts() == std::vector{ann, rows[1], rows[2]});
}

TEST_CASE("PostgreSQL: do_update changes the row that is there, whose key is given") {
  Tables tables;
  Account ann{.owner = "Ann", .balance = 10, .note = "old"};
  crdb::insert(tables.conn, "accounts", ann);
  Account again{.owner = "Ann", .balance = 20, .note = "new"};
  CHECK(crdb::insert(tables.conn, "accounts", again, on_conflict("owner").do_update("balance")) ==
        1);
  CHECK(again.id == ann.id);
  again.note = "old";
  CHECK(tables.accounts() == std::vector{again});

  const auto add =
      on_conflict("owner").do_update(sql::SQL("balance = accounts.balance + excluded.balance"));
  CHECK(crdb::insert(tables.conn, "accounts", Account{.owner = "Ann", .balance = 5}, add) == 1);
  CHECK(crdb::insert(tables.conn, "accounts", Account{.owner = "Ann", .balance = 5},
                     add.where(sql::SQL("accounts.balance > 1000"))) == 0);
  CHECK(tables.accounts()[0].balance == 25);

  std::vector<Account> rows = accounts_of({"Bob", "Ann"});
  CHECK(crdb::insert(tables.conn, "accounts", rows, on_conflict("owner").do_update("balance")) ==
        2);
  CHECK_FALSE(rows[1].id.has_value());
  CHECK(tables.accounts()[1].id == rows[0].id);
}

TEST_CASE("PostgreSQL: what is inserted in a transaction goes with it") {
  Tables tables;
  {
    Transaction tx = tables.conn.transaction();
    std::vector<Account> rows = accounts_of({"Ann", "Bob"});
    CHECK(crdb::insert(tx, "accounts", rows) == 2);
    CHECK(rows[0].id.has_value());
  }
  CHECK(tables.accounts().empty());
}
