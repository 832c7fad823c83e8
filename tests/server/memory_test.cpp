// Streams and COPY at constant memory, however many rows there are.

#include "palmetto/palmetto.hpp"
#include "palmetto/pq/capabilities.hpp"

#include "support/server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace palmetto;

namespace {

constexpr std::int64_t rows = 300'000;
constexpr std::size_t text_size = 400;  // so that all of them are some 120 MB
constexpr std::int64_t limit_kib = 32 * 1024;

std::int64_t status_kib(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word)
    if (std::int64_t size = 0; word == name + ":" && status >> size) return size;
  throw std::runtime_error("no " + name + " in /proc/self/status");
}

// By how much the resident memory grows at the most, sampled by `sample` and at the end.
class Growth {
 public:
  void sample() { most_ = std::max(most_, status_kib("VmRSS")); }
  [[nodiscard]] std::int64_t kib() {
    sample();
    return most_ - before_;
  }

 private:
  std::int64_t before_ = status_kib("VmRSS");
  std::int64_t most_ = before_;
};

constexpr std::int64_t sample_every = 10'000;

}  // namespace

TEST_CASE("a stream takes the same memory for all the rows as for a few, on every road") {
  std::vector<StreamRoad> roads{StreamRoad::copy, StreamRoad::cursor, StreamRoad::single_row};
  if (pq::capabilities().chunked_rows) roads.push_back(StreamRoad::chunks);
  for (const StreamRoad road : roads) {
    CAPTURE(static_cast<int>(road));
    Connection conn = support::connect();
    Growth growth;
    std::int64_t seen = 0;
    for (auto [n, text] :
         conn.with({.road = road})
             .stream<std::int64_t, std::string_view>(
                 "SELECT n, repeat('x', 400) FROM generate_series(1, $1::int8) n", rows)) {
      REQUIRE(text.size() == text_size);
      if (++seen % sample_every == 0) growth.sample();
      REQUIRE(n == seen);
    }
    CHECK(seen == rows);
    CHECK(growth.kib() < limit_kib);
  }
}

TEST_CASE("COPY from the client takes the same memory for all the rows as for a few") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMP TABLE copied (n int8, text text)");
  const std::string text(text_size, 'x');
  for (const CopyFormat format : {CopyFormat::binary, CopyFormat::text, CopyFormat::csv}) {
    CAPTURE(static_cast<int>(format));
    Growth growth;
    auto tx = conn.transaction();
    auto copy = tx.copy_in("copied", {}, {.format = format});
    for (std::int64_t n = 0; n < rows; ++n) {
      copy.write_row(n, text);
      if (n % sample_every == 0) growth.sample();
    }
    CHECK(copy.finish() == rows);
    tx.rollback();
    CHECK(growth.kib() < limit_kib);
  }
}
