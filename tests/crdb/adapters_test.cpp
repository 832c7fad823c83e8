// crdb::adapters(): the types and formats that a scripted server finds in Parse and Bind.

#include "palmetto/palmetto.hpp"

#include "sent.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace palmetto;
using namespace std::string_literals;
using namespace crdb_tests;
using support::contains;
using support::thrown_by;
using test::from_hex;

namespace {

constexpr Oid int8 = 20;
constexpr Oid int8_array = 1016;
constexpr Oid text_oid = 25;

// Types that PostgreSQL has and CockroachDB has not.
struct Network {};
struct Span {};

// A template as it is now, again at the end of the scope.
class Kept {
 public:
  explicit Kept(AdaptersMap& map) : map_(map), kept_(map) {}
  ~Kept() { map_ = kept_; }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

 private:
  AdaptersMap& map_;
  AdaptersMap kept_;
};

void send_bool_as_int8(AdaptersMap& map) {
  map.register_dumper<bool>("int8", [](bool value) { return std::int64_t{value}; });
}

Oid oid_of_bool(const Cockroach& cockroach, Connection& conn) {
  return sent(cockroach, conn, true).oid;
}

// Before main, and so before anything else could have used crdb::adapters().
const bool first_use_copied_a_change = [] {
  const Kept kept(adapters());
  adapters().register_type({.name = "changed_before", .oid = 100'052, .regtype = {}});
  return crdb::adapters().types().find("changed_before") != nullptr;
}();

}  // namespace

template <>
struct palmetto::Adapter<Network> {
  static constexpr TypeRef type = "cidr";
  static void write_text(Writer& out, const Network&) { out.append("10.0.0.0/8"); }
};

template <>
struct palmetto::Adapter<Span> {
  static constexpr TypeRef type = "int4range";
  static void write_text(Writer& out, const Span&) { out.append("[1,2)"); }
};

TEST_CASE("strings are sent to CockroachDB as text") {
  check_sent("hello"s, text_oid, Format::text, "hello");
  check_sent(std::string_view("hello"), text_oid, Format::text, "hello");
  check_sent("hello", text_oid, Format::text, "hello");
  check_sent(""s, text_oid, Format::text, "");
  check_sent('h', text_oid, Format::text, "h");
  check_sent(std::optional("hello"s), text_oid, Format::text, "hello");
  check_sent_null(std::optional<std::string>(), text_oid);
}

TEST_CASE("NULL without a type is sent to CockroachDB as text") {
  check_sent_null(nullptr, text_oid);
  check_sent_null(std::nullopt, text_oid);
  check_sent_null(static_cast<const char*>(nullptr), text_oid);
}

TEST_CASE("all integers are sent to CockroachDB as int8") {
  const std::string seven = from_hex("0000000000000007");
  check_sent(std::int16_t{7}, int8, Format::binary, seven);
  check_sent(7, int8, Format::binary, seven);
  check_sent(7L, int8, Format::binary, seven);
  check_sent(7LL, int8, Format::binary, seven);
  check_sent(std::uint16_t{7}, int8, Format::binary, seven);
  check_sent(7U, int8, Format::binary, seven);
  check_sent(std::int16_t{-7}, int8, Format::binary, from_hex("fffffffffffffff9"));
  check_sent(-7, int8, Format::binary, from_hex("fffffffffffffff9"));
  check_sent(std::uint16_t{65535}, int8, Format::binary, from_hex("000000000000ffff"));
  check_sent(std::optional(7), int8, Format::binary, seven);
  check_sent_null(std::optional<std::int16_t>(), int8);
  check_sent_null(std::optional<int>(), int8);
  check_sent_null(std::optional<std::int64_t>(), int8);
}

TEST_CASE("integers that are asked for in text are sent to CockroachDB as int8, too") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  conn.with({.parameters = Format::text}).execute("INSERT INTO t VALUES ($1)", -7);
  const support::SentParameter parameter = cockroach.server().statements().back().parameters.at(0);
  CHECK(parameter.oid == int8);
  CHECK(parameter.format == 0);
  CHECK(parameter.bytes.value_or("NULL") == "-7");
}

TEST_CASE("arrays of integers are sent to CockroachDB as int8[]") {
  // One dimension, no NULL, elements of OID 20; two of them, from 1; 8 bytes each.
  const std::string seven_and_minus_one = from_hex(
      "00000001 00000000 00000014  00000002 00000001"
      "00000008 0000000000000007  00000008 ffffffffffffffff");
  check_sent(std::vector{7, -1}, int8_array, Format::binary, seven_and_minus_one);
  check_sent(std::vector<std::int16_t>{7, -1}, int8_array, Format::binary, seven_and_minus_one);
  check_sent(std::vector<std::int64_t>{7, -1}, int8_array, Format::binary, seven_and_minus_one);
  check_sent(std::vector<std::optional<int>>{7, std::nullopt}, int8_array, Format::binary,
             from_hex("00000001 00000001 00000014  00000002 00000001"
                      "00000008 0000000000000007  ffffffff"));
  check_sent(std::vector<int>{}, int8_array, Format::binary,
             from_hex("00000000 00000000 00000014"));
  check_sent_null(std::optional<std::vector<int>>(), int8_array);
}

TEST_CASE("arrays of strings are sent to CockroachDB as text[]") {
  const support::SentParameter parameter = sent(std::vector{"a"s, "b"s});
  CHECK(parameter.oid == 1009);
  CHECK(parameter.format == 0);
  CHECK(parameter.bytes.value_or("NULL") == "{a,b}");
}

TEST_CASE("other types are sent to CockroachDB as to PostgreSQL") {
  check_sent(true, 16, Format::binary, from_hex("01"));
  check_sent(1.5, 701, Format::binary, from_hex("3ff8000000000000"));
  check_sent(1.5F, 700, Format::binary, from_hex("3fc00000"));
  CHECK(sent(std::vector{std::byte{1}}).oid == 17);
}

TEST_CASE("a plain connection to CockroachDB sends as to PostgreSQL") {
  Cockroach cockroach;
  Connection conn = connect(cockroach.server().conninfo());
  CHECK(sent(cockroach, conn, 7).oid == 23);
  CHECK(sent(cockroach, conn, "hello"s).oid == 0);
}

TEST_CASE("a type that CockroachDB does not have is refused before anything is sent") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const auto check_refused = [&](std::string_view type, auto&& action) {
    const auto error = thrown_by<NotSupportedError>(action);
    CHECK(contains(error.message(), type));
    CHECK(contains(error.message(), "CockroachDB"));
  };
  check_refused("cidr", [&] { conn.execute("INSERT INTO t VALUES ($1)", Network()); });
  check_refused("int4range", [&] { conn.execute("INSERT INTO t VALUES ($1)", Span()); });
  check_refused("cidr",
                [&] { conn.execute("INSERT INTO t VALUES ($1)", std::vector<Network>(1)); });
  check_refused("cidr",
                [&] { conn.execute("INSERT INTO t VALUES ($1)", std::optional<Network>()); });
  check_refused("cidr", [&] { conn.execute("INSERT INTO t VALUES ($1, $2)", 7, Network()); });
  check_refused("cidr", [&] {
    conn.transaction([](Transaction& tx) { tx.execute("INSERT INTO t VALUES ($1)", Network()); });
  });
  CHECK(cockroach.conversation().empty());
  CHECK_NOTHROW(conn.execute("INSERT"));
}

TEST_CASE("a type that CockroachDB does not have is sent by a plain connection") {
  Cockroach cockroach;
  Connection conn = connect(cockroach.server().conninfo());
  CHECK(sent(cockroach, conn, Network()).oid == 650);
}

TEST_CASE("the types of a connection are those that its version of CockroachDB has") {
  Cockroach v23_1(greeting_of("CockroachDB CCL v23.1.10"));
  crdb::CrdbConnection conn = v23_1.connect();
  const TypesRegistry& known = conn.adapters().types();
  struct Type {
    std::string_view name;
    Oid oid;
    Oid array_oid;
  };
  // psycopg-peewee.md, section 1.3, but for the arrays of jsonb: an OID is all that there is.
  static constexpr Type types[] = {
      {"\"char\"", 18, 1002},    {"bit", 1560, 1561},
      {"bool", 16, 1000},        {"bpchar", 1042, 1014},
      {"bytea", 17, 1001},       {"date", 1082, 1182},
      {"float4", 700, 1021},     {"float8", 701, 1022},
      {"inet", 869, 1041},       {"int2", 21, 1005},
      {"int2vector", 22, 1006},  {"int4", 23, 1007},
      {"int8", 20, 1016},        {"bigint", 20, 1016},
      {"integer", 20, 1016},     {"smallint", 21, 1005},
      {"interval", 1186, 1187},  {"json", 3802, 0},
      {"jsonb", 3802, 0},        {"name", 19, 1003},
      {"numeric", 1700, 1231},   {"oid", 26, 1028},
      {"oidvector", 30, 1013},   {"record", 2249, 2287},
      {"regclass", 2205, 2210},  {"regnamespace", 4089, 4090},
      {"regproc", 24, 1008},     {"regprocedure", 2202, 2207},
      {"regrole", 4096, 4097},   {"regtype", 2206, 2211},
      {"text", 25, 1009},        {"time", 1083, 1183},
      {"timestamp", 1114, 1115}, {"timestamptz", 1184, 1185},
      {"timetz", 1266, 1270},    {"tsquery", 3615, 3645},
      {"tsvector", 3614, 3643},  {"unknown", 705, 0},
      {"uuid", 2950, 2951},      {"varbit", 1562, 1563},
      {"varchar", 1043, 1015},
  };
  for (const Type& type : types) {
    CAPTURE(type.name);
    const TypeInfo* info = known.find(type.name);
    REQUIRE(info != nullptr);
    CHECK(info->oid == type.oid);
    CHECK(info->array_oid == type.array_oid);
  }

  static constexpr std::string_view missing[] = {
      "aclitem",
      "box",
      "cid",
      "cidr",
      "circle",
      "gtsvector",
      "jsonpath",
      "line",
      "lseg",
      "macaddr",
      "macaddr8",
      "money",
      "path",
      "pg_lsn",
      "point",
      "polygon",
      "refcursor",
      "regcollation",
      "regconfig",
      "regdictionary",
      "regoper",
      "regoperator",
      "tid",
      "txid_snapshot",
      "xid",
      "xid8",
      "xml",
      "int4range",
      "int8range",
      "numrange",
      "tsrange",
      "tstzrange",
      "daterange",
      "int4multirange",
      "int8multirange",
      "nummultirange",
      "tsmultirange",
      "tstzmultirange",
      "datemultirange",
  };
  for (const std::string_view type : missing) {
    CAPTURE(type);
    CHECK(known.find(type) == nullptr);
  }
  CHECK(known.find(Oid{114}) == nullptr);
}

TEST_CASE("a type is there from the version on that has it") {
  struct Later {
    std::string_view name;
    Oid oid;
    Oid array_oid;
    std::string_view last_without;
    std::string_view first_with;
  };
  static constexpr Later later[] = {
      {"tsvector", 3614, 3643, "v22.2.19", "v23.1.0"},
      {"tsquery", 3615, 3645, "v22.2.19", "v23.1.0"},
      {"pg_lsn", 3220, 3221, "v23.1.29", "v23.2.0"},
      {"refcursor", 1790, 2201, "v23.1.29", "v23.2.0"},
      {"vector", 90006, 90007, "v24.1.9", "v24.2.0"},
      {"jsonpath", 4072, 4073, "v25.1.5", "v25.2.0"},
      {"citext", 90008, 90009, "v25.2.6", "v25.3.0"},
  };
  for (const Later& type : later) {
    CAPTURE(type.name);
    Cockroach before(greeting_of(type.last_without));
    Cockroach since(greeting_of(type.first_with));
    crdb::CrdbConnection without = before.connect();
    crdb::CrdbConnection with = since.connect();
    CHECK(without.adapters().types().find(type.name) == nullptr);
    CHECK(without.adapters().types().find(type.oid) == nullptr);
    const TypeInfo* info = with.adapters().types().find(type.name);
    REQUIRE(info != nullptr);
    CHECK(info->oid == type.oid);
    CHECK(info->array_oid == type.array_oid);
  }
}

TEST_CASE("a type that the version does not have yet is refused before anything is sent") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const auto error =
      thrown_by<NotSupportedError>([&] { conn.execute("INSERT INTO t VALUES ($1)", PgLsn()); });
  CHECK(contains(error.message(), "CockroachDB v21.1.0 has no type pg_lsn"));
  CHECK(cockroach.conversation().empty());
}

TEST_CASE("a user's own type of a later type's name is left as it is") {
  const Kept kept(crdb::adapters());
  crdb::adapters().register_type({.name = "vector", .oid = 100052, .array_oid = 100053});
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  REQUIRE(conn.adapters().types().find("vector") != nullptr);
  CHECK(conn.adapters().types().find("vector")->oid == 100052);
}

TEST_CASE("messages call CockroachDB's types by their own names, not by their aliases") {
  const TypesRegistry& types = crdb::adapters().types();
  CHECK(types.display(3802) == "jsonb");
  CHECK(types.display(3807) == "jsonb[]");
  CHECK(types.display(20) == "int8");
  CHECK(types.display(23) == "int4");
  CHECK(types.find(Oid{20})->regtype == "bigint");
  CHECK(types.find(Oid{23})->regtype == "int4");  // "integer" is int8
}

TEST_CASE("a change to crdb::adapters() reaches the connections made afterwards, and no others") {
  Cockroach cockroach;
  crdb::CrdbConnection before = cockroach.connect();
  const Kept kept(crdb::adapters());
  send_bool_as_int8(crdb::adapters());
  crdb::CrdbConnection after = cockroach.connect();
  Connection plain = connect(cockroach.server().conninfo());
  CHECK(oid_of_bool(cockroach, before) == 16);
  CHECK(oid_of_bool(cockroach, after) == int8);
  CHECK(oid_of_bool(cockroach, plain) == 16);
}

TEST_CASE("a change to a connection's adapters reaches that connection alone") {
  Cockroach cockroach;
  crdb::CrdbConnection changed = cockroach.connect();
  send_bool_as_int8(changed.adapters());
  crdb::CrdbConnection other = cockroach.connect();
  CHECK(oid_of_bool(cockroach, changed) == int8);
  CHECK(oid_of_bool(cockroach, other) == 16);
}

TEST_CASE("a change to palmetto::adapters() does not reach connections to CockroachDB") {
  Cockroach cockroach;
  const Kept kept(adapters());
  send_bool_as_int8(adapters());
  crdb::CrdbConnection conn = cockroach.connect();
  Connection plain = connect(cockroach.server().conninfo());
  CHECK(oid_of_bool(cockroach, conn) == 16);
  CHECK(oid_of_bool(cockroach, plain) == int8);
}

TEST_CASE("a change to palmetto::adapters() does not reach crdb::adapters() before its first use") {
  CHECK_FALSE(first_use_copied_a_change);
}

TEST_CASE("the adapters that the options name come instead of CockroachDB's") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect({.adapters = adapters()});
  CHECK(sent(cockroach, conn, 7).oid == 23);
}
