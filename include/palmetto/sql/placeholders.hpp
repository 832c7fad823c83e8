#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

/// Finds the `$n` of a statement, while compiling or at run time.
namespace palmetto::sql {

/// What a statement's text says about its parameters.
struct Placeholders {
  enum class Problem { none, zero, too_large, unterminated };

  int count = 0;         ///< the largest n of a `$n`
  int first_unused = 0;  ///< the smallest n below it that does not occur; 0: all do
  bool is_copy = false;  ///< the statement's first word is COPY
  /// It is SELECT, VALUES, TABLE, WITH, INSERT, UPDATE, DELETE, MERGE or UPSERT: what a server
  /// makes a plan of, which is worth keeping.
  bool is_planned = false;
  Problem problem = Problem::none;
};

/// Where a `$n` stands in its statement.
struct PlaceholderPlace {
  std::size_t offset;
  std::size_t length;
  int number;
};

/// What it takes to put a statement into another one.
struct StatementShape {
  std::vector<PlaceholderPlace> placeholders{};  ///< in their order
  std::string_view first_word{};
  bool may_write = false;  ///< has a word of what changes rows: INSERT, UPDATE, DELETE, MERGE, INTO
  std::size_t end = 0;     ///< of the statement: where its semicolon stands, if it has one
  bool is_several = false;  ///< there is more behind the semicolon
  bool terminated = true;   ///< strings, quoted identifiers and comments all end
};

namespace detail {

// A lexer of just what can hide a `$n`: the manual, section 4.1 "Lexical Structure". Strings follow
// standard_conforming_strings = on.
class PlaceholderScanner {
 public:
  constexpr explicit PlaceholderScanner(std::string_view text) : text_(text) {}

  constexpr StatementShape scan_shape() {
    StatementShape shape;
    shape_ = &shape;
    shape.end = text_.size();
    while (!at_end()) {
      if (shape.end < at_ && !is_space(peek()) && peek() != ';' && !is_comment())
        shape.is_several = true;
      if (peek() == ';' && shape.end == text_.size()) shape.end = at_;
      step();
    }
    shape.terminated = found_.problem == Placeholders::Problem::none;
    return shape;
  }

  constexpr Placeholders scan() {
    while (!at_end()) step();
    while (static_cast<std::size_t>(found_.first_unused) < used_.size() &&
           used_[static_cast<std::size_t>(found_.first_unused)])
      ++found_.first_unused;
    const bool all_used = static_cast<std::size_t>(found_.first_unused) == used_.size();
    found_.first_unused = all_used ? 0 : found_.first_unused + 1;
    return found_;
  }

 private:
  constexpr void step() {
    const char c = peek();
    if (c == '\'') skip_string(false);
    else if (c == '"') skip_quoted('"');
    else if (c == '$') dollar();
    else if (c == '-' && peek(1) == '-') skip_line_comment();
    else if (c == '/' && peek(1) == '*') skip_block_comment();
    else if (is_word_start(c)) word();
    else if (is_digit(c)) skip_number();
    else ++at_;
  }

  constexpr void dollar() {
    if (is_digit(peek(1))) return placeholder();
    std::size_t end = at_ + 1;
    if (end < text_.size() && is_word_start(text_[end]))
      while (end < text_.size() && is_tag(text_[end])) ++end;
    if (end >= text_.size() || text_[end] != '$') {
      ++at_;  // an operator's or a stray dollar
      return;
    }
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    if (close == std::string_view::npos) return unterminated();
    at_ = close + tag.size();
  }

  constexpr void placeholder() {
    constexpr int most = 65535;
    const std::size_t start = at_;
    int number = 0;
    for (++at_; !at_end() && is_digit(peek()); ++at_)
      if (number <= most) number = number * 10 + (peek() - '0');
    if (number == 0) return set_problem(Placeholders::Problem::zero);
    if (number > most) return set_problem(Placeholders::Problem::too_large);
    if (shape_ != nullptr) shape_->placeholders.push_back({start, at_ - start, number});
    if (number > found_.count) {
      found_.count = number;
      used_.resize(static_cast<std::size_t>(number), false);
    }
    used_[static_cast<std::size_t>(number) - 1] = true;
  }

  constexpr void word() {
    const std::size_t start = at_;
    while (!at_end() && (is_tag(peek()) || peek() == '$')) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (first_word_) {
      found_.is_copy = equals_ignoring_case(word, "copy");
      for (const std::string_view planned :
           {"select", "insert", "update", "delete", "with", "values", "table", "merge", "upsert"})
        found_.is_planned = found_.is_planned || equals_ignoring_case(word, planned);
    }
    if (shape_ != nullptr) note_word(word);
    first_word_ = false;
    if (equals_ignoring_case(word, "e") && peek() == '\'') skip_string(true);
  }

  constexpr void note_word(std::string_view word) {
    constexpr std::string_view writing[] = {"insert", "update", "delete", "merge", "into"};
    if (first_word_) shape_->first_word = word;
    for (const std::string_view writes : writing)
      if (equals_ignoring_case(word, writes)) shape_->may_write = true;
  }

  // Digits can be followed by letters ("0x1F", "1e5") but never start a word or a placeholder.
  constexpr void skip_number() {
    while (!at_end() && is_tag(peek())) ++at_;
  }

  // A string goes on in the next one when there is a line break between them.
  constexpr void skip_string(bool escapes) {
    do {
      ++at_;
      while (!at_end() && (peek() != '\'' || peek(1) == '\'')) {
        const bool pair = peek() == '\'' || (escapes && peek() == '\\');
        at_ += pair ? 2 : 1;
      }
      if (at_ >= text_.size()) return unterminated();
      ++at_;
    } while (continues());
  }

  constexpr bool continues() {
    std::size_t next = at_;
    bool line_break = false;
    while (next < text_.size()) {
      const char c = text_[next];
      if (c == '\n' || c == '\r') line_break = true;
      if (c == '-' && next + 1 < text_.size() && text_[next + 1] == '-') {
        while (next < text_.size() && text_[next] != '\n') ++next;
        continue;
      }
      if (!is_space(c)) break;
      ++next;
    }
    if (!line_break || next >= text_.size() || text_[next] != '\'') return false;
    at_ = next;
    return true;
  }

  constexpr void skip_quoted(char quote) {
    ++at_;
    while (!at_end() && (peek() != quote || peek(1) == quote)) at_ += peek() == quote ? 2 : 1;
    if (at_end()) return unterminated();
    ++at_;
  }

  constexpr void skip_line_comment() {
    while (!at_end() && peek() != '\n' && peek() != '\r') ++at_;
  }

  constexpr void skip_block_comment() {
    int depth = 0;
    do {
      if (at_end()) return unterminated();
      if (peek() == '/' && peek(1) == '*') ++depth, at_ += 2;
      else if (peek() == '*' && peek(1) == '/') --depth, at_ += 2;
      else ++at_;
    } while (depth > 0);
  }

  constexpr void unterminated() {
    set_problem(Placeholders::Problem::unterminated);
    at_ = text_.size();
  }
  constexpr void set_problem(Placeholders::Problem problem) {
    if (found_.problem == Placeholders::Problem::none) found_.problem = problem;
  }

  [[nodiscard]] constexpr bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] constexpr char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] constexpr bool is_comment() const {
    return (peek() == '-' && peek(1) == '-') || (peek() == '/' && peek(1) == '*');
  }
  static constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
  }
  static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static constexpr bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }
  static constexpr bool is_tag(char c) { return is_word_start(c) || is_digit(c); }
  static constexpr bool equals_ignoring_case(std::string_view word, std::string_view lower) {
    if (word.size() != lower.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
      if ((word[i] | 0x20) != lower[i]) return false;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool first_word_ = true;
  std::vector<char> used_;
  Placeholders found_;
  StatementShape* shape_ = nullptr;  // when more is asked for than the placeholders
};

}  // namespace detail

/// Scans a statement's text. What stands in strings (with escapes, dollar-quoted or not), quoted
/// identifiers and comments is no placeholder.
[[nodiscard]] constexpr Placeholders find_placeholders(std::string_view text) {
  return detail::PlaceholderScanner(text).scan();
}

/// Where a statement begins, has its `$n` and ends.
[[nodiscard]] constexpr StatementShape find_shape(std::string_view text) {
  return detail::PlaceholderScanner(text).scan_shape();
}

}  // namespace palmetto::sql
