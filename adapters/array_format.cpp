#include "palmetto/adapters/array_format.hpp"

#include "quoting.hpp"

#include <strings.h>

#include <charconv>
#include <limits>
#include <utility>

namespace palmetto {
namespace {

constexpr std::string_view null_word = "NULL";

bool is_null_word(std::string_view text) noexcept {
  return text.size() == null_word.size() &&
         strncasecmp(text.data(), null_word.data(), null_word.size()) == 0;
}

bool needs_quotes(std::string_view text, char delimiter) noexcept {
  return text.empty() || is_null_word(text) || text.find(delimiter) != std::string_view::npos ||
         detail::has_special(text, "{}\"\\");
}

// Whether the indices of a dimension fit their type.
bool is_in_range(const ArrayDimension& dimension) noexcept {
  return dimension.length >= 0 && std::int64_t{dimension.lower_bound} + dimension.length - 1 <=
                                      std::numeric_limits<std::int32_t>::max();
}

}  // namespace

std::int64_t ArrayDimensions::elements() const noexcept {
  if (size_ == 0) return 0;
  std::int64_t elements = 1;
  for (const ArrayDimension& dimension : *this) {
    elements *= dimension.length;
    if (elements > std::numeric_limits<std::int32_t>::max()) return -1;
  }
  return elements;
}

// --- Writing -------------------------------------------------------------------------------------

void ArrayWriter::begin(const ArrayDimensions& dimensions) {
  dimensions_ = dimensions;
  start_ = out_.size();
  if (dimensions.elements() < 0) out_.fail("the array has too many elements");
  for (const ArrayDimension& dimension : dimensions)
    if (!is_in_range(dimension)) out_.fail("the array's indices do not fit 32 bits");
  if (format_ == Format::binary) {
    out_.put<std::int32_t>(static_cast<std::int32_t>(dimensions.size()));
    out_.put<std::int32_t>(0);  // whether there are NULLs
    out_.put<std::uint32_t>(element_);
    for (const ArrayDimension& dimension : dimensions) {
      out_.put<std::int32_t>(dimension.length);
      out_.put<std::int32_t>(dimension.lower_bound);
    }
    return;
  }
  bool has_bounds = false;
  for (const ArrayDimension& dimension : dimensions) has_bounds |= dimension.lower_bound != 1;
  if (!has_bounds) return;
  for (const ArrayDimension& dimension : dimensions)
    out_.append("[" + std::to_string(dimension.lower_bound) + ":" +
                std::to_string(dimension.lower_bound + dimension.length - 1) + "]");
  out_.append('=');
}

// Before an element that is the first of its dimension, of the one around that...
void ArrayWriter::open_braces() {
  if (written_ > 0) out_.append(delimiter_);
  std::int64_t block = 1;
  for (std::size_t i = dimensions_.size(); i-- > 0;) {
    block *= dimensions_[i].length;
    if (written_ % block != 0) return;
    out_.append('{');
  }
}

void ArrayWriter::close_braces() {
  ++written_;
  std::int64_t block = 1;
  for (std::size_t i = dimensions_.size(); i-- > 0;) {
    block *= dimensions_[i].length;
    if (written_ % block != 0) return;
    out_.append('}');
  }
}

void ArrayWriter::null() {
  if (format_ == Format::binary) {
    out_.set_int32(start_ + 4, 1);
    return out_.put<std::int32_t>(-1);
  }
  open_braces();
  out_.append(null_word);
  close_braces();
}

void ArrayWriter::begin_element() {
  if (format_ == Format::binary) out_.put<std::int32_t>(0);
  else open_braces();
  element_at_ = out_.size();
}

void ArrayWriter::end_element() {
  const std::string_view written = out_.view_from(element_at_);
  if (format_ == Format::binary)
    return out_.set_int32(element_at_ - 4, static_cast<std::int32_t>(written.size()));
  if (needs_quotes(written, delimiter_))
    detail::quote_written(out_, element_at_, detail::Escape::backslash);
  close_braces();
}

void ArrayWriter::end() {
  if (format_ == Format::text && dimensions_.size() == 0) out_.append("{}");
}

// --- Reading binary ------------------------------------------------------------------------------

void BinaryArrayReader::begin(Reader& in, Oid element, ArrayDimensions& dimensions) {
  const auto count = in.get<std::int32_t>();
  const auto flags = in.get<std::int32_t>();
  if (flags != 0 && flags != 1) in.fail("the array's flags are neither 0 nor 1");
  if (in.get<Oid>() != element)
    in.fail("the array's elements are of another type than the column's");
  if (count < 0 || std::cmp_greater(count, ArrayDimensions::most))
    in.fail("the array has " + std::to_string(count) + " dimensions");
  for (std::int32_t i = 0; i < count; ++i) {
    ArrayDimension dimension;
    dimension.length = in.get<std::int32_t>();
    dimension.lower_bound = in.get<std::int32_t>();
    if (!is_in_range(dimension) || !dimensions.add(dimension))
      in.fail("a dimension of the array has bounds that can't be");
  }
  // Each element takes 4 bytes at least: a count beyond that lies, and must not be reserved for.
  const std::int64_t elements = dimensions.elements();
  if (elements < 0 || std::cmp_greater(elements, in.remaining() / 4))
    in.fail("the array announces more elements than it has");
  if (elements == 0) dimensions.clear();
}

void BinaryArrayReader::fail_length(Reader in) {
  in.fail("an element of the array has a negative length");
}

// --- Reading text --------------------------------------------------------------------------------

TextArrayReader::TextArrayReader(Reader& in, char delimiter)
    : in_(in), delimiter_(delimiter), text_(in.rest()) {
  ArrayDimensions bounds;
  if (text_.starts_with('[')) take_bounds(bounds);
  if (text_ == "{}") return;
  if (!text_.starts_with('{')) fail("the array's text is not within braces");
  const std::string_view elements = text_;
  measure();
  if (bounds.size() != 0) {
    check_bounds(bounds);
    dimensions_ = bounds;
  }
  text_ = elements;
}

std::int32_t TextArrayReader::take_index() {
  std::int32_t index = 0;
  const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), index);
  if (error != std::errc{}) fail("the array's bounds are no numbers");
  text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
  return index;
}

// "[2:3][0:1]=", the explicit bounds.
void TextArrayReader::take_bounds(ArrayDimensions& bounds) {
  const auto expect = [this](char c) {
    if (!text_.starts_with(c)) fail("the array's bounds are malformed");
    text_.remove_prefix(1);
  };
  while (text_.starts_with('[')) {
    text_.remove_prefix(1);
    const std::int64_t lower = take_index();
    expect(':');
    const std::int64_t length = take_index() - lower + 1;
    expect(']');
    if (length < 1 || !std::in_range<std::int32_t>(length) ||
        !bounds.add({static_cast<std::int32_t>(length), static_cast<std::int32_t>(lower)}))
      fail("the array's bounds are malformed");
  }
  expect('=');
}

void TextArrayReader::check_bounds(const ArrayDimensions& bounds) const {
  bool same = bounds.size() == dimensions_.size();
  for (std::size_t i = 0; same && i < bounds.size(); ++i)
    same = bounds[i].length == dimensions_[i].length;
  if (!same) fail("the array has other dimensions than its bounds say");
}

// Goes through the whole text to find its dimensions, and that each has the same length throughout.
void TextArrayReader::measure() {
  std::int32_t counts[ArrayDimensions::most + 1] = {};
  std::size_t depth = 0;
  bool is_deepest = false;  // an element has been met: its depth is that of all
  while (true) {
    if (text_.starts_with('{')) {
      if (is_deepest && depth == dimensions_.size()) fail("the array is ragged");
      if (!is_deepest && !dimensions_.add({-1, 1})) fail("the array has too many dimensions");
      counts[++depth] = 0;
      text_.remove_prefix(1);
      continue;
    }
    is_deepest = true;
    if (depth != dimensions_.size()) fail("the array is ragged");
    static_cast<void>(take_element());
    ++counts[depth];
    while (depth > 0 && text_.starts_with('}')) {
      std::int32_t& length = dimensions_[depth - 1].length;
      if (length == -1) length = counts[depth];
      if (length != counts[depth]) fail("the array is ragged");
      ++counts[--depth];
      text_.remove_prefix(1);
    }
    if (depth == 0) break;
    if (!text_.starts_with(delimiter_)) fail("the array's elements are not separated");
    text_.remove_prefix(1);
  }
  if (!text_.empty()) fail("the array's text goes on behind its last brace");
}

bool TextArrayReader::next_is_null() {
  while (text_.starts_with('{') || text_.starts_with('}') || text_.starts_with(delimiter_))
    text_.remove_prefix(1);
  return take_element();
}

// Whether it is NULL.
bool TextArrayReader::take_element() {
  if (text_.starts_with('"')) {
    element_ = detail::take_quoted(in_, text_, detail::Escape::backslash, unescaped_);
    return false;
  }
  const char ends[] = {delimiter_, '}'};
  element_ = text_.substr(0, text_.find_first_of(std::string_view(ends, sizeof(ends))));
  if (element_.empty()) fail("an element of the array's text is empty");
  if (element_.find_first_of("{\"\\") != std::string_view::npos)
    fail("an element of the array's text is malformed");
  text_.remove_prefix(element_.size());
  return is_null_word(element_);
}

}  // namespace palmetto
