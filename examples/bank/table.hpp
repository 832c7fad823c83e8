#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bank {

struct Summary {
  int threads;
  double seconds;
  std::size_t applied;
  std::size_t not_applied;
  std::size_t unknown;
  std::size_t unknown_applied;
  std::int64_t retries;
  std::string mistake;  // what the audit found; empty: nothing
};

// One line, written over itself on a terminal.
void show_progress(std::int64_t transfers, std::int64_t retries);
void show_table(const Summary& summary);

}  // namespace bank
