#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/adapt/parameters.hpp"
#include "palmetto/sql/statement.hpp"

#include <concepts>
#include <functional>
#include <iterator>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

/// Composes statements whose names or number of parts are known only at run time, safely:
///
///     conn.execute(sql::SQL("SELECT {} FROM {} WHERE owner = {}")
///                      .format(sql::Identifier("balance"), sql::Identifier("bank", "accounts"),
///                              sql::Placeholder(1)),
///                  owner);
///
/// Source: psycopg's module `psycopg.sql`, whose names these are.
namespace palmetto::sql {

class Composed;

/// One piece of a statement: text, a name, a value.
class Composable {
 public:
  /// Appends the piece as it stands in the statement; `shown` gets what messages may show of it.
  using Render = std::function<void(const AdaptersMap& map, std::string& text, std::string& shown)>;

  [[nodiscard]] const Render& render() const noexcept { return render_; }
  /// Where in the caller's source it was written; line 0 when it holds no SQL.
  [[nodiscard]] const std::source_location& where() const noexcept { return where_; }

  /// The piece alone, as text for a connection with these adapters.
  [[nodiscard]] std::string as_string(const AdaptersMap& map = adapters()) const;

  /// The piece alone, as a statement for a connection with these adapters.
  [[nodiscard]] DynamicSql statement(const AdaptersMap& map) const;

 protected:
  explicit Composable(Render render, std::source_location where = {})
      : render_(std::move(render)), where_(where) {}

 private:
  Render render_;
  std::source_location where_;
};

namespace detail {

// Without <ranges>, which takes longer to compile than all of this file.
template <class T>
concept RangeOfPieces = requires(const T& pieces) {
  { *std::begin(pieces) } -> std::convertible_to<const Composable&>;
  std::end(pieces);
};

}  // namespace detail

/// A piece of SQL, which must be a literal in the source: the one piece that is taken as it stands.
/// `{}` and `{0}` are where `format` puts its arguments; `{{` and `}}` stand for braces.
class SQL : public Composable {
 public:
  struct Source {
    const char* text;
    std::source_location where;
    consteval Source(const char* literal,
                     std::source_location here = std::source_location::current())
        : text(literal), where(here) {}
  };
  SQL(Source source);

  /// Puts the pieces where the braces stand. Throws ProgrammingError when there are more or fewer
  /// of them than the braces ask for, or when a brace is alone.
  template <std::convertible_to<Composable>... Pieces>
  [[nodiscard]] Composed format(const Pieces&... pieces) const;

  /// The pieces, with this text between them.
  template <detail::RangeOfPieces Pieces>
  [[nodiscard]] Composed join(const Pieces& pieces) const;

 private:
  [[nodiscard]] Composed format_pieces(const std::vector<Composable>& pieces) const;
  [[nodiscard]] Composed join_pieces(const std::vector<Composable>& pieces) const;

  std::string_view text_;
  std::source_location where_;
};

/// A name, quoted: `Identifier("bank", "accounts")` is "bank"."accounts". Throws ProgrammingError
/// for an empty name or one with a NUL byte.
class Identifier : public Composable {
 public:
  template <std::convertible_to<std::string_view>... Names>
    requires(sizeof...(Names) > 0)
  explicit Identifier(const Names&... names)
      : Identifier(std::vector<std::string>{std::string(std::string_view(names))...}) {}
  explicit Identifier(const std::vector<std::string>& names);
};

/// A value as a constant of the statement, quoted and with its type: 42, 'it''s', '{1,2}'::int8[].
/// For values that can't be parameters (DDL, COPY, SET); elsewhere use `$1`. Messages show it as
/// `?`.
class Literal : public Composable {
 public:
  template <Argument T>
  explicit Literal(const T& value);
};

/// `$n`, from 1.
class Placeholder : public Composable {
 public:
  explicit Placeholder(int number);
};

/// Several pieces one after another.
class Composed : public Composable {
 public:
  explicit Composed(std::vector<Composable> pieces, std::source_location where = {});
};

[[nodiscard]] Composed operator+(const Composable& left, const Composable& right);

// ---------------------------------------------------------------------------------------

namespace detail {

/// What a type, or the arrays of one, is called in a statement: "bigint", "app.mood[]"; of any
/// length: "bit varying" for bit, too. Throws ProgrammingError when it is not registered.
[[nodiscard]] std::string type_name(const AdaptersMap& map, Oid type);

/// Appends a string constant.
void append_quoted(std::string& text, std::string_view value);

/// Appends a value's text, quoted and with its type's name; bare for integers.
void append_literal(const AdaptersMap& map, std::string& text, Oid type, std::string_view value);

/// Throws ProgrammingError: the type has no text format.
[[noreturn]] void throw_no_text_format(std::string_view cpp_name);

template <class T>
void append_value(const AdaptersMap& map, std::string& text, const T& value) {
  const Dumper<T> dumper = map.find_dumper<T>(Format::text);
  if (dumper.format() != Format::text) throw_no_text_format(cpp_name<T>());
  Writer out;
  dumper(out, value);
  append_literal(map, text, dumper.oid(), out.view());
}

// A piece outlives the expression that made it: it keeps a string, not a pointer to one.
template <class T>
using kept_t =
    std::conditional_t<std::same_as<argument_t<T>, std::string_view>, std::string, std::decay_t<T>>;

}  // namespace detail

template <Argument T>
Literal::Literal(const T& value)
    : Composable([kept = detail::kept_t<T>(value)](const AdaptersMap& map, std::string& text,
                                                   std::string& shown) {
        using Kept = detail::kept_t<T>;
        shown += '?';
        if constexpr (palmetto::detail::is_null_argument<Kept>) {
          static_cast<void>(kept);  // clang warns of a capture without use
          text += "NULL";
        } else if constexpr (is_nullable<Kept>) {
          if (kept.has_value()) detail::append_value(map, text, *kept);
          else text += "NULL";
        } else {
          detail::append_value(map, text, kept);
        }
      }) {}

template <std::convertible_to<Composable>... Pieces>
Composed SQL::format(const Pieces&... pieces) const {
  return format_pieces({Composable(pieces)...});
}

template <detail::RangeOfPieces Pieces>
Composed SQL::join(const Pieces& pieces) const {
  std::vector<Composable> copies;
  for (const auto& piece : pieces) copies.push_back(piece);
  return join_pieces(copies);
}

}  // namespace palmetto::sql
