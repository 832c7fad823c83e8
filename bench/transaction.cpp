// Commits transactions of one UPDATE each.

#include <palmetto/palmetto.hpp>

#include "accounts.hpp"
#include "benchmark.hpp"
#include "by_hand.hpp"
#include "peers.hpp"

namespace {

constexpr const char* statement = "UPDATE accounts SET balance = balance + $1 WHERE id = $2";

// --- By hand -------------------------------------------------------------------------------------

// In a pipeline, the next result but the null behind it; its statement must have been executed.
by_hand::Result next_result(const by_hand::Connection& conn) {
  auto result = by_hand::checked(conn, PQgetResult(conn.get()), PGRES_COMMAND_OK);
  by_hand::require(PQgetResult(conn.get()) == nullptr, "more results than one");
  return result;
}

void send(const by_hand::Connection& conn, const char* prepared) {
  by_hand::require(PQsendQueryPrepared(conn.get(), prepared, 0, nullptr, nullptr, nullptr, 1) == 1,
                   conn);
}

void send_update(const by_hand::Connection& conn, std::int64_t amount, std::int32_t id) {
  char amount_bytes[8];
  char id_bytes[4];
  by_hand::to_network(amount_bytes, amount);
  by_hand::to_network(id_bytes, id);
  const char* values[] = {amount_bytes, id_bytes};
  static constexpr int lengths[] = {8, 4};
  static constexpr int formats[] = {1, 1};
  by_hand::require(PQsendQueryPrepared(conn.get(), "update", 2, values, lengths, formats, 1) == 1,
                   conn);
}

void sync(const by_hand::Connection& conn) {
  by_hand::require(PQpipelineSync(conn.get()) == 1, conn);
}

// Two round trips: the UPDATE's outcome is known before the COMMIT is sent.
void update_in_transaction(const by_hand::Connection& conn, std::int64_t amount, std::int32_t id) {
  send(conn, "begin");
  send_update(conn, amount, id);
  sync(conn);
  next_result(conn);
  const auto updated = next_result(conn);
  if (std::strcmp(PQcmdTuples(updated.get()), "1") != 0) throw std::runtime_error("not one row");
  by_hand::checked(conn, PQgetResult(conn.get()), PGRES_PIPELINE_SYNC);

  send(conn, "commit");
  sync(conn);
  const auto committed = next_result(conn);
  if (std::strcmp(PQcmdStatus(committed.get()), "COMMIT") != 0)
    throw std::runtime_error("rolled back");
  by_hand::checked(conn, PQgetResult(conn.get()), PGRES_PIPELINE_SYNC);
}

std::uint64_t by_libpq(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  const Oid types[] = {20, 23};
  by_hand::checked(conn, PQprepare(conn.get(), "update", statement, 2, types), PGRES_COMMAND_OK);
  by_hand::checked(conn, PQprepare(conn.get(), "begin", "BEGIN", 0, nullptr), PGRES_COMMAND_OK);
  by_hand::checked(conn, PQprepare(conn.get(), "commit", "COMMIT", 0, nullptr), PGRES_COMMAND_OK);
  run.measure([&] {
    by_hand::require(PQenterPipelineMode(conn.get()) == 1, "no pipeline");
    for (std::int32_t i = 0; i < run.rows(); ++i)
      update_in_transaction(conn, std::int64_t{i}, accounts::id(i));
    by_hand::require(PQexitPipelineMode(conn.get()) == 1, conn);
  });
  return run.table_checksum("accounts");
}

// --- By Palmetto ---------------------------------------------------------------------------------

std::uint64_t by_palmetto(bench::Run& run) {
  auto conn = palmetto::connect(run.conninfo());
  run.measure([&] {
    for (std::int32_t i = 0; i < run.rows(); ++i)
      conn.transaction([&](palmetto::Transaction& tx) {
        const auto updated = tx.execute("UPDATE accounts SET balance = balance + $1 WHERE id = $2",
                                        std::int64_t{i}, accounts::id(i));
        if (updated.rows_affected() != 1) throw std::runtime_error("not one row");
      });
  });
  return run.table_checksum("accounts");
}

// --- By peers ------------------------------------------------------------------------------------

std::uint64_t by_libpqxx(bench::Run& run) {
  pqxx::connection conn(run.conninfo());
  conn.prepare("update", statement);
  run.measure([&] {
    for (std::int32_t i = 0; i < run.rows(); ++i) {
      pqxx::work tx(conn);
      if (tx.exec_prepared0("update", std::int64_t{i}, accounts::id(i)).affected_rows() != 1)
        throw std::runtime_error("not one row");
      tx.commit();
    }
  });
  return run.table_checksum("accounts");
}

std::uint64_t by_soci(bench::Run& run) {
  soci::session conn(soci::postgresql, run.conninfo());
  long long amount = 0;
  int id = 0;
  soci::statement update =
      (conn.prepare << "UPDATE accounts SET balance = balance + :amount WHERE id = :id",
       soci::use(amount), soci::use(id));
  run.measure([&] {
    for (std::int32_t i = 0; i < run.rows(); ++i) {
      amount = i;
      id = accounts::id(i);
      soci::transaction tx(conn);
      update.execute(true);
      if (update.get_affected_rows() != 1) throw std::runtime_error("not one row");
      tx.commit();
    }
  });
  return run.table_checksum("accounts");
}

}  // namespace

int main(int argc, char** argv) {
  return bench::main(argc, argv,
                     {.unit = "transaction",
                      .setup = accounts::setup,
                      .ways = {{"libpq", "libpq", by_libpq},
                               {"palmetto", "libpq", by_palmetto},
                               {"libpqxx", "libpq", by_libpqxx},
                               {"soci", "libpq", by_soci}}});
}
