#include "palmetto/crdb/hlc_timestamp.hpp"

#include "palmetto/errors.hpp"

#include <charconv>

namespace palmetto::crdb {
namespace {

constexpr std::size_t logical_digits = 10;

// A number that is all of a text, without a sign.
template <class T>
bool read_number(std::string_view text, T& number) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end && text.front() != '-';
}

}  // namespace

HlcTimestamp HlcTimestamp::parse(std::string_view text) {
  // Versions before 23.2 mark what no clock has shown yet with a question mark.
  std::string_view decimal = text.substr(0, text.size() - (text.ends_with('?') ? 1 : 0));
  const std::size_t point = decimal.find('.');
  std::int64_t nanoseconds = 0;
  std::int32_t logical = 0;
  bool is_good = read_number(decimal.substr(0, point), nanoseconds);
  if (is_good && point != std::string_view::npos) {
    const std::string_view fraction = decimal.substr(point + 1);
    is_good = fraction.size() == logical_digits && read_number(fraction, logical);
  }
  if (!is_good) throw DataError('"' + std::string(text) + "\" is no timestamp of CockroachDB's");
  return {.time = decltype(time)(std::chrono::nanoseconds(nanoseconds)), .logical = logical};
}

std::string HlcTimestamp::to_string() const {
  const std::string fraction = std::to_string(logical);
  return std::to_string(time.time_since_epoch().count()) + '.' +
         std::string(logical_digits - fraction.size(), '0') + fraction;
}

}  // namespace palmetto::crdb
