// Reading the past: cockroachdb-observed.md, section 4.7.

#include "palmetto/crdb/system_time.hpp"

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/server.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono;
using namespace crdb_tests;
using crdb::Priority;
using crdb::SystemTime;
using support::contains;
using support::thrown_by;

namespace {

// A time of which all tests can know how it is written.
constexpr auto past = sys_days(2026y / 1 / 2) + 3h + 4min + 5s;

// The server's, of a time that it does not take.
support::Answer in_the_future() {
  return support::error("XXUUU",
                        "AS OF SYSTEM TIME: cannot specify timestamp in the future "
                        "(1795219080.200486109,0 > 1795215480.200547009,0)",
                        {{'F', "exec_util.go"}, {'L', "1231"}, {'R', "EvalAsOfTimestamp"}});
}

template <class Make>
std::string refusal_of(Make&& make) {
  return thrown_by<ProgrammingError>([&] { static_cast<void>(make()); }).message();
}

}  // namespace

TEST_CASE("a system time is a point in time, with its offset") {
  CHECK(SystemTime(past).expression() == "'2026-01-02 03:04:05+00'");
  CHECK(SystemTime(past + 6us).expression() == "'2026-01-02 03:04:05.000006+00'");
  CHECK(SystemTime(sys_days(2026y / 1 / 2)).expression() == "'2026-01-02 00:00:00+00'");
  CHECK(SystemTime(sys_days(1970y / 1 / 1) + 1us).expression() ==
        "'1970-01-01 00:00:00.000001+00'");
}

TEST_CASE("what is finer than a microsecond is dropped: it is never later than was asked for") {
  CHECK(SystemTime(past + 1999ns).expression() == "'2026-01-02 03:04:05.000001+00'");
}

TEST_CASE("the clock's own time is one") {
  CHECK_NOTHROW(static_cast<void>(SystemTime(system_clock::now())));
  CHECK_NOTHROW(static_cast<void>(SystemTime(system_clock::now() - 10s)));
}

TEST_CASE("a system time is a length of time ago") {
  CHECK(SystemTime::ago(10s).expression() == "'-10s'");
  CHECK(SystemTime::ago(1us).expression() == "'-1us'");
  CHECK(SystemTime::ago(1500ms).expression() == "'-1500ms'");
  CHECK(SystemTime::ago(48h).expression() == "'-172800s'");
  CHECK(SystemTime::ago(days(2)).expression() == "'-2d'");
  CHECK(SystemTime::ago(months(14)).expression() == "'-14mon'");
  CHECK(SystemTime::ago(Interval(1, 2, 3s + 40ms)).expression() == "'-1mon -2d -3040ms'");
}

TEST_CASE("a system time is a decimal of cluster_logical_timestamp()") {
  CHECK(SystemTime::hlc(Numeric::parse("1795215480204857330.0000000000")).expression() ==
        "'1795215480204857330.0000000000'");
  CHECK(SystemTime::hlc(Numeric::parse("1795215480204857330.0000000012")).expression() ==
        "'1795215480204857330.0000000012'");
  CHECK(SystemTime::hlc(1795215480204857330).expression() == "'1795215480204857330'");
}

TEST_CASE("a system time is text, as the server reads it") {
  CHECK(SystemTime("-10s").expression() == "'-10s'");
  CHECK(SystemTime("it's").expression() == "'it''s'");
  CHECK(contains(refusal_of([] { return SystemTime(""); }), "empty"));
  CHECK(contains(refusal_of([] { return SystemTime(std::string_view("-1\0s", 4)); }), "NUL"));
}

TEST_CASE("a system time is the latest that the closest replica has") {
  CHECK(SystemTime::follower_read().expression() == "follower_read_timestamp()");
  CHECK(SystemTime::with_max_staleness(10s).expression() == "with_max_staleness('10s')");
  CHECK(SystemTime::with_max_staleness(Interval(0, 1, 500ms), true).expression() ==
        "with_max_staleness('1d 500ms', true)");
  CHECK(SystemTime::with_min_timestamp(past).expression() ==
        "with_min_timestamp('2026-01-02 03:04:05+00')");
  CHECK(SystemTime::with_min_timestamp(past + std::chrono::nanoseconds(1)).expression() ==
        "with_min_timestamp('2026-01-02 03:04:05.000001+00')");
  CHECK(SystemTime::with_min_timestamp(past, true).expression() ==
        "with_min_timestamp('2026-01-02 03:04:05+00', true)");
  CHECK(SystemTime::with_max_staleness(10s).is_bounded_staleness());
  CHECK(SystemTime::with_min_timestamp(past).is_bounded_staleness());
  CHECK_FALSE(SystemTime::follower_read().is_bounded_staleness());
  CHECK_FALSE(SystemTime::ago(10s).is_bounded_staleness());
}

TEST_CASE("a time that is not in the past is refused when it is made") {
  const auto now = time_point_cast<microseconds>(system_clock::now());
  for (const auto time : {now + 2min, now + years(100), sys_time<microseconds>::max()}) {
    CAPTURE(time.time_since_epoch().count());
    CHECK(contains(refusal_of([&] { return SystemTime(time); }), "in the future"));
    CHECK(contains(refusal_of([&] { return SystemTime::with_min_timestamp(time); }),
                   "in the future"));
  }
  const auto nanoseconds_of = [](auto time) { return (time.time_since_epoch()) / 1ns; };
  CHECK(contains(refusal_of([&] { return SystemTime::hlc(nanoseconds_of(now + 2min)); }),
                 "in the future"));
  CHECK_NOTHROW(static_cast<void>(SystemTime::hlc(nanoseconds_of(now))));
}

TEST_CASE("a server's clock may be a little ahead of this machine's") {
  const auto now = time_point_cast<microseconds>(system_clock::now());
  CHECK_NOTHROW(static_cast<void>(SystemTime(now + 30s)));
  CHECK_NOTHROW(static_cast<void>(SystemTime::hlc((now + 30s).time_since_epoch() / 1ns)));
}

TEST_CASE("a time before there was any is refused") {
  for (const auto time :
       {sys_time<microseconds>(0us), sys_time<microseconds>(-1us),
        sys_time<microseconds>(sys_days(1066y / 10 / 14)), sys_time<microseconds>::min()})
    CHECK(contains(refusal_of([&] { return SystemTime(time); }), "1970"));
  CHECK(contains(refusal_of([] { return SystemTime::hlc(0); }), "1970"));
  CHECK(contains(refusal_of([] { return SystemTime::hlc(-1); }), "1970"));
}

TEST_CASE("an interval that is not back in time is refused") {
  for (const Interval& interval :
       {Interval(), Interval(-10s), Interval(0, -1, 0us), Interval(-1, 0, 0us),
        Interval(1, 0, -1us), Interval(0, 1, -1us), Interval(10ns), Interval::infinity(),
        Interval::minus_infinity()}) {
    CAPTURE(interval.to_string());
    CHECK(contains(refusal_of([&] { return SystemTime::ago(interval); }), interval.to_string()));
    CHECK(contains(refusal_of([&] { return SystemTime::with_max_staleness(interval); }),
                   interval.to_string()));
  }
}

TEST_CASE("a decimal that is no time of the cluster's is refused") {
  for (const char* decimal : {"NaN", "Infinity", "-Infinity", "1e30"}) {
    CAPTURE(decimal);
    CHECK(contains(refusal_of([&] { return SystemTime::hlc(Numeric::parse(decimal)); }),
                   "nanoseconds"));
  }
  CHECK(contains(refusal_of([] { return SystemTime::hlc(Numeric::parse("1.00000000001")); }),
                 "10 digits"));
}

TEST_CASE("as_of_system_time is a piece of a statement, beside its placeholders") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const auto read = [&](const SystemTime& time) {
    conn.execute(sql::SQL("SELECT balance FROM accounts {} WHERE id = $1")
                     .format(crdb::as_of_system_time(time)),
                 42);
    return cockroach.server().statements().back().text;
  };
  CHECK(read(SystemTime::ago(10s)) ==
        "SELECT balance FROM accounts AS OF SYSTEM TIME '-10s' WHERE id = $1");
  CHECK(read(SystemTime::follower_read()) ==
        "SELECT balance FROM accounts AS OF SYSTEM TIME follower_read_timestamp() WHERE id = $1");
  CHECK(read(SystemTime::with_max_staleness(10s)) ==
        "SELECT balance FROM accounts AS OF SYSTEM TIME with_max_staleness('10s') WHERE id = $1");
  CHECK(read(SystemTime("'; DROP TABLE accounts; --")) ==
        "SELECT balance FROM accounts AS OF SYSTEM TIME '''; DROP TABLE accounts; --' WHERE id = "
        "$1");
}

TEST_CASE("an error of a statement shows its system time") {
  Cockroach cockroach;
  cockroach.next("SELECT", in_the_future());
  crdb::CrdbConnection conn = cockroach.connect();
  try {
    conn.execute(sql::SQL("SELECT 1 {}").format(crdb::as_of_system_time(SystemTime("1h"))));
    FAIL("nothing was thrown");
  } catch (const DatabaseError& error) {
    CHECK(error.statement() == "SELECT 1 AS OF SYSTEM TIME '1h'");
    CHECK(contains(error.message(), "cannot specify timestamp in the future"));
  }
}

TEST_CASE("a transaction begins with its priority and its system time") {
  const auto check = [](const crdb::TransactionOptions& options, const std::string& begin) {
    CAPTURE(begin);
    Cockroach cockroach;
    crdb::CrdbConnection conn = cockroach.connect();
    Transaction tx = conn.transaction(options);
    tx.execute("SELECT");
    tx.commit();
    const auto function = [](Transaction& of_function) {
      of_function.execute("SELECT");
      return 42;
    };
    CHECK(conn.transaction(function, options) == 42);
    CHECK(cockroach.conversation() == begin + "; SELECT\nCOMMIT\n" + begin + "; SELECT\nCOMMIT\n");
  };
  check({}, "BEGIN");
  check({.priority = Priority::low}, "BEGIN PRIORITY LOW");
  check({.priority = Priority::normal}, "BEGIN PRIORITY NORMAL");
  check({.priority = Priority::high}, "BEGIN PRIORITY HIGH");
  check({.system_time = SystemTime::ago(10s)}, "BEGIN AS OF SYSTEM TIME '-10s'");
  check({.system_time = SystemTime(past)}, "BEGIN AS OF SYSTEM TIME '2026-01-02 03:04:05+00'");
  check({.isolation = IsolationLevel::serializable,
         .read_only = true,
         .deferrable = false,
         .priority = Priority::high,
         .system_time = SystemTime::follower_read()},
        "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY NOT DEFERRABLE PRIORITY HIGH AS OF SYSTEM "
        "TIME follower_read_timestamp()");
}

TEST_CASE("v22.1 leaves the modes of such a BEGIN aside, so SET TRANSACTION says them") {
  const auto conversation_with = [](std::string_view version, auto&& execute) {
    Cockroach cockroach(greeting_of(version));
    crdb::CrdbConnection conn = cockroach.connect();
    execute(conn);
    return cockroach.conversation();
  };
  const auto in_transaction = [](crdb::CrdbConnection& conn) {
    conn.transaction([](Transaction& tx) { tx.execute("SELECT"); },
                     {.read_only = true, .priority = Priority::low});
  };
  const auto with_retries = [](crdb::CrdbConnection& conn) {
    crdb::run_transaction(conn, [](Transaction& tx) { tx.execute("SELECT"); },
                          {.system_time = SystemTime::ago(10s)});
  };
  for (const std::string_view version : {"v22.1.0", "v22.1.22"}) {
    CHECK(conversation_with(version, in_transaction) ==
          "BEGIN; SET TRANSACTION READ ONLY PRIORITY LOW; SELECT\nCOMMIT\n");
    CHECK(conversation_with(version, with_retries) ==
          "BEGIN; SET TRANSACTION AS OF SYSTEM TIME '-10s'; SAVEPOINT cockroach_restart; SELECT\n"
          "RELEASE SAVEPOINT cockroach_restart; COMMIT\n");
    CHECK(conversation_with(version, [](crdb::CrdbConnection& conn) {
            conn.transaction([](Transaction& tx) { tx.execute("SELECT"); });
          }) == "BEGIN; SELECT\nCOMMIT\n");
  }
  for (const std::string_view version : {"v21.2.17", "v22.2.0"})
    CHECK(conversation_with(version, in_transaction) ==
          "BEGIN READ ONLY PRIORITY LOW; SELECT\nCOMMIT\n");
}

TEST_CASE("a function's transaction with options is rolled back when it throws") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK_THROWS_AS(conn.transaction(
                      [](Transaction& tx) {
                        tx.execute("INSERT");
                        throw std::domain_error("the caller's");
                      },
                      {.priority = Priority::high}),
                  std::domain_error);
  CHECK(cockroach.conversation() == "BEGIN PRIORITY HIGH; INSERT\nROLLBACK\n");
}

TEST_CASE("what no transaction can be is refused before BEGIN") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const auto check_refused = [&](const crdb::TransactionOptions& options,
                                 const std::string& message) {
    CAPTURE(message);
    CHECK(contains(refusal_of([&] { return conn.transaction(options); }), message));
    bool called = false;
    CHECK_THROWS_AS(conn.transaction([&](Transaction&) { called = true; }, options),
                    ProgrammingError);
    CHECK_THROWS_AS(crdb::run_transaction(conn, [&](Transaction&) { called = true; },
                                          {.read_only = options.read_only,
                                           .priority = options.priority,
                                           .system_time = options.system_time}),
                    ProgrammingError);
    CHECK_FALSE(called);
  };
  check_refused({.priority = static_cast<Priority>(7)}, "priority");
  check_refused({.read_only = false, .system_time = SystemTime::ago(10s)}, "read-only");
  check_refused({.system_time = SystemTime::with_max_staleness(10s)}, "with_max_staleness('10s')");
  check_refused({.system_time = SystemTime::with_min_timestamp(past)}, "single statement");
  CHECK(cockroach.conversation().empty());
  CHECK_NOTHROW(conn.transaction([](Transaction& tx) { tx.execute("INSERT"); }));
}

TEST_CASE("a savepoint has neither a priority nor a system time") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  Transaction tx = conn.transaction();
  tx.execute("INSERT");
  CHECK(contains(refusal_of([&] { return conn.transaction({.priority = Priority::high}); }),
                 "savepoint"));
  CHECK(contains(refusal_of([&] { return conn.transaction({.system_time = SystemTime("-1s")}); }),
                 "savepoint"));
  conn.transaction([](Transaction& inner) { inner.execute("UPDATE"); });
  tx.commit();
  CHECK(cockroach.conversation() ==
        "BEGIN; INSERT\nSAVEPOINT palmetto_1; UPDATE\nRELEASE palmetto_1\nCOMMIT\n");
}

TEST_CASE("a write as of a time in the past is the server's error, and nothing is applied") {
  Cockroach cockroach;
  cockroach.next("INSERT",
                 support::error("25006", "cannot execute INSERT in a read-only transaction",
                                {{'F', "relational.go"}, {'L', "167"}}));
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK_THROWS_AS(conn.transaction([](Transaction& tx) { tx.execute("INSERT"); },
                                   {.system_time = SystemTime::ago(10s)}),
                  errors::ReadOnlySqlTransaction);
  CHECK(cockroach.commits() == 0);
  CHECK(cockroach.transaction() == 'I');
}

TEST_CASE("a transaction whose BEGIN is refused for its system time can only be left") {
  Cockroach cockroach;
  cockroach.next("BEGIN", in_the_future());
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK_THROWS_AS(conn.transaction([](Transaction& tx) { tx.execute("SELECT"); },
                                   {.system_time = SystemTime("1h")}),
                  DatabaseError);
  CHECK_NOTHROW(conn.execute("INSERT"));
}
