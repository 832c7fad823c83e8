#include "palmetto/crdb/system_time.hpp"

#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/numeric.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/crdb/adapters.hpp"
#include "palmetto/errors.hpp"

#include "sql_text.hpp"

#include <algorithm>

namespace palmetto::crdb {
namespace {

using namespace std::chrono;

// By how much this machine's clock may be behind the server's.
constexpr minutes clock_difference(1);

std::string quoted(std::string_view text) { return sql::Literal(text).as_string(adapters()); }

std::string checked(std::string_view time) {
  if (time.empty()) throw ProgrammingError("the system time is empty");
  if (time.find('\0') != std::string_view::npos)
    throw ProgrammingError("the system time has a NUL byte");
  return quoted(time);
}

void require_past(nanoseconds since_1970, const std::string& shown) {
  if (since_1970 <= nanoseconds(0))
    throw ProgrammingError("the system time " + shown + " is not after 1970");
  if (since_1970 > system_clock::now().time_since_epoch() + clock_difference)
    throw ProgrammingError("the system time " + shown + " is in the future");
}

std::string timestamp_text(sys_time<microseconds> time) {
  Writer out;
  Adapter<sys_time<microseconds>>::write_text(out, time);
  const std::string text(out.view());
  // More microseconds than there are nanoseconds are centuries ahead, or back.
  constexpr microseconds most = floor<microseconds>(nanoseconds::max());
  const microseconds since_1970 = time.time_since_epoch();
  require_past(std::clamp(since_1970, -most, most), text);
  return text;
}

// Quoted, with the sign in front of each part: "-1mon -2d -1500ms". Not as an interval is written
// otherwise: older versions take -00:00:10 behind a day for 10 seconds ahead, and cut fractions
// off.
std::string interval_text(const Interval& interval, const char* sign) {
  if (interval.is_infinite() || interval.months < 0 || interval.days < 0 ||
      interval.time < microseconds(0) || interval == Interval())
    throw ProgrammingError("the system time can't be " + interval.to_string() +
                           " ago: no part may be negative, and not all of them 0");
  std::string text;
  const auto append = [&](std::int64_t count, const char* unit) {
    if (count == 0) return;
    if (!text.empty()) text += ' ';
    text.append(sign).append(std::to_string(count)).append(unit);
  };
  append(interval.months, "mon");
  append(interval.days, "d");
  if (interval.time % seconds(1) == microseconds(0)) append(interval.time / seconds(1), "s");
  else if (interval.time % milliseconds(1) == microseconds(0))
    append(interval.time / milliseconds(1), "ms");
  else append(interval.time.count(), "us");
  return quoted(text);
}

std::string call(const char* function, const std::string& argument, bool nearest_only) {
  return function + ("(" + argument) + (nearest_only ? ", true)" : ")");
}

}  // namespace

SystemTime::SystemTime(std::string_view time) : expression_(checked(time)) {}

SystemTime::SystemTime(sys_time<microseconds> time) : expression_(quoted(timestamp_text(time))) {}

SystemTime SystemTime::of_expression(std::string expression, bool is_bounded_staleness) {
  SystemTime time;
  time.expression_ = std::move(expression);
  time.is_bounded_staleness_ = is_bounded_staleness;
  return time;
}

SystemTime SystemTime::ago(const Interval& interval) {
  return of_expression(interval_text(interval, "-"), false);
}

SystemTime SystemTime::hlc(const Numeric& timestamp) {
  constexpr int logical_digits = 10;
  const std::string text = timestamp.to_string();
  if (timestamp.scale() > logical_digits)
    throw ProgrammingError("the system time " + text + " has more than 10 digits after the point");
  const auto whole = Numeric::parse(text.substr(0, text.find('.'))).try_to<std::int64_t>();
  if (!whole)
    throw ProgrammingError("the system time " + text + " is no number of nanoseconds since 1970");
  require_past(nanoseconds(*whole), text);
  return of_expression(quoted(text), false);  // a changefeed takes it in no other way
}

SystemTime SystemTime::follower_read() { return of_expression("follower_read_timestamp()", false); }

SystemTime SystemTime::with_min_timestamp(sys_time<microseconds> time, bool nearest_only) {
  return of_expression(call("with_min_timestamp", quoted(timestamp_text(time)), nearest_only),
                       true);
}

SystemTime SystemTime::with_max_staleness(const Interval& interval, bool nearest_only) {
  return of_expression(call("with_max_staleness", interval_text(interval, ""), nearest_only), true);
}

sql::Composable as_of_system_time(const SystemTime& time) {
  return SqlText("AS OF SYSTEM TIME " + time.expression());
}

}  // namespace palmetto::crdb
