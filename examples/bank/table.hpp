#pragma once

#include <cstdint>

namespace bank {

struct Summary {
  int threads;
  double seconds;
  std::int64_t transfers;
  std::int64_t retries;
  std::int64_t total_before;
  std::int64_t total_after;
};

// One line, written over itself on a terminal.
void show_progress(std::int64_t transfers, std::int64_t retries);
void show_table(const Summary& summary);

}  // namespace bank
