#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/interval.hpp"
#include "palmetto/adapters/numeric.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/crdb/adapters.hpp"
#include "palmetto/crdb/changefeed.hpp"

#include "fuzz.hpp"

#include <boost/describe/class.hpp>

namespace {

using namespace palmetto::crdb;
using Time = std::chrono::sys_time<std::chrono::microseconds>;

struct Row {
  std::optional<bool> f;
  std::optional<std::int64_t> i;
  std::optional<palmetto::Numeric> n;
  std::optional<std::string> s;
  std::optional<std::vector<std::byte>> b;
  std::optional<Time> t;
  std::optional<palmetto::Interval> v;
  std::vector<std::optional<std::string>> a;
  boost::json::value j;
};
BOOST_DESCRIBE_STRUCT(Row, (), (f, i, n, s, b, t, v, a, j))

using Key = std::tuple<std::int64_t, std::string>;

void check_message(std::string_view text) {
  static const detail::JsonReader<Row> read_row(adapters());
  static const detail::JsonReader<Key> read_key(adapters());
  static const palmetto::ErrorContext context;
  const detail::JsonSubject subject("t", context);
  // An allocation of just these bytes: AddressSanitizer sees whoever reads beyond.
  const std::vector<char> copy(text.begin(), text.end());
  const palmetto::fuzz::AllocationLimit limit(text.size());
  try {
    const auto message = detail::parse_message({copy.data(), copy.size()}, subject);
    for (const std::string_view row : {message.after, message.before}) {
      if (row.empty()) continue;
      try {
        static_cast<void>(read_row(row, subject));
      } catch (const palmetto::DataError&) {  // and as a key?
        static_cast<void>(read_key(row, subject));
      }
    }
  } catch (const palmetto::DataError&) { return; }
}

void check_timestamp(std::string_view text) {
  try {
    const HlcTimestamp time = HlcTimestamp::parse(text);
    if (HlcTimestamp::parse(time.to_string()) != time)
      palmetto::fuzz::fail("what was read and written is read as another timestamp",
                           time.to_string());
  } catch (const palmetto::DataError&) { return; }
}

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  return {
      parse("a message of a changefeed", &check_message,
            {
                R"({"after": {"f": true, "i": -1, "n": 1.50, "s": "\u00fc\"", "b": "\\x00ff",)"
                R"( "t": "2000-01-01T00:00:00Z", "v": "1 mon 2 days 03:04:05",)"
                R"( "a": ["a", null, "{\"}"], "j": {"a": [1, {}]}}, "before": null,)"
                R"( "updated": "1795215609272937339.0000000000"})",
                R"({"after": {"f": null, "i": null, "n": "NaN", "s": {"x": 1e9}, "b": null,)"
                R"( "t": "-0043-03-15T00:00:00.5Z", "v": null, "a": [], "j": null}})",
                R"({"after": [1, "x"], "before": [null]})",
                R"({"resolved":"1795215609272937339.0000000000"})",
            }),
      parse("a timestamp of the hybrid logical clock", &check_timestamp,
            {
                "1795215609272937339.0000000012",
                "1795215609272937339",
                "1.0000000000?",
            }),
  };
}
