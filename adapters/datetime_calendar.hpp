#pragma once

#include "palmetto/adapters/datetime.hpp"

#include <optional>

// The server's calendar. std::chrono's years end at 32767, the server's at 5874897, but every 400
// years are alike.
namespace palmetto::detail {

inline constexpr std::int64_t years_per_cycle = 400;
inline constexpr std::int64_t days_per_cycle = 146'097;

struct CalendarDate {
  std::int64_t year;  // 0 is 1 BC
  unsigned month;
  unsigned day;
};

constexpr std::int64_t divide_down(std::int64_t value, std::int64_t divisor) noexcept {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// What that leaves: never negative.
constexpr std::int64_t rest_above(std::int64_t value, std::int64_t divisor) noexcept {
  return value % divisor + (value % divisor < 0 ? divisor : 0);
}

// Of a day, counted from 2000.
constexpr CalendarDate calendar_date(std::int64_t days) noexcept {
  using namespace std::chrono;
  const std::int64_t since_1970 = days + postgres_epoch_days;
  const std::int64_t cycle = divide_down(since_1970, days_per_cycle);
  const year_month_day date{
      sys_days(std::chrono::days(static_cast<int>(rest_above(since_1970, days_per_cycle))))};
  return {int{date.year()} + cycle * years_per_cycle, unsigned{date.month()}, unsigned{date.day()}};
}

// The day, counted from 2000; empty when the calendar has no such day.
constexpr std::optional<std::int64_t> count_days(const CalendarDate& date) noexcept {
  using namespace std::chrono;
  const std::int64_t cycle = divide_down(date.year, years_per_cycle);
  const year_month_day in_cycle{year(static_cast<int>(rest_above(date.year, years_per_cycle))),
                                month(date.month), day(date.day)};
  if (!in_cycle.ok()) return std::nullopt;
  const std::int64_t since_1970 = sys_days(in_cycle).time_since_epoch().count();
  return since_1970 + cycle * days_per_cycle - postgres_epoch_days;
}

}  // namespace palmetto::detail
