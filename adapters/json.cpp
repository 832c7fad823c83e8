#include "palmetto/adapters/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serializer.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace palmetto::detail {
namespace {

namespace json = boost::json;
using boost::system::error_code;

// Boost.JSON's own limit of 32 is less than some documents have. A limit there must be, for the
// parser and the value's destructor recurse: this one takes 50 kB of stack, 100 kB in debug builds.
constexpr std::size_t max_depth = 512;

constexpr char jsonb_version = 1;

// What the parser finds, built into a value. Its purpose is on_double: Boost.JSON's own parser
// takes a fast way that misses the nearest double for a quarter of those with 17 digits, and turns
// what is too large into infinity.
class ValueBuilder {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  ValueBuilder() { stack_.reset(); }
  [[nodiscard]] json::value release() { return stack_.release(); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t size, error_code&) { return stack_.push_object(size), true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t size, error_code&) { return stack_.push_array(size), true; }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    return stack_.push_chars(part), true;
  }
  bool on_key(json::string_view rest, std::size_t, error_code&) {
    return stack_.push_key(rest), true;
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    return stack_.push_chars(part), true;
  }
  bool on_string(json::string_view rest, std::size_t, error_code&) {
    return stack_.push_string(rest), true;
  }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, error_code&) {
    return stack_.push_int64(value), true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, error_code&) {
    return stack_.push_uint64(value), true;
  }
  bool on_double(double approximate, json::string_view text, error_code& error) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc::result_out_of_range) {
      if (std::abs(approximate) > 1) return error = json::error::exponent_overflow, false;
      value = std::copysign(0.0, approximate);
    }
    return stack_.push_double(value), true;
  }
  bool on_bool(bool value, error_code&) { return stack_.push_bool(value), true; }
  bool on_null(error_code&) { return stack_.push_null(), true; }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  json::value_stack stack_;
};

// JSON has no NaN and no infinity. Depending on its version, Boost.JSON would write null, 1e99999
// or a word that the server refuses.
bool has_finite_numbers_only(const json::value& value) {
  if (const double* number = value.if_double()) return std::isfinite(*number);
  if (const json::array* array = value.if_array())
    return std::all_of(array->begin(), array->end(), has_finite_numbers_only);
  if (const json::object* object = value.if_object())
    return std::all_of(object->begin(), object->end(),
                       [](const auto& member) { return has_finite_numbers_only(member.value()); });
  return true;
}

}  // namespace

json::value read_json(Reader& in) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<ValueBuilder> parser(options);
  const std::string_view text = in.rest();
  error_code error;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), error);
  if (!error && parsed < text.size()) error = json::error::extra_data;
  if (error) in.fail("the JSON can't be read: " + error.message());
  return parser.handler().release();
}

json::value read_jsonb(Reader& in) {
  if (in.take(1).front() != jsonb_version) in.fail("the jsonb has another version than 1");
  return read_json(in);
}

void write_json(Writer& out, const json::value& value) {
  if (!has_finite_numbers_only(value)) out.fail("JSON has neither NaN nor infinity");
  constexpr std::size_t chunk = 512;
  json::serializer serializer;
  serializer.reset(&value);
  while (!serializer.done()) {
    const std::size_t start = out.size();
    const auto written = serializer.read(out.extend(chunk), chunk);
    out.shrink(start + written.size());
  }
}

void write_jsonb(Writer& out, const json::value& value) {
  out.append(jsonb_version);
  write_json(out, value);
}

void fail_json_conversion(Reader& in, const error_code& reason) {
  in.fail("the JSON does not convert to the C++ type: " + reason.message());
}

}  // namespace palmetto::detail
