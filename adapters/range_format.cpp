#include "palmetto/adapters/range_format.hpp"

#include "quoting.hpp"

#include <utility>

namespace palmetto::detail {
namespace {

// Source: src/include/utils/rangetypes.h, and what range_recv makes of its flags.
constexpr std::uint8_t is_empty = 0x01;
constexpr std::uint8_t lower_inclusive = 0x02;
constexpr std::uint8_t upper_inclusive = 0x04;
constexpr std::uint8_t lower_infinite = 0x08;
constexpr std::uint8_t upper_infinite = 0x10;
constexpr std::uint8_t all_flags = 0x1f;

constexpr std::string_view empty_word = "empty";

std::uint8_t flags_of(const RangeShape& shape) noexcept {
  if (shape.empty) return is_empty;
  int flags = 0;
  if (!shape.has_lower) flags |= lower_infinite;
  else if (shape.lower_inclusive) flags |= lower_inclusive;
  if (!shape.has_upper) flags |= upper_infinite;
  else if (shape.upper_inclusive) flags |= upper_inclusive;
  return static_cast<std::uint8_t>(flags);
}

}  // namespace

// --- Ranges --------------------------------------------------------------------------------------

RangeWriter::RangeWriter(Writer& out, Format format, RangeShape shape)
    : out_(out), format_(format), shape_(shape), is_upper_(!shape.has_lower) {
  if (format_ == Format::binary) {
    out_.put<std::uint8_t>(flags_of(shape_));
  } else if (shape_.empty) {
    out_.append(empty_word);
  } else {
    out_.append(shape_.has_lower && shape_.lower_inclusive ? '[' : '(');
    if (is_upper_) out_.append(',');
  }
}

void RangeWriter::begin_bound() {
  if (format_ == Format::binary) out_.put<std::int32_t>(0);
  bound_at_ = out_.size();
}

void RangeWriter::end_bound() {
  const std::string_view written = out_.view_from(bound_at_);
  if (format_ == Format::binary)
    return out_.set_int32(bound_at_ - 4, static_cast<std::int32_t>(written.size()));
  if (written.empty() || has_special(written, "\"\\()[],"))
    quote_written(out_, bound_at_, Escape::doubling);
  if (!is_upper_) out_.append(',');
  is_upper_ = true;
}

void RangeWriter::end() {
  if (format_ == Format::binary || shape_.empty) return;
  out_.append(shape_.has_upper && shape_.upper_inclusive ? ']' : ')');
}

RangeReader::RangeReader(Reader& in, Format format) : in_(in), format_(format) {
  if (format_ == Format::binary) begin_binary();
  else begin_text();
}

void RangeReader::begin_binary() {
  const auto flags = in_.get<std::uint8_t>();
  if ((flags & ~all_flags) != 0) in_.fail("the range has flags that are unknown");
  shape_.empty = (flags & is_empty) != 0;
  shape_.has_lower = !shape_.empty && (flags & lower_infinite) == 0;
  shape_.has_upper = !shape_.empty && (flags & upper_infinite) == 0;
  shape_.lower_inclusive = shape_.has_lower && (flags & lower_inclusive) != 0;
  shape_.upper_inclusive = shape_.has_upper && (flags & upper_inclusive) != 0;
}

void RangeReader::begin_text() {
  text_ = in_.rest();
  shape_.empty = text_ == empty_word;
  if (shape_.empty) return;
  const bool is_bracketed = text_.size() >= 3 && (text_.front() == '[' || text_.front() == '(') &&
                            (text_.back() == ']' || text_.back() == ')');
  if (!is_bracketed) in_.fail("the range's text is not within brackets");
  shape_.lower_inclusive = text_.front() == '[';
  shape_.upper_inclusive = text_.back() == ']';
  text_.remove_prefix(1);
  text_.remove_suffix(1);
  shape_.has_lower = !text_.starts_with(',');
  // The comma between the bounds is the last character only when there is no upper one: within the
  // bounds it would be quoted.
  shape_.has_upper = !text_.ends_with(',');
  if (!shape_.has_lower) {
    shape_.lower_inclusive = false;
    text_.remove_prefix(1);
  }
  if (!shape_.has_upper) {
    shape_.upper_inclusive = false;
    if (shape_.has_lower) text_.remove_suffix(1);
  }
}

Reader RangeReader::bound() {
  if (format_ == Format::binary) {
    const auto length = in_.get<std::int32_t>();
    if (length < 0) in_.fail("a bound of the range has a negative length");
    return in_.nested(static_cast<std::size_t>(length));
  }
  std::string_view bound;
  if (text_.starts_with('"')) {
    bound = take_quoted(in_, text_, Escape::doubling, unescaped_);
  } else {
    bound = text_.substr(0, text_.find(','));
    if (bound.empty() || bound.find_first_of("\"\\()[]") != std::string_view::npos)
      in_.fail("a bound of the range's text is malformed");
    text_.remove_prefix(bound.size());
  }
  if (text_.starts_with(',') && text_.size() > 1) text_.remove_prefix(1);
  return in_.elsewhere(bound);
}

void RangeReader::end() {
  if (format_ == Format::text && !shape_.empty && !text_.empty())
    in_.fail("the range's text has more than two bounds");
}

// --- Multiranges ---------------------------------------------------------------------------------

MultirangeWriter::MultirangeWriter(Writer& out, Format format, std::size_t ranges)
    : out_(out), format_(format) {
  if (!std::in_range<std::int32_t>(ranges)) out_.fail("the multirange has too many ranges");
  if (format_ == Format::binary) out_.put<std::int32_t>(static_cast<std::int32_t>(ranges));
  else out_.append('{');
}

void MultirangeWriter::begin_range() {
  if (format_ == Format::binary) out_.put<std::int32_t>(0);
  else if (!first_) out_.append(',');
  first_ = false;
  range_at_ = out_.size();
}

void MultirangeWriter::end_range() {
  if (format_ == Format::binary)
    out_.set_int32(range_at_ - 4, static_cast<std::int32_t>(out_.size() - range_at_));
}

void MultirangeWriter::end() {
  if (format_ == Format::text) out_.append('}');
}

MultirangeReader::MultirangeReader(Reader& in, Format format) : in_(in), format_(format) {
  if (format_ == Format::binary) {
    left_ = in_.get<std::int32_t>();
    if (left_ < 0) in_.fail("the multirange has a negative number of ranges");
    return;
  }
  text_ = in_.rest();
  if (text_.size() < 2 || !text_.starts_with('{') || !text_.ends_with('}'))
    in_.fail("the multirange's text is not within braces");
  text_.remove_prefix(1);
  text_.remove_suffix(1);
}

bool MultirangeReader::next() {
  if (format_ == Format::binary) {
    if (left_ == 0) return false;
    --left_;
    const auto length = in_.get<std::int32_t>();
    if (length < 0) in_.fail("a range of the multirange has a negative length");
    range_ = in_.take(static_cast<std::size_t>(length));
    return true;
  }
  if (text_.empty()) return false;
  range_ = text_.substr(0, end_of_range());
  text_.remove_prefix(range_.size());
  if (text_.size() == 1) in_.fail("the multirange's text ends with a comma");
  if (!text_.empty()) {
    if (!text_.starts_with(',')) in_.fail("the multirange's ranges are not separated");
    text_.remove_prefix(1);
  }
  return true;
}

// Behind the bracket that closes the first range of the text, which may be quoted within.
std::size_t MultirangeReader::end_of_range() const {
  if (text_.starts_with(empty_word)) return empty_word.size();
  bool is_quoted = false;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '\\') ++i;
    else if (c == '"') is_quoted = !is_quoted;
    else if (!is_quoted && (c == ')' || c == ']')) return i + 1;
  }
  in_.fail("a range of the multirange's text does not end");
}

}  // namespace palmetto::detail
