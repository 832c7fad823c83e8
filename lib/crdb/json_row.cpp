#include "palmetto/crdb/json_row.hpp"

#include "palmetto/adapters/array_format.hpp"

#include "json_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace palmetto::crdb::detail {
namespace {

using Kind = JsonText::Kind;

// What the types' values are in JSON. Source: AsJSON in CockroachDB's pkg/sql/sem/tree.
enum class Form { text, json, boolean, number, timestamp, array, other };

Form form_of(Oid type, const AdaptersMap& map) {
  switch (type) {
    case TypeRef("text").oid:
      return Form::text;
    case TypeRef("jsonb").oid:
      return Form::json;
    case TypeRef("bool").oid:
      return Form::boolean;
    case TypeRef("int2").oid:
    case TypeRef("int4").oid:
    case TypeRef("int8").oid:
    case TypeRef("float4").oid:
    case TypeRef("float8").oid:
    case TypeRef("numeric").oid:
      return Form::number;
    case TypeRef("timestamp").oid:
    case TypeRef("timestamptz").oid:
      return Form::timestamp;
    default:
      return map.types().find_by_array(type) != nullptr ? Form::array : Form::other;
  }
}

// What JSON has no numbers for.
bool is_not_finite(std::string_view text) {
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

// RFC 3339's form into PostgreSQL's: "2000-01-01T00:00:00Z". Go has a year 0 before 1, which is
// 1 BC.
std::string timestamp_text(std::string text) {
  if (const std::size_t clock = text.find('T'); clock != std::string::npos) text[clock] = ' ';
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, "+00");
  int year = 1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), year);
  if (parsed.ec != std::errc() || year > 0) return text;
  const std::string before_christ = std::to_string(1 - std::int64_t{year});
  const std::string zeros(before_christ.size() < 4 ? 4 - before_christ.size() : 0, '0');
  text.replace(0, static_cast<std::size_t>(parsed.ptr - text.data()), zeros + before_christ);
  return text + " BC";
}

class CellReader {
 public:
  CellReader(const AdaptersMap& map, const JsonSubject& subject,
             std::span<const JsonField> fields) noexcept
      : map_(map), subject_(subject), fields_(fields) {}

  [[nodiscard]] std::optional<std::string> cell(std::size_t field, JsonText value) const {
    const JsonField& as = fields_[field];
    if (value.is_null()) {
      if (as.is_nullable) return std::nullopt;
      if (form_of(as.type, map_) != Form::json)
        fail(field, "NULL, which the C++ type does not take; std::optional does");
    }
    return text(field, as.type, value);
  }

  [[noreturn]] void fail(std::size_t field, std::string_view reason) const {
    subject_.fail(static_cast<int>(field), reason);
  }

 private:
  [[nodiscard]] std::string text(std::size_t field, Oid type, JsonText value) const {
    const Kind kind = value.kind();
    switch (form_of(type, map_)) {
      case Form::text:
        return kind == Kind::string ? value.unescaped() : std::string(value.text());
      case Form::json:
        return std::string(value.text());
      case Form::boolean:
        if (kind == Kind::boolean) return std::string(value.text().substr(0, 1));
        break;
      case Form::number:
        if (kind == Kind::number) return std::string(value.text());
        if (kind == Kind::string && is_not_finite(value.unescaped())) return value.unescaped();
        break;
      case Form::timestamp:
        if (kind == Kind::string) return timestamp_text(value.unescaped());
        break;
      case Form::array:
        if (kind == Kind::array) return array_text(field, type, value);
        break;
      case Form::other:
        if (kind == Kind::string) return value.unescaped();
        break;
    }
    fail(field, std::string(value.kind_name()) + " in the JSON, which can't be read as " +
                    std::string(fields_[field].cpp_name));
  }

  [[nodiscard]] std::string array_text(std::size_t field, Oid type, JsonText array) const {
    const TypeInfo& element = *map_.types().find_by_array(type);
    Writer out;
    ArrayWriter writer(out, element.oid, Format::text, element.delimiter);
    ArrayDimensions dimensions;
    if (const std::int32_t length = length_of(array); length > 0)
      static_cast<void>(dimensions.add({length, 1}));
    writer.begin(dimensions);
    JsonCutter elements(array);
    while (const auto value = elements.next_element()) {
      if (value->is_null()) {
        writer.null();
        continue;
      }
      writer.begin_element();
      out.append(text(field, element.oid, *value));
      writer.end_element();
    }
    writer.end();
    return std::string(out.view());
  }

  static std::int32_t length_of(JsonText array) {
    std::int32_t length = 0;
    JsonCutter elements(array);
    while (elements.next_element()) ++length;
    return length;
  }

  const AdaptersMap& map_;
  const JsonSubject& subject_;
  std::span<const JsonField> fields_;
};

JsonCells cells_by_name(JsonText object, std::span<const JsonField> fields,
                        const CellReader& reader) {
  JsonCells cells(fields.size());
  std::vector<bool> found(fields.size());
  JsonCutter columns(object);
  while (const auto column = columns.next_member()) {
    const auto field = std::ranges::find(fields, column->name, &JsonField::name);
    if (field == fields.end()) continue;
    const auto at = static_cast<std::size_t>(field - fields.begin());
    cells[at] = reader.cell(at, column->value);
    found[at] = true;
  }
  for (std::size_t at = 0; at < fields.size(); ++at)
    if (!found[at]) reader.fail(at, "the row has no such column");
  return cells;
}

JsonCells cells_by_position(JsonText array, std::span<const JsonField> fields,
                            const JsonSubject& subject, const CellReader& reader) {
  JsonCells cells;
  std::size_t count = 0;
  JsonCutter columns(array);
  while (const auto column = columns.next_element())
    if (++count <= fields.size()) cells.push_back(reader.cell(count - 1, *column));
  if (count != fields.size())
    subject.with({}).fail(-1, "the key has " + std::to_string(count) +
                                  " columns, the C++ type takes " + std::to_string(fields.size()));
  return cells;
}

}  // namespace

void JsonSubject::fail(int field, std::string_view reason) const {
  std::string message = "the changefeed";
  if (!table_.empty()) message += " of \"" + std::string(table_) + '"';
  if (field >= 0 && static_cast<std::size_t>(field) < fields_.size()) {
    const std::string_view name = fields_[static_cast<std::size_t>(field)].name;
    if (name.empty()) message += ", column " + std::to_string(field + 1) + " of the key";
    else message += ", column \"" + std::string(name) + '"';
  }
  throw DataError(message + ": " + std::string(reason), context_);
}

JsonCells cells_of(std::string_view json, std::span<const JsonField> fields, const AdaptersMap& map,
                   const JsonSubject& subject) {
  const JsonText whole(json);
  const CellReader reader(map, subject, fields);
  const bool is_key = !fields.empty() && fields.front().name.empty();
  const Kind wanted = is_key ? Kind::array : Kind::object;
  if (whole.kind() != wanted)
    subject.with({}).fail(
        -1, std::string(whole.kind_name()) +
                (is_key ? ", where the key is an array" : ", where a row is an object"));
  return is_key ? cells_by_position(whole, fields, subject, reader)
                : cells_by_name(whole, fields, reader);
}

// Text before all others: what is a string reads any text.
std::vector<Oid> column_types(const AdaptersMap& map) {
  constexpr const char* names[] = {
      "text", "bool",        "int8",      "int4",  "int2",     "numeric", "float8",   "float4",
      "uuid", "timestamptz", "timestamp", "date",  "time",     "timetz",  "interval", "bytea",
      "inet", "varbit",      "bit",       "jsonb", "tsvector", "tsquery", "vector",
  };
  std::vector<Oid> types;
  std::vector<Oid> arrays;
  for (const char* name : names) {
    const TypeInfo* type = map.types().find(name);
    if (type == nullptr) continue;
    types.push_back(type->oid);
    if (type->array_oid != 0) arrays.push_back(type->array_oid);
  }
  types.insert(types.end(), arrays.begin(), arrays.end());
  return types;
}

void throw_no_column_type(std::string_view cpp_name) {
  throw ProgrammingError("no column of a changefeed can be read as " + std::string(cpp_name));
}

boost::json::value JsonReader<boost::json::value>::operator()(std::string_view json,
                                                              const JsonSubject& subject) const {
  Reader in(json.data(), json.size(), &subject);
  return palmetto::detail::read_json(in);
}

boost::json::array JsonReader<boost::json::array>::operator()(std::string_view json,
                                                              const JsonSubject& subject) const {
  Reader in(json.data(), json.size(), &subject);
  boost::json::value value = palmetto::detail::read_json(in);
  if (!value.is_array()) subject.fail(-1, "the key is no array");
  return std::move(value.get_array());
}

}  // namespace palmetto::crdb::detail
