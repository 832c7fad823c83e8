#include "palmetto/adapters/hstore.hpp"

#include "quoting.hpp"

#include <strings.h>

#include <algorithm>

namespace palmetto {
namespace detail {

HstoreWriter::HstoreWriter(Writer& out, Format format, std::size_t count)
    : out_(out), format_(format) {
  if (!std::in_range<std::int32_t>(count)) out.fail("the hstore has too many keys");
  if (format == Format::binary) out.put<std::int32_t>(static_cast<std::int32_t>(count));
}

void HstoreWriter::pair(std::string_view key, const std::string& value) {
  begin_pair(key);
  string(value);
}

void HstoreWriter::pair(std::string_view key, const std::optional<std::string>& value) {
  begin_pair(key);
  if (value) string(*value);
  else null();
}

void HstoreWriter::begin_pair(std::string_view key) {
  if (format_ == Format::text && !is_first_) out_.append(", ");
  is_first_ = false;
  string(key);
  if (format_ == Format::text) out_.append("=>");
}

void HstoreWriter::null() {
  if (format_ == Format::text) out_.append("NULL");
  else out_.put<std::int32_t>(-1);
}

void HstoreWriter::string(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    out_.fail("the hstore has a NUL byte, which PostgreSQL can't store");
  if (format_ == Format::binary) {
    if (!std::in_range<std::int32_t>(text.size())) out_.fail("the hstore has too long a text");
    out_.put<std::int32_t>(static_cast<std::int32_t>(text.size()));
    return out_.append(text);
  }
  append_quoted(out_, text, Escape::backslash);
}

HstoreReader::HstoreReader(Reader& in, Format format) : in_(in), format_(format) {
  if (format == Format::text) {
    text_ = in.rest();
    return;
  }
  constexpr std::size_t smallest_pair = 8;  // two lengths
  const auto count = in.get<std::int32_t>();
  if (count < 0 || static_cast<std::size_t>(count) > in.remaining() / smallest_pair)
    fail("the hstore announces more keys than it has");
  left_ = static_cast<std::size_t>(count);
}

bool HstoreReader::next(std::string& key, std::optional<std::string>& value) {
  return format_ == Format::binary ? next_binary(key, value) : next_text(key, value);
}

bool HstoreReader::next_binary(std::string& key, std::optional<std::string>& value) {
  if (left_ == 0) return false;
  --left_;
  const auto key_length = in_.get<std::int32_t>();
  if (key_length < 0) fail("a key of the hstore has a negative length");
  key = in_.take(static_cast<std::size_t>(key_length));
  const auto length = in_.get<std::int32_t>();
  if (length < -1) fail("a value of the hstore has a negative length");
  if (length == -1) value.reset();
  else value = in_.take(static_cast<std::size_t>(length));
  return true;
}

// What hstore_out writes, with any blanks: every key and every value in quotes, but for NULL.
bool HstoreReader::next_text(std::string& key, std::optional<std::string>& value) {
  skip_blanks();
  if (is_first_ && text_.empty()) return false;
  if (!is_first_) {
    if (text_.empty()) return false;
    if (!take_if(",")) fail("the pairs of the hstore's text are not separated");
    skip_blanks();
  }
  is_first_ = false;
  key = take_quoted();
  skip_blanks();
  if (!take_if("=>")) fail("a key of the hstore's text is not followed by =>");
  skip_blanks();
  if (take_if("NULL")) value.reset();
  else value = take_quoted();
  return true;
}

void HstoreReader::skip_blanks() {
  text_.remove_prefix(std::min(text_.find_first_not_of(" \t\n\r\v\f"), text_.size()));
}

// In either case, as the server takes NULL.
bool HstoreReader::take_if(std::string_view word) {
  if (text_.size() < word.size() || strncasecmp(text_.data(), word.data(), word.size()) != 0)
    return false;
  text_.remove_prefix(word.size());
  return true;
}

std::string HstoreReader::take_quoted() {
  if (!text_.starts_with('"')) fail("the hstore's text has no quotes where some belong");
  std::string unescaped;
  static_cast<void>(detail::take_quoted(in_, text_, Escape::backslash, unescaped));
  return unescaped;
}

}  // namespace detail
}  // namespace palmetto
