#include "palmetto/adapters/array_format.hpp"

#include <strings.h>

#include <utility>

namespace palmetto {
namespace {

constexpr std::string_view null_word = "NULL";

bool is_null_word(std::string_view text) noexcept {
  return text.size() == null_word.size() &&
         strncasecmp(text.data(), null_word.data(), null_word.size()) == 0;
}

bool needs_quotes(std::string_view text, char delimiter) noexcept {
  if (text.empty() || is_null_word(text)) return true;
  return text.find(delimiter) != std::string_view::npos ||
         text.find_first_of("{}\"\\ \t\n\r\v\f") != std::string_view::npos;
}

}  // namespace

void ArrayWriter::begin(std::size_t count) {
  start_ = out_.size();
  if (format_ == Format::text) return out_.append('{');
  out_.put<std::int32_t>(count == 0 ? 0 : 1);  // dimensions
  out_.put<std::int32_t>(0);                   // whether there are NULLs
  out_.put<std::uint32_t>(element_);
  if (count == 0) return;
  if (!std::in_range<std::int32_t>(count)) out_.fail("the array has too many elements");
  out_.put<std::int32_t>(static_cast<std::int32_t>(count));
  out_.put<std::int32_t>(1);  // lower bound
}

void ArrayWriter::separate() {
  if (!first_) out_.append(delimiter_);
  first_ = false;
}

void ArrayWriter::null() {
  if (format_ == Format::binary) {
    out_.set_int32(start_ + 4, 1);
    return out_.put<std::int32_t>(-1);
  }
  separate();
  out_.append(null_word);
}

void ArrayWriter::begin_element() {
  if (format_ == Format::binary) out_.put<std::int32_t>(0);
  else separate();
  element_at_ = out_.size();
}

void ArrayWriter::end_element() {
  const std::string_view written = out_.view_from(element_at_);
  if (format_ == Format::binary)
    return out_.set_int32(element_at_ - 4, static_cast<std::int32_t>(written.size()));
  if (!needs_quotes(written, delimiter_)) return;
  const std::string element(written);
  out_.shrink(element_at_);
  out_.append('"');
  for (const char c : element) {
    if (c == '"' || c == '\\') out_.append('\\');
    out_.append(c);
  }
  out_.append('"');
}

void ArrayWriter::end() {
  if (format_ == Format::text) out_.append('}');
}

ArrayReader::ArrayReader(Reader& in, Oid element, Format format, char delimiter)
    : in_(in), format_(format), delimiter_(delimiter) {
  if (format == Format::binary) begin_binary(element);
  else begin_text();
}

void ArrayReader::begin_binary(Oid element) {
  const auto dimensions = in_.get<std::int32_t>();
  const auto flags = in_.get<std::int32_t>();
  if (flags != 0 && flags != 1) fail("the array's flags are neither 0 nor 1");
  if (in_.get<Oid>() != element) fail("the array's elements are of another type than the column's");
  if (dimensions == 0) return;
  if (dimensions != 1)
    fail("the array has " + std::to_string(dimensions) + " dimensions, the C++ type takes one");
  const auto count = in_.get<std::int32_t>();
  static_cast<void>(in_.get<std::int32_t>());  // lower bound
  // Each element takes 4 bytes at least: a count beyond that lies, and must not be reserved for.
  if (count < 0 || static_cast<std::size_t>(count) > in_.remaining() / 4)
    fail("the array announces more elements than it has");
  left_ = static_cast<std::size_t>(count);
}

void ArrayReader::begin_text() {
  text_ = in_.rest();
  if (text_.starts_with('[')) {  // explicit lower bounds, "[2:3]={...}"
    const std::size_t bounds = text_.find('=');
    if (bounds == std::string_view::npos) fail("the array's bounds are not followed by =");
    text_.remove_prefix(bounds + 1);
  }
  if (!text_.starts_with('{') || !text_.ends_with('}') || text_.size() < 2)
    fail("the array's text is not within braces");
  text_.remove_prefix(1);
  text_.remove_suffix(1);
}

bool ArrayReader::next() { return format_ == Format::binary ? next_binary() : next_text(); }

bool ArrayReader::next_binary() {
  if (left_ == 0) return false;
  --left_;
  const auto length = in_.get<std::int32_t>();
  null_ = length == -1;
  if (null_) return true;
  if (length < 0) fail("an element of the array has a negative length");
  element_ = in_.take(static_cast<std::size_t>(length));
  return true;
}

bool ArrayReader::next_text() {
  if (!started_ && text_.empty()) return false;
  if (started_) {
    if (text_.empty()) return false;
    if (text_.front() != delimiter_) fail("the array's elements are not separated");
    text_.remove_prefix(1);
  }
  started_ = true;
  if (text_.starts_with('{')) fail("the array has more dimensions than the C++ type takes");
  if (text_.starts_with('"')) take_quoted();
  else take_unquoted();
  return true;
}

void ArrayReader::take_quoted() {
  null_ = false;
  unescaped_.clear();
  for (std::size_t i = 1; i < text_.size(); ++i) {
    if (text_[i] == '"') {
      element_ = unescaped_;
      text_.remove_prefix(i + 1);
      return;
    }
    if (text_[i] == '\\' && ++i == text_.size()) break;
    unescaped_ += text_[i];
  }
  fail("a quoted element of the array does not end");
}

void ArrayReader::take_unquoted() {
  element_ = text_.substr(0, text_.find(delimiter_));
  if (element_.empty()) fail("an element of the array's text is empty");
  if (element_.find_first_of("{}\"\\") != std::string_view::npos)
    fail("an element of the array's text is malformed");
  text_.remove_prefix(element_.size());
  null_ = is_null_word(element_);
}

}  // namespace palmetto
