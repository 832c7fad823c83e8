#include "table.hpp"

#include <unistd.h>

#include <iomanip>
#include <iostream>
#include <string_view>

namespace bank {
namespace {

template <class T>
void show_line(std::string_view name, const T& value, std::string_view note = "") {
  std::cout << "  " << std::left << std::setw(14) << name << std::right << std::setw(10) << value
            << note << '\n';
}

}  // namespace

void show_progress(std::int64_t transfers, std::int64_t retries) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  std::cout << (terminal ? "\r" : "") << "transferring: " << transfers << " transfers, " << retries
            << " retries" << (terminal ? "" : "\n") << std::flush;
}

void show_table(const Summary& summary) {
  const bool unchanged = summary.total_before == summary.total_after;
  std::cout << "\n\n" << std::fixed << std::setprecision(0);
  show_line("threads", summary.threads);
  show_line("transfers", summary.transfers);
  show_line("retries", summary.retries);
  show_line("per second", static_cast<double>(summary.transfers) / summary.seconds);
  show_line("total before", summary.total_before);
  show_line("total after", summary.total_after, unchanged ? "  unchanged" : "  CHANGED");
}

}  // namespace bank
