#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

#include <cstdint>
#include <ratio>

using namespace std::chrono;

namespace {

using Minutes16 = duration<std::int16_t, std::ratio<60>>;
using Seconds32 = duration<std::int32_t>;
using HundredNanoseconds = duration<std::int64_t, std::ratio<1, 10'000'000>>;
using Days64 = duration<std::int64_t, days::period>;

template <class T>
palmetto::fuzz::Case read_time_point(std::string_view type) {
  return palmetto::fuzz::read<T>(type, {T(), T::min(), T::max()});
}

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  return {
      read_time_point<sys_time<nanoseconds>>("timestamptz"),
      read_time_point<sys_time<HundredNanoseconds>>("timestamptz"),
      read_time_point<sys_time<microseconds>>("timestamptz"),
      read_time_point<sys_seconds>("timestamptz"),
      read_time_point<sys_time<Seconds32>>("timestamptz"),
      read_time_point<sys_time<Minutes16>>("timestamptz"),
      read_time_point<sys_time<hours>>("timestamptz"),
      read_time_point<local_time<nanoseconds>>("timestamp"),
      read_time_point<local_time<microseconds>>("timestamp"),
      read_time_point<local_seconds>("timestamp"),
      read_time_point<sys_days>("date"),
      read_time_point<sys_time<Days64>>("date"),
      read_time_point<local_days>("date"),
      read<year_month_day>("date", {-4713y / 11 / 24, 1y / 1 / 1, 2026y / 11 / 21}),
      read<sys_time<microseconds>, std::string_view>(
          "timestamptz", {"2026-11-21 07:04:57.5+05:30", "4714-11-23 19:03:58-04:56:02 BC",
                          "294276-12-31 23:59:59.999999+00"}),
      read<local_seconds, std::string_view>("timestamp",
                                            {"4714-11-24 00:00:00 BC", "294276-12-31 23:59:59"}),
      read<sys_days, std::string_view>("date", {"4714-11-24 BC", "5874897-12-31"}),
  };
}
