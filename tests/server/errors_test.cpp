#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/connection.hpp"

#include "server/caught.hpp"
#include "support/server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace support;
namespace errors = palmetto::errors;
namespace sql = palmetto::sql;
using palmetto::Connection;
using palmetto::DatabaseError;
using palmetto::DataError;
using palmetto::dynamic_sql;
using palmetto::Error;
using palmetto::Format;
using palmetto::IntegrityError;
using palmetto::InternalError;
using palmetto::NotSupportedError;
using palmetto::OperationalError;
using palmetto::ProgrammingError;
using palmetto::pq::TransactionStatus;

namespace {

TransactionStatus status(const Connection& conn) { return conn.info().transaction_status(); }

// Whether it is an E, and a Base.
template <class E, class Base>
bool is(const Error& error) {
  return dynamic_cast<const E*>(&error) != nullptr &&
         dynamic_cast<const Base*>(&error) != nullptr &&
         dynamic_cast<const DatabaseError*>(&error) != nullptr;
}

void create_accounts(Connection& conn) {
  conn.execute_script(dynamic_sql(
      "CREATE TEMP TABLE accounts (id int PRIMARY KEY, owner varchar(8) NOT NULL, "
      "balance int CONSTRAINT solvent CHECK (balance >= 0));"
      "CREATE TEMP TABLE transfers (account int CONSTRAINT known REFERENCES accounts);"
      "CREATE TEMP TABLE bookings (during int4range, EXCLUDE USING gist (during WITH &&));"
      "INSERT INTO accounts VALUES (1, 'Ann', 10);"
      "INSERT INTO bookings VALUES ('[1,5)');"));
}

// pg_temp.fail(code, message) raises that error.
void create_fail(Connection& conn) {
  conn.execute(
      "CREATE FUNCTION pg_temp.fail(code text, message text) RETURNS void LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION '%', message USING ERRCODE = code; END $$");
}

// Nothing that it may show of itself has the text.
void check_hides(const Error& error, std::string_view secret) {
  CAPTURE(std::string(error.what()));
  CHECK(!contains(error.what(), secret));
  CHECK(!contains(error.message(), secret));
  CHECK(!contains(error.statement(), secret));
}

constexpr std::string_view secret = "s3cret-value";

}  // namespace

// --- Classes -------------------------------------------------------------------------------------

TEST_CASE("every SQLSTATE has a class, which its base catches") {
  auto conn = connect();
  create_accounts(conn);
  const struct {
    const char* statement;
    std::string_view sqlstate;
    bool (*is_of_its_class)(const Error&);
  } cases[] = {
      {"INSERT INTO accounts VALUES (1, 'Bob', 1)", "23505",
       &is<errors::UniqueViolation, IntegrityError>},
      {"INSERT INTO transfers VALUES (2)", "23503",
       &is<errors::ForeignKeyViolation, IntegrityError>},
      {"INSERT INTO accounts (id) VALUES (2)", "23502",
       &is<errors::NotNullViolation, IntegrityError>},
      {"UPDATE accounts SET balance = -1", "23514", &is<errors::CheckViolation, IntegrityError>},
      {"INSERT INTO bookings VALUES ('[4,6)')", "23P01",
       &is<errors::ExclusionViolation, IntegrityError>},
      {"SELECT 'x'::int", "22P02", &is<errors::InvalidTextRepresentation, DataError>},
      {"SELECT 1 / 0", "22012", &is<errors::DivisionByZero, DataError>},
      {"SELECT 40000::int2", "22003", &is<errors::NumericValueOutOfRange, DataError>},
      {"UPDATE accounts SET owner = 'much too long'", "22001",
       &is<errors::StringDataRightTruncation, DataError>},
      {"SELECT 'yesterdayish'::date", "22007", &is<errors::InvalidDatetimeFormat, DataError>},
      {"SELECT '2026-02-30'::date", "22008", &is<errors::DatetimeFieldOverflow, DataError>},
      {"SELECT (VALUES (1), (2))", "21000", &is<errors::CardinalityViolation, ProgrammingError>},
      {"SELECT * FROM no_such_table", "42P01", &is<errors::UndefinedTable, ProgrammingError>},
      {"SELECT no_such_column", "42703", &is<errors::UndefinedColumn, ProgrammingError>},
      {"SELECT no_such_function()", "42883", &is<errors::UndefinedFunction, ProgrammingError>},
      {"SELEC 1", "42601", &is<errors::SyntaxError, ProgrammingError>},
      {"SELECT 1; SELECT 2", "42601", &is<errors::SyntaxError, ProgrammingError>},
      {"SELECT 'unterminated", "42601", &is<errors::SyntaxError, ProgrammingError>},
      {"CREATE TEMP TABLE accounts ()", "42P07", &is<errors::DuplicateTable, ProgrammingError>},
      {"SELECT * FROM a.b.c.d", "42601", &is<errors::SyntaxError, ProgrammingError>},
      {"SELECT * FROM a.b.c", "0A000", &is<errors::FeatureNotSupported, NotSupportedError>},
      {"DO $$ BEGIN RAISE 'x'; END $$", "P0001", &is<errors::RaiseException, ProgrammingError>},
      {"DO $$ BEGIN ASSERT false; END $$", "P0004", &is<errors::AssertFailure, ProgrammingError>},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.statement));
    try {
      conn.execute(dynamic_sql(c.statement));
      FAIL_CHECK("no error");
    } catch (const Error& error) {
      CHECK(error.sqlstate() == c.sqlstate);
      CHECK(error.diagnostic().sqlstate == c.sqlstate);
      CHECK(c.is_of_its_class(error));
      CHECK(!error.is_retryable());
    }
    CHECK(status(conn) == TransactionStatus::idle);
    CHECK(conn.execute("SELECT 1").value<int>() == 1);
  }
}

TEST_CASE("an error is caught as its class, its base, and as any") {
  auto conn = connect();
  CHECK_THROWS_AS(conn.execute("SELECT 1 / 0"), errors::DivisionByZero);
  CHECK_THROWS_AS(conn.execute("SELECT 1 / 0"), DataError);
  CHECK_THROWS_AS(conn.execute("SELECT 1 / 0"), DatabaseError);
  CHECK_THROWS_AS(conn.execute("SELECT 1 / 0"), Error);
  CHECK_THROWS_AS(conn.execute("SELECT 1 / 0"), std::runtime_error);
  CHECK(throws_exactly<errors::DivisionByZero>([&] { conn.execute("SELECT 1 / 0"); }));
}

TEST_CASE("an SQLSTATE that nobody knows is of the base of its class, else a DatabaseError") {
  auto conn = connect();
  create_fail(conn);
  const auto fail_with = [&](const char* code) {
    return [&conn, code] { conn.execute("SELECT pg_temp.fail($1, 'unheard of')", code); };
  };
  CHECK(throws_exactly<DatabaseError>(fail_with("ZX123")));
  CHECK(throws_exactly<DatabaseError>(fail_with("02ZZZ")));
  CHECK(throws_exactly<OperationalError>(fail_with("08ZZZ")));
  CHECK(throws_exactly<NotSupportedError>(fail_with("0AZZZ")));
  CHECK(throws_exactly<ProgrammingError>(fail_with("21ZZZ")));
  CHECK(throws_exactly<DataError>(fail_with("22ZZZ")));
  CHECK(throws_exactly<IntegrityError>(fail_with("23ZZZ")));
  CHECK(throws_exactly<InternalError>(fail_with("25ZZZ")));
  CHECK(throws_exactly<OperationalError>(fail_with("40ZZZ")));
  CHECK(throws_exactly<ProgrammingError>(fail_with("42ZZZ")));
  CHECK(throws_exactly<OperationalError>(fail_with("53ZZZ")));
  CHECK(throws_exactly<ProgrammingError>(fail_with("P0ZZZ")));
  CHECK(throws_exactly<InternalError>(fail_with("XXZZZ")));
  const auto error = caught<DatabaseError>(fail_with("ZX123"));
  CHECK(error.sqlstate() == "ZX123");
  CHECK(error.message() == "unheard of");
  CHECK(contains(error.what(), "ZX123"));
}

TEST_CASE("what another attempt may mend is retryable, and nothing else") {
  auto conn = connect();
  create_fail(conn);
  const auto is_retryable = [&](const char* code) {
    return caught<Error>([&] { conn.execute("SELECT pg_temp.fail($1, 'm')", code); })
        .is_retryable();
  };
  for (const char* code : {"40001", "40P01", "CR000"}) CHECK(is_retryable(code));
  for (const char* code : {"40000", "40002", "40003", "40ZZZ", "23505", "57014", "08006", "P0001"})
    CHECK(!is_retryable(code));
  CHECK_THROWS_AS(conn.execute("SELECT pg_temp.fail('40001', 'm')"), errors::SerializationFailure);
  CHECK_THROWS_AS(conn.execute("SELECT pg_temp.fail('40P01', 'm')"), errors::DeadlockDetected);
}

TEST_CASE("a statement in a failed transaction is an InternalError") {
  auto conn = connect();
  auto tx = conn.transaction();
  CHECK_THROWS_AS(tx.execute("SELECT 1 / 0"), errors::DivisionByZero);
  CHECK(status(conn) == TransactionStatus::in_error);
  const auto error = caught<InternalError>([&] { tx.execute("SELECT 1"); });
  CHECK(error.sqlstate() == errors::InFailedSqlTransaction::code);
  tx.rollback();
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

// --- Diagnostics ---------------------------------------------------------------------------------

TEST_CASE("a constraint violation has every field that the server sends") {
  auto conn = connect();
  create_accounts(conn);
  const auto error = caught<errors::UniqueViolation>(
      [&] { conn.execute("INSERT INTO accounts VALUES ($1, 'Bob', 1)", 1); });
  const auto& diagnostic = error.diagnostic();
  CHECK(diagnostic.severity == "ERROR");
  CHECK(diagnostic.severity_nonlocalized == "ERROR");
  CHECK(diagnostic.sqlstate == "23505");
  CHECK(diagnostic.message_primary ==
        "duplicate key value violates unique constraint \"accounts_pkey\"");
  CHECK(error.message() == diagnostic.message_primary);
  CHECK(diagnostic.message_detail == "Key (id)=(1) already exists.");
  CHECK(diagnostic.message_hint.empty());
  CHECK(diagnostic.schema_name.starts_with("pg_temp_"));
  CHECK(diagnostic.table_name == "accounts");
  CHECK(diagnostic.column_name.empty());
  CHECK(diagnostic.datatype_name.empty());
  CHECK(diagnostic.constraint_name == "accounts_pkey");
  CHECK(diagnostic.source_file == "nbtinsert.c");
  CHECK(!diagnostic.source_line.empty());
  CHECK(diagnostic.source_function == "_bt_check_unique");
  CHECK(diagnostic.context.empty());
  CHECK(diagnostic.internal_query.empty());
  CHECK(!diagnostic.statement_position.has_value());
  CHECK(!diagnostic.internal_position.has_value());
}

TEST_CASE("a violated NOT NULL names its column, a check its constraint, a domain its type") {
  auto conn = connect();
  create_accounts(conn);
  conn.execute("CREATE DOMAIN pg_temp.positive AS int CONSTRAINT above_zero CHECK (VALUE > 0)");
  const auto null = caught<errors::NotNullViolation>(
      [&] { conn.execute("INSERT INTO accounts (id) VALUES (2)"); });
  CHECK(null.diagnostic().column_name == "owner");
  CHECK(null.diagnostic().table_name == "accounts");
  const auto check =
      caught<errors::CheckViolation>([&] { conn.execute("UPDATE accounts SET balance = -1"); });
  CHECK(check.diagnostic().constraint_name == "solvent");
  const auto domain =
      caught<errors::CheckViolation>([&] { conn.execute("SELECT (-1)::pg_temp.positive"); });
  CHECK(domain.diagnostic().datatype_name == "positive");
  CHECK(domain.diagnostic().constraint_name == "above_zero");
  CHECK(domain.diagnostic().schema_name.starts_with("pg_temp_"));
}

TEST_CASE("a position is where in the statement, and a hint what to do") {
  auto conn = connect();
  const auto position = caught<errors::UndefinedColumn>(
      [&] { conn.execute("SELECT '\u20AC', no_such_column FROM pg_class"); });
  CHECK(position.diagnostic().statement_position == 13);  // in characters
  const auto hint = caught<errors::UndefinedFunction>([&] { conn.execute("SELECT length(1)"); });
  CHECK(!hint.diagnostic().message_hint.empty());
}

TEST_CASE("what a function executes has a query, a position and a context of its own") {
  auto conn = connect();
  const auto error = caught<errors::SyntaxError>(
      [&] { conn.execute("DO $$ BEGIN EXECUTE 'SELECT  FROM FROM'; END $$"); });
  const auto& diagnostic = error.diagnostic();
  CHECK(diagnostic.internal_query == "SELECT  FROM FROM");
  CHECK(diagnostic.internal_position == 14);
  CHECK(!diagnostic.statement_position.has_value());
  CHECK(contains(diagnostic.context, "PL/pgSQL function inline_code_block line 1"));
}

TEST_CASE("every field that RAISE can set arrives") {
  auto conn = connect();
  const auto error = caught<DatabaseError>([&] {
    conn.execute(
        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'ZX123', MESSAGE = 'm\u20AC', DETAIL = 'd', "
        "HINT = 'h', SCHEMA = 's', TABLE = 't', COLUMN = 'c', DATATYPE = 'y', CONSTRAINT = 'n'; "
        "END $$");
  });
  const auto& diagnostic = error.diagnostic();
  CHECK(diagnostic.sqlstate == "ZX123");
  CHECK(diagnostic.message_primary == "m\u20AC");
  CHECK(diagnostic.message_detail == "d");
  CHECK(diagnostic.message_hint == "h");
  CHECK(diagnostic.schema_name == "s");
  CHECK(diagnostic.table_name == "t");
  CHECK(diagnostic.column_name == "c");
  CHECK(diagnostic.datatype_name == "y");
  CHECK(diagnostic.constraint_name == "n");
  CHECK(diagnostic.source_file == "pl_exec.c");
}

// --- What an error says --------------------------------------------------------------------------

TEST_CASE("an error says what failed, its SQLSTATE, the statement and its place in the source") {
  auto conn = connect();
  const int line = __LINE__ + 1;
  const auto error = caught<Error>([&] { conn.execute("SELECT 1 / $1::int", 0); });
  CHECK(error.message() == "division by zero");
  CHECK(error.statement() == "SELECT 1 / $1::int");
  CHECK(error.where().line() == line);
  CHECK(std::string(error.where().file_name()).ends_with("errors_test.cpp"));
  const std::string what = error.what();
  CHECK(what.starts_with("division by zero (SQLSTATE 22012)\n  in: SELECT 1 / $1::int\n  at: "));
  CHECK(what.ends_with("errors_test.cpp:" + std::to_string(line)));
}

TEST_CASE("an error's place is the statement's, whoever executes it") {
  auto conn = connect();
  const auto line_of = [](auto&& run) {
    return static_cast<int>(caught<Error>(run).where().line());
  };
  CHECK(line_of([&] { conn.with({}).execute("SELECT 1 / 0"); }) == __LINE__);
  CHECK(line_of([&] { conn.execute("SELECT $1::text", std::string(1, '\0')); }) == __LINE__);
  CHECK(line_of([&] { conn.execute(dynamic_sql("SELECT 1 / 0")); }) == __LINE__);
  CHECK(line_of([&] { conn.execute(dynamic_sql("SELECT $1"), 1, 2); }) == __LINE__);
  CHECK(line_of([&] { conn.execute(sql::SQL("SELECT 1 / 0")); }) == __LINE__);
  CHECK(line_of([&] { conn.execute(sql::SQL("SELECT 1") + sql::SQL(" / 0")); }) == __LINE__);
  const sql::Literal zero(0);
  CHECK(line_of([&] { conn.execute(sql::SQL("SELECT 1 / {}").format(zero)); }) == __LINE__);
  const std::vector operands{sql::SQL("SELECT 1"), sql::SQL("0")};
  CHECK(line_of([&] { conn.execute(sql::SQL(" / ").join(operands)); }) == __LINE__);
  CHECK(line_of([&] { conn.execute_script(dynamic_sql("SELECT 1; SELECT 1 / 0")); }) == __LINE__);
  auto tx = conn.transaction();
  CHECK(line_of([&] { tx.execute("SELECT 1 / 0"); }) == __LINE__);
}

TEST_CASE("a long statement is cut short in what(), but whole in statement()") {
  auto conn = connect();
  const std::string text = "SELECT 1 / 0 -- " + std::string(5000, 'x');
  const auto error = caught<Error>([&] { conn.execute(dynamic_sql(text)); });
  CHECK(error.statement() == text);
  CHECK(std::string(error.what()).size() < 1000);
  CHECK(contains(error.what(), text.substr(0, 400)));
}

TEST_CASE("an error can be kept, and outlives its connection") {
  std::optional<Error> kept;
  {
    auto conn = connect();
    try {
      conn.execute("SELECT 1 / 0");
    } catch (const Error& error) { kept = error; }
    conn.close();
  }
  REQUIRE(kept.has_value());
  CHECK(kept->message() == "division by zero");
  CHECK(kept->sqlstate() == "22012");
  CHECK(kept->diagnostic().severity == "ERROR");
  CHECK(kept->statement() == "SELECT 1 / 0");
}

// --- What an error does not say ------------------------------------------------------------------

TEST_CASE("a parameter's value is not in an error's text, whatever the server says of it") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')");
  // clang-format off
  constexpr const char* statements[] = {
      "SELECT $1::int", "SELECT $1::int2", "SELECT $1::int8", "SELECT $1::oid",
      "SELECT $1::numeric", "SELECT $1::float4", "SELECT $1::float8", "SELECT $1::money",
      "SELECT $1::bool", "SELECT $1::uuid", "SELECT $1::date", "SELECT $1::time",
      "SELECT $1::timestamp", "SELECT $1::timestamptz", "SELECT $1::interval",
      "SELECT $1::pg_temp.mood", "SELECT $1::inet", "SELECT $1::macaddr", "SELECT $1::point",
      "SELECT $1::json", "SELECT $1::jsonb", "SELECT $1::int[]", "SELECT $1::int4range",
      "SELECT $1::regclass", "SELECT $1::regtype", "SELECT $1::regrole", "SELECT $1::bit(4)",
      "SELECT $1::pg_lsn", "SELECT $1::tid", "SELECT $1::text::int", "SELECT lower($1)::uuid",
      "SELECT to_date($1, 'YYYY')", "SELECT encode('a', $1)", "SELECT nextval($1)",
      "SELECT set_config($1, 'x', false)", "SELECT date_part($1, now())",
      "SELECT now() AT TIME ZONE $1",
  };
  // clang-format on
  for (const char* statement : statements) {
    CAPTURE(std::string(statement));
    for (const Format format : {Format::binary, Format::text})
      check_hides(
          caught<Error>([&] {
            conn.with({.parameters = format}).execute(dynamic_sql(statement), std::string(secret));
          }),
          secret);
  }
}

TEST_CASE("values of every kind of text are left out of an error's text") {
  auto conn = connect();
  for (const std::string_view value :
       {"s3cret with blanks", "s3cret \"quoted\"", "\"s3cret\"", "s3cret\nline", "'s3cret'",
        "s3cret-\u20AC", "S3CRET \\s3cret", "a b s3cret (SQLSTATE 00000)", " s3cret "}) {
    CAPTURE(value);
    const auto error = caught<Error>([&] { conn.execute("SELECT $1::int", value); });
    check_hides(error, value);
    check_hides(error, "s3cret");
    CHECK(contains(error.message(), "$1"));
  }
  const auto digit = caught<Error>([&] { conn.execute("SELECT $1::uuid", "7"); });
  CHECK(contains(digit.message(), "\"$1\""));
}

TEST_CASE("a part of a value is not in an error's text either") {
  auto conn = connect();
  const auto refusal = [&](const char* statement, const auto& value) {
    return caught<Error>([&] { conn.execute(dynamic_sql(statement), value); });
  };
  check_hides(refusal("SELECT $1::int[]", "{1,s3cret,2}"), "s3cret");
  check_hides(refusal("SELECT $1::int[]", std::vector<std::string>{"1", "s3cret"}), "s3cret");
  check_hides(refusal("SELECT $1::int4range", "[s3cret,2)"), "s3cret");
  check_hides(refusal("SELECT substr($1, 3)::int", "x-s3cret"), "s3cret");
  check_hides(refusal("SELECT ($1::jsonb ->> 'a')::int", "{\"a\": \"s3cret\"}"), "s3cret");
  check_hides(refusal("SELECT $1::regclass", "S3cret.Table"), "s3cret");
}

TEST_CASE("a value that is sent in binary is not in an error's text either") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.parameters = format});
    check_hides(caught<Error>([&] { with.execute("SELECT $1::text::uuid", 4155512); }), "4155512");
    check_hides(caught<Error>([&] { with.execute("SELECT $1::text::uuid", 41555.12); }),
                "41555.12");
  }
}

TEST_CASE("a value in the DETAIL or the CONTEXT of an error is in its diagnostic alone") {
  auto conn = connect();
  conn.execute(
      "CREATE TEMP TABLE tokens (token text PRIMARY KEY, CHECK (token <> 's3cret-value!'))");
  conn.execute("INSERT INTO tokens VALUES ($1)", secret);
  const auto detail = caught<errors::UniqueViolation>(
      [&] { conn.execute("INSERT INTO tokens VALUES ($1)", secret); });
  CHECK(contains(detail.diagnostic().message_detail, secret));
  check_hides(detail, secret);
  const auto failing_row = caught<errors::CheckViolation>(
      [&] { conn.execute("INSERT INTO tokens VALUES ($1)", "s3cret-value!"); });
  CHECK(contains(failing_row.diagnostic().message_detail, secret));
  check_hides(failing_row, secret);

  conn.execute("SET log_parameter_max_length_on_error = -1");
  const auto context =
      caught<errors::DivisionByZero>([&] { conn.execute("SELECT length($1) / 0", secret); });
  CHECK(contains(context.diagnostic().context, secret));
  check_hides(context, secret);
}

TEST_CASE("a composed literal is not in an error's text") {
  auto conn = connect();
  const auto refusal = [&](const sql::Composable& composed) {
    return caught<Error>([&] { conn.execute(composed); });
  };
  const auto divided = refusal(sql::SQL("SELECT length({}) / 0").format(sql::Literal(secret)));
  check_hides(divided, secret);
  CHECK(contains(divided.what(), "SELECT length(?) / 0"));
  check_hides(refusal(sql::SQL("SELECT {}::int").format(sql::Literal(secret))), secret);
  check_hides(refusal(sql::SQL("SELECT {}").format(sql::Literal(std::vector{secret})) +
                      sql::SQL("::int[]")),
              secret);
  check_hides(refusal(sql::SQL("SELECT {} FROM no_such_table").format(sql::Literal(4155512))),
              "4155512");
  check_hides(refusal(sql::SQL("ALTER ROLE no_such_role PASSWORD {}").format(sql::Literal(secret))),
              secret);
  check_hides(refusal(sql::SQL("SELECT {} {}").format(sql::Literal(secret), sql::Literal(secret))),
              secret);
}

TEST_CASE("what made a transaction roll back is told without its values") {
  auto conn = connect();
  auto tx = conn.transaction();
  CHECK_THROWS_AS(tx.execute("SELECT $1::int", secret), DataError);
  CHECK_THROWS_AS(tx.execute("SELECT 1"), errors::InFailedSqlTransaction);  // not the reason
  const auto error = caught<palmetto::TransactionRolledBack>([&] { tx.commit(); });
  CHECK(contains(error.message(), "invalid input syntax for type integer"));
  CHECK(error.statement() == "SELECT $1::int");
  check_hides(error, secret);
}

// --- Parameters ----------------------------------------------------------------------------------

namespace {

// Executes a statement of as many parameters as there are numbers, each of which is its value.
template <std::size_t... I>
palmetto::Result execute_numbered(const palmetto::Executor& conn, const palmetto::DynamicSql& text,
                                  std::index_sequence<I...>) {
  return conn.execute(text, static_cast<int>(I + 1)...);
}

}  // namespace

TEST_CASE("a statement has hundreds of parameters, each with its own value") {
  constexpr int count = 500;
  auto conn = connect();
  std::string list;
  for (int n = 1; n <= count; ++n) list += (n == 1 ? "$" : ", $") + std::to_string(n);
  const auto statement = dynamic_sql("SELECT ARRAY[" + list + "]");
  for (const Format format : {Format::binary, Format::text}) {
    const auto numbers = execute_numbered(conn.with({.parameters = format}), statement,
                                          std::make_index_sequence<count>())
                             .value<std::vector<int>>();
    REQUIRE(numbers.size() == count);
    for (int n = 0; n < count; ++n) CHECK(numbers[static_cast<std::size_t>(n)] == n + 1);
  }
}

TEST_CASE("parameters of many bytes are all sent") {
  auto conn = connect();
  const std::string mebibyte(1 << 20, 'x');
  const auto [a, b, c] =
      conn.execute("SELECT length($1), length($2), $3::text", mebibyte, mebibyte + mebibyte, "last")
          .one<int, int, std::string>();
  CHECK(a == 1 << 20);
  CHECK(b == 1 << 21);
  CHECK(c == "last");
}

TEST_CASE("a text with another number of placeholders than arguments is not sent") {
  auto conn = connect();
  auto tx = conn.transaction();
  tx.execute("SELECT 1");
  const auto refusal = [&](const char* text, const auto&... arguments) {
    const auto error =
        caught<ProgrammingError>([&] { tx.execute(dynamic_sql(text), arguments...); });
    CHECK(error.statement() == text);
    CHECK(error.sqlstate().empty());
    CHECK(status(conn) == TransactionStatus::in_transaction);
    return error.message();
  };
  CHECK(contains(refusal("SELECT $1, $2", 1), "2 placeholders, but 1 arguments"));
  CHECK(contains(refusal("SELECT 1", 1), "0 placeholders, but 1 arguments"));
  CHECK(contains(refusal("SELECT $1"), "1 placeholders, but 0 arguments"));
  CHECK(contains(refusal("SELECT $2", 1), "skips $1"));
  CHECK(contains(refusal("SELECT $0", 1), "count from $1"));
  CHECK(contains(refusal("SELECT $65536", 1), "above 65535"));
  tx.commit();
}

// --- COPY ----------------------------------------------------------------------------------------

namespace {

constexpr const char* copies_in[] = {
    "COPY numbers FROM STDIN",
    "COPY numbers (n) FROM STDIN (FORMAT binary)",
    "copy numbers from stdin",
    " /* in a comment, */ -- or two\n COPY numbers FROM STDIN",
};
constexpr const char* copies_out[] = {
    "COPY numbers TO STDOUT",
    "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 10000)) TO STDOUT",
    "COPY (SELECT n FROM numbers WHERE false) TO STDOUT (FORMAT binary)",
    "/* in a comment */ copy numbers to stdout",
};

void create_numbers(Connection& conn) {
  conn.execute("CREATE TEMP TABLE numbers (n int)");
  conn.execute("INSERT INTO numbers VALUES (1), (2)");
}

void check_refused(const palmetto::Executor& conn, const char* copy) {
  const auto error = caught<ProgrammingError>([&] { conn.execute(dynamic_sql(copy)); });
  CAPTURE(std::string(error.what()));
  CHECK(contains(error.message(), "COPY"));
  CHECK(error.sqlstate().empty());
  CHECK(error.statement() == copy);
}

void check_usable(Connection& conn) {
  CHECK(!conn.closed());
  CHECK(status(conn) == TransactionStatus::idle);
  CHECK(conn.execute("SELECT sum(n) FROM numbers").value<std::int64_t>() == 3);
}

}  // namespace

TEST_CASE("COPY from or to the client through execute() is refused, and does nothing") {
  auto conn = connect();
  create_numbers(conn);
  for (const char* copy : copies_in) {
    CAPTURE(std::string(copy));
    check_refused(conn, copy);
    check_usable(conn);
  }
  for (const char* copy : copies_out) {
    CAPTURE(std::string(copy));
    check_refused(conn, copy);
    check_usable(conn);
  }
}

TEST_CASE("COPY to the client leaves a transaction as it was, also as its first statement") {
  auto conn = connect();
  create_numbers(conn);
  for (const char* copy : copies_out) {
    CAPTURE(std::string(copy));
    {
      auto tx = conn.transaction();
      check_refused(tx, copy);
      CHECK(status(conn) == TransactionStatus::in_transaction);
      tx.execute("UPDATE numbers SET n = 3 - n");
      check_refused(tx, copy);
      CHECK(tx.execute("SELECT sum(n) FROM numbers").value<std::int64_t>() == 3);
      tx.commit();
    }
    check_usable(conn);
  }
}

TEST_CASE("COPY from the client fails its transaction, also as its first statement") {
  auto conn = connect();
  create_numbers(conn);
  for (const char* copy : copies_in) {
    CAPTURE(std::string(copy));
    {
      auto tx = conn.transaction();
      check_refused(tx, copy);
      CHECK_THROWS_AS(tx.execute("SELECT 1"), errors::InFailedSqlTransaction);
      const auto error = caught<palmetto::TransactionRolledBack>([&] { tx.commit(); });
      CHECK(contains(error.message(), "COPY"));  // the reason
    }
    check_usable(conn);
    {
      auto tx = conn.transaction();
      tx.execute("DELETE FROM numbers");
      check_refused(tx, copy);
    }
    check_usable(conn);
    {
      auto tx = conn.transaction();
      tx.execute("SELECT 1");
      {
        auto savepoint = tx.transaction();
        check_refused(savepoint, copy);
        savepoint.rollback();
      }
      CHECK(tx.execute("SELECT 2").value<int>() == 2);
      tx.commit();
    }
    check_usable(conn);
  }
}

TEST_CASE("COPY that fails is the server's error, and COPY on the server is executed") {
  auto conn = connect();
  create_numbers(conn);
  CHECK_THROWS_AS(conn.execute("COPY no_such_table FROM STDIN"), errors::UndefinedTable);
  CHECK_THROWS_AS(conn.execute("COPY no_such_table TO STDOUT"), errors::UndefinedTable);
  CHECK_THROWS_AS(conn.execute("COPY numbers TO STDOUT (FORMAT nonsense)"),
                  errors::InvalidParameterValue);
  check_usable(conn);
  auto tx = conn.transaction();
  CHECK(tx.execute("COPY numbers TO '/dev/null'").rows_affected() == 2);
  CHECK(status(conn) == TransactionStatus::in_transaction);
  tx.commit();
  check_usable(conn);
}

TEST_CASE("COPY through a script is refused as well, and the connection stays usable") {
  auto conn = connect();
  create_numbers(conn);
  for (const char* script :
       {"COPY numbers FROM STDIN", "COPY numbers TO STDOUT", "SELECT 1; COPY numbers TO STDOUT",
        "SELECT 1; COPY numbers FROM STDIN", "COPY numbers TO STDOUT; SELECT 1"}) {
    CAPTURE(std::string(script));
    CHECK_THROWS_AS(conn.execute_script(dynamic_sql(script)), ProgrammingError);
    check_usable(conn);
  }
}
