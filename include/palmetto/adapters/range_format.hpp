#pragma once

#include "palmetto/adapt/reader.hpp"
#include "palmetto/adapt/writer.hpp"
#include "palmetto/format.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The two formats of ranges and multiranges, for range.hpp.
/// Source: the manual, section 8.17.5 "Range Input/Output"; range_recv, range_send.
namespace palmetto::detail {

/// A range but for the values of its bounds.
struct RangeShape {
  bool empty = false;
  bool has_lower = false;
  bool has_upper = false;
  bool lower_inclusive = false;
  bool upper_inclusive = false;
};

/// Writes a range: a bound's bytes are written to `out()` between `begin_bound` and `end_bound`,
/// the lower one first, for each bound that the range has.
class RangeWriter {
 public:
  RangeWriter(Writer& out, Format format, RangeShape shape);
  void begin_bound();
  void end_bound();
  void end();
  [[nodiscard]] Writer& out() noexcept { return out_; }

 private:
  Writer& out_;
  Format format_;
  RangeShape shape_;
  std::size_t bound_at_ = 0;
  bool is_upper_;
};

/// Reads a range: its shape first, then each bound that it has. Throws DataError for what is none.
class RangeReader {
 public:
  RangeReader(Reader& in, Format format);
  [[nodiscard]] const RangeShape& shape() const noexcept { return shape_; }
  /// The lower bound, then the upper one; good until the next call.
  [[nodiscard]] Reader bound();
  void end();

 private:
  void begin_binary();
  void begin_text();
  [[nodiscard]] bool at_bound() const noexcept;

  Reader& in_;
  Format format_;
  RangeShape shape_;
  std::string_view text_;
  std::string unescaped_;
};

/// Writes a multirange: the ranges are written to `out` between `begin_range` and `end_range`.
class MultirangeWriter {
 public:
  MultirangeWriter(Writer& out, Format format, std::size_t ranges);
  void begin_range();
  void end_range();
  void end();

 private:
  Writer& out_;
  Format format_;
  std::size_t range_at_ = 0;
  bool first_ = true;
};

/// Reads a multirange, range by range. Throws DataError for what is none.
class MultirangeReader {
 public:
  MultirangeReader(Reader& in, Format format);
  /// Steps to the next range; false behind the last.
  [[nodiscard]] bool next();
  [[nodiscard]] Reader range() const noexcept { return in_.elsewhere(range_); }

 private:
  [[nodiscard]] std::size_t end_of_range() const;

  Reader& in_;
  Format format_;
  std::int32_t left_ = 0;
  std::string_view text_;
  std::string_view range_;
};

}  // namespace palmetto::detail
