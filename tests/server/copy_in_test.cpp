// COPY from the client: typed rows in every format, raw blocks, and all the ways in which it ends.

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"
#include "support/thrown.hpp"

#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

using namespace palmetto;
using support::contains;
using support::thrown_by;

namespace {

constexpr CopyFormat formats[] = {CopyFormat::binary, CopyFormat::text, CopyFormat::csv};

const char* name_of(CopyFormat format) {
  return format == CopyFormat::binary ? "binary" : format == CopyFormat::text ? "text" : "csv";
}

Connection connect_with_table() {
  Connection conn = support::connect();
  conn.execute(
      "CREATE TEMP TABLE t (id int8 PRIMARY KEY, owner text, rate float8, n int4, ok bool)");
  return conn;
}

std::int64_t count(const Executor& executor) {
  return executor.execute("SELECT count(*) FROM t").value<std::int64_t>();
}

struct Account {
  std::string owner;
  std::optional<std::int32_t> n;
  std::int64_t id;
};
BOOST_DESCRIBE_STRUCT(Account, (), (owner, n, id))

struct Plain {
  std::int64_t id;
  const char* owner;
};

}  // namespace

TEST_CASE("typed rows are read back as they were written, in every format") {
  for (const CopyFormat format : formats) {
    INFO(name_of(format));
    Connection conn = connect_with_table();
    auto copy = conn.copy_in("t", {"id", "owner", "rate", "n", "ok"}, {.format = format});
    copy.write_row(std::int64_t{1}, "Ada", 0.5, 7, true);
    copy.write_row(std::int64_t{-2}, std::string("a, \"quoted\"\\.\t\n\r\b\f\v\\N'"), -1e300,
                   std::int16_t{-3}, std::optional<bool>());
    copy.write_row(3, nullptr, std::nullopt, std::optional<std::int32_t>(9), false);
    copy.write_row(4, "", std::optional<double>(1.5), std::nullopt, std::nullopt);
    CHECK(copy.finish() == 4);
    using Row = std::tuple<std::int64_t, std::optional<std::string>, std::optional<double>,
                           std::optional<std::int32_t>, std::optional<bool>>;
    const auto rows =
        conn.execute("SELECT id, owner, rate, n, ok FROM t ORDER BY abs(id)").all<Row>();
    REQUIRE(rows.size() == 4);
    CHECK(rows[0] == Row(1, "Ada", 0.5, 7, true));
    CHECK(rows[1] == Row(-2, "a, \"quoted\"\\.\t\n\r\b\f\v\\N'", -1e300, -3, std::nullopt));
    CHECK(rows[2] == Row(3, std::nullopt, std::nullopt, 9, false));
    CHECK(rows[3] == Row(4, "", 1.5, std::nullopt, std::nullopt));
  }
}

TEST_CASE("every character but NUL goes through a COPY, in every format") {
  std::string all = "\xe2\x82\xac";
  for (int c = 1; c < 256; ++c)
    if (c < 128) all += static_cast<char>(c);
    else all += {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
  for (const CopyFormat format : formats) {
    INFO(name_of(format));
    Connection conn = connect_with_table();
    auto copy = conn.copy_in("t", {"id", "owner"}, {.format = format});
    for (int i = 0; i < 40; ++i) copy.write_row(i, all.substr(3, static_cast<std::size_t>(i)));
    copy.write_row(40, all);
    CHECK(copy.finish() == 41);
    const auto owners = conn.execute("SELECT owner FROM t ORDER BY id").all<std::string>();
    REQUIRE(owners.size() == 41);
    for (std::size_t i = 0; i < 40; ++i) CHECK(owners[i] == all.substr(3, i));
    CHECK(owners[40] == all);
  }
}

TEST_CASE("ranges of tuples, structs and values are rows") {
  Connection conn = connect_with_table();
  SUBCASE("tuples, by position") {
    auto copy = conn.copy_in("t", {"id", "owner"});
    copy.write(std::vector<std::tuple<std::int64_t, std::string>>{{1, "Ada"}, {2, "Grace"}});
    CHECK(copy.finish() == 2);
  }
  SUBCASE("a described struct, by name; what is not listed is left out") {
    auto copy = conn.copy_in("t", {"id", "owner"});
    copy.write(std::vector<Account>{{"Ada", 3, 1}, {"Grace", std::nullopt, 2}});
    CHECK(copy.finish() == 2);
  }
  SUBCASE("a plain aggregate, by position") {
    auto copy = conn.copy_in("t", {"id", "owner"});
    copy.write(std::vector<Plain>{{1, "Ada"}, {2, "Grace"}});
    CHECK(copy.finish() == 2);
  }
  SUBCASE("values, where there is one column") {
    auto copy = conn.copy_in("t", {"id"});
    copy.write(std::vector<std::int64_t>{1, 2});
    CHECK(copy.finish() == 2);
    conn.execute("UPDATE t SET owner = CASE id WHEN 1 THEN 'Ada' ELSE 'Grace' END");
  }
  CHECK(
      conn.execute("SELECT string_agg(id || owner, ' ' ORDER BY id) FROM t").value<std::string>() ==
      "1Ada 2Grace");
}

TEST_CASE("values of the richer types go by their binary format") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE t (a int4[], d numeric, j jsonb, ts timestamptz, b bytea)");
  const auto time =
      conn.execute("SELECT now()").value<std::chrono::sys_time<std::chrono::microseconds>>();
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{255}};
  for (const CopyFormat format : formats) {
    conn.execute("TRUNCATE t");
    auto copy = conn.copy_in("t", {}, {.format = format});
    copy.write_row(std::vector<std::int32_t>{1, 2}, Numeric::parse("1.50"),
                   boost::json::parse(R"({"a": [1, null]})"), time, bytes);
    CHECK(copy.finish() == 1);
    CHECK(conn.execute("SELECT a::text || d || j FROM t").value<std::string>() ==
          "{1,2}1.50{\"a\": [1, null]}");
    CHECK(conn.execute("SELECT ts = $1 AND b = '\\x00ff' FROM t", time).value<bool>());
  }
}

TEST_CASE("every mismatch of a row's types with the columns is in one TypeMismatch") {
  Connection conn = connect_with_table();
  auto copy = conn.copy_in("t", {"id", "rate", "n"});
  const auto error =
      thrown_by<TypeMismatch>([&] { copy.write_row(std::string("x"), true, std::int64_t{1}); });
  CHECK(contains(error.message(), "column 1 \"id\" (int8) can't be written from std::string"));
  CHECK(contains(error.message(), "column 2 \"rate\" (float8) can't be written from bool"));
  CHECK(contains(error.message(), "column 3 \"n\" (int4) can't be written from std::int64_t"));
  CHECK_THROWS_AS(copy.write_row(1), TypeMismatch);
  copy.write_row(1, 0.5, 2);
  CHECK(copy.finish() == 1);
}

TEST_CASE("a row that can't be written leaves nothing of it, and others can follow") {
  for (const CopyFormat format : formats) {
    INFO(name_of(format));
    Connection conn = connect_with_table();
    auto copy = conn.copy_in("t", {"id", "owner"}, {.format = format});
    copy.write_row(1, "Ada");
    const auto error =
        thrown_by<DataError>([&] { copy.write_row(2, std::string_view("with a \0 byte", 13)); });
    CHECK(contains(error.message(), "column 2 \"owner\" (text), row 2: the text has a NUL byte"));
    CHECK(error.where().line() != 0);
    copy.write_row(3, "Grace");
    CHECK(copy.finish() == 2);
    CHECK(conn.execute("SELECT string_agg(owner, ' ' ORDER BY id) FROM t").value<std::string>() ==
          "Ada Grace");
  }
}

TEST_CASE("leaving the scope without finish() makes the server discard the rows") {
  Connection conn = connect_with_table();
  SUBCASE("on its own") {
    {
      auto copy = conn.copy_in("t", {"id"});
      for (int i = 0; i < 100000; ++i) copy.write_row(i);
    }
    CHECK(count(conn) == 0);
  }
  SUBCASE("by an exception") {
    CHECK_THROWS_AS(
        [&] {
          auto copy = conn.copy_in("t", {"id"});
          copy.write_row(1);
          throw std::runtime_error("the source is gone");
        }(),
        std::runtime_error);
    CHECK(count(conn) == 0);
  }
  SUBCASE("within a transaction, which has failed then") {
    auto tx = conn.transaction();
    { auto copy = tx.copy_in("t", {"id"}); }
    CHECK_THROWS_AS(tx.commit(), TransactionRolledBack);
  }
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("the server's error is thrown by finish(), with its class and place") {
  Connection conn = connect_with_table();
  SUBCASE("on its own") {
    auto copy = conn.copy_in("t", {"id"});
    copy.write_row(1);
    copy.write_row(1);
    for (int i = 0; i < 100000; ++i) copy.write_row(2 + i);
    const auto error = thrown_by<errors::UniqueViolation>([&] { copy.finish(); });
    CHECK(error.statement() == "COPY \"t\" (\"id\") FROM STDIN (FORMAT binary)");
    CHECK(error.where().line() != 0);
    CHECK_THROWS_AS(copy.finish(), ProgrammingError);
    CHECK_THROWS_AS(copy.write_row(5), ProgrammingError);
    CHECK(count(conn) == 0);
  }
  SUBCASE("within a transaction it is the reason why nothing is committed") {
    auto tx = conn.transaction();
    auto copy = tx.copy_in("t", {"id"});
    copy.write(std::vector<int>{1, 1});
    CHECK_THROWS_AS(copy.finish(), errors::UniqueViolation);
    const auto error = thrown_by<TransactionRolledBack>([&] { tx.commit(); });
    CHECK(contains(error.message(), "duplicate key"));
  }
  SUBCASE("a table that is not there is told before anything is written") {
    const auto error = thrown_by<errors::UndefinedTable>(
        [&] { static_cast<void>(conn.copy_in("missing", {"id"})); });
    CHECK(error.where().line() != 0);
  }
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("BEGIN goes in front of a COPY, and the transaction decides about its rows") {
  Connection conn = connect_with_table();
  {
    auto tx = conn.transaction();
    auto copy = tx.copy_in("t", {"id"});
    copy.write_row(1);
    copy.finish();
    tx.rollback();
  }
  CHECK(count(conn) == 0);
  auto tx = conn.transaction();
  auto copy = conn.copy_in("t", {"id"});
  copy.write_row(1);
  CHECK(copy.finish() == 1);
  tx.commit();
  CHECK(count(conn) == 1);
}

TEST_CASE("while a COPY is open the connection is busy") {
  Connection conn = connect_with_table();
  auto copy = conn.copy_in("t", {"id"});
  const auto error = thrown_by<ProgrammingError>([&] { conn.execute("SELECT 1"); });
  CHECK(contains(error.message(), "a COPY from the client is under way"));
  CHECK_THROWS_AS(static_cast<void>(conn.copy_in("t", {"id"})), ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(conn.transaction()), ProgrammingError);
  copy.finish();
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("raw blocks go as they are, wherever they are cut") {
  Connection conn = connect_with_table();
  SUBCASE("of a table") {
    auto copy = conn.copy_in("t", {"id", "owner"}, {.format = CopyFormat::csv});
    copy.write_raw("1,Ada\n2,Gra");
    copy.write_raw("ce\n");
    CHECK_THROWS_AS(copy.write_row(3, "x"), ProgrammingError);
    CHECK(copy.finish() == 2);
  }
  SUBCASE("of a statement") {
    auto copy =
        conn.copy_in_raw("COPY t (id, owner) FROM STDIN (FORMAT csv, HEADER, DELIMITER ';')");
    copy.write_raw("id;owner\n1;Ada\n2;Grace\n");
    CHECK_THROWS_AS(copy.write_row(3, "x"), ProgrammingError);
    CHECK(copy.finish() == 2);
  }
  SUBCASE("larger than the buffer") {
    auto copy = conn.copy_in_raw("COPY t (id, owner) FROM STDIN");
    copy.write_raw("1\tAda\n");
    copy.write_raw("2\tGrace" + std::string(300000, ' ') + "\n");
    CHECK(copy.finish() == 2);
    conn.execute("UPDATE t SET owner = rtrim(owner)");
  }
  CHECK(
      conn.execute("SELECT string_agg(id || owner, ' ' ORDER BY id) FROM t").value<std::string>() ==
      "1Ada 2Grace");
}

TEST_CASE("a statement that is no COPY from the client is refused, and the connection is well") {
  Connection conn = connect_with_table();
  CHECK_THROWS_AS(static_cast<void>(conn.copy_in_raw("SELECT 1")), ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(conn.copy_in_raw("COPY t TO STDOUT")), ProgrammingError);
  CHECK(conn.execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("names are quoted: a table's, its schema's and its columns'") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE \"od\"\"d\" (\"a b\" int8)");
  auto copy = conn.copy_in("od\"d", {"a b"});
  copy.write_row(1);
  CHECK(copy.finish() == 1);
  auto other = conn.copy_in(sql::Identifier("pg_temp", "od\"d"));
  other.write_row(2);
  CHECK(other.finish() == 1);
}

TEST_CASE("rows larger than the buffer, and many rows, arrive whole") {
  Connection conn = connect_with_table();
  auto copy = conn.copy_in("t", {"id", "owner"});
  copy.write_row(0, std::string(200000, 'x'));
  for (int i = 1; i < 200000; ++i) copy.write_row(i, "an owner");
  copy.write_row(200000, std::string(1000000, 'y'));
  CHECK(copy.finish() == 200001);
  CHECK(conn.execute("SELECT sum(length(owner)) FROM t").value<std::int64_t>() ==
        200000 + 199999 * 8 + 1000000);
}

TEST_CASE("a table with generated columns asks for a list of columns") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE g (a int4, b int4 GENERATED ALWAYS AS (a * 2) STORED)");
  CHECK_THROWS_AS(static_cast<void>(conn.copy_in("g")), ProgrammingError);
  auto copy = conn.copy_in("g", {"a"});
  copy.write_row(21);
  CHECK(copy.finish() == 1);
  CHECK(conn.execute("SELECT b FROM g").value<int>() == 42);
}
