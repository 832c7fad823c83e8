#include "palmetto/adapters/composite_format.hpp"

#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include "quoting.hpp"

#include <utility>

namespace palmetto::detail {

// --- Writing -------------------------------------------------------------------------------------

CompositeWriter::CompositeWriter(Writer& out, Format format, std::size_t attributes)
    : out_(out), format_(format) {
  if (format_ == Format::binary) out_.put<std::int32_t>(static_cast<std::int32_t>(attributes));
  else out_.append('(');
}

void CompositeWriter::separate() {
  if (!first_) out_.append(',');
  first_ = false;
}

void CompositeWriter::null(Oid type) {
  if (format_ == Format::text) return separate();  // nothing at all is NULL
  out_.put<Oid>(type);
  out_.put<std::int32_t>(-1);
}

void CompositeWriter::begin_attribute(Oid type) {
  if (format_ == Format::binary) {
    out_.put<Oid>(type);
    out_.put<std::int32_t>(0);
  } else {
    separate();
  }
  attribute_at_ = out_.size();
}

void CompositeWriter::end_attribute() {
  const std::string_view written = out_.view_from(attribute_at_);
  if (format_ == Format::binary)
    return out_.set_int32(attribute_at_ - 4, static_cast<std::int32_t>(written.size()));
  if (written.empty() || has_special(written, "\"\\(),"))
    quote_written(out_, attribute_at_, Escape::doubling);
}

void CompositeWriter::end() {
  if (format_ == Format::text) out_.append(')');
}

bool is_binary_of(const AdaptersMap& map, Oid attribute, Oid written, Format format) {
  const Oid base = map.types().base_of(attribute);
  if (format == Format::binary) return written == base;
  return text_form(map, base, Format::binary) == TextForm::whole;
}

// --- Reading -------------------------------------------------------------------------------------

CompositeReader::CompositeReader(Reader& in, Format format, std::size_t attributes)
    : in_(in), format_(format) {
  if (format_ == Format::binary) {
    const auto count = in_.get<std::int32_t>();
    if (std::cmp_not_equal(count, attributes))
      fail("the composite value has " + std::to_string(count) + " attributes, the C++ type takes " +
           std::to_string(attributes));
    return;
  }
  text_ = in_.rest();
  if (text_.size() < 2 || !text_.starts_with('(') || !text_.ends_with(')'))
    fail("the composite value's text is not within parentheses");
  text_.remove_prefix(1);
  text_.remove_suffix(1);
}

void CompositeReader::next() {
  if (format_ == Format::binary) next_binary();
  else next_text();
}

void CompositeReader::next_binary() {
  type_ = in_.get<Oid>();
  const auto length = in_.get<std::int32_t>();
  if (length < -1) fail("an attribute of the composite value has a negative length");
  null_ = length == -1;
  if (!null_) value_ = in_.take(static_cast<std::size_t>(length));
}

void CompositeReader::next_text() {
  if (!first_) {
    if (!text_.starts_with(',')) fail("the composite value has fewer attributes than the C++ type");
    text_.remove_prefix(1);
  }
  first_ = false;
  null_ = text_.empty() || text_.starts_with(',');
  if (null_) return;
  if (text_.starts_with('"')) {
    value_ = take_quoted(in_, text_, Escape::doubling, unescaped_);
    return;
  }
  value_ = text_.substr(0, text_.find(','));
  if (value_.find_first_of("\"\\()") != std::string_view::npos)
    fail("an attribute of the composite value's text is malformed");
  text_.remove_prefix(value_.size());
}

void CompositeReader::end() {
  if (format_ == Format::text && !text_.empty())
    fail("the composite value has more attributes than the C++ type, or malformed ones");
}

// --- Failing -------------------------------------------------------------------------------------

void throw_no_member(const TypeInfo& info, std::string_view attribute) {
  throw ProgrammingError("the type " + info.name + " has an attribute \"" + std::string(attribute) +
                         "\" that the C++ type has no member for");
}

void throw_no_attribute(const TypeInfo& info, std::string_view member) {
  throw ProgrammingError("the type " + info.name + " has no attribute \"" + std::string(member) +
                         "\" for a member of the C++ type");
}

void throw_attribute_count(const TypeInfo& info, std::size_t fields) {
  throw ProgrammingError("the type " + info.name + " has " +
                         std::to_string(info.attributes.size()) + " attributes, the C++ type " +
                         std::to_string(fields));
}

void fail_attribute_null(const CompositeReader& in, std::size_t attribute) {
  in.fail("attribute " + std::to_string(attribute + 1) +
          " of the composite value is NULL, which the C++ type does not take");
}

void fail_attribute_type(const CompositeReader& in, std::size_t attribute, std::string_view type,
                         std::string_view cpp_name) {
  in.fail("attribute " + std::to_string(attribute + 1) + " of the composite value (" +
          std::string(type) + ") can't be read as " + std::string(cpp_name));
}

}  // namespace palmetto::detail
