// COPY and streams on CockroachDB: what is refused by its version, the syntax of the older ones,
// and the roads that are left.

#include "palmetto/palmetto.hpp"
#include "palmetto/pq/capabilities.hpp"

#include "cockroach.hpp"
#include "emulated_cockroach.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

using namespace palmetto;
using namespace crdb_tests;
using support::contains;
using support::thrown_by;

namespace {

using Conn = crdb::CrdbConnection;

// An emulated CockroachDB and the COPYs that it was sent.
class Copied {
 public:
  explicit Copied(const char* version) : cockroach_(version) {
    cockroach_.proxy().rewrite([this](std::string_view text, char) {
      std::string statement(text);
      const std::lock_guard lock(mutex_);
      if (statement.starts_with("COPY ") || statement.starts_with("DECLARE ")) last_ = statement;
      return statement;
    });
    conn_.emplace(crdb::connect(cockroach_.conninfo()));
    conn_->execute("CREATE TEMP TABLE copied (id int8, owner text, ok bool)");
  }

  Conn& conn() { return *conn_; }
  std::string last() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  std::mutex mutex_;  // guards the statement, which the proxy's thread notes
  std::string last_;
  EmulatedCockroach cockroach_;
  std::optional<Conn> conn_;
};

void check_refused(const char* version, const char* says, const std::function<void(Conn&)>& use) {
  CAPTURE(version);
  Cockroach cockroach(greeting_of(version));
  Conn conn = cockroach.connect();
  const auto error = thrown_by<NotSupportedError>([&] { use(conn); });
  CHECK(contains(error.message(), says));
  CHECK(cockroach.conversation().empty());
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
}

std::int64_t sum_of(Conn& conn, std::optional<StreamRoad> road, StreamRoad& taken) {
  std::int64_t sum = 0;
  auto rows = conn.with({.road = road})
                  .stream<std::int64_t>("SELECT n FROM generate_series(1, $1::int8) n", 2500);
  taken = rows.road();
  for (const std::int64_t n : rows) sum += n;
  return sum;
}

constexpr std::int64_t whole_sum = 2500 * 2501 / 2;

}  // namespace

TEST_CASE("COPY to the client is refused before v23.1, in binary always") {
  const auto raw = [](Conn& conn) {
    static_cast<void>(conn.copy_out_raw("COPY (SELECT 1) TO STDOUT"));
  };
  check_refused("v22.2.19", "COPY TO", raw);
  for (const char* version : {"v22.2.19", "v23.1.0", "v26.3.0"}) {
    check_refused(version, "COPY TO in binary",
                  [](Conn& conn) { static_cast<void>(conn.copy_out<int>("SELECT 1")); });
    check_refused(version, "COPY TO in binary",
                  [](Conn& conn) { static_cast<void>(conn.copy_out<int>("copied", {"id"})); });
    check_refused(version, "COPY TO in binary", [](Conn& conn) {
      static_cast<void>(conn.with({.road = StreamRoad::copy}).stream<int>("SELECT 1"));
    });
  }
}

TEST_CASE("from v23.1 on COPY to the client gives blocks of text") {
  Copied copied("v23.1.0");
  auto copy = copied.conn().copy_out_raw("COPY (SELECT generate_series(1, 3)) TO STDOUT");
  std::string text;
  while (const auto block = copy.next()) text += *block;
  CHECK(text == "1\n2\n3\n");
}

TEST_CASE("COPY from the client is written in the words of the version, and stores all rows") {
  struct Case {
    const char* version;
    CopyFormat format;
    const char* ends;
  };
  const Case cases[] = {
      {"v22.2.19", CopyFormat::binary, "FROM STDIN BINARY"},
      {"v22.2.19", CopyFormat::csv, "FROM STDIN CSV"},
      {"v22.2.19", CopyFormat::text, "FROM STDIN"},
      {"v23.1.0", CopyFormat::binary, "FROM STDIN (FORMAT binary)"},
      {"v23.1.0", CopyFormat::csv, "FROM STDIN (FORMAT csv)"},
      {"v23.1.0", CopyFormat::text, "FROM STDIN"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.version);
    CAPTURE(c.ends);
    Copied copied(c.version);
    Conn& conn = copied.conn();
    auto copy = conn.copy_in("copied", {"id", "owner", "ok"}, {.format = c.format});
    for (std::int64_t id = 1; id <= 3; ++id) copy.write_row(id, "a,\t\"b\"", id == 2);
    CHECK(copy.finish() == 3);
    CHECK(copied.last().ends_with(c.ends));
    CHECK(
        conn.execute("SELECT count(*) FROM copied WHERE owner = $1 AND ok = (id = 2)", "a,\t\"b\"")
            .value<std::int64_t>() == 3);
  }
}

TEST_CASE("a stream takes the fastest road that the version has, which is never COPY") {
  struct Case {
    const char* version;
    bool has_cursors;
  };
  for (const Case& c : {Case{"v22.1.2", false}, Case{"v22.1.3", true}, Case{"v26.3.0", true}}) {
    CAPTURE(c.version);
    Copied copied(c.version);
    Conn& conn = copied.conn();
    const StreamRoad fastest = pq::capabilities().chunked_rows ? StreamRoad::chunks
                               : c.has_cursors                 ? StreamRoad::cursor
                                                               : StreamRoad::single_row;
    StreamRoad taken{};
    CHECK(sum_of(conn, std::nullopt, taken) == whole_sum);
    CHECK(taken == fastest);
    CHECK(sum_of(conn, StreamRoad::single_row, taken) == whole_sum);
    if (c.has_cursors) {
      CHECK(sum_of(conn, StreamRoad::cursor, taken) == whole_sum);
      CHECK(copied.last().starts_with("DECLARE "));
    } else {
      const auto error = thrown_by<NotSupportedError>(
          [&] { static_cast<void>(sum_of(conn, StreamRoad::cursor, taken)); });
      CHECK(contains(error.message(), "server-side cursors"));
    }
    CHECK(conn.execute("SELECT 42").value<int>() == 42);
  }
}

TEST_CASE("a stream that is left leaves the connection usable") {
  for (const StreamRoad road : {StreamRoad::cursor, StreamRoad::single_row}) {
    Copied copied("v22.1.3");
    Conn& conn = copied.conn();
    for (const std::int64_t n :
         conn.with({.road = road}).stream<std::int64_t>("SELECT generate_series(1, 100000)::int8"))
      if (n == 3) break;
    CHECK(conn.execute("SELECT 42").value<int>() == 42);
  }
}
