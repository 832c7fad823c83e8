// Reads rows of (int8, text, float8, int4, bool) as they arrive, at constant memory.

#include <palmetto/palmetto.hpp>

#include "benchmark.hpp"
#include "by_hand.hpp"
#include "copy_reader.hpp"
#include "peers.hpp"

#include <dlfcn.h>

namespace {

constexpr const char* setup =
    "DROP TABLE IF EXISTS bench_rows;"
    "CREATE UNLOGGED TABLE bench_rows AS "
    "SELECT i::int8 AS a, 'text of row ' || i AS b, i::float8 / 3 AS c, i::int4 AS d, "
    "i % 2 = 0 AS e FROM generate_series(1, current_setting('bench.rows')::int4) i";

// --- By hand -------------------------------------------------------------------------------------

std::uint64_t by_copy(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    by_hand::CopyReader reader(
        conn, "COPY (SELECT a, b, c, d, e FROM bench_rows) TO STDOUT (FORMAT binary)");
    while (reader.next()) {
      const auto number = reader.number<std::int64_t>();
      const auto text = reader.text();
      const auto real = reader.number<double>();
      const auto small = reader.number<std::int32_t>();
      sum.add(number, text, real, small, reader.number<char>() != 0);
    }
  });
  return sum.value();
}

// All that arrives, by the mode that was set for the results.
void read_arriving(const by_hand::Connection& conn, ExecStatusType status, bench::Checksum& sum) {
  for (;;) {
    const by_hand::Result result(PQgetResult(conn.get()), &PQclear);
    if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) break;
    by_hand::require(PQresultStatus(result.get()) == status, conn);
    const int count = PQntuples(result.get());
    for (int row = 0; row < count; ++row) by_hand::add_row(sum, result.get(), row);
  }
  by_hand::require(PQgetResult(conn.get()) == nullptr, "more results than one");
}

void send_select(const by_hand::Connection& conn) {
  by_hand::require(PQsendQueryParams(conn.get(), "SELECT a, b, c, d, e FROM bench_rows", 0, nullptr,
                                     nullptr, nullptr, nullptr, 1) == 1,
                   conn);
}

std::uint64_t by_single_row(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    send_select(conn);
    by_hand::require(PQsetSingleRowMode(conn.get()) == 1, "no single-row mode");
    read_arriving(conn, PGRES_SINGLE_TUPLE, sum);
  });
  return sum.value();
}

// libpq has it from 17 on, Debian's header does not: looked up, and null with an older libpq.
using SetChunkedRowsMode = int (*)(PGconn*, int);
const auto set_chunked_rows_mode =
    reinterpret_cast<SetChunkedRowsMode>(dlsym(RTLD_DEFAULT, "PQsetChunkedRowsMode"));
constexpr auto tuples_chunk = static_cast<ExecStatusType>(PGRES_PIPELINE_ABORTED + 1);

std::uint64_t by_chunks(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    send_select(conn);
    by_hand::require(set_chunked_rows_mode(conn.get(), 1000) == 1, "no chunked rows");
    read_arriving(conn, tuples_chunk, sum);
  });
  return sum.value();
}

std::uint64_t by_fetch(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    by_hand::execute(conn,
                     "BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT a, b, c, d, e FROM bench_rows");
    for (int count = 1000; count == 1000;) {
      const auto result = by_hand::checked(
          conn,
          PQexecParams(conn.get(), "FETCH 1000 FROM c", 0, nullptr, nullptr, nullptr, nullptr, 1),
          PGRES_TUPLES_OK);
      count = PQntuples(result.get());
      for (int row = 0; row < count; ++row) by_hand::add_row(sum, result.get(), row);
    }
    by_hand::execute(conn, "CLOSE c; COMMIT");
  });
  return sum.value();
}

// --- By Palmetto ---------------------------------------------------------------------------------

std::uint64_t by_palmetto(bench::Run& run, palmetto::StreamRoad road) {
  auto conn = palmetto::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    for (auto [number, text, real, small, flag] :
         conn.with({.road = road})
             .stream<std::int64_t, std::string_view, double, std::int32_t, bool>(
                 "SELECT a, b, c, d, e FROM bench_rows"))
      sum.add(number, text, real, small, flag);
  });
  return sum.value();
}

template <palmetto::StreamRoad road>
std::uint64_t by_palmetto_on(bench::Run& run) {
  return by_palmetto(run, road);
}

// --- By peers ------------------------------------------------------------------------------------

std::uint64_t by_libpqxx(bench::Run& run) {
  pqxx::connection conn(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    pqxx::work tx(conn);
    pqxx::stream_from stream(tx, "bench_rows");
    for (std::tuple<std::int64_t, std::string, double, std::int32_t, bool> row; stream >> row;) {
      const auto& [number, text, real, small, flag] = row;
      sum.add(number, text, real, small, flag);
    }
    stream.complete();
    tx.commit();
  });
  return sum.value();
}

}  // namespace

int main(int argc, char** argv) {
  using enum palmetto::StreamRoad;
  bench::Benchmark benchmark{
      .unit = "row",
      .setup = setup,
      .ways = {{"libpq", "libpq", by_copy},
               {"palmetto", "libpq", by_palmetto_on<copy>},
               {"libpqxx", "libpq", by_libpqxx},
               {"libpq-fetch", "libpq-fetch", by_fetch},
               {"palmetto-fetch", "libpq-fetch", by_palmetto_on<cursor>},
               {"libpq-single", "libpq-single", by_single_row},
               {"palmetto-single", "libpq-single", by_palmetto_on<single_row>}}};
  if (set_chunked_rows_mode != nullptr) {
    benchmark.ways.push_back({"libpq-chunks", "libpq-chunks", by_chunks});
    benchmark.ways.push_back({"palmetto-chunks", "libpq-chunks", by_palmetto_on<chunks>});
  }
  return bench::main(argc, argv, benchmark);
}
