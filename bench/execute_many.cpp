// Inserts rows of (int8, text, float8, int4, bool) by one statement, in one transaction.

#include <palmetto/palmetto.hpp>

#include "benchmark.hpp"
#include "by_hand.hpp"
#include "peers.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <ranges>

namespace {

constexpr const char* setup =
    "DROP TABLE IF EXISTS bench_rows;"
    "CREATE UNLOGGED TABLE bench_rows (a int8, b text, c float8, d int4, e bool)";

constexpr const char* statement = "INSERT INTO bench_rows VALUES ($1, $2, $3, $4, $5)";

// --- By hand -------------------------------------------------------------------------------------

// Prepared once, and executed in a pipeline: one round trip. Nothing blocks: what the server
// answers is read while there is still more to write, or each would wait for the other; and when a
// thousand answers are due they are waited for, so that neither side has to keep more.
class Inserter {
 public:
  explicit Inserter(const by_hand::Connection& conn) : conn_(conn.get()) {
    require(PQsetnonblocking(conn_, 1) == 0);
    require(PQenterPipelineMode(conn_) == 1);
  }

  void insert(std::int32_t rows) {
    require(PQsendQueryParams(conn_, "BEGIN", 0, nullptr, nullptr, nullptr, nullptr, 1) == 1);
    require(PQsendPrepare(conn_, "insert", statement, 5, types) == 1);
    awaited_ = 2;
    for (std::int32_t i = 0; i < rows; ++i) {
      send(bench::row(i));
      if ((i + 1) % 100 == 0) exchange(1000);
    }
    require(PQsendQueryParams(conn_, "COMMIT", 0, nullptr, nullptr, nullptr, nullptr, 1) == 1);
    require(PQpipelineSync(conn_) == 1);
    awaited_ += 2;
    exchange(0);
    require(PQexitPipelineMode(conn_) == 1);
  }

 private:
  static constexpr std::array<Oid, 5> type_oids{20, 25, 701, 23, 16};
  static constexpr const Oid* types = type_oids.data();

  void require(bool met) const { by_hand::require(met, conn_); }

  void send(const bench::Row& row) {
    char number[8];
    char real[8];
    char small[4];
    const char flag = static_cast<char>(row.flag);
    by_hand::to_network(number, row.number);
    by_hand::to_network(real, row.real);
    by_hand::to_network(small, row.small);
    const char* values[] = {number, row.text.data(), real, small, &flag};
    const int lengths[] = {8, static_cast<int>(row.text.size()), 8, 4, 1};
    static constexpr int formats[] = {1, 1, 1, 1, 1};
    require(PQsendQueryPrepared(conn_, "insert", 5, values, lengths, formats, 1) == 1);
    ++awaited_;
  }

  // Writes all that libpq has collected, and reads until no more than so many answers are due.
  void exchange(int due) {
    for (;;) {
      const int unsent = PQflush(conn_);
      require(unsent >= 0);
      read_results();
      if (unsent == 0 && awaited_ <= due) return;
      const int events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
      pollfd socket{PQsocket(conn_), static_cast<short>(events), 0};
      require(poll(&socket, 1, -1) == 1);
      if ((socket.revents & ~POLLOUT) != 0) require(PQconsumeInput(conn_) == 1);
    }
  }

  // What is there of results: of each statement one and then a null; of the Sync one alone.
  void read_results() {
    while (awaited_ > 0 && PQisBusy(conn_) == 0) {
      const by_hand::Result result(PQgetResult(conn_), &PQclear);
      if (!result) continue;
      const auto status = PQresultStatus(result.get());
      require(status == PGRES_COMMAND_OK || status == PGRES_PIPELINE_SYNC);
      --awaited_;
    }
  }

  PGconn* conn_;
  int awaited_ = 0;  // answers
};

std::uint64_t by_libpq(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  run.measure([&] { Inserter(conn).insert(run.rows()); });
  return run.table_checksum("bench_rows");
}

// --- By Palmetto ---------------------------------------------------------------------------------

std::uint64_t by_palmetto(bench::Run& run) {
  auto conn = palmetto::connect(run.conninfo());
  run.measure([&] {
    const auto rows = std::views::iota(0, run.rows()) | std::views::transform(bench::row);
    const auto inserted =
        conn.execute_many("INSERT INTO bench_rows VALUES ($1, $2, $3, $4, $5)", rows);
    if (inserted != run.rows()) throw std::runtime_error("not all rows");
  });
  return run.table_checksum("bench_rows");
}

// --- By peers ------------------------------------------------------------------------------------

std::uint64_t by_libpqxx(bench::Run& run) {
  pqxx::connection conn(run.conninfo());
  run.measure([&] {
    conn.prepare("insert", statement);
    pqxx::work tx(conn);
    for (std::int32_t i = 0; i < run.rows(); ++i) {
      const bench::Row row = bench::row(i);
      tx.exec_prepared0("insert", row.number, row.text.data(), row.real, row.small, row.flag);
    }
    tx.commit();
  });
  return run.table_checksum("bench_rows");
}

// SOCI's bulk insert: vectors, of a thousand rows each.
class SociRows {
 public:
  static constexpr std::int32_t bulk = 1000;

  void fill(std::int32_t first, std::int32_t last) {
    const auto size = static_cast<std::size_t>(last - first);
    numbers.resize(size);
    texts.resize(size);
    reals.resize(size);
    smalls.resize(size);
    flags.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      const bench::Row row = bench::row(first + static_cast<std::int32_t>(i));
      numbers[i] = row.number;
      texts[i] = row.text;
      reals[i] = row.real;
      smalls[i] = row.small;
      flags[i] = row.flag ? 1 : 0;
    }
  }

  std::vector<long long> numbers;
  std::vector<std::string> texts;
  std::vector<double> reals;
  std::vector<int> smalls;
  std::vector<int> flags;  // SOCI has no bool
};

std::uint64_t by_soci(bench::Run& run) {
  soci::session conn(soci::postgresql, run.conninfo());
  run.measure([&] {
    soci::transaction tx(conn);
    SociRows rows;
    for (std::int32_t first = 0; first < run.rows(); first += SociRows::bulk) {
      rows.fill(first, std::min(first + SociRows::bulk, run.rows()));
      // Not one statement for all: SOCI 4.0.3 would send the first thousand again.
      conn << "INSERT INTO bench_rows VALUES (:a, :b, :c, :d, (:e)::int4::bool)",
          soci::use(rows.numbers), soci::use(rows.texts), soci::use(rows.reals),
          soci::use(rows.smalls), soci::use(rows.flags);
    }
    tx.commit();
  });
  return run.table_checksum("bench_rows");
}

}  // namespace

int main(int argc, char** argv) {
  return bench::main(argc, argv,
                     {.unit = "row",
                      .setup = setup,
                      .ways = {{"libpq", "libpq", by_libpq},
                               {"palmetto", "libpq", by_palmetto},
                               {"libpqxx", "libpq", by_libpqxx},
                               {"soci", "libpq", by_soci}}});
}
