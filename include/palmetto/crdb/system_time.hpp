#pragma once

#include "palmetto/adapters/interval.hpp"
#include "palmetto/sql/composition.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace palmetto {
class Numeric;
}

namespace palmetto::crdb {

/// A time in the past to read as of, for statements and transactions:
///
///     auto time = crdb::SystemTime::ago(10s);
///     conn.execute(sql::SQL("SELECT balance FROM accounts {} WHERE id = $1")
///                      .format(crdb::as_of_system_time(time)), id);
///     auto tx = conn.transaction({.system_time = time});
///
/// What is not in the past, as far as it can be known here, is refused with ProgrammingError when
/// it is made; a time of the clock, only when it is more than a minute ahead, for clocks differ.
/// The server keeps the past for gc.ttlseconds. Source: CockroachDB's manual, "AS OF SYSTEM TIME".
class SystemTime {
 public:
  /// An interval before now ("-10s"), a timestamp or a decimal, as CockroachDB reads it. Throws
  /// ProgrammingError when it is empty or has a NUL byte; the rest is the server's to refuse.
  explicit SystemTime(std::string_view time);

  /// A point in time, to the microsecond: `SystemTime(std::chrono::system_clock::now() - 10s)`.
  template <class Duration>
  explicit SystemTime(std::chrono::sys_time<Duration> time)
      : SystemTime(std::chrono::floor<std::chrono::microseconds>(time)) {}
  explicit SystemTime(std::chrono::sys_time<std::chrono::microseconds> time);

  /// That long before the statement or the transaction begins, by the server's clock. No part of
  /// the interval may be negative, nor all of it 0.
  [[nodiscard]] static SystemTime ago(const Interval& interval);

  /// A time as the cluster itself counts, the value of cluster_logical_timestamp(): whole
  /// nanoseconds since 1970, and up to 10 digits that order what happened within one. (An
  /// HlcTimestamp, which changefeeds have, is a SystemTime as it is.)
  [[nodiscard]] static SystemTime hlc(const Numeric& timestamp);

  /// follower_read_timestamp(): the latest time that the closest replica can serve.
  /// Source: CockroachDB's manual, "Follower Reads".
  [[nodiscard]] static SystemTime follower_read();

  /// The latest time that the closest replica can serve without waiting, but no older than that;
  /// with `nearest_only`, an error instead of asking another replica when it has none. For a single
  /// SELECT of one row or so outside transactions, since v21.2.
  /// Source: CockroachDB's manual, "Bounded Staleness Reads".
  template <class Duration>
  [[nodiscard]] static SystemTime with_min_timestamp(std::chrono::sys_time<Duration> time,
                                                     bool nearest_only = false) {
    return with_min_timestamp(std::chrono::ceil<std::chrono::microseconds>(time), nearest_only);
  }
  [[nodiscard]] static SystemTime with_min_timestamp(
      std::chrono::sys_time<std::chrono::microseconds> time, bool nearest_only = false);
  [[nodiscard]] static SystemTime with_max_staleness(const Interval& interval,
                                                     bool nearest_only = false);

  /// As it stands behind AS OF SYSTEM TIME.
  [[nodiscard]] const std::string& expression() const noexcept { return expression_; }

  /// Whether the server chooses the time by what a statement reads, so that no transaction can have
  /// it: with_min_timestamp and with_max_staleness.
  [[nodiscard]] bool is_bounded_staleness() const noexcept { return is_bounded_staleness_; }

 private:
  // Not a constructor from a string, which would be a time.
  [[nodiscard]] static SystemTime of_expression(std::string expression, bool is_bounded_staleness);

  SystemTime() = default;

  std::string expression_;
  bool is_bounded_staleness_ = false;
};

/// "AS OF SYSTEM TIME ..." as a piece of a statement, in which a placeholder can't be. It stands
/// behind all the tables of the FROM clause of the outermost SELECT.
[[nodiscard]] sql::Composable as_of_system_time(const SystemTime& time);

}  // namespace palmetto::crdb
