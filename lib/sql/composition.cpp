#include "palmetto/sql/composition.hpp"

#include "palmetto/errors.hpp"

#include <charconv>

namespace palmetto::sql {
namespace {

Composable::Render text_piece(std::string piece) {
  return [piece = std::move(piece)](const AdaptersMap&, std::string& text, std::string& shown) {
    text += piece;
    shown += piece;
  };
}

std::string quote_identifier(const std::vector<std::string>& names) {
  std::string quoted;
  for (const std::string& name : names) {
    if (name.empty()) throw ProgrammingError("an identifier is empty");
    if (name.find('\0') != std::string::npos)
      throw ProgrammingError("an identifier has a NUL byte");
    if (!quoted.empty()) quoted += '.';
    quoted += '"';
    for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
    quoted += '"';
  }
  return quoted;
}

class Template {
 public:
  Template(std::string_view text, const std::vector<Composable>& pieces, std::source_location where)
      : text_(text), pieces_(pieces), where_(where) {}

  std::vector<Composable> fill() {
    used_.assign(pieces_.size(), false);
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const char c = text_[at];
      const bool doubled = at + 1 < text_.size() && text_[at + 1] == c;
      if ((c == '{' || c == '}') && doubled) ++at;
      else if (c == '{') at = field(at);
      else if (c == '}') refuse("has a } alone");
      if (c != '{' || doubled) literal_ += c;
    }
    flush();
    for (const bool used : used_)
      if (!used) refuse("has fewer {} than pieces were given");
    return std::move(filled_);
  }

 private:
  // Puts a piece for the braces that open at `open`; where they close.
  std::size_t field(std::size_t open) {
    const std::size_t close = text_.find('}', open);
    if (close == std::string_view::npos) refuse("has a { alone");
    const std::string_view digits = text_.substr(open + 1, close - open - 1);
    std::size_t index = next_;
    if (digits.empty()) ++next_;
    else if (const auto [end, error] =
                 std::from_chars(digits.data(), digits.data() + digits.size(), index);
             error != std::errc{} || end != digits.data() + digits.size())
      refuse("has braces around something other than a number");
    if (index >= pieces_.size()) refuse("has more {} than pieces were given");
    flush();
    filled_.push_back(pieces_[index]);
    used_[index] = true;
    return close;
  }

  void flush() {
    if (literal_.empty()) return;
    filled_.push_back(Piece(std::exchange(literal_, {})));
  }

  [[noreturn]] void refuse(const char* reason) const {
    throw ProgrammingError("the SQL to format " + std::string(reason),
                           {std::string(text_), where_});
  }

  struct Piece : Composable {
    explicit Piece(std::string text) : Composable(text_piece(std::move(text))) {}
  };

  std::string_view text_;
  const std::vector<Composable>& pieces_;
  std::source_location where_;
  std::vector<bool> used_;
  std::size_t next_ = 0;
  std::string literal_;
  std::vector<Composable> filled_;
};

}  // namespace

std::string Composable::as_string(const AdaptersMap& map) const {
  std::string text;
  std::string shown;
  render_(map, text, shown);
  return text;
}

DynamicSql Composable::statement(const AdaptersMap& map) const {
  std::string text;
  std::string shown;
  render_(map, text, shown);
  return {std::move(text), std::move(shown), where_};
}

SQL::SQL(Source source)
    : Composable(text_piece(source.text), source.where), text_(source.text), where_(source.where) {}

Composed SQL::format_pieces(const std::vector<Composable>& pieces) const {
  return Composed(Template(text_, pieces, where_).fill(), where_);
}

Composed SQL::join_pieces(const std::vector<Composable>& pieces) const {
  std::vector<Composable> joined;
  for (const Composable& piece : pieces) {
    if (!joined.empty()) joined.push_back(*this);
    joined.push_back(piece);
  }
  return Composed(std::move(joined), where_);
}

Identifier::Identifier(const std::vector<std::string>& names)
    : Composable(text_piece(quote_identifier(names))) {}

Placeholder::Placeholder(int number) : Composable(text_piece("$" + std::to_string(number))) {}

Composed::Composed(std::vector<Composable> pieces, std::source_location where)
    : Composable(
          [pieces = std::move(pieces)](const AdaptersMap& map, std::string& text,
                                       std::string& shown) {
            for (const Composable& piece : pieces) piece.render()(map, text, shown);
          },
          where) {}

Composed operator+(const Composable& left, const Composable& right) {
  return Composed({left, right}, left.where().line() != 0 ? left.where() : right.where());
}

std::string detail::type_name(const AdaptersMap& map, Oid type) {
  // What SQL calls these two is of one bit, and of one character, when no length is given.
  const auto name_of = [](const TypeInfo& info) -> std::string {
    if (info.oid == TypeRef("bit").oid) return "bit varying";
    if (info.oid == TypeRef("bpchar").oid) return "bpchar";
    return info.regtype.empty() ? quote_identifier({info.name}) : info.regtype;
  };
  if (const TypeInfo* info = map.types().find(type)) return name_of(*info);
  if (const TypeInfo* element = map.types().find_by_array(type)) return name_of(*element) + "[]";
  throw ProgrammingError("a type is not registered here: OID " + std::to_string(type));
}

// The same for either setting of standard_conforming_strings, as PQescapeLiteral does it.
void detail::append_quoted(std::string& text, std::string_view value) {
  const bool escapes = value.find('\\') != std::string_view::npos;
  text += escapes ? " E'" : "'";
  for (const char c : value) text.append(c == '\'' || c == '\\' ? 2 : 1, c);
  text += '\'';
}

void detail::append_literal(const AdaptersMap& map, std::string& text, Oid type,
                            std::string_view value) {
  switch (type) {
    case TypeRef("int2").oid:
    case TypeRef("int4").oid:
    case TypeRef("int8").oid:
      // "- -1" must not become a comment.
      if (value.starts_with('-')) text += ' ';
      text += value;
      return;
    default:
      append_quoted(text, value);
      // 0 and text: the server infers, or it is text anyway.
      if (type != 0 && type != TypeRef("text").oid) text += "::" + type_name(map, type);
  }
}

void detail::throw_no_text_format(std::string_view cpp_name) {
  throw ProgrammingError("a literal can't be made of the C++ type " + std::string(cpp_name) +
                         ": its adapter has no write_text");
}

}  // namespace palmetto::sql
