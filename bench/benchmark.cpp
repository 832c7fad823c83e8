#include "benchmark.hpp"

#include "by_hand.hpp"
#include "support/wire_proxy.hpp"

#include <boost/program_options.hpp>

#include <array>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>

namespace bench {
namespace {

constexpr std::size_t texts = 1000;

const std::array<std::string, texts>& ready_texts() {
  static const auto ready = [] {
    std::array<std::string, texts> made;
    for (std::size_t i = 0; i < texts; ++i) made[i] = "text of row " + std::to_string(i);
    return made;
  }();
  return ready;
}

// Made at the start, so that no run has to.
[[maybe_unused]] const auto& made = ready_texts();

std::int64_t now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void set_up(const std::string& url, std::int32_t rows, const char* script) {
  const auto conn = by_hand::connect(url);
  by_hand::execute(conn, "SET client_min_messages = warning");
  by_hand::execute(conn, ("SET bench.rows = " + std::to_string(rows)).c_str());
  const by_hand::Result done(PQexec(conn.get(), script), &PQclear);
  by_hand::require(PQresultStatus(done.get()) != PGRES_FATAL_ERROR, conn);
}

const Way& find_way(const Benchmark& benchmark, std::string_view name) {
  for (const Way& way : benchmark.ways)
    if (way.name == name) return way;
  throw std::runtime_error("no way " + std::string(name));
}

void list(const Benchmark& benchmark) {
  for (const Way& way : benchmark.ways)
    std::printf("%s %s %s\n", std::string(way.name).c_str(), std::string(way.floor).c_str(),
                std::string(benchmark.unit).c_str());
}

}  // namespace

Row row(std::int32_t number) {
  return {number, ready_texts()[static_cast<std::uint32_t>(number) % texts], number / 3.0, number,
          number % 2 == 0};
}

Run::Run(std::string url, std::int32_t rows, bool proxied)
    : url_(std::move(url)),
      rows_(rows),
      proxy_(proxied ? std::make_unique<support::WireProxy>() : nullptr),
      conninfo_(proxied ? proxy_->conninfo() : url_) {}

Run::~Run() = default;

void Run::begin() {
  taken_.round_trips = proxy_ ? proxy_->traffic().round_trips : 0;
  taken_.cpu_ns = now(CLOCK_PROCESS_CPUTIME_ID);
  taken_.wall_ns = now(CLOCK_MONOTONIC);
}

void Run::end() {
  taken_.wall_ns = now(CLOCK_MONOTONIC) - taken_.wall_ns;
  taken_.cpu_ns = now(CLOCK_PROCESS_CPUTIME_ID) - taken_.cpu_ns;
  taken_.round_trips = proxy_ ? proxy_->traffic().round_trips - taken_.round_trips : -1;
}

std::uint64_t Run::table_checksum(const char* table) const {
  const auto conn = by_hand::connect(url_);
  const std::string statement =
      "SELECT coalesce(bit_xor(hashtextextended(t::text, 0)), 0) # count(*) FROM " +
      std::string(table) + " t";
  const auto result = by_hand::checked(
      conn, PQexecParams(conn.get(), statement.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1),
      PGRES_TUPLES_OK);
  return by_hand::from_network<std::uint64_t>(by_hand::cell(result.get(), 0, 0, 8));
}

int main(int argc, char** argv, const Benchmark& benchmark) try {
  namespace options = boost::program_options;
  options::options_description described("options");
  std::string way;
  std::int32_t rows = 0;
  // clang-format off
  described.add_options()
    ("way", options::value(&way)->required(), "which way to do it, or `list`")
    ("rows", options::value(&rows)->default_value(1000), "how many rows or calls")
    ("round-trips", "counts them, which takes longer");
  // clang-format on
  options::positional_options_description positions;
  positions.add("way", 1);
  options::variables_map given;
  options::store(
      options::command_line_parser(argc, argv).options(described).positional(positions).run(),
      given);
  options::notify(given);
  if (way == "list") {
    list(benchmark);
    return 0;
  }

  const char* url = std::getenv("PALMETTO_TEST_URL");
  by_hand::require(url != nullptr, "PALMETTO_TEST_URL is not set: use bench/run");
  set_up(url, rows, benchmark.setup);
  Run run(url, rows, given.count("round-trips") != 0);
  const std::uint64_t sum = find_way(benchmark, way).run(run);
  std::printf("{\"checksum\": \"%016" PRIx64 "\", \"wall_ns\": %" PRId64 ", \"cpu_ns\": %" PRId64
              ", \"round_trips\": %d}\n",
              sum, run.taken().wall_ns, run.taken().cpu_ns, run.taken().round_trips);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
  return 1;
}

}  // namespace bench
