#pragma once

#include "palmetto/adapt/parameters.hpp"
#include "palmetto/sql/placeholders.hpp"

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace palmetto {

/// A statement's text and all that was found out about it.
struct StatementText {
  const char* text = "";     ///< ends with a NUL
  std::string_view shown{};  ///< for messages: the text with composed literals left out
  sql::Placeholders placeholders{};
  std::source_location where{};
  bool is_literal = false;  ///< in the source: `text` and `shown` live for ever

  /// The whole text.
  [[nodiscard]] std::string_view view() const noexcept { return is_literal ? shown : text; }
};

/// A statement that is known only at run time: see `dynamic_sql`.
class DynamicSql {
 public:
  DynamicSql(std::string text, std::string shown, std::source_location where)
      : text_(std::move(text)),
        shown_(std::move(shown)),
        placeholders_(sql::find_placeholders(text_)),
        where_(where) {}

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] StatementText view() const noexcept {
    return {text_.c_str(), shown_, placeholders_, where_, false};
  }

 private:
  std::string text_;
  std::string shown_;
  sql::Placeholders placeholders_;
  std::source_location where_;
};

/// Lets a text that is known only at run time be a statement: `conn.execute(dynamic_sql(text),
/// 42)`. Never put values into such a text: pass them as `$1`, or compose them with
/// `palmetto::sql`. The placeholders are counted at run time. Throws ProgrammingError when a NUL
/// byte is in the text.
[[nodiscard]] DynamicSql dynamic_sql(std::string_view text,
                                     std::source_location where = std::source_location::current());

/// Functions that are never called: their names are the compiler's message when a statement is
/// wrong.
namespace compile_error {
void the_statement_has_more_placeholders_than_arguments();
void the_statement_has_fewer_placeholders_than_arguments();
template <int Number>
void the_statement_skips_placeholder();
void the_statement_skips_a_placeholder();
void placeholders_count_from_1();
void a_placeholder_has_too_large_a_number();
void a_string_a_quoted_identifier_or_a_comment_does_not_end();
}  // namespace compile_error

namespace detail {

/// Throws ProgrammingError for what would have been a compile error in a literal.
void check_placeholders(const StatementText& statement, std::size_t arguments);

// The number as a template argument, so that the compiler's message shows it.
template <int... Numbers>
consteval void report_skipped(int number, std::integer_sequence<int, Numbers...>) {
  ((number == Numbers ? compile_error::the_statement_skips_placeholder<Numbers>() : void()), ...);
  if (number >= static_cast<int>(sizeof...(Numbers)))
    compile_error::the_statement_skips_a_placeholder();
}

consteval sql::Placeholders checked_placeholders(const char* text, std::size_t arguments) {
  using Problem = sql::Placeholders::Problem;
  const sql::Placeholders found = sql::find_placeholders(text);
  if (found.problem == Problem::zero) compile_error::placeholders_count_from_1();
  if (found.problem == Problem::too_large) compile_error::a_placeholder_has_too_large_a_number();
  if (found.problem == Problem::unterminated)
    compile_error::a_string_a_quoted_identifier_or_a_comment_does_not_end();
  if (found.first_unused != 0)
    report_skipped(found.first_unused, std::make_integer_sequence<int, 32>());
  const auto count = static_cast<std::size_t>(found.count);
  if (count > arguments) compile_error::the_statement_has_more_placeholders_than_arguments();
  if (count < arguments) compile_error::the_statement_has_fewer_placeholders_than_arguments();
  return found;
}

template <class T>
struct RequireAdapter {
  static_assert(Argument<T>,
                "palmetto: an argument of this type can't be sent, because it has no adapter: "
                "specialise palmetto::Adapter<T> for it (include/palmetto/adapt/adapter.hpp shows "
                "how), or include the header of its adapter");
  static constexpr bool met = true;
};

// `(conditions && ...)` for hundreds of arguments: clang takes 256 operands in a fold.
consteval bool all(std::initializer_list<bool> conditions) {
  for (const bool condition : conditions)
    if (!condition) return false;
  return true;
}

template <class>
inline constexpr bool always_false = false;

}  // namespace detail

/// A statement together with the types of its arguments: what `execute` takes. A literal is checked
/// while compiling: its `$n` must be as many as the arguments, without gaps, and every argument
/// needs an adapter. It remembers where it stands, for errors.
template <class... Args>
class Statement {
  static_assert(detail::all({detail::RequireAdapter<Args>::met...}));

 public:
  consteval Statement(const char* literal,
                      std::source_location where = std::source_location::current())
      : text_{literal, literal, detail::checked_placeholders(literal, sizeof...(Args)), where,
              true} {}

  /// Checked now. Throws ProgrammingError. `statement` must outlive this.
  Statement(const DynamicSql& statement) : text_(statement.view()) {
    detail::check_placeholders(text_, sizeof...(Args));
  }

  template <class Text>
    requires(std::convertible_to<const Text&, std::string_view> &&
             !std::convertible_to<const Text&, const char*>)
  Statement(const Text&) {
    static_assert(detail::always_false<Text>,
                  "palmetto: a statement is a string literal, which is checked while compiling; "
                  "text that is known only at run time goes through palmetto::dynamic_sql(text), "
                  "or better is composed with palmetto::sql");
  }

  [[nodiscard]] const StatementText& text() const noexcept { return text_; }

 private:
  StatementText text_;
};

}  // namespace palmetto
