// What v21.1 said on the wire, played again: what the driver makes of it, message by message.

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/thrown.hpp"
#include "transcripts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using namespace crdb_tests;
using support::contains;
using support::first;
using support::thrown_by;
using support::Transcript;

namespace {

const StatementOptions as_text{.results = Format::text};

template <class... Args>
Result execute_as_text(const Executor& executor, const std::string& statement,
                       const Args&... arguments) {
  return executor.with(as_text).execute(dynamic_sql(statement), arguments...);
}

// The statements of one transcript, then those of the other.
Transcript joined(Transcript transcript, const Transcript& more) {
  for (const Transcript::Statement& statement : more.statements)
    transcript.statements.push_back(statement);
  return transcript;
}

// The first `count` statements, from the first of that text on.
Transcript part(Transcript transcript, std::string_view begin, std::ptrdiff_t count) {
  auto& statements = transcript.statements;
  const auto found = std::ranges::find(statements, begin, &Transcript::Statement::text);
  REQUIRE(statements.end() - found >= count);
  statements = {found, found + count};
  return transcript;
}

Transcript only(const std::string& name, std::string_view statement) {
  return part(read_transcript(name), statement, 1);
}

Transcript parse(const std::string& text) { return Transcript::parse(text, "here"); }

// What a statement gives, according to a transcript.
struct Expected {
  std::vector<support::Column> columns{};
  std::vector<std::vector<std::optional<std::string>>> rows{};
  std::string tag{};
};

// EXPLAIN ANALYZE describes its result twice: the first time to no end.
std::vector<Expected> expected_results(const Transcript::Statement& statement) {
  std::vector<Expected> results;
  Expected current;
  const auto end = [&] { results.push_back(std::exchange(current, {})); };
  for (const Transcript::Event& event : statement.answer) {
    if (const auto* description = std::get_if<Transcript::RowDescription>(&event)) {
      if (!current.columns.empty()) end();
      current.columns = description->columns;
    } else if (const auto* row = std::get_if<Transcript::DataRow>(&event)) {
      current.rows.push_back(row->values);
    } else if (const auto* complete = std::get_if<Transcript::CommandComplete>(&event)) {
      current.tag = complete->tag;
      end();
    } else if (std::holds_alternative<Transcript::EmptyQueryResponse>(event)) {
      end();
    }
  }
  return results;
}

void check_result(const Result& result, const Expected& expected) {
  CHECK(result.command_tag() == expected.tag);
  const std::vector<Column> columns = result.description();
  REQUIRE(columns.size() == expected.columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    CHECK(columns[i].name == expected.columns[i].name);
    CHECK(columns[i].type_oid == expected.columns[i].oid);
    CHECK(columns[i].type_modifier == expected.columns[i].modifier);
  }
  REQUIRE(result.size() == expected.rows.size());
  for (std::size_t row = 0; row < result.size(); ++row)
    for (std::size_t i = 0; i < columns.size(); ++i)
      CHECK(result[row][i].as<std::optional<std::string>>() == expected.rows[row].at(i));
}

void check_diagnostic(const Error& error, const Transcript::ErrorResponse& expected) {
  std::map<char, std::string> fields(expected.fields.begin(), expected.fields.end());
  const Diagnostic& diagnostic = error.diagnostic();
  CHECK(diagnostic.severity == fields['S']);
  CHECK(diagnostic.severity_nonlocalized == fields['V']);
  CHECK(diagnostic.sqlstate == fields['C']);
  CHECK(diagnostic.message_primary == fields['M']);
  CHECK(diagnostic.message_detail == fields['D']);
  CHECK(diagnostic.message_hint == fields['H']);
  CHECK(diagnostic.schema_name == fields['s']);
  CHECK(diagnostic.table_name == fields['t']);
  CHECK(diagnostic.column_name == fields['c']);
  CHECK(diagnostic.constraint_name == fields['n']);
  CHECK(diagnostic.source_file == fields['F']);
  CHECK(diagnostic.source_line == fields['L']);
  CHECK(diagnostic.source_function == fields['R']);
  CHECK_FALSE(diagnostic.statement_position.has_value());
}

std::vector<Result> execute(crdb::CrdbConnection& conn, const Transcript::Statement& statement) {
  const bool fails = first<Transcript::ErrorResponse>(statement.answer) != nullptr;
  const bool is_script = expected_results(statement).size() + (fails ? 1 : 0) > 1;
  if (is_script) return conn.execute_script(dynamic_sql(statement.text));
  if (statement.parameters == 0) return {execute_as_text(conn, statement.text)};
  return {execute_as_text(conn, statement.text, std::string("1"))};
}

void check_status(const crdb::CrdbConnection& conn, const Transcript::Statement& statement) {
  static const std::map<char, pq::TransactionStatus> statuses{
      {'I', pq::TransactionStatus::idle},
      {'T', pq::TransactionStatus::in_transaction},
      {'E', pq::TransactionStatus::in_error}};
  const auto* ready = first<Transcript::ReadyForQuery>(statement.answer);
  REQUIRE(ready != nullptr);
  CHECK(conn.info().transaction_status() == statuses.at(ready->status));
  for (const Transcript::Event& event : statement.answer)
    if (const auto* status = std::get_if<Transcript::ParameterStatus>(&event))
      CHECK(conn.info().parameter_status(status->name.c_str()) == status->value);
}

void check_statement(crdb::CrdbConnection& conn, const Transcript::Statement& statement) {
  const auto* failed = first<Transcript::ErrorResponse>(statement.answer);
  try {
    const std::vector<Result> results = execute(conn, statement);
    REQUIRE(failed == nullptr);
    const std::vector<Expected> expected = expected_results(statement);
    REQUIRE(results.size() == expected.size());
    for (std::size_t i = 0; i < results.size(); ++i) check_result(results[i], expected[i]);
  } catch (const Error& error) {
    INFO("what was thrown: ", std::string(error.what()));
    REQUIRE(failed != nullptr);
    check_diagnostic(error, *failed);
  }
  check_status(conn, statement);
}

}  // namespace

TEST_CASE("v21.1's startup is known as it was said") {
  const Transcript startup = read_transcript("startup");
  const Replay replay({}, startup.greeting());
  const crdb::CrdbConnection conn = replay.connect();
  int parameters = 0;
  for (const Transcript::Event& event : startup.startup) {
    const auto* status = std::get_if<Transcript::ParameterStatus>(&event);
    if (status == nullptr) continue;
    ++parameters;
    CHECK(conn.info().parameter_status(status->name.c_str()) == status->value);
  }
  CHECK(parameters == 12);
  CHECK(crdb::CrdbConnection::is_crdb(conn));
  CHECK(conn.info().server_version() == 210100);
  CHECK(conn.info().backend_pid() == 0);
  CHECK(connect(replay.conninfo()).info().backend_pid() == 0);
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
}

TEST_CASE("a startup that v21.1 refuses is the server's error, without its place in the source") {
  const auto refused = [](const std::string& name) {
    const Replay replay({}, read_transcript(name).greeting());
    try {
      static_cast<void>(replay.connect());
    } catch (const Error& error) { return error; }
    throw std::logic_error("it was not refused");
  };
  const Error unknown_user = refused("startup_of_unknown_user");
  CHECK(unknown_user.sqlstate() == "XXUUU");
  CHECK(unknown_user.message().ends_with("password authentication failed for user nosuch"));
  const Error encoding = refused("startup_in_latin1");
  CHECK(encoding.sqlstate() == "0A000");
  CHECK(contains(encoding.message(), "unimplemented client encoding: \"latin1\""));
  CHECK_FALSE(contains(encoding.message(), "vars.go"));
}

TEST_CASE("what v21.1 said is what the driver says, statement by statement") {
  // All the transcripts of one session after the other's, without COPY and without an end.
  std::string name;
  for (const char* each :
       {"version", "statements", "write_too_old", "restart_savepoint", "force_retry",
        "run_transaction", "conflict_at_commit", "transactions", "system_time", "types",
        "copy_in_extended_protocol", "changefeed_without_rangefeeds", "changefeed_of_unknown_table",
        "cancelling_refused", "refusals", "results_buffer", "results_unbuffered",
        "server_retries"}) {
    SUBCASE(each) { name = each; }
  }
  CAPTURE(name);
  const Replay replay(name);
  std::vector<crdb::CrdbConnection> sessions;
  for (const Transcript::Statement& statement : replay.transcript().statements) {
    CAPTURE(statement.describe(name));
    while (static_cast<std::size_t>(statement.session) >= sessions.size())
      sessions.push_back(replay.connect());
    check_statement(sessions[static_cast<std::size_t>(statement.session)], statement);
  }
  CHECK(replay.finished());
}

TEST_CASE("an error without the field V has the class of its SQLSTATE") {
  const std::string insert = "INSERT INTO t(s,v) VALUES ('a',5)";
  const Replay replay(only("statements", insert), greeting_of_v21_1());
  const crdb::CrdbConnection conn = replay.connect();
  const auto error = thrown_by<errors::UniqueViolation>([&] { conn.execute(dynamic_sql(insert)); });
  CHECK(error.diagnostic().severity == "ERROR");
  CHECK(error.diagnostic().severity_nonlocalized.empty());
  CHECK(error.diagnostic().constraint_name == "t_s_key");
  CHECK(error.diagnostic().message_detail == "Key (s)=('a') already exists.");
}

TEST_CASE("run_transaction has the conversation that v21.1 wants of it") {
  const Replay replay("run_transaction");
  crdb::CrdbConnection conn = replay.connect();
  int attempts = 0;
  std::vector<std::string> reasons;
  crdb::RetryOptions options;
  options.backoff = {0ms, 0ms};
  options.on_retry = [&](int, const Error& error, std::chrono::milliseconds) {
    reasons.push_back(error.message());
  };
  const auto value = crdb::run_transaction(
      conn,
      [&](Transaction& tx) {
        const auto one = tx.execute("SELECT 1").value<std::int64_t>();
        if (++attempts == 1) tx.execute("SELECT crdb_internal.force_retry('1h')");
        return one;
      },
      options);
  CHECK(value == 1);
  CHECK(attempts == 2);
  CHECK(replay.finished());
  CHECK(replay.server().round_trips() == 5);
  REQUIRE(reasons.size() == 1);
  CHECK(contains(reasons[0], "restart transaction: crdb_internal.force_retry()"));
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
}

TEST_CASE("a statement behind RELEASE is refused, and COMMIT still ends what was committed") {
  const Replay replay(
      part(read_transcript("restart_savepoint"), "RELEASE SAVEPOINT cockroach_restart", 4),
      greeting_of_v21_1());
  const crdb::CrdbConnection conn = replay.connect();
  CHECK(conn.execute("RELEASE SAVEPOINT cockroach_restart").command_tag() == "COMMIT");
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::in_transaction);
  CHECK(conn.execute("SHOW TRANSACTION STATUS").value<std::string>() == "CommitWait");
  const auto error = thrown_by<errors::InvalidTransactionState>([&] { conn.execute("SELECT 1"); });
  CHECK(contains(error.message(), "current transaction is committed"));
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::in_transaction);
  CHECK(conn.execute("COMMIT").command_tag() == "COMMIT");
}

TEST_CASE("COMMIT outside a transaction is an error, and nothing is harmed") {
  const Replay replay(joined(only("transactions", "ABORT"), only("version", "SHOW node_id")),
                      greeting_of_v21_1());
  const crdb::CrdbConnection conn = replay.connect();
  const auto error = thrown_by<errors::Uncategorized>([&] { conn.execute("ABORT"); });
  CHECK(error.sqlstate() == "XXUUU");
  CHECK(conn.execute("SHOW node_id").value<std::string>() == "1");
}

TEST_CASE("of two transactions that skew each other's writes, one fails at COMMIT") {
  const Replay replay("conflict_at_commit");
  crdb::CrdbConnection a = replay.connect();
  crdb::CrdbConnection b = replay.connect();
  const auto transfer = [](crdb::CrdbConnection& conn, const char* update) {
    conn.transaction([&](Transaction& tx) {
      CHECK(execute_as_text(tx, "SELECT sum(bal) FROM acc").value<std::string>() == "200");
      tx.execute(dynamic_sql(update));
    });
  };
  auto of_a =
      std::async(std::launch::async, [&] { transfer(a, "UPDATE acc SET bal=bal-10 WHERE id=1"); });
  transfer(b, "UPDATE acc SET bal=bal-10 WHERE id=2");
  const auto error = thrown_by<errors::SerializationFailure>([&] { of_a.get(); });
  CHECK(error.is_retryable());
  CHECK(error.diagnostic().message_hint.ends_with("#retry_serializable"));
  CHECK(a.info().transaction_status() == pq::TransactionStatus::idle);
  const auto outside = thrown_by<errors::Uncategorized>([&] { b.execute("ROLLBACK"); });
  CHECK(outside.sqlstate() == "XXUUU");
  CHECK(replay.finished());
}

TEST_CASE("COMMIT of a failed transaction is tagged ROLLBACK, and that is thrown") {
  const Replay replay(part(read_transcript("transactions"), "BEGIN", 4), greeting_of_v21_1());
  crdb::CrdbConnection conn = replay.connect();
  Transaction tx = conn.transaction();
  CHECK_THROWS_AS(tx.execute("SELECT 1/0"), errors::DivisionByZero);
  CHECK_THROWS_AS(tx.execute("SELECT 1"), errors::InFailedSqlTransaction);
  const auto error = thrown_by<TransactionRolledBack>([&] { tx.commit(); });
  CHECK(contains(error.message(), "division by zero"));
  CHECK(replay.finished());
}

TEST_CASE("a deadlock is 40001, which is retryable") {
  const Replay replay("deadlock");
  crdb::CrdbConnection a = replay.connect();
  crdb::CrdbConnection b = replay.connect();
  auto of_a = std::async(std::launch::async, [&] {
    Transaction tx = a.transaction();
    tx.execute("UPDATE acc SET bal=1 WHERE id=1");
    CHECK(tx.execute("UPDATE acc SET bal=2 WHERE id=2").rows_affected() == 1);
    tx.rollback();
  });
  Transaction tx = b.transaction();
  tx.execute("UPDATE acc SET bal=1 WHERE id=2");
  const auto error = thrown_by<errors::SerializationFailure>(
      [&] { tx.execute("UPDATE acc SET bal=2 WHERE id=1"); });
  CHECK(error.is_retryable());
  CHECK(contains(error.message(), "ABORT_REASON_ABORT_SPAN"));
  of_a.get();
  CHECK_THROWS_AS(a.execute("COMMIT"), InternalError);
  CHECK_THROWS_AS(tx.commit(), TransactionRolledBack);
  CHECK(replay.finished());
}

TEST_CASE("execute() of a COPY is refused by v21.1 itself, and the connection goes on") {
  const Replay replay(
      joined(read_transcript("copy_in_extended_protocol"), only("version", "SHOW node_id")),
      greeting_of_v21_1());
  const crdb::CrdbConnection conn = replay.connect();
  const auto error =
      thrown_by<errors::Uncategorized>([&] { conn.execute("COPY cp (a,b) FROM STDIN"); });
  CHECK(error.sqlstate() == "XXUUU");
  CHECK(contains(error.message(), "not supported in extended protocol mode"));
  CHECK(conn.execute("SHOW node_id").value<std::string>() == "1");
}

TEST_CASE("a COPY within a script is given up, and the connection goes on") {
  const Replay replay("copy_fail");
  crdb::CrdbConnection conn = replay.connect();
  const auto error = thrown_by<ProgrammingError>(
      [&] { conn.execute_script(dynamic_sql("COPY cs (a,b) FROM STDIN")); });
  CHECK(contains(error.message(), "COPY"));
  CHECK(conn.execute("SELECT count(*) FROM cs WHERE a=99").value<std::int64_t>() == 0);
  CHECK(replay.finished());
}

TEST_CASE("a COPY of v21.1's is announced as text, even when it is a binary one") {
  int binary = 0;
  for (const Transcript::Statement& statement : read_transcript("copy").statements) {
    const auto* response = first<Transcript::CopyInResponse>(statement.answer);
    if (!statement.text.ends_with(" BINARY") || response == nullptr) continue;
    ++binary;
    CHECK(response->overall == 0);
    CHECK(std::ranges::count(response->columns, 0) == 2);
    CHECK(first<Transcript::CopyData>(statement.answer) != nullptr);
  }
  CHECK(binary == 3);
  CHECK(read_transcript("copy_csv").statements.size() == 14);
}

TEST_CASE("a changefeed's rows are rows, and a resolved one has neither table nor key") {
  Transcript feed = read_transcript("changefeed_resolved");
  auto& answer = feed.statements.at(0).answer;
  REQUIRE(std::holds_alternative<Transcript::Waiting>(answer.back()));
  answer.back() = Transcript::CommandComplete{"SELECT 15"};  // for execute() waits for an end
  answer.emplace_back(Transcript::ReadyForQuery{'I'});
  const std::string statement = feed.statements[0].text;
  const Replay replay(joined(feed, feed), greeting_of_v21_1());
  const crdb::CrdbConnection conn = replay.connect();
  const auto text_of = [](const std::vector<std::byte>& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  for (const Format format : {Format::binary, Format::text}) {
    CAPTURE(static_cast<int>(format));
    const Result result = conn.with({.results = format}).execute(dynamic_sql(statement));
    using Bytes = std::vector<std::byte>;
    const auto rows = result.all<std::optional<std::string>, std::optional<Bytes>, Bytes>();
    REQUIRE(rows.size() == 15);
    const auto& [table, key, value] = rows[11];
    CHECK(table == "n");
    CHECK(text_of(key.value()) == "[100]");
    CHECK(text_of(value) ==
          R"({"after": {"a": 100, "b": "new"}, "updated": "1795215607927700631.0000000000"})");
    const auto& [no_table, no_key, resolved] = rows[12];
    CHECK_FALSE(no_table.has_value());
    CHECK_FALSE(no_key.has_value());
    CHECK(text_of(resolved) == R"({"resolved":"1795215606927293739.0000000000"})");
    CHECK(text_of(std::get<2>(rows[14])) ==
          R"({"after": null, "updated": "1795215607931737010.0000000000"})");
  }
}

TEST_CASE("a changefeed without an end is for its deadline to end: on v21.1 by closing") {
  for (const char* each :
       {"changefeed", "changefeed_resolved", "changefeed_diff", "changefeed_no_initial_scan",
        "changefeed_cursor", "create_changefeed"}) {
    CAPTURE(each);
    const Replay replay(each);
    const crdb::CrdbConnection conn = replay.connect({.grace = 1ms});
    const std::string statement = replay.transcript().statements.at(0).text;
    CHECK_THROWS_AS(conn.with({.timeout = 20ms}).execute(dynamic_sql(statement)), OperationTimeout);
    CHECK(conn.closed());
  }
}

TEST_CASE("a changefeed without an end is for its deadline to end: since v22.1 by a cancel") {
  const Replay replay(read_transcript("changefeed_cancel_request"),
                      greeting_of("CockroachDB CCL v22.1.0 (x86_64-pc-linux-gnu)", 4711));
  const crdb::CrdbConnection conn = replay.connect();
  CHECK_THROWS_AS(
      conn.with({.timeout = 20ms}).execute("EXPERIMENTAL CHANGEFEED FOR n WITH no_initial_scan"),
      OperationTimeout);
  CHECK(conn.execute("SELECT 1").value<std::int64_t>() == 1);
  CHECK(replay.finished());
}

TEST_CASE("what CANCEL QUERIES cancels is 57014, and its connection goes on") {
  std::string name;
  SUBCASE("a statement") { name = "cancel_queries"; }
  SUBCASE("a changefeed") { name = "changefeed_cancelled"; }
  const Replay replay(name);
  const crdb::CrdbConnection a = replay.connect();
  const crdb::CrdbConnection b = replay.connect();
  std::vector<std::string> of_a;
  std::vector<std::string> of_b;
  for (const Transcript::Statement& statement : replay.transcript().statements)
    (statement.name == "A" ? of_a : of_b).push_back(statement.text);
  auto victim = std::async(std::launch::async, [&] { a.execute(dynamic_sql(of_a.at(0))); });
  for (const std::string& statement : of_b) b.execute(dynamic_sql(statement));
  const auto error = thrown_by<errors::QueryCanceled>([&] { victim.get(); });
  CHECK(error.message() == "query execution canceled");
  if (of_a.size() > 1) CHECK(a.execute(dynamic_sql(of_a[1])).size() == 1);
  CHECK(replay.finished());
}

TEST_CASE("a session that was cancelled or was idle for too long is lost without a word") {
  std::string name;
  SUBCASE("cancelled") { name = "cancel_session"; }
  SUBCASE("idle") { name = "idle_timeouts"; }
  const Replay replay(name);
  const crdb::CrdbConnection a = replay.connect();
  const crdb::CrdbConnection b = replay.connect();
  for (const Transcript::Statement& statement : replay.transcript().statements) {
    const crdb::CrdbConnection& conn = statement.name == "A" ? a : b;
    const auto ends = [&] { conn.execute(dynamic_sql(statement.text)); };
    if (first<Transcript::EndOfFile>(statement.answer) == nullptr) {
      ends();
    } else {
      CHECK_THROWS_AS(ends(), ConnectionLost);
      CHECK(conn.broken());
    }
  }
  CHECK(replay.finished());
}

TEST_CASE("an enum has an OID beyond 100000, which nobody has registered") {
  const Replay replay(only("types", "SELECT * FROM ty"), greeting_of_v21_1());
  const Result result = replay.connect().execute("SELECT * FROM ty");
  const std::vector<Column> columns = result.description();
  REQUIRE(columns.size() == 31);
  CHECK(columns[26].name == "m");
  CHECK(columns[26].type_oid == 100056);
  CHECK(columns[26].type_name == "OID 100056");
  CHECK(columns[29].type_oid == 100057);
  CHECK(columns[25].type_name == "oid");
}

TEST_CASE("EXPLAIN ANALYZE, whose result is described twice, gives its rows") {
  const std::string explain = "EXPLAIN ANALYZE SELECT 1";
  const Transcript said = only("refusals", explain);
  const Replay replay(joined(said, said), greeting_of_v21_1());
  crdb::CrdbConnection conn = replay.connect();
  // Described once over the extended protocol, where Execute never describes.
  const auto rows = conn.execute(dynamic_sql(explain)).all<std::string>();
  CHECK(rows.size() == 11);
  CHECK(rows.at(7) == "• values");
  const std::vector<Result> results = conn.execute_script(dynamic_sql(explain));
  REQUIRE(results.size() == 2);
  CHECK(results[0].empty());
  CHECK(results[1].size() == 11);
  CHECK(results[1].command_tag() == "EXPLAIN ANALYZE 11");
}

TEST_CASE("notices between the rows and CommandComplete harm neither") {
  // The summary's row "AS OF SYSTEM TIME": they come there when follower reads are not to be had.
  const Replay replay(
      parse(
          "> SELECT * FROM acc AS OF SYSTEM TIME follower_read_timestamp()\n"
          "  RowDescription id oid=20 typlen=8 typmod=-1 fmt=0 tab=55 att=1\n"
          "  DataRow ['1']\n"
          "  NoticeResponse S='NOTICE' C='00000' F='a.go' L='1' R='f' M='follower reads disabled'\n"
          "  NoticeResponse S='NOTICE' C='00000' F='a.go' L='1' R='f' M='once more'\n"
          "  CommandComplete 'SELECT 1'\n"
          "  ReadyForQuery I\n"),
      greeting_of_v21_1());
  std::vector<Diagnostic> notices;
  const crdb::CrdbConnection conn = replay.connect(
      {.notice_handler = [&](const Diagnostic& notice) { notices.push_back(notice); }});
  const Result result =
      conn.execute("SELECT * FROM acc AS OF SYSTEM TIME follower_read_timestamp()");
  CHECK(result.value<std::int64_t>() == 1);
  CHECK(result.command_tag() == "SELECT 1");
  REQUIRE(notices.size() == 2);
  CHECK(notices[0].severity == "NOTICE");
  CHECK(notices[0].message_primary == "follower reads disabled");
  CHECK(notices[1].message_primary == "once more");
}

TEST_CASE("what DISCARD ALL sets back is known") {
  Transcript said = only("transactions", "SET TimeZone='America/New_York'");
  said = joined(said, only("transactions", "DISCARD ALL"));
  const Replay replay(said, greeting_of_v21_1());
  const crdb::CrdbConnection conn = replay.connect();
  conn.execute("SET TimeZone='America/New_York'");
  CHECK(conn.info().parameter_status("TimeZone") == "America/New_York");
  conn.execute("DISCARD ALL");
  CHECK(conn.info().parameter_status("TimeZone") == "UTC");
  CHECK(conn.info().parameter_status("application_name") == "A");
}
