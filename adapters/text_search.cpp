#include "palmetto/adapters/text_search.hpp"

#include "text_form.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace palmetto {
namespace {

// Source: MAXSTRLEN, MAXENTRYPOS and MAXNUMPOS in ts_type.h.
constexpr std::size_t longest_lexeme = 2046;
constexpr std::uint16_t last_position = 16'383;
constexpr std::size_t most_positions = 256;

constexpr std::string_view blanks = " \t\n\r\v\f";

bool is_blank(char c) noexcept { return blanks.find(c) != std::string_view::npos; }

// In quotes, as both types write a lexeme: to a Writer or a std::string.
template <class Out>
void append_quoted(Out& out, std::string_view lexeme) {
  out.append("'");
  for (std::size_t i = 0; i < lexeme.size(); ++i) {
    const std::string_view c = lexeme.substr(i, 1);
    if (c == "'" || c == "\\") out.append(c);
    out.append(c);
  }
  out.append("'");
}

// --- What a tsvector can have --------------------------------------------------------------------

// What is wrong with a lexeme; nullptr: nothing.
const char* find_fault(const TsLexeme& lexeme) {
  if (lexeme.text.empty()) return "a lexeme of the tsvector is empty";
  if (lexeme.text.size() > longest_lexeme)
    return "a lexeme of the tsvector is longer than 2046 bytes";
  if (lexeme.text.find('\0') != std::string::npos)
    return "a lexeme of the tsvector has a NUL byte, which PostgreSQL can't store";
  if (lexeme.positions.size() > most_positions)
    return "a lexeme of the tsvector has more than 256 positions";
  for (const TsPosition& position : lexeme.positions)
    if (position.position == 0 || position.position > last_position ||
        position.weight > TsWeight::a)
      return "a position in the tsvector is not 1 to 16383 with a weight";
  return nullptr;
}

bool is_before(const TsLexeme& a, const TsLexeme& b) { return a.text < b.text; }

// Sorts them, and leaves the greatest weight of each.
void normalize(std::vector<TsPosition>& positions) {
  const auto by_weight = [](const TsPosition& a, const TsPosition& b) {
    return a.position != b.position ? a.position < b.position : a.weight > b.weight;
  };
  const auto is_same = [](const TsPosition& a, const TsPosition& b) {
    return a.position == b.position;
  };
  std::sort(positions.begin(), positions.end(), by_weight);
  positions.erase(std::unique(positions.begin(), positions.end(), is_same), positions.end());
}

void normalize(std::vector<TsLexeme>& lexemes) {
  std::sort(lexemes.begin(), lexemes.end(), is_before);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < lexemes.size(); ++i) {
    if (kept > 0 && lexemes[kept - 1].text == lexemes[i].text) {
      std::vector<TsPosition>& merged = lexemes[kept - 1].positions;
      merged.insert(merged.end(), lexemes[i].positions.begin(), lexemes[i].positions.end());
    } else {
      if (kept != i) lexemes[kept] = std::move(lexemes[i]);
      ++kept;
    }
  }
  lexemes.resize(kept);
  for (TsLexeme& lexeme : lexemes) normalize(lexeme.positions);
}

// --- The text of a tsvector ----------------------------------------------------------------------

// Reads what tsvectorin reads: words, in quotes where they have blanks or colons, a backslash
// before what is meant as it stands, and each with its positions.
class TsVectorParser {
 public:
  explicit TsVectorParser(Reader& in) : in_(in), text_(in.rest()) {}

  [[nodiscard]] std::vector<TsLexeme> read() {
    std::vector<TsLexeme> lexemes;
    for (skip_blanks(); !text_.empty(); skip_blanks()) {
      TsLexeme& lexeme = lexemes.emplace_back();
      lexeme.text = take_if('\'') ? take_quoted() : take_word();
      if (take_if(':')) lexeme.positions = take_positions();
    }
    return lexemes;
  }

 private:
  void skip_blanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(blanks), text_.size()));
  }

  bool take_if(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  char take() {
    if (text_.empty()) in_.fail("the tsvector's text ends within a word");
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }

  std::string take_quoted() {
    std::string word;
    while (true) {
      const char c = take();
      if (c == '\'' && !take_if('\'')) return word;
      word += c == '\\' ? take() : c;
    }
  }

  // A colon begins the positions, but for one that begins the word.
  std::string take_word() {
    std::string word;
    do {
      const char c = take();
      word += c == '\\' ? take() : c;
    } while (!text_.empty() && text_.front() != ':' && !is_blank(text_.front()));
    return word;
  }

  std::vector<TsPosition> take_positions() {
    std::vector<TsPosition> positions;
    do {
      TsPosition& position = positions.emplace_back();
      const auto [end, error] =
          std::from_chars(text_.data(), text_.data() + text_.size(), position.position);
      if (error != std::errc{}) in_.fail("the tsvector's text has no position where one belongs");
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      position.weight = take_weight();
    } while (take_if(','));
    if (!text_.empty() && !is_blank(text_.front()))
      in_.fail("the tsvector's text has more than a number and a weight in a position");
    return positions;
  }

  TsWeight take_weight() {
    if (take_if('A') || take_if('a') || take_if('*')) return TsWeight::a;
    if (take_if('B') || take_if('b')) return TsWeight::b;
    if (take_if('C') || take_if('c')) return TsWeight::c;
    static_cast<void>(take_if('D') || take_if('d'));
    return TsWeight::d;
  }

  Reader& in_;
  std::string_view text_;
};

// --- The binary formats --------------------------------------------------------------------------

std::string_view take_terminated(Reader& in) {
  Reader ahead = in;
  const std::size_t size = ahead.rest().find('\0');
  if (size == std::string_view::npos) in.fail("a lexeme does not end");
  const std::string_view text = in.take(size);
  static_cast<void>(in.take(1));
  return text;
}

TsLexeme take_lexeme(Reader& in) {
  TsLexeme lexeme{std::string(take_terminated(in))};
  const std::size_t count = in.get<std::uint16_t>();
  if (count > in.remaining() / sizeof(std::uint16_t))
    in.fail("the tsvector announces more positions than it has");
  lexeme.positions.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto wire = in.get<std::uint16_t>();
    const TsPosition position{static_cast<std::uint16_t>(wire & last_position),
                              static_cast<TsWeight>(wire >> 14)};
    if (i > 0 && position.position <= lexeme.positions.back().position)
      in.fail("the positions in the tsvector are out of order");
    lexeme.positions.push_back(position);
  }
  if (const char* fault = find_fault(lexeme)) in.fail(fault);
  return lexeme;
}

// A tsquery as its binary format has it: operators before their operands, the right one first.
enum class Operator : std::int8_t { none, negation, conjunction, disjunction, phrase };

struct QueryItem {
  Operator op = Operator::none;  // none: a lexeme
  std::uint8_t weights = 0;      // of a lexeme, a bit each: A is 8, D is 1
  bool is_prefix = false;        // of a lexeme
  std::int16_t distance = 0;     // of a phrase
  std::string_view lexeme{};
  std::size_t size = 1;  // how many items this one and its operands are

  [[nodiscard]] int priority() const noexcept {
    constexpr int priorities[] = {0, 4, 2, 1, 3};
    return priorities[static_cast<std::size_t>(op)];
  }
  [[nodiscard]] int operands() const noexcept {
    constexpr int operands[] = {0, 1, 2, 2, 2};
    return operands[static_cast<std::size_t>(op)];
  }
};

QueryItem take_lexeme_item(Reader& in) {
  QueryItem item;
  item.weights = in.get<std::uint8_t>();
  const auto prefix = in.get<std::uint8_t>();
  if (item.weights > 15 || prefix > 1) in.fail("a lexeme of the tsquery has unknown flags");
  item.is_prefix = prefix == 1;
  item.lexeme = take_terminated(in);
  if (item.lexeme.size() > longest_lexeme)
    in.fail("a lexeme of the tsquery is longer than 2046 bytes");
  return item;
}

QueryItem take_operator_item(Reader& in) {
  QueryItem item;
  item.op = static_cast<Operator>(in.get<std::int8_t>());
  if (item.op < Operator::negation || item.op > Operator::phrase)
    in.fail("the tsquery has an unknown operator");
  if (item.op == Operator::phrase) item.distance = in.get<std::int16_t>();
  if (item.distance < 0 || item.distance > last_position + 1)
    in.fail("a distance in the tsquery is not 0 to 16384");
  return item;
}

std::vector<QueryItem> take_items(Reader& in) {
  constexpr std::size_t smallest_item = 2;
  const auto count = in.get<std::uint32_t>();
  if (count > in.remaining() / smallest_item)
    in.fail("the tsquery announces more items than it has");
  std::vector<QueryItem> items;
  items.reserve(count);
  while (items.size() < count) {
    const auto kind = in.get<std::int8_t>();
    if (kind != 1 && kind != 2)
      in.fail("the tsquery has an item that is neither lexeme nor operator");
    items.push_back(kind == 1 ? take_lexeme_item(in) : take_operator_item(in));
  }
  return items;
}

// Sets how far each item reaches, from the last to the first: a query may be nested as deep as it
// is long, so that nothing here recurses.
void measure(Reader& in, std::vector<QueryItem>& items) {
  for (std::size_t i = items.size(); i-- > 0;) {
    for (int operand = 0; operand < items[i].operands(); ++operand) {
      const std::size_t next = i + items[i].size;
      if (next >= items.size()) in.fail("an operator of the tsquery lacks an operand");
      items[i].size += items[next].size;
    }
  }
  if (!items.empty() && items.front().size != items.size())
    in.fail("the tsquery has items left over");
}

void append_lexeme(const QueryItem& item, std::string& text) {
  append_quoted(text, item.lexeme);
  if (item.weights == 0 && !item.is_prefix) return;
  text += ':';
  if (item.is_prefix) text += '*';
  for (int weight = 3; weight >= 0; --weight)
    if ((item.weights >> weight & 1) != 0) text += static_cast<char>('D' - weight);
}

std::string between_operands(const QueryItem& item) {
  if (item.op == Operator::conjunction) return " & ";
  if (item.op == Operator::disjunction) return " | ";
  return item.distance == 1 ? " <-> " : " <" + std::to_string(item.distance) + "> ";
}

// The text as tsqueryout writes it. What is still to be written waits on a stack of its own.
std::string write_infix(const std::vector<QueryItem>& items) {
  struct Pending {
    std::string text{};  // as it stands; empty: the item
    std::size_t item = 0;
    int outer_priority = 0;
    bool is_right_of_phrase = false;
  };
  std::string text;
  std::vector<Pending> pending;
  if (!items.empty()) pending.push_back({});
  while (!pending.empty()) {
    const Pending next = std::move(pending.back());
    pending.pop_back();
    const QueryItem& item = items[next.item];
    const std::size_t right = next.item + 1;
    if (!next.text.empty()) {
      text += next.text;
    } else if (item.op == Operator::none) {
      append_lexeme(item, text);
    } else if (item.op == Operator::negation) {
      text += '!';
      pending.push_back({.item = right, .outer_priority = item.priority()});
    } else {
      const bool is_phrase = item.op == Operator::phrase;
      if (item.priority() < next.outer_priority || (is_phrase && next.is_right_of_phrase)) {
        text += "( ";
        pending.push_back({.text = " )"});
      }
      pending.push_back(
          {.item = right, .outer_priority = item.priority(), .is_right_of_phrase = is_phrase});
      pending.push_back({.text = between_operands(item)});
      pending.push_back({.item = right + items[right].size, .outer_priority = item.priority()});
    }
  }
  return text;
}

}  // namespace

TsVector::TsVector(std::vector<TsLexeme> lexemes) : lexemes_(std::move(lexemes)) {
  normalize(lexemes_);
  for (const TsLexeme& lexeme : lexemes_)
    if (const char* fault = find_fault(lexeme)) throw DataError(fault);
}

std::string TsVector::to_string() const { return detail::format_text(*this); }
TsVector TsVector::parse(std::string_view text) { return detail::parse_text<TsVector>(text); }

void Adapter<TsVector>::write(Writer& out, const TsVector& vector) {
  if (!std::in_range<std::int32_t>(vector.lexemes().size()))
    out.fail("the tsvector has too many lexemes");
  out.put<std::int32_t>(static_cast<std::int32_t>(vector.lexemes().size()));
  for (const TsLexeme& lexeme : vector.lexemes()) {
    out.append(lexeme.text);
    out.append('\0');
    out.put<std::uint16_t>(static_cast<std::uint16_t>(lexeme.positions.size()));
    for (const TsPosition& position : lexeme.positions)
      out.put<std::uint16_t>(static_cast<std::uint16_t>(
          static_cast<unsigned>(position.weight) << 14 | position.position));
  }
}

void Adapter<TsVector>::write_text(Writer& out, const TsVector& vector) {
  constexpr std::string_view weights[] = {"", "C", "B", "A"};
  bool is_first = true;
  for (const TsLexeme& lexeme : vector.lexemes()) {
    if (!std::exchange(is_first, false)) out.append(' ');
    append_quoted(out, lexeme.text);
    char separator = ':';
    for (const TsPosition& position : lexeme.positions) {
      out.append(std::exchange(separator, ','));
      out.append(std::to_string(position.position));
      out.append(weights[static_cast<std::size_t>(position.weight)]);
    }
  }
}

TsVector Adapter<TsVector>::read(Reader& in) {
  constexpr std::size_t smallest_lexeme = 4;  // a character, NUL, the number of positions
  const auto count = in.get<std::int32_t>();
  if (count < 0 || static_cast<std::size_t>(count) > in.remaining() / smallest_lexeme)
    in.fail("the tsvector announces more lexemes than it has");
  TsVector vector;
  vector.lexemes_.reserve(static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) {
    TsLexeme lexeme = take_lexeme(in);
    if (i > 0 && !is_before(vector.lexemes_.back(), lexeme))
      in.fail("the lexemes of the tsvector are out of order");
    vector.lexemes_.push_back(std::move(lexeme));
  }
  return vector;
}

TsVector Adapter<TsVector>::read_text(Reader& in) {
  TsVector vector;
  vector.lexemes_ = TsVectorParser(in).read();
  normalize(vector.lexemes_);
  for (const TsLexeme& lexeme : vector.lexemes_)
    if (const char* fault = find_fault(lexeme)) in.fail(fault);
  return vector;
}

void Adapter<TsQuery>::write_text(Writer& out, const TsQuery& query) {
  if (query.text.find('\0') != std::string::npos)
    out.fail("the tsquery has a NUL byte, which PostgreSQL can't store");
  out.append(query.text);
}

TsQuery Adapter<TsQuery>::read(Reader& in) {
  std::vector<QueryItem> items = take_items(in);
  measure(in, items);
  return {write_infix(items)};
}

PALMETTO_DEFINE_ADAPTER(TsVector);
PALMETTO_DEFINE_ADAPTER(TsQuery);

}  // namespace palmetto
