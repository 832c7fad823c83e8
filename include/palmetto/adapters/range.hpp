#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapters/range_format.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

/// Ranges and multiranges:
///
/// | C++           | sent as, read from                                                       |
/// |---------------|--------------------------------------------------------------------------|
/// | Range<T>      | the range of what T is sent as: int4range, numrange, tstzrange...        |
/// | Multirange<T> | its multirange                                                           |
///
///     conn.execute("INSERT INTO reservation (room, during) VALUES ($1, $2)", room,
///                  palmetto::Range(from, to));
///     auto during = result.value<palmetto::Range<std::chrono::sys_seconds>>();
///
/// A type of the user's is registered, and found by what it is of: `register_types(conn,
/// "float_range")` serves Range<double>. Where several are of the same type, the last registered is
/// sent, or the one that `register_range` says; all are read. CockroachDB has no ranges.
namespace palmetto {

/// Which bounds belong to the range.
enum class RangeBounds {
  none,   ///< "()"
  lower,  ///< "[)", as the server writes ranges of integers and dates
  upper,  ///< "(]"
  both,   ///< "[]"
};

/// A range of values. An absent bound is infinite; a bound that is there may itself be `infinity`,
/// which is another thing. Two ranges are equal when their bounds are: the server makes [1,5] of
/// integers [1,6), this class does not. Source: psycopg's `Range`; the manual, section 8.17.
template <class T>
class Range {
 public:
  /// Of all values: "(,)".
  Range() = default;
  /// Infinite on a side without a value.
  Range(std::optional<T> lower, std::optional<T> upper, RangeBounds bounds = RangeBounds::lower)
      : lower_(std::move(lower)),
        upper_(std::move(upper)),
        lower_inclusive_(lower_.has_value() &&
                         (bounds == RangeBounds::lower || bounds == RangeBounds::both)),
        upper_inclusive_(upper_.has_value() &&
                         (bounds == RangeBounds::upper || bounds == RangeBounds::both)) {}

  /// The range of no value.
  [[nodiscard]] static Range empty() {
    Range range;
    range.empty_ = true;
    return range;
  }

  [[nodiscard]] bool is_empty() const noexcept { return empty_; }
  /// Empty when the range is, or has no such bound.
  [[nodiscard]] const std::optional<T>& lower() const noexcept { return lower_; }
  [[nodiscard]] const std::optional<T>& upper() const noexcept { return upper_; }
  [[nodiscard]] bool lower_inclusive() const noexcept { return lower_inclusive_; }
  [[nodiscard]] bool upper_inclusive() const noexcept { return upper_inclusive_; }

  [[nodiscard]] bool contains(const T& value) const {
    if (empty_) return false;
    if (lower_ && (value < *lower_ || (value == *lower_ && !lower_inclusive_))) return false;
    return !(upper_ && (*upper_ < value || (value == *upper_ && !upper_inclusive_)));
  }

  friend bool operator==(const Range&, const Range&) = default;

 private:
  std::optional<T> lower_;
  std::optional<T> upper_;
  bool lower_inclusive_ = false;
  bool upper_inclusive_ = false;
  bool empty_ = false;
};

template <class T>
Range(T, T, RangeBounds = RangeBounds::lower) -> Range<T>;
template <class T>
Range(std::optional<T>, std::optional<T>, RangeBounds = RangeBounds::lower) -> Range<T>;

/// Ranges that neither overlap nor touch, in their order; the server makes any others so. Source:
/// psycopg's `Multirange`.
template <class T>
struct Multirange {
  std::vector<Range<T>> ranges;
  friend bool operator==(const Multirange&, const Multirange&) = default;
};

namespace detail {

[[noreturn]] void throw_no_range(const AdaptersMap& map, Oid subtype, TypeKind kind);

template <class T>
void write_range(Writer& out, const Range<T>& range, const Dumper<T>& bound) {
  RangeWriter writer(out, bound.format(),
                     {range.is_empty(), range.lower().has_value(), range.upper().has_value(),
                      range.lower_inclusive(), range.upper_inclusive()});
  for (const std::optional<T>* value : {&range.lower(), &range.upper()}) {
    if (!value->has_value()) continue;
    writer.begin_bound();
    bound(out, **value);
    writer.end_bound();
  }
  writer.end();
}

template <class T>
[[nodiscard]] Range<T> read_range(Reader& in, Format format, const Loader<T>& bound) {
  RangeReader reader(in, format);
  const RangeShape& shape = reader.shape();
  if (shape.empty) return Range<T>::empty();
  std::optional<T> lower;
  std::optional<T> upper;
  if (shape.has_lower) lower = bound(reader.bound());
  if (shape.has_upper) upper = bound(reader.bound());
  reader.end();
  const RangeBounds bounds = shape.lower_inclusive
                                 ? (shape.upper_inclusive ? RangeBounds::both : RangeBounds::lower)
                                 : (shape.upper_inclusive ? RangeBounds::upper : RangeBounds::none);
  return Range<T>(std::move(lower), std::move(upper), bounds);
}

template <class T>
struct RangeLoader {
  Loader<T> bound;
  Format format;
};

/// The adapter of R, a range or a multirange of T, but for how its values are written and read.
template <class R, class T, TypeKind Kind>
struct RangeAdapter {
  static constexpr TypeKind kind = Kind;

  /// As the range of what T is sent as; without a type when T is sent without one.
  static Dumper<R> find_dumper(const AdaptersMap& map, Format preferred)
    requires Dumpable<T>
  {
    Dumper<T> bound = map.find_dumper<T>(preferred);
    if (bound.oid() == 0) return make_dumper(0, std::move(bound));
    const TypeInfo* info = map.types().find_range_of(bound.oid(), Kind);
    if (info == nullptr) throw_no_range(map, bound.oid(), Kind);
    return make_dumper(info->oid, std::move(bound));
  }
  static Dumper<R> find_dumper_as(const AdaptersMap& map, const TypeInfo& info, Format preferred)
    requires Dumpable<T>
  {
    return make_dumper(info.oid, map.find_dumper_as<T>(info.subtype, preferred));
  }

  static Loader<R> find_loader(const AdaptersMap& map, Oid oid, Format format)
    requires Loadable<T>
  {
    const TypeInfo* info = map.types().find(oid);
    if (info == nullptr || info->kind != Kind || is_view<T>) return {};
    Loader<T> bound = map.find_loader<T>(info->subtype, format);
    if (!bound) return {};
    return {[](Reader& in, const void* state) {
              const auto& loader = *static_cast<const RangeLoader<T>*>(state);
              return Adapter<R>::read_with(in, loader.format, loader.bound);
            },
            std::make_shared<const RangeLoader<T>>(RangeLoader<T>{std::move(bound), format})};
  }

 private:
  static Dumper<R> make_dumper(Oid oid, Dumper<T> bound) {
    const Format format = bound.format();
    return {oid, format,
            [](Writer& out, const R& value, const void* state) {
              Adapter<R>::write_with(out, value, *static_cast<const Dumper<T>*>(state));
            },
            std::make_shared<const Dumper<T>>(std::move(bound))};
  }
};

}  // namespace detail

template <class T>
  requires Dumpable<T> || Loadable<T>
struct Adapter<Range<T>> : detail::RangeAdapter<Range<T>, T, TypeKind::range> {
  static void write_with(Writer& out, const Range<T>& range, const Dumper<T>& bound) {
    detail::write_range(out, range, bound);
  }
  static Range<T> read_with(Reader& in, Format format, const Loader<T>& bound) {
    return detail::read_range(in, format, bound);
  }
};

template <class T>
  requires Dumpable<T> || Loadable<T>
struct Adapter<Multirange<T>> : detail::RangeAdapter<Multirange<T>, T, TypeKind::multirange> {
  static void write_with(Writer& out, const Multirange<T>& value, const Dumper<T>& bound) {
    detail::MultirangeWriter writer(out, bound.format(), value.ranges.size());
    for (const Range<T>& range : value.ranges) {
      writer.begin_range();
      detail::write_range(out, range, bound);
      writer.end_range();
    }
    writer.end();
  }
  static Multirange<T> read_with(Reader& in, Format format, const Loader<T>& bound) {
    detail::MultirangeReader reader(in, format);
    Multirange<T> value;
    while (reader.next()) {
      Reader range = reader.range();
      value.ranges.push_back(detail::read_range(range, format, bound));
      range.expect_end();
    }
    return value;
  }
};

}  // namespace palmetto
