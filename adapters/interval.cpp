#include "palmetto/adapters/interval.hpp"

#include "palmetto/errors.hpp"

#include "datetime_text.hpp"

namespace palmetto {
namespace {

using namespace detail;
using std::chrono::microseconds;

constexpr std::string_view postgres_style =
    " in style postgres: IntervalStyle must be postgres, or the result be binary";
constexpr std::string_view too_long = "is beyond an interval's range";

// --- Writing text --------------------------------------------------------------------------------

// Writes the parts of an interval, which are set apart by blanks; a positive one has a sign where
// the one before it is negative. Source: EncodeInterval.
class PartsWriter {
 public:
  explicit PartsWriter(Writer& out) : out_(out) {}

  [[nodiscard]] bool has_none() const noexcept { return is_first_; }

  void begin(bool is_negative) {
    if (!is_first_) out_.append(' ');
    if (is_negative) out_.append('-');
    else if (after_negative_) out_.append('+');
    is_first_ = false;
    after_negative_ = is_negative;
  }
  // "-3 days"; nothing when there are none.
  void count(std::int64_t number, std::string_view unit) {
    if (number == 0) return;
    begin(number < 0);
    append_padded(out_, magnitude(number), 1);
    out_.append(unit);
    if (number != 1) out_.append('s');
  }

 private:
  Writer& out_;
  bool is_first_ = true;
  bool after_negative_ = false;
};

// What the server writes is what the server reads but for the least time, which a parameter gets
// otherwise.
constexpr std::string_view least_time = "9223372036854775808 microseconds";

void append_interval(Writer& out, const Interval& value, bool is_parameter) {
  if (value == Interval::infinity()) return out.append(infinity_word);
  if (value == Interval::minus_infinity()) return out.append(minus_infinity_word);
  PartsWriter parts(out);
  parts.count(value.months / 12, " year");
  parts.count(value.months % 12, " mon");
  parts.count(value.days, " day");
  const std::int64_t time = value.time.count();
  if (time == 0 && !parts.has_none()) return;
  parts.begin(time < 0);
  if (is_parameter && value.time == microseconds::min()) out.append(least_time);
  else append_clock(out, magnitude(time));
}

// --- Reading text --------------------------------------------------------------------------------

// Whether a number's sign is negative.
bool take_sign(TextScanner& text) {
  const bool is_negative = text.skip('-');
  if (!is_negative) text.skip('+');
  return is_negative;
}

// The number of that unit, if it comes next: "-3 days". If not, 0, and nothing is taken.
std::int64_t take_count(TextScanner& text, std::string_view unit) {
  if (text.at_end()) return 0;
  TextScanner ahead = text;
  const bool is_negative = take_sign(ahead);
  const std::int64_t count = ahead.number(1, 10);
  if (!ahead.skip(unit)) return 0;
  ahead.skip('s');
  if (!ahead.at_end()) {
    ahead.expect(" ");
    if (ahead.at_end()) ahead.fail();
  }
  text = ahead;
  return is_negative ? -count : count;
}

// Of 64 bits of microseconds there is one more below zero than above: hence the negative sum.
microseconds take_time(TextScanner& text) {
  if (text.at_end()) return microseconds(0);
  const bool is_negative = take_sign(text);
  const std::int64_t hours = text.number(2, 10);
  const std::int64_t rest = text.minutes_and_seconds();
  text.expect_end();
  std::int64_t time = 0;
  if (__builtin_mul_overflow(-hours, microseconds_per_hour, &time) ||
      __builtin_sub_overflow(time, rest, &time) ||
      (!is_negative && __builtin_sub_overflow(0, time, &time)))
    text.fail(too_long);
  return microseconds(time);
}

// --- Arithmetic ----------------------------------------------------------------------------------

template <class T>
T add(T a, T b) {
  T sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) throw_interval_overflow();
  return sum;
}
template <class T>
T subtract(T a, T b) {
  T difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) throw_interval_overflow();
  return difference;
}

// What is finite, or it would be taken for infinity.
const Interval& finite(const Interval& value) {
  if (value.is_infinite()) throw_interval_overflow();
  return value;
}

// Of two of which one is infinite at least.
const Interval& infinite_sum(const Interval& a, const Interval& b) {
  if (a.is_infinite() && b.is_infinite() && a != b) throw_interval_overflow();
  return a.is_infinite() ? a : b;
}

}  // namespace

void detail::throw_interval_overflow() { throw DataError("the interval " + std::string(too_long)); }

void detail::fail_interval(const Reader& in, const Interval& value, std::string_view problem,
                           std::string_view cpp_name) {
  const bool has_months = value.months != 0 && !value.is_infinite();
  fail_value(in, "interval", value.to_string(),
             has_months ? "has months, which have no fixed length: it does not fit" : problem,
             cpp_name);
}

void Adapter<Interval>::write_text(Writer& out, const Interval& value) {
  append_interval(out, value, true);
}

Interval Adapter<Interval>::read_text(Reader& in) {
  TextScanner text(in, "interval", postgres_style);
  if (text.is(infinity_word)) return Interval::infinity();
  if (text.is(minus_infinity_word)) return Interval::minus_infinity();
  if (text.at_end()) text.fail();
  const std::int64_t years = take_count(text, " year");
  const std::int64_t months = years * 12 + take_count(text, " mon");
  const std::int64_t days = take_count(text, " day");
  const microseconds time = take_time(text);
  if (!std::in_range<std::int32_t>(months) || !std::in_range<std::int32_t>(days))
    text.fail(too_long);
  return {static_cast<std::int32_t>(months), static_cast<std::int32_t>(days), time};
}

std::string Interval::to_string() const {
  Writer out;
  append_interval(out, *this, false);
  return std::string(out.view());
}
Interval Interval::parse(std::string_view text) { return parsed<Interval>(text); }

Interval Interval::operator-() const {
  if (*this == infinity()) return minus_infinity();
  if (*this == minus_infinity()) return infinity();
  return Interval() - *this;
}
Interval& Interval::operator+=(const Interval& other) {
  if (is_infinite() || other.is_infinite()) return *this = infinite_sum(*this, other);
  return *this = finite({add(months, other.months), add(days, other.days),
                         microseconds(add(time.count(), other.time.count()))});
}
Interval& Interval::operator-=(const Interval& other) {
  if (other.is_infinite()) return *this = infinite_sum(*this, -other);
  if (is_infinite()) return *this;
  return *this = finite({subtract(months, other.months), subtract(days, other.days),
                         microseconds(subtract(time.count(), other.time.count()))});
}

}  // namespace palmetto

namespace palmetto {

PALMETTO_DEFINE_ADAPTER(Interval);

}  // namespace palmetto
