#pragma once

#include "palmetto/crdb/system_time.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace palmetto::crdb {

/// A time of CockroachDB's hybrid logical clock, to which it orders all that happens: what
/// `cluster_logical_timestamp()` gives, and what changefeeds tell. Source: CockroachDB's manual,
/// "Changefeed Messages", "Resolved messages"; pkg/util/hlc.
struct HlcTimestamp {
  std::chrono::sys_time<std::chrono::nanoseconds> time{};  ///< the wall clock's
  std::int32_t logical = 0;  ///< which of those that the wall clock does not tell apart

  /// From its decimal, "1795215609272937339.0000000000": the nanoseconds since 1970, and ten digits
  /// of the logical part; or none, with the point. Throws DataError when the text is something
  /// else.
  [[nodiscard]] static HlcTimestamp parse(std::string_view text);

  /// The decimal again.
  [[nodiscard]] std::string to_string() const;

  /// To read as of, or to go on from.
  operator SystemTime() const { return SystemTime(to_string()); }

  friend bool operator==(const HlcTimestamp&, const HlcTimestamp&) = default;
  friend auto operator<=>(const HlcTimestamp&, const HlcTimestamp&) = default;
};

}  // namespace palmetto::crdb
