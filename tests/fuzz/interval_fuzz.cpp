#include "palmetto/adapters/interval.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/adapters/time_of_day.hpp"

#include "fuzz.hpp"

#include <cstdint>
#include <ratio>

using namespace std::chrono;
using palmetto::Interval;
using palmetto::OffsetTimeOfDay;
using palmetto::TimeOfDay;

namespace {

using Minutes16 = duration<std::int16_t, std::ratio<60>>;
using HundredNanoseconds = duration<std::int64_t, std::ratio<1, 10'000'000>>;

template <class Duration>
palmetto::fuzz::Case read_duration() {
  return palmetto::fuzz::read<Duration, Interval>(
      "interval", {{0, 0, 0s}, {0, 0, -1us}, {0, 7, 0s}, {0, -7, 12h}, {0, 14, -168h}});
}

}  // namespace

// The server doesn't take its own text of the least time; ours is one that it never writes.
template <>
bool palmetto::fuzz::is_one_way(const Interval& interval) {
  return interval.time == microseconds::min();
}
template <>
bool palmetto::fuzz::is_one_way(const microseconds& time) {
  return time == microseconds::min();
}

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  constexpr OffsetTimeOfDay noon({12, 0}, 0s);
  return {
      read<Interval>("interval", {Interval(), Interval(14, -3, 4h + 5us), Interval(-1, 1, -1us),
                                  Interval::infinity(), Interval::minus_infinity()}),
      read<Interval, std::string_view>(
          "interval", {"1 year 2 mons -3 days +04:05:06.789", "-1 years -00:00:00.000001",
                       "2562047788:00:54.775807", "infinity"}),
      read_duration<nanoseconds>(),
      read_duration<HundredNanoseconds>(),
      read_duration<microseconds>(),
      read_duration<seconds>(),
      read_duration<Minutes16>(),
      read_duration<weeks>(),
      read<TimeOfDay>("time", {TimeOfDay(), TimeOfDay(12, 34, 56, 789'000), TimeOfDay(24h)}),
      read<OffsetTimeOfDay>("timetz", {noon, OffsetTimeOfDay({12, 34, 56, 7}, 5h + 30min),
                                       OffsetTimeOfDay({24, 0}, -(15h + 59min + 59s))}),
      read<OffsetTimeOfDay, std::string_view>("timetz", {"12:34:56+03:00", "12:34:56-00:19:32"}),
  };
}
