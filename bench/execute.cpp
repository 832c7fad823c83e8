// Executes a prepared SELECT of one row by its key, and reads the value.

#include <palmetto/palmetto.hpp>

#include "accounts.hpp"
#include "benchmark.hpp"
#include "by_hand.hpp"
#include "peers.hpp"

namespace {

constexpr const char* statement = "SELECT balance FROM accounts WHERE id = $1";

std::uint64_t by_libpq(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  const Oid types[] = {23};
  by_hand::checked(conn, PQprepare(conn.get(), "balance", statement, 1, types), PGRES_COMMAND_OK);
  bench::Checksum sum;
  run.measure([&] {
    for (std::int32_t i = 0; i < run.rows(); ++i) {
      char id[4];
      by_hand::to_network(id, accounts::id(i));
      const char* values[] = {id};
      static constexpr int lengths[] = {4};
      static constexpr int formats[] = {1};
      const auto result = by_hand::checked(
          conn, PQexecPrepared(conn.get(), "balance", 1, values, lengths, formats, 1),
          PGRES_TUPLES_OK);
      if (PQntuples(result.get()) != 1) throw std::runtime_error("not one row");
      sum.add(by_hand::from_network<std::int64_t>(by_hand::cell(result.get(), 0, 0, 8)));
    }
  });
  return sum.value();
}

// Prepares by itself what is executed more than five times.
std::uint64_t by_palmetto(bench::Run& run) {
  auto conn = palmetto::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    for (std::int32_t i = 0; i < run.rows(); ++i)
      sum.add(conn.execute("SELECT balance FROM accounts WHERE id = $1", accounts::id(i))
                  .value<std::int64_t>());
  });
  return sum.value();
}

std::uint64_t by_libpqxx(bench::Run& run) {
  pqxx::connection conn(run.conninfo());
  conn.prepare("balance", statement);
  bench::Checksum sum;
  run.measure([&] {
    pqxx::nontransaction tx(conn);
    for (std::int32_t i = 0; i < run.rows(); ++i)
      sum.add(tx.exec_prepared1("balance", accounts::id(i))[0].as<std::int64_t>());
  });
  return sum.value();
}

std::uint64_t by_soci(bench::Run& run) {
  soci::session conn(soci::postgresql, run.conninfo());
  int id = 0;
  long long balance = 0;
  soci::statement select = (conn.prepare << "SELECT balance FROM accounts WHERE id = :id",
                            soci::use(id), soci::into(balance));
  bench::Checksum sum;
  run.measure([&] {
    for (std::int32_t i = 0; i < run.rows(); ++i) {
      id = accounts::id(i);
      if (!select.execute(true)) throw std::runtime_error("not one row");
      sum.add(balance);
    }
  });
  return sum.value();
}

}  // namespace

int main(int argc, char** argv) {
  return bench::main(argc, argv,
                     {.unit = "call",
                      .setup = accounts::setup,
                      .ways = {{"libpq", "libpq", by_libpq},
                               {"palmetto", "libpq", by_palmetto},
                               {"libpqxx", "libpq", by_libpqxx},
                               {"soci", "libpq", by_soci}}});
}
