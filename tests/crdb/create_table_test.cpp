// create_table<T>(): its SQL on both maps, and what PostgreSQL makes of it.

#include "palmetto/crdb/create_table.hpp"

#include "palmetto/adapters/bitset.hpp"
#include "palmetto/adapters/vector.hpp"
#include "palmetto/crdb/insert.hpp"
#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/server.hpp"
#include "support/thrown.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using namespace std::string_literals;
using crdb::create_table;
using crdb_tests::Cockroach;
using support::contains;
using support::thrown_by;

namespace {

struct Account {
  crdb::UuidKey id{};
  std::string owner{};
  std::int64_t balance{};
  std::optional<std::string> note{};
  std::vector<std::string> tags{};
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, owner, balance, note, tags))

struct Event {
  crdb::RowId id{};
  std::optional<std::int32_t> severity{};
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, severity))

struct Seat {
  std::string row{};
  std::int16_t number{};
};
BOOST_DESCRIBE_STRUCT(Seat, (), (row, number))

struct TwoKeys {
  crdb::UuidKey id{};
  crdb::RowId number{};
};
BOOST_DESCRIBE_STRUCT(TwoKeys, (), (id, number))

struct Premium : Account {
  std::int64_t limit{};
};
BOOST_DESCRIBE_STRUCT(Premium, (Account), (limit))

enum class Mood { sad, ok };
BOOST_DESCRIBE_ENUM(Mood, sad, ok)

struct Spot {
  std::int32_t x{};
  std::int32_t y{};
  friend bool operator==(const Spot&, const Spot&) = default;
};
BOOST_DESCRIBE_STRUCT(Spot, (), (x, y))

struct Anything {};

// A table of one column.
template <class T>
struct One {
  T value{};
  BOOST_DESCRIBE_CLASS(One, (), (value), (), ())
};

template <class T>
std::string column_sql(const AdaptersMap& map) {
  const std::string sql = create_table<One<T>>("t").as_string(map);
  const std::string begin = "CREATE TABLE \"t\" (\"value\" ";
  const std::string end = " NOT NULL)";
  REQUIRE(sql.starts_with(begin));
  REQUIRE(sql.ends_with(end));
  return sql.substr(begin.size(), sql.size() - begin.size() - end.size());
}

// The column's type on CockroachDB, whose types are named as its grammar and PostgreSQL's have
// them, and on PostgreSQL, which keeps the value in it.
template <class T>
void check_type(std::string_view on_cockroach, std::string_view on_postgresql, const T& value) {
  CAPTURE(on_postgresql);
  if (!on_cockroach.empty()) CHECK(column_sql<T>(crdb::adapters()) == on_cockroach);
  CHECK(column_sql<T>(adapters()) == on_postgresql);

  static Connection conn = support::connect();
  conn.execute("DROP TABLE IF EXISTS pg_temp.t");
  conn.execute(create_table<One<T>>(sql::Identifier("pg_temp", "t")));
  CHECK(crdb::insert(conn, "t", One<T>{value}) == 1);
  CHECK(conn.execute("SELECT value FROM t").template one<std::tuple<T>>() == std::tuple(value));
}

template <class T>
void check_type(std::string_view on_both, const T& value) {
  check_type(on_both, on_both, value);
}

// By the adapters of a connection to v21.1.
template <class T>
std::string refusal_on_cockroach() {
  static Cockroach cockroach;
  static crdb::CrdbConnection conn = cockroach.connect();
  return thrown_by<NotSupportedError>(
             [] { static_cast<void>(create_table<One<T>>("t").as_string(conn.adapters())); })
      .message();
}

}  // namespace

template <>
struct palmetto::Adapter<Anything> : palmetto::RegisteredAtRunTime {};

TEST_CASE("a described struct is a table of its members") {
  constexpr const char* sql =
      "CREATE TABLE \"accounts\" (\"id\" uuid NOT NULL DEFAULT gen_random_uuid(), "
      "\"owner\" text NOT NULL, \"balance\" bigint NOT NULL, \"note\" text, "
      "\"tags\" text[] NOT NULL, PRIMARY KEY (\"id\"))";
  CHECK(create_table<Account>("accounts").as_string() == sql);
  CHECK(create_table<Account>("accounts").as_string(crdb::adapters()) == sql);
  CHECK(create_table<Seat>("seats").as_string() ==
        "CREATE TABLE \"seats\" (\"row\" text NOT NULL, \"number\" smallint NOT NULL)");
}

TEST_CASE("RowId is CockroachDB's INT8 DEFAULT unique_rowid()") {
  CHECK(create_table<Event>("events").as_string(crdb::adapters()) ==
        "CREATE TABLE \"events\" (\"id\" bigint NOT NULL DEFAULT unique_rowid(), "
        "\"severity\" int4, PRIMARY KEY (\"id\"))");
}

TEST_CASE("the members of a base are columns, too") {
  const std::string sql = create_table<Premium>("premium").as_string();
  CHECK(contains(sql, "(\"id\" uuid NOT NULL DEFAULT gen_random_uuid(), "));
  CHECK(contains(sql, "\"limit\" bigint NOT NULL, PRIMARY KEY (\"id\"))"));
}

TEST_CASE("a table is one name, quoted, or a name behind its schema") {
  const auto name_in = [](const sql::Composed& create) {
    const std::string sql = create.as_string();
    return sql.substr(13, sql.find(" (") - 13);
  };
  CHECK(name_in(create_table<Seat>("bank.seats")) == "\"bank.seats\"");
  CHECK(name_in(create_table<Seat>("the \"best\"")) == "\"the \"\"best\"\"\"");
  CHECK(name_in(create_table<Seat>("seats"s)) == "\"seats\"");
  CHECK(name_in(create_table<Seat>(sql::Identifier("bank", "seats"))) == "\"bank\".\"seats\"");
  thrown_by<ProgrammingError>([] { static_cast<void>(create_table<Seat>("")); });
}

TEST_CASE("the options say what the struct can't") {
  CHECK(create_table<Seat>("seats",
                           {.if_not_exists = true,
                            .primary_key = {"row", "number"},
                            .unique = {"number", {"number", "row"}},
                            .column_constraints = {{"number", sql::SQL("DEFAULT 1")},
                                                   {"row", sql::SQL("COLLATE \"C\"")},
                                                   {"number", sql::SQL("CHECK (number > 0)")}},
                            .table_constraints = {sql::SQL("CHECK (row <> '')")}})
            .as_string() ==
        "CREATE TABLE IF NOT EXISTS \"seats\" (\"row\" text NOT NULL COLLATE \"C\", "
        "\"number\" smallint NOT NULL DEFAULT 1 CHECK (number > 0), "
        "PRIMARY KEY (\"row\", \"number\"), UNIQUE (\"number\"), UNIQUE (\"number\", \"row\"), "
        "CHECK (row <> ''))");
  const sql::Composed global =
      create_table<Seat>("seats", {.primary_key = "row"}) + sql::SQL(" LOCALITY GLOBAL");
  CHECK(global.as_string().ends_with("PRIMARY KEY (\"row\")) LOCALITY GLOBAL"));
}

TEST_CASE("the options may take the primary key from the member that is a key") {
  CHECK(create_table<Account>("accounts", {.primary_key = {"owner", "id"}})
            .as_string()
            .ends_with("PRIMARY KEY (\"owner\", \"id\"))"));
  CHECK(create_table<TwoKeys>("two", {.primary_key = "id"}).as_string(crdb::adapters()) ==
        "CREATE TABLE \"two\" (\"id\" uuid NOT NULL DEFAULT gen_random_uuid(), "
        "\"number\" bigint NOT NULL DEFAULT unique_rowid(), PRIMARY KEY (\"id\"))");
}

TEST_CASE("options that make no table are refused") {
  const auto refusal = [](auto&& create) { return thrown_by<ProgrammingError>(create).message(); };
  CHECK(contains(refusal([] { static_cast<void>(create_table<TwoKeys>("t")); }),
                 "\"id\" and \"number\": primary_key must say which"));
  CHECK(contains(refusal([] {
                   static_cast<void>(create_table<Seat>("t", {.primary_key = {"row", "seat"}}));
                 }),
                 "primary_key names a column that no member is: \"seat\""));
  CHECK(
      contains(refusal([] { static_cast<void>(create_table<Seat>("t", {.unique = {"Number"}})); }),
               "unique names a column that no member is: \"Number\""));
  CHECK(contains(refusal([] {
                   static_cast<void>(create_table<Seat>(
                       "t", {.column_constraints = {{"seat", sql::SQL("UNIQUE")}}}));
                 }),
                 "column_constraints names a column that no member is: \"seat\""));
  CHECK(contains(refusal([] {
                   static_cast<void>(create_table<Account>(
                       "t", {.column_constraints = {{"id", sql::SQL("DEFAULT 1")}}}));
                 }),
                 "\"id\" is a key"));
}

TEST_CASE("a refusal says where the table is composed") {
  std::uint_least32_t line = 0;
  const auto error = thrown_by<ProgrammingError>([&] {
    line = __LINE__ + 1;
    static_cast<void>(create_table<TwoKeys>("t"));
  });
  CHECK(error.where().line() == line);
}

TEST_CASE("whatever executes statements creates tables") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const std::string sql = create_table<Event>("events").as_string(crdb::adapters());
  conn.execute(create_table<Event>("events"));
  conn.transaction([](Transaction& tx) { tx.execute(create_table<Event>("events")); });
  conn.with({.timeout = 10s}).execute(create_table<Event>("events"));
  CHECK(cockroach.conversation() == sql + "\nBEGIN; " + sql + "\nCOMMIT\n" + sql + "\n");
  conn.with({.adapters = adapters()}).execute(create_table<Event>("events"));
  CHECK(contains(cockroach.server().statements().back().text, "\"severity\" integer"));
}

TEST_CASE("PostgreSQL makes the table that was meant") {
  Connection conn = support::connect();
  conn.execute(create_table<Account>(
      sql::Identifier("pg_temp", "accounts"),
      {.unique = {"owner", {"balance", "note"}},
       .column_constraints = {{"balance", sql::SQL("DEFAULT 0 CHECK (balance >= 0)")}}}));
  const auto columns = conn.execute(
                               "SELECT column_name::text, is_nullable::text, "
                               "data_type::text, coalesce(column_default, '')::text "
                               "FROM information_schema.columns "
                               "WHERE table_name = 'accounts' ORDER BY ordinal_position")
                           .all<std::string, std::string, std::string, std::string>();
  using Column = std::tuple<std::string, std::string, std::string, std::string>;
  CHECK(columns == std::vector<Column>{{"id", "NO", "uuid", "gen_random_uuid()"},
                                       {"owner", "NO", "text", ""},
                                       {"balance", "NO", "bigint", "0"},
                                       {"note", "YES", "text", ""},
                                       {"tags", "NO", "ARRAY", ""}});
  const auto constraints = conn.execute(
                                   "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                                   "WHERE conrelid = 'pg_temp.accounts'::regclass "
                                   "AND contype <> 'n' ORDER BY 1")  // NOT NULL, from 18 on
                               .all<std::string>();
  CHECK(constraints == std::vector{"CHECK ((balance >= 0))"s, "PRIMARY KEY (id)"s,
                                   "UNIQUE (balance, note)"s, "UNIQUE (owner)"s});
}

TEST_CASE("numbers have columns that they can be read from again") {
  check_type("smallint", std::int16_t{-7});
  check_type("int4", "integer", std::int32_t{-7});
  check_type("bigint", std::int64_t{-7});
  check_type("int4", "integer", std::uint16_t{7});
  check_type("bigint", std::uint32_t{7});
  check_type("numeric", std::uint64_t{7});
  check_type("real", 1.5F);
  check_type("double precision", 1.5);
  check_type("numeric", Numeric(7));
  check_type("boolean", true);
}

TEST_CASE("text, bytes, UUIDs, JSON and bits have columns") {
  check_type("text", "x"s);
  check_type("text", 'x');
  check_type("bytea", std::vector{std::byte{1}});
  check_type("uuid", boost::uuids::uuid{});
  check_type("jsonb", boost::json::value("x"));
  check_type("jsonb", Jsonb<std::vector<int>>{{1, 2}});
  check_type("jsonb", "json", Json<std::vector<int>>{{1, 2}});
  check_type("bit varying", BitString(5));
  check_type("bit varying", std::bitset<5>(5));
  check_type("inet", Inet());
}

TEST_CASE("dates and times have columns") {
  using namespace std::chrono;
  const sys_days day = 2024y / February / 29;
  check_type("timestamp with time zone", sys_time<microseconds>(day + 12h));
  check_type("timestamp without time zone", local_time<microseconds>(local_days(2024y / 2 / 29)));
  check_type("date", year_month_day(day));
  check_type("date", day);
  check_type("time without time zone", TimeOfDay(12, 34));
  check_type("time with time zone", OffsetTimeOfDay({12, 34}, 1h));
  check_type("interval", Interval{});
}

TEST_CASE("arrays of one dimension have columns") {
  check_type("smallint[]", std::vector<std::int16_t>{1});
  check_type("int4[]", "integer[]", std::vector{1, 2});
  check_type("bigint[]", std::vector<std::int64_t>{1, 2});
  check_type("bigint[]", std::vector<std::optional<std::int64_t>>{1, std::nullopt});
  check_type("text[]", std::vector{"a"s});
  check_type("text[]", std::vector<std::string>());
  check_type("text[]", std::array{"a"s, "b"s});
  check_type("text[]", std::deque{"a"s});
  check_type("uuid[]", std::vector{boost::uuids::uuid{}});
  check_type("uuid[]", std::vector{crdb::UuidKey(boost::uuids::uuid{})});
  check_type("timestamp with time zone[]",
             std::vector{std::chrono::sys_time<std::chrono::microseconds>(1us)});
  check_type("double precision[]", Array<double>{.dimensions = {{1, 1}}, .elements = {1.5}});
  check_type("text[]", Array<std::string>{.dimensions = {{1, 1}}, .elements = {"a"}});
  check_type("bit varying[]", std::vector{std::bitset<3>(5)});
}

TEST_CASE("a described enum is text, or the enum type that it is registered as") {
  check_type("text", Mood::ok);
  check_type("text[]", std::vector{Mood::ok, Mood::sad});
  for (AdaptersMap map : {adapters(), crdb::adapters()}) {
    EnumInfo info;
    info.name = "Mood";
    info.oid = 100056;
    info.array_oid = 100057;
    info.kind = TypeKind::enumeration;
    map.register_enum<Mood>(info);
    map.register_type(info);
    CHECK(column_sql<Mood>(map) == "\"Mood\"");
    info.regtype = "app.mood";
    map.register_type(info);
    CHECK(column_sql<Mood>(map) == "app.mood");
    CHECK(column_sql<std::vector<Mood>>(map) == "app.mood[]");
  }
}

TEST_CASE("types that PostgreSQL alone has are columns there") {
  check_type("", "integer[]", std::vector<std::vector<int>>{{1, 2}, {3, 4}});
  check_type("", "text[]", std::vector<std::vector<std::string>>{{"a"}, {"b"}});
  check_type("", "jsonb[]", std::vector{boost::json::value(1)});
  check_type("", "cidr", Cidr());
  check_type("", "macaddr", MacAddr{});
  check_type("", "int4range", Range<std::int32_t>(1, 5));
  check_type("", "int8multirange", Multirange<std::int64_t>{});
  check_type("", "point", geometric::Point{});
  check_type("", "tsvector", TsVector());
  check_type("", "money", Money{});
  check_type("", "xid8", Xid8{});
  check_type("", "pg_lsn", PgLsn{});
}

TEST_CASE("a registered composite type is a column, and no other struct is") {
  Connection conn = support::connect();
  conn.execute("CREATE TYPE pg_temp.spot AS (x int4, y int4)");
  const auto error = thrown_by<ProgrammingError>(
      [&] { conn.execute(create_table<One<Spot>>(sql::Identifier("pg_temp", "spots"))); });
  CHECK(contains(error.message(), "\"value\" ("));
  CHECK(contains(error.message(), "Spot"));
  CHECK(contains(error.message(), "can't be read from text"));
  conn.adapters().register_composite<Spot>(*CompositeInfo::fetch(conn, "spot"));
  conn.execute(create_table<One<Spot>>(sql::Identifier("pg_temp", "spots")));
  crdb::insert(conn, "spots", One<Spot>{{1, 2}});
  CHECK(conn.execute("SELECT value FROM spots").value<Spot>() == Spot{1, 2});
}

TEST_CASE("a type of an extension is a column where it is registered") {
  CHECK(column_sql<Vector>(crdb::adapters()) == "vector");
  const auto error = thrown_by<ProgrammingError>(
      [] { static_cast<void>(create_table<One<Vector>>("t").as_string()); });
  CHECK(contains(error.message(), "the type vector is not registered"));
}

TEST_CASE("a type that is registered at run time has the column of its dumper") {
  AdaptersMap map;
  const auto error = thrown_by<ProgrammingError>(
      [&] { static_cast<void>(create_table<One<Anything>>("t").as_string(map)); });
  CHECK(contains(error.message(), "\"value\""));
  map.register_dumper<Anything>("numeric", [](const Anything&) { return Numeric(1); });
  map.register_loader<Anything>("numeric", [](const Numeric&) { return Anything(); });
  CHECK(column_sql<Anything>(map) == "numeric");
  map.register_dumper<Anything>("bpchar", [](const Anything&) { return "x"s; });
  map.register_loader<Anything>("bpchar", [](const std::string&) { return Anything(); });
  CHECK(column_sql<Anything>(map) == "bpchar");
}

TEST_CASE("what CockroachDB does not have is no column there") {
  CHECK(contains(refusal_on_cockroach<Cidr>(), "CockroachDB v21.1.0 has no type cidr"));
  CHECK(contains(refusal_on_cockroach<MacAddr>(), "macaddr"));
  CHECK(contains(refusal_on_cockroach<geometric::Point>(), "point"));
  CHECK(contains(refusal_on_cockroach<Range<std::int32_t>>(), "range"));
  CHECK(contains(refusal_on_cockroach<Money>(), "money"));
  CHECK(contains(refusal_on_cockroach<Spot>(), "composite types"));
  CHECK(contains(refusal_on_cockroach<std::vector<std::vector<int>>>(), "several dimensions"));
  CHECK(contains(refusal_on_cockroach<std::vector<boost::json::value>>(), "arrays of jsonb"));
}

namespace {

struct Host {
  std::string name{};
  Cidr network{};
  std::optional<MacAddr> mac{};
};
BOOST_DESCRIBE_STRUCT(Host, (), (name, network, mac))

}  // namespace

TEST_CASE("one error names all the members that CockroachDB has no types for, before it is sent") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  std::uint_least32_t line = 0;
  const auto error = thrown_by<NotSupportedError>([&] {
    line = __LINE__ + 1;
    conn.execute(create_table<Host>("hosts"));
  });
  CHECK(error.message() ==
        "the table can't have these columns: \"network\" (palmetto::Cidr): CockroachDB v21.1.0 has "
        "no type cidr; \"mac\" (palmetto::MacAddr): CockroachDB v21.1.0 has no type macaddr");
  CHECK(error.where().line() == line);
  CHECK(cockroach.conversation().empty());
}
