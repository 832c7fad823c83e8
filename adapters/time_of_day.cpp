#include "palmetto/adapters/time_of_day.hpp"

#include "palmetto/errors.hpp"

#include "datetime_text.hpp"
#include "text_form.hpp"

namespace palmetto {
namespace {

using namespace detail;

constexpr std::string_view beyond_day = "is not within 00:00:00 and 24:00:00";
constexpr std::string_view beyond_offsets =
    "has an offset from UTC that is not within -15:59:59 and +15:59:59";

TimeOfDay take_time(TextScanner& text) {
  const std::int64_t hours = text.pair(99);
  const std::int64_t time = hours * microseconds_per_hour + text.minutes_and_seconds(60);
  if (!is_time_of_day(time)) text.fail(beyond_day);
  return TimeOfDay(std::chrono::microseconds(time));
}

}  // namespace

void detail::throw_no_time_of_day() {
  throw DataError("the time of day " + std::string(beyond_day) + ", or has no such part");
}
void detail::throw_no_utc_offset() {
  throw DataError("the time of day " + std::string(beyond_offsets));
}
void detail::fail_time_of_day(const Reader& in, std::string_view type, std::int64_t microseconds) {
  fail_value(in, type, std::to_string(microseconds) + " microseconds after midnight", beyond_day);
}
void detail::fail_utc_offset(const Reader& in, TimeOfDay time, std::int64_t offset) {
  Writer text;
  Adapter<TimeOfDay>::write_text(text, time);
  append_offset(text, offset);
  fail_value(in, "timetz", text.view(), beyond_offsets);
}

void Adapter<TimeOfDay>::write_text(Writer& out, TimeOfDay value) {
  append_clock(out, magnitude(value.since_midnight().count()));
}
void Adapter<OffsetTimeOfDay>::write_text(Writer& out, const OffsetTimeOfDay& value) {
  Adapter<TimeOfDay>::write_text(out, value.time());
  append_offset(out, value.offset().count());
}

TimeOfDay Adapter<TimeOfDay>::read_text(Reader& in) {
  TextScanner text(in, "time");
  const TimeOfDay time = take_time(text);
  text.expect_end();
  return time;
}
OffsetTimeOfDay Adapter<OffsetTimeOfDay>::read_text(Reader& in) {
  TextScanner text(in, "timetz");
  const TimeOfDay time = take_time(text);
  const std::int64_t offset = text.offset();
  text.expect_end();
  if (!is_utc_offset(offset)) text.fail(beyond_offsets);
  return {time, std::chrono::seconds(offset)};
}

std::string TimeOfDay::to_string() const { return format_text(*this); }
std::string OffsetTimeOfDay::to_string() const { return format_text(*this); }
TimeOfDay TimeOfDay::parse(std::string_view text) { return parsed<TimeOfDay>(text); }
OffsetTimeOfDay OffsetTimeOfDay::parse(std::string_view text) {
  return parsed<OffsetTimeOfDay>(text);
}

}  // namespace palmetto

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(TimeOfDay);
PALMETTO_DEFINE_ADAPTER(OffsetTimeOfDay);

}  // namespace palmetto
