// Changefeeds, on scripted servers. The rows are v21.1's own (cockroachdb-observed.md, section 8);
// other columns are as AsJSON in CockroachDB's pkg/sql/sem/tree writes them.

#include "palmetto/crdb/changefeed.hpp"

#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/enumeration.hpp"
#include "palmetto/adapters/interval.hpp"
#include "palmetto/adapters/json.hpp"
#include "palmetto/adapters/network.hpp"
#include "palmetto/adapters/numeric.hpp"
#include "palmetto/adapters/time_of_day.hpp"
#include "palmetto/adapters/uuid.hpp"
#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/thrown.hpp"
#include "support/wire_message.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/uuid/string_generator.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <ranges>
#include <thread>
#include <tuple>

using namespace palmetto;
using namespace std::chrono_literals;
using crdb::changefeed;
using crdb::CrdbConnection;
using crdb::HlcTimestamp;
using crdb::InitialScan;
using crdb::SystemTime;
using crdb_tests::Cockroach;
using support::Answer;
using support::contains;
using support::thrown_by;

namespace {

namespace json = boost::json;

struct Message {
  std::optional<std::string> table;
  std::optional<std::string> key;
  std::string value;
};

// The rows of a feed, which end with their number unless `followed_by` something else.
Answer messages(const std::vector<Message>& messages) {
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (const Message& message : messages)
    rows.push_back({message.table, message.key, message.value});
  return support::rows({{"table", 25}, {"key", 17}, {"value", 17}}, std::move(rows));
}

Answer canceled() {
  return support::error("57014", "query execution canceled",
                        {{'F', "cancel_checker.go"}, {'L', "74"}, {'R', "init"}});
}

// A feed that goes on, until it is cancelled.
Answer open_feed(const std::vector<Message>& some) {
  return support::followed_by(messages(some), [] { return support::when_cancelled(canceled()); });
}

const std::vector<Message> three = {{"n", "[1]", R"({"after": {"a": 1, "b": "q1"}})"},
                                    {"n", "[2]", R"({"after": {"a": 2, "b": "q2"}})"},
                                    {"n", "[3]", R"({"after": {"a": 3, "b": "q3"}})"}};

// Takes cancel requests, as v22.1 and later do.
struct Later : Cockroach {
  Later() : Cockroach(crdb_tests::greeting_of("CockroachDB CCL v22.1.3 (x86_64)", 7)) {}
};

void check_usable(CrdbConnection& conn) {
  CHECK_FALSE(conn.closed());
  CHECK(conn.execute("INSERT INTO n VALUES (1)").command_tag() == "INSERT 0 1");
}

struct Pair {
  std::int64_t a = 0;
  std::string b;
  friend bool operator==(const Pair&, const Pair&) = default;
};
BOOST_DESCRIBE_STRUCT(Pair, (), (a, b))

static_assert(std::ranges::input_range<crdb::Changefeed<Pair, json::array>>);

enum class Mood { sad, ok };
BOOST_DESCRIBE_ENUM(Mood, sad, ok)

struct Observed {
  std::int64_t a = 0;
  std::optional<std::vector<std::int64_t>> arr;
  std::string b;
  std::optional<std::vector<std::byte>> by;
  std::optional<json::value> j;
  std::optional<std::chrono::sys_time<std::chrono::microseconds>> ts;
};
BOOST_DESCRIBE_STRUCT(Observed, (), (a, arr, b, by, j, ts))

struct Defaulted {
  std::int64_t a = 0;
  std::optional<std::string> b = "none given";
};
BOOST_DESCRIBE_STRUCT(Defaulted, (), (a, b))

template <class T>
struct One {
  T x{};
  BOOST_DESCRIBE_CLASS(One, (), (x), (), ())
};

// What a column x of the table t is read as, from its JSON.
template <class T>
T read(const std::string& column, const AdaptersMap& map = crdb::adapters()) {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED",
                 messages({{"t", "[1]", "{\"after\": {\"x\": " + column + "}}"}}));
  CrdbConnection conn = cockroach.connect({.adapters = map});
  auto feed = changefeed<One<T>>(conn, {"t"});
  return feed.next()->after->x;
}

template <class T>
std::string refusal(const std::string& column) {
  return thrown_by<DataError>([&] { static_cast<void>(read<T>(column)); }).message();
}

// What a feed with these options is opened by.
std::string statement(Cockroach& cockroach, const std::vector<crdb::Table>& tables,
                      const crdb::ChangefeedOptions& options = {}) {
  cockroach.next("CREATE CHANGEFEED", messages({}));
  CrdbConnection conn = cockroach.connect();
  CHECK_FALSE(changefeed(conn, tables, options).next());
  return cockroach.server().statements().back().text;
}
std::string statement(const std::vector<crdb::Table>& tables,
                      const crdb::ChangefeedOptions& options = {}) {
  Cockroach cockroach;
  return statement(cockroach, tables, options);
}

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

}  // namespace

// --- Events --------------------------------------------------------------------------------------

TEST_CASE("a changefeed tells the rows, their changes, and up to when it has told all") {
  Cockroach cockroach;
  cockroach.next(
      "CREATE CHANGEFEED",
      messages({
          {"n", "[11]",
           R"({"after": {"a": 11, "b": "x"}, "updated": "1795215609272937339.0000000000"})"},
          {"n", "[100]",
           R"({"after": {"a": 100, "b": "new"}, "updated": "1795215609277700631.0000000000"})"},
          {std::nullopt, std::nullopt, R"({"resolved":"1795215609272937339.0000000000"})"},
          {"n", "[100]", R"({"after": null, "updated": "1795215609317377010.0000000000"})"},
      }));
  CrdbConnection conn = cockroach.connect();
  std::string told;
  for (const auto& event : changefeed(conn, {"n"}, {.resolved = 1s, .updated = true})) {
    if (event.resolved) {
      told += "resolved " + event.resolved->to_string() + '\n';
      CHECK(event.table.empty());
      CHECK_FALSE(event.updated);
      continue;
    }
    CHECK_FALSE(event.before);
    told += event.table + ' ' + json::serialize(event.key) + ' ' +
            (event.after ? json::serialize(*event.after) : "deleted") + ' ' +
            event.updated->to_string() + '\n';
  }
  CHECK(told ==
        "n [11] {\"a\":11,\"b\":\"x\"} 1795215609272937339.0000000000\n"
        "n [100] {\"a\":100,\"b\":\"new\"} 1795215609277700631.0000000000\n"
        "resolved 1795215609272937339.0000000000\n"
        "n [100] deleted 1795215609317377010.0000000000\n");
  check_usable(conn);
  CHECK(cockroach.conversation() ==
        "CREATE CHANGEFEED FOR \"n\" WITH resolved = '1000ms', updated\n"
        "INSERT INTO n VALUES (1)\n");
}

TEST_CASE("with diff an event has the row as it was, too") {
  Cockroach cockroach;
  cockroach.next(
      "CREATE CHANGEFEED",
      messages({
          {"n", "[100]", R"({"after": {"a": 100, "b": "new"}, "before": null})"},
          {"n", "[100]", R"({"after": {"a": 100, "b": "upd"}, "before": {"a": 100, "b": "new"}})"},
          {"n", "[100]", R"({"after": null, "before": {"a": 100, "b": "upd"}})"},
      }));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"}, {.diff = true});
  const auto inserted = feed.next();
  CHECK_FALSE(inserted->before);
  CHECK(*inserted->after == Pair{100, "new"});
  const auto updated = feed.next();
  CHECK(*updated->before == Pair{100, "new"});
  CHECK(*updated->after == Pair{100, "upd"});
  const auto deleted = feed.next();
  CHECK(*deleted->before == Pair{100, "upd"});
  CHECK_FALSE(deleted->after);
  CHECK_FALSE(feed.next());
  CHECK_FALSE(feed.next());
}

TEST_CASE("rows are read as described structs, by the columns' names") {
  Cockroach cockroach;
  cockroach.next(
      "CREATE CHANGEFEED",
      messages({
          {"cp", "[17]",
           R"({"after": {"a": 17, "arr": null, "b": "q,\"z\"", "by": null, "j": null, "ts": null}})"},
          {"cp", "[60]",
           R"({"after": {"a": 60, "arr": [1, 2], "b": "s", "by": "\\x00ff", "j": {"a": 1}, "ts": "2000-01-01T00:00:00Z"}})"},
      }));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Observed>(conn, {"cp"});
  const Observed nulls = feed.next()->after.value();
  CHECK(nulls.a == 17);
  CHECK(nulls.b == "q,\"z\"");
  CHECK_FALSE(nulls.arr);
  CHECK_FALSE(nulls.by);
  CHECK_FALSE(nulls.j);
  CHECK_FALSE(nulls.ts);
  const Observed values = feed.next()->after.value();
  CHECK(values.arr == std::vector<std::int64_t>{1, 2});
  CHECK(values.by == bytes({0x00, 0xff}));
  CHECK(*values.j == json::value{{"a", 1}});
  CHECK(*values.ts == std::chrono::sys_days(std::chrono::year(2000) / 1 / 1));
}

TEST_CASE("a column that is NULL empties its member, whatever a new struct has there") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED",
                 messages({{"n", "[1]", R"({"after": {"a": 1, "b": null}})"}}));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Defaulted>(conn, {"n"});
  CHECK_FALSE(feed.next()->after->b);
}

TEST_CASE("columns that the struct has no member for are left aside, in whatever order they come") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED",
                 messages({{"n", "[1]", R"({"after": {"z": [{}], "b": "x", "c": 1e5, "a": 1}})"}}));
  CrdbConnection conn = cockroach.connect();
  CHECK(changefeed<Pair>(conn, {"n"}).next()->after == Pair{1, "x"});
}

TEST_CASE("a member that there is no column for is a DataError that names it") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", messages({{"n", "[1]", R"({"after": {"a": 1}})"}, three[1]}));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  const auto error = thrown_by<DataError>([&] { static_cast<void>(feed.next()); });
  CHECK(error.message() == "the changefeed of \"n\", column \"b\": the row has no such column");
  CHECK(error.statement() == "CREATE CHANGEFEED FOR \"n\"");
  CHECK(contains(error.where().file_name(), "changefeed_test.cpp"));
  // It can go on.
  CHECK(feed.next()->after == Pair{2, "q2"});
}

TEST_CASE("each type of CockroachDB's is read exactly") {
  using namespace std::chrono;
  CHECK(read<bool>("true"));
  CHECK_FALSE(read<bool>("false"));
  CHECK(read<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(read<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(read<std::int32_t>("7") == 7);
  CHECK(read<std::int16_t>("-7") == -7);
  CHECK(read<double>("0.1") == 0.1);
  CHECK(read<double>("1E+300") == 1e300);
  CHECK(read<float>("0.1") == 0.1F);
  CHECK(std::isnan(read<double>("\"NaN\"")));
  CHECK(read<double>("\"-Infinity\"") == -std::numeric_limits<double>::infinity());
  CHECK(read<Numeric>("12345678901234567890.12345678901234567890").to_string() ==
        "12345678901234567890.12345678901234567890");
  CHECK(read<Numeric>("1.50").to_string() == "1.50");
  CHECK(read<Numeric>("1E+400").to_string() == "1" + std::string(400, '0'));
  CHECK(read<Numeric>("\"NaN\"").is_nan());
  CHECK(read<std::string>(R"("a\u00fc\ud83d\ude00\n\"\\")") == "a\u00fc\U0001F600\n\"\\");
  CHECK(read<boost::uuids::uuid>("\"63616665-6630-3064-6465-616462656562\"") ==
        boost::uuids::string_generator()("63616665-6630-3064-6465-616462656562"));
  CHECK(read<sys_time<microseconds>>("\"2026-11-21T12:00:00.123456Z\"") ==
        sys_days(2026y / 11 / 21) + 12h + 123456us);
  CHECK(read<local_time<microseconds>>("\"2026-11-21T12:00:00.5\"") ==
        local_days(2026y / 11 / 21) + 12h + 500ms);
  CHECK(read<year_month_day>("\"2026-11-21\"") == 2026y / 11 / 21);
  CHECK(read<TimeOfDay>("\"12:34:56.789\"") == TimeOfDay(12h + 34min + 56s + 789ms));
  CHECK(read<Interval>("\"1 mon 2 days 03:04:05\"") == Interval{1, 2, 3h + 4min + 5s});
  CHECK(read<std::vector<std::byte>>(R"("\\x00ff")") == bytes({0x00, 0xff}));
  CHECK(read<Inet>("\"192.168.0.1/24\"") == Inet::parse("192.168.0.1/24"));
  CHECK(read<Mood>("\"ok\"") == Mood::ok);
}

TEST_CASE("years before Christ are those of RFC 3339, which has a year 0") {
  using namespace std::chrono;
  CHECK(read<sys_time<microseconds>>("\"0000-12-31T00:00:00Z\"") == sys_days(0y / 12 / 31));
  CHECK(read<sys_time<microseconds>>("\"-0043-03-15T00:00:00Z\"") == sys_days(-43y / 3 / 15));
  for (const char* year : {"-2147483648", "-2147483647", "-2147483649", "2147483648"}) {
    const std::string text = std::string("\"") + year + "-01-01T00:00:00Z\"";
    CHECK(contains(refusal<sys_time<microseconds>>(text), "column \"x\""));
  }
}

TEST_CASE("arrays are read as arrays, whatever is in their elements") {
  using namespace std::chrono;
  CHECK(read<std::vector<std::string>>(R"(["a", "", "{,}", "NULL", "\"\\", "null"])") ==
        std::vector<std::string>{"a", "", "{,}", "NULL", "\"\\", "null"});
  CHECK(read<std::vector<std::optional<std::int64_t>>>("[1, null, 3]") ==
        std::vector<std::optional<std::int64_t>>{1, std::nullopt, 3});
  CHECK(read<std::vector<Numeric>>("[1.10, 2]").at(0).to_string() == "1.10");
  CHECK(read<std::vector<bool>>("[ true , false ]") == std::vector<bool>{true, false});
  CHECK(read<std::vector<std::int64_t>>("[]").empty());
  CHECK(read<std::vector<sys_time<microseconds>>>("[\"2000-01-01T00:00:00Z\"]") ==
        std::vector<sys_time<microseconds>>{sys_days(2000y / 1 / 1)});
  CHECK(read<std::array<std::int64_t, 2>>("[1, 2]") == std::array<std::int64_t, 2>{1, 2});
}

TEST_CASE("documents are read as they stand") {
  CHECK(read<json::value>("{\"a\": [1, 2.5, null]}") == json::parse("{\"a\":[1,2.5,null]}"));
  CHECK(read<json::value>("null").is_null());
  CHECK_FALSE(read<std::optional<json::value>>("null"));
  CHECK(read<Jsonb<Pair>>(R"({"a": 1, "b": "x"})").value == Pair{1, "x"});
  CHECK(read<std::string>(R"({"a": 1.10,  "b": []})") == R"({"a": 1.10,  "b": []})");
  CHECK(read<std::string>("1.10") == "1.10");
  CHECK(read<std::string>("true") == "true");
}

TEST_CASE("what is registered on the connection reads columns, too") {
  AdaptersMap map = crdb::adapters();
  map.register_loader<Mood>(
      "text", [](std::string_view label) { return label == "so-so" ? Mood::ok : Mood::sad; });
  CHECK(read<Mood>("\"so-so\"", map) == Mood::ok);
}

TEST_CASE(
    "a column that is something else than the member is a DataError naming it and its table") {
  const std::string column = "the changefeed of \"t\", column \"x\": ";
  CHECK(refusal<std::int64_t>("\"12\"") ==
        column + "a string in the JSON, which can't be read as std::int64_t");
  CHECK(refusal<std::int64_t>("1.5").starts_with(column));
  CHECK(refusal<std::int32_t>("2147483648").starts_with(column));
  CHECK(refusal<bool>("1") == column + "a number in the JSON, which can't be read as bool");
  CHECK(refusal<Numeric>("\"1.5\"").starts_with(column + "a string"));
  CHECK(refusal<std::vector<std::int64_t>>("1").starts_with(column + "a number"));
  CHECK(refusal<std::vector<std::int64_t>>("[[1], [2]]").starts_with(column + "an array"));
  CHECK(refusal<std::vector<std::int64_t>>("[1, null]").starts_with(column));
  CHECK(refusal<boost::uuids::uuid>("\"x\"").starts_with(column));
  CHECK(refusal<Mood>("\"happy\"").starts_with(column));
  CHECK(refusal<std::string>("null") ==
        column + "NULL, which the C++ type does not take; std::optional does");
}

TEST_CASE("a type that no column can be read as is refused before anything is sent") {
  Cockroach cockroach;
  CrdbConnection conn = cockroach.connect();
  const auto error =
      thrown_by<ProgrammingError>([&] { static_cast<void>(changefeed<One<Cidr>>(conn, {"t"})); });
  CHECK(contains(error.message(), "Cidr"));
  CHECK(cockroach.conversation().empty());
}

TEST_CASE("keys are read as arrays, as tuples, or as the one column that they are") {
  Later cockroach;
  CrdbConnection conn = cockroach.connect();
  const auto next_key = [&](const char* key) {
    cockroach.next("CREATE CHANGEFEED", messages({{"t", key, "{\"after\": null}"}}));
  };
  next_key("[1, \"x\"]");
  CHECK(changefeed(conn, {"t"}).next()->key == json::array{1, "x"});
  next_key("[12345678901234567890.5, \"x\"]");
  const auto [number, text] =
      changefeed<Pair, std::tuple<Numeric, std::string>>(conn, {"t"}).next()->key;
  CHECK(number.to_string() == "12345678901234567890.5");
  CHECK(text == "x");
  next_key("[100]");
  CHECK(changefeed<Pair, std::int64_t>(conn, {"t"}).next()->key == 100);
  next_key("[100, 1]");
  CHECK(thrown_by<DataError>([&] {
          static_cast<void>(changefeed<Pair, std::int64_t>(conn, {"t"}).next());
        }).message() == "the changefeed of \"t\": the key has 2 columns, the C++ type takes 1");
  next_key("[\"x\"]");
  CHECK(
      thrown_by<DataError>([&] {
        static_cast<void>(changefeed<Pair, std::int64_t>(conn, {"t"}).next());
      }).message() ==
      "the changefeed of \"t\", column 1 of the key: a string in the JSON, which can't be read as "
      "std::int64_t");
}

TEST_CASE("what is no message of a changefeed is a DataError, and the feed goes on") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", messages({{"n", "[1]", "{\"after\": {\"a\": 1"},
                                                {"n", "[1]", "[]"},
                                                {"n", "[1]", "{}"},
                                                {"n", "[1]", "{\"after\": 1}"},
                                                {"n", "1", "{\"after\": null}"},
                                                {"n", std::nullopt, "{\"after\": null}"},
                                                {"n", "[1]", "{\"resolved\": 1}"},
                                                {"n", "[1]", "{\"resolved\": \"now\"}"},
                                                {"n", "[1]", "{\"after\": {\"b\": NaN}}"},
                                                three[0]}));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  for (int i = 0; i < 9; ++i) {
    CAPTURE(i);
    const auto error = thrown_by<DataError>([&] { static_cast<void>(feed.next()); });
    CHECK(error.message().starts_with("the changefeed of \"n\""));
  }
  CHECK(feed.next()->after == Pair{1, "q1"});
}

TEST_CASE("rows of other columns than a changefeed's are a TypeMismatch") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", support::rows({{"job_id", 20}}, {{std::string(8, '\1')}}));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed(conn, {"n"});
  CHECK_THROWS_AS(static_cast<void>(feed.next()), TypeMismatch);
}

// --- Options -------------------------------------------------------------------------------------

TEST_CASE("the statement has the tables as names, and the options as they are called") {
  CHECK(statement({"accounts"}) == "CREATE CHANGEFEED FOR \"accounts\"");
  CHECK(statement({"a", "b"}) == "CREATE CHANGEFEED FOR \"a\", \"b\"");
  CHECK(statement({sql::Identifier("bank", "public", "accounts"), "Odd \"name\""}) ==
        "CREATE CHANGEFEED FOR \"bank\".\"public\".\"accounts\", \"Odd \"\"name\"\"\"");
  CHECK(statement({"n"}, {.resolved = 0s}) == "CREATE CHANGEFEED FOR \"n\" WITH resolved");
  CHECK(statement({"n"}, {.initial_scan = InitialScan::no}) ==
        "CREATE CHANGEFEED FOR \"n\" WITH no_initial_scan");
  CHECK(statement({"n"}, {.resolved = 1500ms,
                          .updated = true,
                          .diff = true,
                          .initial_scan = InitialScan::yes,
                          .cursor = SystemTime("-10s"),
                          .with = {{"full_table_name"}, {"schema_change_policy", "st'op"}}}) ==
        "CREATE CHANGEFEED FOR \"n\" WITH resolved = '1500ms', updated, diff, initial_scan, "
        "cursor = '-10s', \"full_table_name\", \"schema_change_policy\" = 'st''op'");
  CHECK(statement({"n"}, {.cursor = HlcTimestamp::parse("1795215609272937339.0000000002")}) ==
        "CREATE CHANGEFEED FOR \"n\" WITH cursor = '1795215609272937339.0000000002'");
}

TEST_CASE("options that only later versions have are refused before anything is sent") {
  Later later;
  CHECK(statement(later, {"n"},
                  {.initial_scan = InitialScan::only, .min_checkpoint_frequency = 100ms}) ==
        "CREATE CHANGEFEED FOR \"n\" WITH initial_scan = 'only', "
        "min_checkpoint_frequency = '100ms'");

  Cockroach cockroach;
  CrdbConnection conn = cockroach.connect();
  const auto refused = [&](const crdb::ChangefeedOptions& options) {
    return thrown_by<NotSupportedError>(
               [&] { static_cast<void>(changefeed(conn, {"n"}, options)); })
        .message();
  };
  CHECK(contains(refused({.initial_scan = InitialScan::only}), "v22.1.0"));
  CHECK(contains(refused({.min_checkpoint_frequency = 100ms}), "v22.1.0"));
  CHECK(cockroach.conversation().empty());
}

TEST_CASE("options that the events could not be read with are refused, and no tables are") {
  Cockroach cockroach;
  CrdbConnection conn = cockroach.connect();
  CHECK_THROWS_AS(static_cast<void>(changefeed(conn, {"n"}, {.with = {{"format", "avro"}}})),
                  ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(changefeed(conn, {"n"}, {.with = {{"envelope", "row"}}})),
                  ProgrammingError);
  for (const SystemTime& time : {SystemTime::follower_read(), SystemTime::with_max_staleness(10s)})
    CHECK_THROWS_AS(static_cast<void>(changefeed(conn, {"n"}, {.cursor = time})), ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(changefeed(conn, std::vector<crdb::Table>())),
                  ProgrammingError);
  CHECK(cockroach.conversation().empty());
}

// --- Endings -------------------------------------------------------------------------------------

TEST_CASE("the events come while the feed goes on, and leaving it cancels it") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect();
  int events = 0;
  for (const auto& event : changefeed<Pair>(conn, {"n"}))
    if (++events; event.after->a == 3) break;
  CHECK(events == 3);
  CHECK(cockroach.server().cancels() == 1);
  check_usable(conn);
}

TEST_CASE("leaving a feed drops what is still to come") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect();
  for (const auto& event : changefeed<Pair>(conn, {"n"}))
    if (event.after->a == 1) break;
  check_usable(conn);
}

TEST_CASE("an exception in the loop leaves the feed") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect();
  const auto consume = [&] {
    for (const auto& event : changefeed<Pair>(conn, {"n"}))
      if (event.after) throw std::domain_error("the caller's");
  };
  CHECK_THROWS_AS(consume(), std::domain_error);
  CHECK(cockroach.server().cancels() == 1);
  check_usable(conn);
}

TEST_CASE("a feed that was closed, or moved from, has ended") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  CHECK(feed.next()->after->a == 1);
  auto moved = std::move(feed);
  CHECK(moved.next()->after->a == 2);
  feed.close();
  CHECK_FALSE(feed.next());
  CHECK(moved.next()->after->a == 3);
  moved.close();
  CHECK_FALSE(moved.next());
  moved.close();
  check_usable(conn);
}

TEST_CASE("assigning another feed leaves the one before") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect();
  CrdbConnection second = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  CHECK(feed.next()->after->a == 1);
  cockroach.next("CREATE CHANGEFEED", messages(three));
  feed = changefeed<Pair>(second, {"n"});
  check_usable(conn);
}

TEST_CASE("a feed that ends by itself ends the loop") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", messages(three));
  CrdbConnection conn = cockroach.connect();
  int events = 0;
  for (const auto& event : changefeed<Pair>(conn, {"n"}, {.initial_scan = InitialScan::only}))
    events += event.after->a > 0;
  CHECK(events == 3);
  CHECK(cockroach.server().cancels() == 0);
  check_usable(conn);
}

TEST_CASE("a cancel from another thread is thrown as QueryCanceled") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed({three[0]}));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  CHECK(feed.next()->after->a == 1);
  std::thread canceller([&] { conn.cancel(); });
  const auto error = thrown_by<errors::QueryCanceled>([&] { static_cast<void>(feed.next()); });
  canceller.join();
  CHECK(error.statement() == "CREATE CHANGEFEED FOR \"n\"");
  CHECK_FALSE(feed.next());
  check_usable(conn);
}

TEST_CASE(
    "a cancel by someone else, of a version that takes no requests, leaves the connection usable") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", support::followed_by(messages({three[0]}), canceled));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  CHECK(feed.next()->after->a == 1);
  CHECK_THROWS_AS(static_cast<void>(feed.next()), errors::QueryCanceled);
  check_usable(conn);
}

TEST_CASE("the deadline ends the feed by OperationTimeout, the connection's own timeout does not") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect({.timeout = 1ms});
  const auto begin = std::chrono::steady_clock::now();
  auto feed = changefeed<Pair>(conn, {"n"}, {.deadline = begin + 200ms});
  const auto error = thrown_by<OperationTimeout>([&] {
    while (feed.next()) continue;
  });
  CHECK(std::chrono::steady_clock::now() - begin >= 200ms);
  CHECK(error.statement() == "CREATE CHANGEFEED FOR \"n\"");
  CHECK(cockroach.server().cancels() == 1);
  CHECK_FALSE(feed.next());
  CHECK_FALSE(conn.closed());
}

TEST_CASE("a server that does not confirm the cancel loses the connection after the grace period") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", support::followed_by(messages(three), support::silence));
  CrdbConnection conn = cockroach.connect({.grace = 100ms});
  const auto begin = std::chrono::steady_clock::now();
  {
    auto feed = changefeed<Pair>(conn, {"n"});
    CHECK(feed.next());
  }
  CHECK(std::chrono::steady_clock::now() - begin >= 100ms);
  CHECK(conn.closed());
  CHECK(conn.broken());
  CHECK(contains(thrown_by<InterfaceError>([&] { conn.execute("SELECT 1"); }).message(),
                 "rows that were still arriving were left"));
}

TEST_CASE("leaving closes the connection at once where the server takes no cancel requests") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect({.grace = 1h});
  for (const auto& event : changefeed<Pair>(conn, {"n"}))
    if (event.after) break;
  CHECK(conn.closed());
  CHECK(cockroach.server().cancels() == 0);
}

TEST_CASE("the deadline closes the connection there, too") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed({}));
  CrdbConnection conn = cockroach.connect({.grace = 1h});
  auto feed = changefeed<Pair>(conn, {"n"}, {.deadline = std::chrono::steady_clock::now() + 50ms});
  CHECK_THROWS_AS(static_cast<void>(feed.next()), OperationTimeout);
  CHECK(conn.closed());
}

TEST_CASE("with a cancel by other means the connection stays usable there") {
  Cockroach cockroach;
  std::atomic<bool> is_cancelled = false;
  cockroach.next("CREATE CHANGEFEED", support::followed_by(messages(three), [&] {
                   is_cancelled.wait(false);
                   return canceled();
                 }));
  CrdbConnection conn = cockroach.connect();
  const auto cancel = [&] {
    is_cancelled = true;
    is_cancelled.notify_all();
  };
  for (const auto& event : changefeed<Pair>(conn, {"n"}, {.cancel = cancel}))
    if (event.after) break;
  CHECK(is_cancelled);
  check_usable(conn);
}

TEST_CASE("a cancel by other means that throws closes the connection") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect({.grace = 1h});
  const auto fail = [] { throw std::runtime_error("the other connection is gone"); };
  { const auto feed = changefeed<Pair>(conn, {"n"}, {.cancel = fail}); }
  CHECK(conn.closed());
}

TEST_CASE("what the server says of the tables is thrown by the first event") {
  Cockroach cockroach;
  cockroach.next(
      "CREATE CHANGEFEED", support::followed_by(messages({}), [] {
        return support::error(
            "XXUUU",
            "failed to resolve targets in the CHANGEFEED stmt: table \"nosuch\" does not exist",
            {{'F', "targets.go"}, {'L', "358"}, {'R', "DescriptorsMatchingTargets"}});
      }));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed(conn, {"nosuch"});
  const auto error = thrown_by<errors::Uncategorized>([&] { static_cast<void>(feed.next()); });
  CHECK(error.sqlstate() == "XXUUU");
  CHECK(contains(error.message(), "table \"nosuch\" does not exist"));
  CHECK(error.statement() == "CREATE CHANGEFEED FOR \"nosuch\"");
  check_usable(conn);
}

TEST_CASE("an error behind the rows is thrown behind them") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", support::followed_by(messages(three), [] {
                   return support::error(
                       "XXUUU",
                       "kv/kvserver/replica_rangefeed.go:132: rangefeeds require the "
                       "kv.rangefeed.enabled setting. See "
                       "https://www.cockroachlabs.com/docs/v21.1/"
                       "change-data-capture.html#enable-rangefeeds-to-reduce-latency",
                       {{'F', "errors.go"}, {'L', "188"}, {'R', "NewErrorf"}});
                 }));
  CrdbConnection conn = cockroach.connect();
  int events = 0;
  const auto consume = [&] {
    for (const auto& event : changefeed<Pair>(conn, {"n"})) events += event.after.has_value();
  };
  const auto error = thrown_by<errors::Uncategorized>(consume);
  CHECK(contains(error.message(), "kv.rangefeed.enabled"));
  CHECK(events == 3);
  check_usable(conn);
}

TEST_CASE("an error behind the answer is thrown, too: it is of the statement's own commit") {
  Cockroach cockroach;
  Answer answer = messages({});
  answer.play = [](support::Stage& stage) {
    stage.put(support::MessageBuilder('C').text("SELECT 0"));
    stage.put(support::MessageBuilder('E')
                  .byte('S')
                  .text("ERROR")
                  .byte('C')
                  .text("40001")
                  .byte('M')
                  .text("restart transaction")
                  .byte('\0'));
    return Answer::Kind::error;
  };
  cockroach.next("CREATE CHANGEFEED", answer);
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  CHECK_THROWS_AS(static_cast<void>(feed.next()), errors::SerializationFailure);
  check_usable(conn);
}

TEST_CASE("a connection that is lost is a ConnectionLost behind the rows that came") {
  Cockroach cockroach;
  cockroach.next("CREATE CHANGEFEED", support::followed_by(messages(three), support::cut));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  for (int i = 1; i <= 3; ++i) CHECK(feed.next()->after->a == i);
  CHECK_THROWS_AS(static_cast<void>(feed.next()), ConnectionLost);
  CHECK(conn.closed());
  CHECK(conn.broken());
  CHECK_FALSE(feed.next());
}

TEST_CASE("a feed whose connection was closed, or is gone, throws InterfaceError") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three), 2);
  {
    CrdbConnection conn = cockroach.connect();
    auto feed = changefeed<Pair>(conn, {"n"});
    CHECK(feed.next());
    conn.close();
    CHECK_THROWS_AS(static_cast<void>(feed.next()), InterfaceError);
  }
  std::optional<CrdbConnection> conn = cockroach.connect();
  auto feed = changefeed<Pair>(*conn, {"n"});
  conn.reset();
  CHECK_THROWS_AS(static_cast<void>(feed.next()), InterfaceError);
}

TEST_CASE("the connection can be moved while the feed is open") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect();
  {
    auto feed = changefeed<Pair>(conn, {"n"});
    CHECK(feed.next()->after->a == 1);
    CrdbConnection moved = std::move(conn);
    CHECK(feed.next()->after->a == 2);
    conn = std::move(moved);
  }
  check_usable(conn);
}

TEST_CASE("while a feed is open the connection executes nothing else") {
  Later cockroach;
  cockroach.next("CREATE CHANGEFEED", open_feed(three));
  CrdbConnection conn = cockroach.connect();
  {
    auto feed = changefeed<Pair>(conn, {"n"});
    const auto error = thrown_by<ProgrammingError>([&] { conn.execute("SELECT 1"); });
    CHECK(contains(error.message(), "CREATE CHANGEFEED FOR \"n\""));
    CHECK_THROWS_AS(conn.execute_script(dynamic_sql("SELECT 1")), ProgrammingError);
    CHECK_THROWS_AS(static_cast<void>(conn.transaction()), ProgrammingError);
    CHECK_THROWS_AS(static_cast<void>(changefeed(conn, {"n"})), ProgrammingError);
    const auto busy = thrown_by<ProgrammingError>(
        [&] { crdb::run_transaction(conn, [](Transaction& tx) { tx.execute("SELECT 1"); }); });
    CHECK(contains(busy.message(), "the connection is busy"));
    CHECK(conn.info().vendor() == "CockroachDB");
    for (int i = 1; i <= 3; ++i) CHECK(feed.next()->after->a == i);
  }
  check_usable(conn);
}

TEST_CASE("a feed is refused within a transaction, before anything is sent") {
  Later cockroach;
  CrdbConnection conn = cockroach.connect();
  {
    auto tx = conn.transaction();
    CHECK_THROWS_AS(static_cast<void>(changefeed(conn, {"n"})), ProgrammingError);
    CHECK(cockroach.conversation().empty());
    tx.execute("INSERT INTO n VALUES (1)");
    CHECK_THROWS_AS(static_cast<void>(changefeed(conn, {"n"})), ProgrammingError);
  }
  conn.execute("BEGIN");
  CHECK_THROWS_AS(static_cast<void>(changefeed(conn, {"n"})), ProgrammingError);
  CHECK_FALSE(contains(cockroach.conversation(), "CHANGEFEED"));
}

TEST_CASE("rows that are not asked for yet stay with the server") {
  Later cockroach;
  std::atomic<bool> all_sent = false;
  constexpr int count = 48;
  const std::string megabyte(1 << 20, 'x');
  const Message large{"n", "[1]", R"({"after": {"a": 1, "b": ")" + megabyte + R"("}})"};
  cockroach.next("CREATE CHANGEFEED",
                 support::followed_by(messages(std::vector<Message>(count, large)), [&] {
                   all_sent = true;
                   return support::done("CHANGEFEED");
                 }));
  CrdbConnection conn = cockroach.connect();
  auto feed = changefeed<Pair>(conn, {"n"});
  for (int i = 0; i < count / 2; ++i) CHECK(feed.next()->after->b.size() == megabyte.size());
  // Sockets buffer a few megabytes; the client nothing.
  CHECK_FALSE(all_sent);
  for (int i = count / 2; i < count; ++i) CHECK(feed.next());
  CHECK_FALSE(feed.next());
  CHECK(all_sent);
  check_usable(conn);
}

// --- Timestamps ----------------------------------------------------------------------------------

TEST_CASE("a timestamp of the hybrid logical clock is read from its decimal, and written as it") {
  const HlcTimestamp time = HlcTimestamp::parse("1795215609272937339.0000000012");
  CHECK(time.time.time_since_epoch() == 1795215609272937339ns);
  CHECK(time.logical == 12);
  CHECK(time.to_string() == "1795215609272937339.0000000012");
  CHECK(SystemTime(time).expression() == "'1795215609272937339.0000000012'");
  CHECK(HlcTimestamp::parse("1795215609272937339").to_string() == "1795215609272937339.0000000000");
  CHECK(HlcTimestamp::parse("1795215609272937339.0000000012?") == time);
  CHECK(HlcTimestamp().to_string() == "0.0000000000");
}

TEST_CASE("timestamps are ordered by the wall clock, then by the logical part") {
  CHECK(HlcTimestamp::parse("2.0000000000") > HlcTimestamp::parse("1.0000000009"));
  CHECK(HlcTimestamp::parse("2.0000000001") > HlcTimestamp::parse("2.0000000000"));
}

TEST_CASE("what is no timestamp of the clock is a DataError") {
  for (const char* text :
       {"", "?", ".", "1.", "1.1", "-1.0000000000", "1.00000000000", "+1", "1.-000000001",
        "99999999999999999999.0000000000", "1.9999999999", "1.0000000000x", "now"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(static_cast<void>(HlcTimestamp::parse(text)), DataError);
  }
}
