#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace support {
class WireProxy;
}

/// What the programs of bench/ have in common. Each is about one subject, and does the same work in
/// several ways: by hand on libpq, with Palmetto, with its peers. bench/run compares them.
///
///     std::uint64_t by_hand(bench::Run& run) {
///       bench::Checksum sum;
///       run.measure([&] { ... });
///       return sum.value();
///     }
///
///     int main(int argc, char** argv) {
///       return bench::main(argc, argv, {.unit = "row", .ways = {{"libpq", "libpq", by_hand}}});
///     }
namespace bench {

/// One row of what is read and written everywhere: int8, text, float8, int4, bool.
struct Row {
  std::int64_t number;
  std::string_view text;
  double real;
  std::int32_t small;
  bool flag;
};

/// The row of a number. Its text lives as long as the program: it is one of a thousand that were
/// made before, for making one would cost as much as sending it.
[[nodiscard]] Row row(std::int32_t number);

/// Of every cell of every row, so that the ways are known to have read the same.
class Checksum {
 public:
  void add(std::int64_t number, std::string_view text, double real, std::int32_t small, bool flag) {
    add(number);
    value_ = value_ * 31 + text.size() + static_cast<unsigned char>(text.back());
    value_ = value_ * 31 + std::bit_cast<std::uint64_t>(real);
    value_ = value_ * 31 + static_cast<std::uint32_t>(small);
    value_ = value_ * 31 + (flag ? 1 : 0);
  }
  void add(std::int64_t number) { value_ = value_ * 31 + static_cast<std::uint64_t>(number); }

  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0;
};

/// What one run took; connecting and preparing the server left out.
struct Taken {
  std::int64_t wall_ns = 0;
  std::int64_t cpu_ns = 0;  ///< of this process, user and system
  int round_trips = -1;  ///< as a proxy counts them, support::Traffic says how; -1: there is none
};

/// One run of one way.
class Run {
 public:
  /// `proxied`: counts round trips, which costs time.
  Run(std::string url, std::int32_t rows, bool proxied);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// What to connect to.
  [[nodiscard]] const std::string& conninfo() const noexcept { return conninfo_; }
  /// How many rows to read or write, or how many calls to make.
  [[nodiscard]] std::int32_t rows() const noexcept { return rows_; }

  /// Does the work that is to be measured.
  template <class F>
  void measure(F&& work) {
    begin();
    work();
    end();
  }
  [[nodiscard]] const Taken& taken() const noexcept { return taken_; }

  /// The checksum of a table, by the server: what the writing ways return.
  [[nodiscard]] std::uint64_t table_checksum(const char* table) const;

 private:
  void begin();
  void end();

  std::string url_;
  std::int32_t rows_;
  std::unique_ptr<support::WireProxy> proxy_;
  std::string conninfo_;
  Taken taken_;
};

struct Way {
  std::string_view name;
  std::string_view floor;  ///< the way by hand that it is compared with
  std::uint64_t (*run)(Run& run);
};

struct Benchmark {
  std::string_view unit;  ///< what rows() counts
  /// A script that the server executes before each run; current_setting('bench.rows') are rows().
  const char* setup = "";
  std::vector<Way> ways;
};

/// The program: `list` prints the ways; `WAY` runs one, and prints the checksum and what it took.
int main(int argc, char** argv, const Benchmark& benchmark);

}  // namespace bench
