// Executes batches of a hundred statements in a pipeline, and reads the value of each.

#include <palmetto/palmetto.hpp>

#include "benchmark.hpp"
#include "by_hand.hpp"
#include "peers.hpp"

namespace {

constexpr const char* statement = "SELECT $1::int8";
constexpr std::int32_t batch = 100;

std::uint64_t by_libpq(bench::Run& run) {
  const auto conn = by_hand::connect(run.conninfo());
  by_hand::checked(conn, PQprepare(conn.get(), "echo", statement, 0, nullptr), PGRES_COMMAND_OK);
  bench::Checksum sum;
  run.measure([&] {
    by_hand::require(PQenterPipelineMode(conn.get()) == 1, "no pipeline");
    for (std::int32_t first = 0; first < run.rows(); first += batch) {
      for (std::int32_t i = first; i < first + batch; ++i) {
        char parameter[8];
        by_hand::to_network(parameter, std::int64_t{i});
        const char* values[] = {parameter};
        static constexpr int lengths[] = {8};
        static constexpr int formats[] = {1};
        by_hand::require(
            PQsendQueryPrepared(conn.get(), "echo", 1, values, lengths, formats, 1) == 1, conn);
      }
      by_hand::require(PQpipelineSync(conn.get()) == 1, conn);
      for (std::int32_t i = first; i < first + batch; ++i) {
        const auto result = by_hand::checked(conn, PQgetResult(conn.get()), PGRES_TUPLES_OK);
        if (PQntuples(result.get()) != 1) throw std::runtime_error("not one row");
        sum.add(by_hand::from_network<std::int64_t>(by_hand::cell(result.get(), 0, 0, 8)));
        if (PQgetResult(conn.get()) != nullptr) throw std::runtime_error("more results than one");
      }
      by_hand::checked(conn, PQgetResult(conn.get()), PGRES_PIPELINE_SYNC);
    }
    by_hand::require(PQexitPipelineMode(conn.get()) == 1, conn);
  });
  return sum.value();
}

std::uint64_t by_palmetto(bench::Run& run) {
  auto conn = palmetto::connect(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    auto pipeline = conn.pipeline();
    std::vector<palmetto::PipelineResult> answers;
    answers.reserve(batch);
    for (std::int32_t first = 0; first < run.rows(); first += batch) {
      for (std::int32_t i = first; i < first + batch; ++i)
        answers.push_back(pipeline.execute("SELECT $1::int8", std::int64_t{i}));
      pipeline.sync();
      for (const auto& answer : answers) sum.add(answer.get().value<std::int64_t>());
      answers.clear();
    }
  });
  return sum.value();
}

// libpqxx's pipeline takes no parameters, and makes one query of the statements' texts.
std::uint64_t by_libpqxx(bench::Run& run) {
  pqxx::connection conn(run.conninfo());
  bench::Checksum sum;
  run.measure([&] {
    pqxx::work tx(conn);
    for (std::int32_t first = 0; first < run.rows(); first += batch) {
      pqxx::pipeline pipeline(tx);
      pipeline.retain(batch);
      for (std::int32_t i = first; i < first + batch; ++i)
        pipeline.insert("SELECT " + std::to_string(i) + "::int8");
      while (!pipeline.empty()) sum.add(pipeline.retrieve().second.at(0).at(0).as<std::int64_t>());
    }
    tx.commit();
  });
  return sum.value();
}

}  // namespace

int main(int argc, char** argv) {
  return bench::main(argc, argv,
                     {.unit = "statement",
                      .ways = {{"libpq", "libpq", by_libpq},
                               {"palmetto", "libpq", by_palmetto},
                               {"libpqxx", "libpq", by_libpqxx}}});
}
