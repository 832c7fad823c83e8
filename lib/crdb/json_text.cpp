#include "json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <limits>

namespace palmetto::crdb::detail {
namespace {

namespace json = boost::json;
using boost::system::error_code;

// As deep as palmetto/adapters/json.hpp takes it.
constexpr std::size_t max_depth = 512;

constexpr std::string_view blanks = " \t\r\n";

// Takes note of nothing: the parser judges.
struct Judge {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t, error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(json::string_view, std::size_t, error_code&) { return true; }
  bool on_key(json::string_view, std::size_t, error_code&) { return true; }
  bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, error_code&) { return true; }
  bool on_double(double, json::string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }
};

std::string_view without_blanks_in_front(std::string_view text) noexcept {
  return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

// Of the string that the text begins with, quotes included.
std::size_t length_of_string(std::string_view text) noexcept {
  std::size_t at = 1;
  while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

// Of the array or object that the text begins with, brackets included.
std::size_t length_of_nest(std::string_view text) noexcept {
  std::size_t depth = 0;
  std::size_t at = 0;
  do {
    const char c = text[at];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    at += c == '"' ? length_of_string(text.substr(at)) : 1;
  } while (depth > 0);
  return at;
}

std::size_t length_of_value(std::string_view text) noexcept {
  if (text.front() == '"') return length_of_string(text);
  if (text.front() == '{' || text.front() == '[') return length_of_nest(text);
  return std::min(text.find_first_of(" \t\r\n,]}"), text.size());
}

}  // namespace

JsonText JsonText::parse(Reader& in) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<Judge> parser(options);
  const std::string_view text = in.rest();
  error_code error;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), error);
  if (!error && parsed < text.size()) error = json::error::extra_data;
  if (error) in.fail("the JSON can't be read: " + error.message());
  const std::string_view value = without_blanks_in_front(text);
  return JsonText(value.substr(0, length_of_value(value)));
}

JsonText::Kind JsonText::kind() const noexcept {
  switch (text_.front()) {
    case 'n':
      return Kind::null;
    case 't':
    case 'f':
      return Kind::boolean;
    case '"':
      return Kind::string;
    case '[':
      return Kind::array;
    case '{':
      return Kind::object;
    default:
      return Kind::number;
  }
}

std::string_view JsonText::kind_name() const noexcept {
  switch (kind()) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "";
}

std::string JsonText::unescaped() const {
  if (text_.find('\\') == std::string_view::npos)
    return std::string(text_.substr(1, text_.size() - 2));
  const json::value parsed = json::parse(json::string_view(text_.data(), text_.size()));
  return std::string(parsed.get_string());
}

std::optional<JsonText> JsonCutter::next_element() noexcept {
  if (at_end()) return std::nullopt;
  return take();
}

std::optional<JsonCutter::Member> JsonCutter::next_member() {
  if (at_end()) return std::nullopt;
  std::string name = take().unescaped();
  left_.remove_prefix(left_.find(':') + 1);
  return Member{std::move(name), take()};
}

// Goes on to the next value, if there is one.
bool JsonCutter::at_end() noexcept {
  left_ = without_blanks_in_front(left_);
  if (left_.front() == ',') left_ = without_blanks_in_front(left_.substr(1));
  return left_.front() == ']' || left_.front() == '}';
}

JsonText JsonCutter::take() noexcept {
  left_ = without_blanks_in_front(left_);
  const std::string_view value = left_.substr(0, length_of_value(left_));
  left_.remove_prefix(value.size());
  return JsonText(value);
}

}  // namespace palmetto::crdb::detail
