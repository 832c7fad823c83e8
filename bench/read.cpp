// Reads rows of (int8, text, float8, int4, bool) that a statement's result has.

#include <palmetto/palmetto.hpp>

#include "benchmark.hpp"
#include "by_hand.hpp"
#include "peers.hpp"

namespace {

constexpr const char* statement =
    "SELECT i::int8, 'text of row ' || i, i::float8 / 3, i::int4, i % 2 = 0 "
    "FROM generate_series(1, $1::int4) i";

std::uint64_t by_libpq(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    char parameter[4];
    by_hand::to_network(parameter, run.rows());
    const char* values[] = {parameter};
    const int lengths[] = {4};
    const int formats[] = {1};
    const Oid types[] = {23};
    const auto result = by_hand::checked(
        conn, PQexecParams(conn.get(), statement, 1, types, values, lengths, formats, 1),
        PGRES_TUPLES_OK);
    const PGresult* r = result.get();
    const int count = PQntuples(r);
    for (int row = 0; row < count; ++row) by_hand::add_row(sum, r, row);
  });
  return sum.value();
}

std::uint64_t by_palmetto(bench::Run& run) {
  auto conn = palmetto::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    for (auto [number, text, real, small, flag] :
         conn.execute(palmetto::dynamic_sql(statement), run.rows())
             .rows<std::int64_t, std::string_view, double, std::int32_t, bool>())
      sum.add(number, text, real, small, flag);
  });
  return sum.value();
}

std::uint64_t by_libpqxx(bench::Run& run) {
  pqxx::connection conn(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    pqxx::work tx(conn);
    for (const auto& row : tx.exec_params(statement, run.rows()))
      sum.add(row[0].as<std::int64_t>(), peers::view(row[1]), row[2].as<double>(),
              row[3].as<std::int32_t>(), row[4].as<bool>());
    tx.commit();
  });
  return sum.value();
}

std::uint64_t by_soci(bench::Run& run) {
  soci::session conn(soci::postgresql, run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    const std::int32_t rows = run.rows();
    const soci::rowset<peers::SociRow> found =
        (conn.prepare << "SELECT i::int8, 'text of row ' || i, i::float8 / 3, i::int4, i % 2 = 0 "
                         "FROM generate_series(1, :rows) i",
         soci::use(rows));
    for (const peers::SociRow& row : found) peers::add_row(sum, row);
  });
  return sum.value();
}

}  // namespace

int main(int argc, char** argv) {
  return bench::main(argc, argv,
                     {.unit = "row",
                      .ways = {{"libpq", "libpq", by_libpq},
                               {"palmetto", "libpq", by_palmetto},
                               {"libpqxx", "libpq", by_libpqxx},
                               {"soci", "libpq", by_soci}}});
}
