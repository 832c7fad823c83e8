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
  std::cout << "\n\n" << std::fixed << std::setprecision(0);
  show_line("threads", summary.threads);
  show_line("applied", summary.applied);
  show_line("not applied", summary.not_applied);
  show_line("unknown", summary.unknown,
            "  lost during COMMIT, " + std::to_string(summary.unknown_applied) + " were applied");
  show_line("retries", summary.retries);
  show_line("per second", static_cast<double>(summary.applied) / summary.seconds);
  std::cout << "  " << (summary.mistake.empty() ? "the books balance" : summary.mistake) << '\n';
}

}  // namespace bank
