// Writes rows of (int8, text, float8, int4, bool) by COPY.

#include <palmetto/palmetto.hpp>

#include "benchmark.hpp"
#include "copy_writer.hpp"
#include "peers.hpp"

namespace {

constexpr const char* setup =
    "DROP TABLE IF EXISTS bench_rows;"
    "CREATE UNLOGGED TABLE bench_rows (a int8, b text, c float8, d int4, e bool)";

std::uint64_t by_libpq(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  run.measure([&] {
    by_hand::CopyWriter writer(conn, "COPY bench_rows (a, b, c, d, e) FROM STDIN (FORMAT binary)");
    for (std::int32_t i = 0; i < run.rows(); ++i) writer.write_row(bench::row(i));
    writer.finish();
  });
  return run.table_checksum("bench_rows");
}

std::uint64_t by_palmetto(bench::Run& run) {
  auto conn = palmetto::connect(run.conninfo());
  run.measure([&] {
    auto copy = conn.copy_in("bench_rows", {"a", "b", "c", "d", "e"});
    for (std::int32_t i = 0; i < run.rows(); ++i) {
      const bench::Row row = bench::row(i);
      copy.write_row(row.number, row.text, row.real, row.small, row.flag);
    }
    copy.finish();
  });
  return run.table_checksum("bench_rows");
}

std::uint64_t by_libpqxx(bench::Run& run) {
  pqxx::connection conn(run.conninfo());
  run.measure([&] {
    pqxx::work tx(conn);
    pqxx::stream_to stream(tx, "bench_rows", std::vector<std::string>{"a", "b", "c", "d", "e"});
    for (std::int32_t i = 0; i < run.rows(); ++i) {
      const bench::Row row = bench::row(i);
      stream << std::make_tuple(row.number, row.text.data(), row.real, row.small, row.flag);
    }
    stream.complete();
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
                               {"libpqxx", "libpq", by_libpqxx}}});
}
