#pragma once

#include <clocale>
#include <cstdlib>
#include <string>

namespace faults {

/// While it lives libpq speaks German in this process, quotes »so«, and calls things by other
/// names. Where libpq's catalogs are not installed it speaks English still.
class German {
 public:
  German() {
    if (const char* language = std::getenv("LANGUAGE")) before_ = language;
    setenv("LANGUAGE", "de", 1);
    // Any locale but "C" makes gettext look at LANGUAGE.
    static_cast<void>(std::setlocale(LC_MESSAGES, "C.UTF-8"));
  }
  ~German() {
    static_cast<void>(std::setlocale(LC_MESSAGES, "C"));
    if (before_.empty()) unsetenv("LANGUAGE");
    else setenv("LANGUAGE", before_.c_str(), 1);
  }
  German(const German&) = delete;
  German& operator=(const German&) = delete;

 private:
  std::string before_;
};

}  // namespace faults
