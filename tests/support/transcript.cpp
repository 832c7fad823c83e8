#include "support/transcript.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <type_traits>

namespace support {
namespace {

using Event = Transcript::Event;
using Statement = Transcript::Statement;

// What is left of a line. Whatever is not as it should be is thrown as a std::runtime_error.
class Scanner {
 public:
  explicit Scanner(std::string_view line) noexcept : left_(line) {}

  [[nodiscard]] bool at_end() const noexcept { return left_.empty(); }
  [[nodiscard]] bool skip(std::string_view expected) noexcept {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }
  void expect(std::string_view expected) {
    if (!skip(expected)) fail("\"" + std::string(expected) + "\" was expected");
  }
  void expect_end() {
    if (!at_end()) fail("nothing more was expected");
  }

  char character() { return take(1).front(); }
  std::string_view word() { return take(std::min(left_.find(' '), left_.size())); }
  std::string_view up_to(std::string_view end) { return take(left_.find(end)); }
  std::string_view rest() { return take(left_.size()); }

  template <class Number>
  Number number() {
    Number value{};
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (error != std::errc()) fail("a number was expected");
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return value;
  }

  // Python's repr of a str, in UTF-8, and of bytes.
  std::string string() { return quoted(false); }
  std::string bytes() {
    expect("b");
    return quoted(true);
  }

  // [a, b]
  template <class Element>
  auto list(Element element) {
    std::vector<std::invoke_result_t<Element, Scanner&>> elements;
    expect("[");
    while (!skip("]")) {
      if (!elements.empty()) expect(", ");
      elements.push_back(element(*this));
    }
    return elements;
  }

  [[noreturn]] void fail(const std::string& reason) const {
    throw std::runtime_error(reason + " before \"" + std::string(left_) + "\"");
  }

 private:
  std::string_view take(std::size_t count) {
    if (count > left_.size()) fail("more was expected");
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }

  std::string quoted(bool is_bytes) {
    const char quote = at_end() ? '\0' : left_.front();
    if (quote != '\'' && quote != '"') fail("a string was expected");
    take(1);
    std::string value;
    for (char c = character(); c != quote; c = character()) {
      if (c == '\\') append_escaped(value, is_bytes);
      else value += c;
    }
    return value;
  }

  void append_escaped(std::string& value, bool is_bytes) {
    static constexpr std::string_view names = "ntr'\"\\";
    static constexpr std::string_view meanings = "\n\t\r'\"\\";
    const char c = character();
    if (const auto at = names.find(c); at != names.npos) value += meanings[at];
    else if (c == 'x') append_byte(value, is_bytes);
    else fail(std::string("an unknown escape: \\") + c);
  }

  // \xff is the byte ff, or the character U+00FF.
  void append_byte(std::string& value, bool is_bytes) {
    const std::string_view digits = take(2);
    unsigned byte = 0;
    if (std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr != digits.data() + 2)
      fail("\\x takes two digits");
    if (is_bytes || byte < 0x80) {
      value += static_cast<char>(byte);
    } else {
      value += static_cast<char>(0xC0 | byte >> 6);
      value += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }

  std::string_view left_;
};

Column read_column(std::string_view text) {
  // From its end: there may be spaces in a name.
  const std::size_t name_end = std::min(text.rfind(" oid="), text.size());
  Column column{.name = std::string(text.substr(0, name_end))};
  Scanner in(text.substr(name_end));
  in.expect(" oid=");
  column.oid = in.number<std::uint32_t>();
  in.expect(" typlen=");
  column.size = in.number<int>();
  in.expect(" typmod=");
  column.modifier = in.number<int>();
  in.expect(" fmt=0 tab=");
  column.table = in.number<std::uint32_t>();
  in.expect(" att=");
  column.attribute = in.number<int>();
  in.expect_end();
  return column;
}

Event read_row_description(Scanner& in) {
  Transcript::RowDescription description;
  std::string_view left = in.rest();
  while (true) {
    const std::size_t end = std::min(left.find("; "), left.size());
    description.columns.push_back(read_column(left.substr(0, end)));
    if (end == left.size()) return description;
    left.remove_prefix(end + 2);
  }
}

Event read_data_row(Scanner& in) {
  return Transcript::DataRow{in.list([](Scanner& element) -> std::optional<std::string> {
    if (element.skip("None")) return std::nullopt;
    return element.string();
  })};
}

// S='ERROR' C='42601' M='..'
Transcript::Fields read_fields(Scanner& in) {
  Transcript::Fields fields;
  do {
    const char code = in.character();
    in.expect("=");
    fields.emplace_back(code, in.string());
  } while (in.skip(" "));
  return fields;
}

Event read_authentication(Scanner& in) {
  in.expect("0");
  return Transcript::AuthenticationOk{};
}

Event read_parameter_status(Scanner& in) {
  Transcript::ParameterStatus status{.name = std::string(in.up_to("=")), .value = {}};
  in.expect("=");
  status.value = in.string();
  return status;
}

Event read_backend_key_data(Scanner& in) {
  Transcript::BackendKeyData data;
  in.expect("pid=");
  data.pid = in.number<std::int32_t>();
  in.expect(" key=");
  data.key = in.number<std::int32_t>();
  return data;
}

Event read_copy_in_response(Scanner& in) {
  Transcript::CopyInResponse response;
  in.expect("overall=");
  response.overall = in.number<int>();
  in.expect(" cols=");
  response.columns = in.list([](Scanner& element) { return element.number<int>(); });
  return response;
}

Event read_ready_for_query(Scanner& in) {
  const char status = in.character();
  if (std::string_view("ITE").find(status) == std::string_view::npos) in.fail("not a status");
  return Transcript::ReadyForQuery{status};
}

struct Reading {
  std::string_view name;
  Event (*read)(Scanner& in);
};

// By what begins the line; what takes a value has a space behind its name.
constexpr Reading readings[] = {
    {"Authentication ", read_authentication},
    {"ParameterStatus ", read_parameter_status},
    {"BackendKeyData ", read_backend_key_data},
    {"RowDescription ", read_row_description},
    {"DataRow ", read_data_row},
    {"CommandComplete ",
     [](Scanner& in) -> Event { return Transcript::CommandComplete{in.string()}; }},
    {"EmptyQueryResponse", [](Scanner&) -> Event { return Transcript::EmptyQueryResponse{}; }},
    {"ErrorResponse ",
     [](Scanner& in) -> Event { return Transcript::ErrorResponse{read_fields(in)}; }},
    {"NoticeResponse ",
     [](Scanner& in) -> Event { return Transcript::NoticeResponse{read_fields(in)}; }},
    {"CopyInResponse ", read_copy_in_response},
    {"ReadyForQuery ", read_ready_for_query},
    {"-> CopyData ", [](Scanner& in) -> Event { return Transcript::CopyData{in.bytes()}; }},
    {"-> CopyDone", [](Scanner&) -> Event { return Transcript::CopyDone{}; }},
    {"-> CopyFail ",
     [](Scanner& in) -> Event {
       static_cast<void>(in.rest());
       return Transcript::CopyFail{};
     }},
    {"<EOF>", [](Scanner&) -> Event { return Transcript::EndOfFile{}; }},
    {"<(waiting)",
     [](Scanner& in) -> Event {
       static_cast<void>(in.rest());
       return Transcript::Waiting{};
     }},
    {"on CancelRequest", [](Scanner&) -> Event { return Transcript::OnCancelRequest{}; }},
};

Event read_event(std::string_view line) {
  Scanner in(line);
  for (const Reading& reading : readings) {
    if (!in.skip(reading.name)) continue;
    Event event = reading.read(in);
    in.expect_end();
    return event;
  }
  in.fail("an unknown message");
}

// What a client of the extended protocol is told when it asks, and is not part of an answer.
bool is_of_extended_protocol(std::string_view line) {
  return line == "ParseComplete" || line == "BindComplete" ||
         line.starts_with("ParameterDescription [");
}

bool is_over(const std::vector<Event>& answer) {
  return !answer.empty() && (std::holds_alternative<Transcript::ReadyForQuery>(answer.back()) ||
                             std::holds_alternative<Transcript::EndOfFile>(answer.back()));
}

bool is_waiting(const std::vector<Event>& answer) {
  return !answer.empty() && std::holds_alternative<Transcript::Waiting>(answer.back());
}

bool ends_waiting(const Event& event) {
  return std::holds_alternative<Transcript::After>(event) ||
         std::holds_alternative<Transcript::OnCancelRequest>(event);
}

std::string_view trimmed(std::string_view line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  return line.substr(begin, line.find_last_not_of(' ') + 1 - begin);
}

class Parser {
 public:
  Parser(std::string_view text, std::string file)
      : left_(text), transcript_{.file = std::move(file)} {}

  Transcript parse() && {
    while (!left_.empty()) {
      ++line_;
      const std::size_t end = std::min(left_.find('\n'), left_.size());
      try {
        read(left_.substr(0, end));
      } catch (const std::runtime_error& error) { fail(line_, error.what()); }
      left_.remove_prefix(std::min(end + 1, left_.size()));
    }
    for (const Statement& statement : transcript_.statements)
      if (statement.answer.empty() || !(is_over(statement.answer) || is_waiting(statement.answer)))
        fail(statement.line, "this statement's answer does not end");
    return std::move(transcript_);
  }

 private:
  void read(std::string_view line) {
    if (line.empty() || line.front() == '#') return;
    if (line.front() == ' ') return read_answer(trimmed(line));
    if (line == "startup" || line.starts_with("startup ")) {
      if (!transcript_.startup.empty() || !transcript_.statements.empty())
        throw std::runtime_error("a startup comes first, and once");
      answer_ = &transcript_.startup;
      return;
    }
    read_statement(line);
  }

  // Its answer may have begun, and be over, before that of another session is.
  void read_statement(std::string_view line) {
    const std::size_t mark = line.find('>');
    const std::string_view who = line.substr(0, std::min(mark, line.size()));
    const bool is_session = who.size() == 1 && who.front() >= 'A' && who.front() <= 'Z';
    if (mark == line.npos || !(who.empty() || is_session || who == "ext"))
      throw std::runtime_error("an unknown line");
    Statement statement{.session = is_session ? who.front() - 'A' : 0,
                        .name = is_session ? std::string(who) : "",
                        .is_extended = who == "ext",
                        .text = std::string(trimmed(line.substr(mark + 1))),
                        .line = line_};
    if (statement.is_extended) take_parameters(statement);
    transcript_.statements.push_back(std::move(statement));
    answer_ = &transcript_.statements.back().answer;
  }

  static void take_parameters(Statement& statement) {
    static constexpr std::string_view mark = "   args=";
    const std::size_t at = statement.text.rfind(mark);
    if (at == statement.text.npos) return;
    Scanner in(std::string_view(statement.text).substr(at + mark.size()));
    statement.parameters = in.list([](Scanner& element) { return element.bytes(); }).size();
    in.expect_end();
    statement.text.resize(at);
  }

  void read_answer(std::string_view line) {
    if (line.size() == 5 && line.ends_with(" got")) return go_on(line.front());
    if (answer_ == nullptr) throw std::runtime_error("nothing was asked");
    if (is_of_extended_protocol(line)) {
      if (!answers_extended()) throw std::runtime_error("only an ext> statement is answered so");
      return;
    }
    append(read_event(line));
  }

  void append(Event event) {
    if (is_over(*answer_) || (is_waiting(*answer_) && !ends_waiting(event)))
      throw std::runtime_error("the answer was over");
    answer_->push_back(std::move(event));
  }

  [[nodiscard]] bool answers_extended() const {
    return answer_ != &transcript_.startup && transcript_.statements.back().is_extended;
  }

  void go_on(char session) {
    auto& statements = transcript_.statements;
    const auto statement = std::find_if(
        statements.rbegin(), statements.rend(),
        [&](const Statement& candidate) { return candidate.name == std::string(1, session); });
    if (statement == statements.rend())
      throw std::runtime_error(std::string(1, session) + " has asked nothing");
    answer_ = &statement->answer;
    append(Transcript::After{statements.size() - 1});
  }

  [[noreturn]] void fail(int line, const std::string& reason) const {
    throw std::runtime_error(transcript_.file + ", line " + std::to_string(line) + ": " + reason);
  }

  std::string_view left_;
  int line_ = 0;
  Transcript transcript_;
  std::vector<Event>* answer_ = nullptr;  // that the next message belongs to
};

}  // namespace

std::string Transcript::Statement::describe(const std::string& file) const {
  return file + ", line " + std::to_string(line) + ": " + (is_extended ? "ext" : name) + "> " +
         text;
}

Transcript Transcript::parse(std::string_view text, std::string file) {
  return Parser(text, std::move(file)).parse();
}

Transcript Transcript::read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("there is no transcript " + file.string());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse(text, file.filename().string());
}

Greeting Transcript::greeting() const {
  Greeting greeting;
  for (const Event& event : startup)
    if (const auto* status = std::get_if<ParameterStatus>(&event))
      greeting.parameters.emplace_back(status->name, status->value);
  if (const auto* refused = first<ErrorResponse>(startup)) {
    greeting.refusal = refused->fields;
    greeting.refuses_late = first<AuthenticationOk>(startup) != nullptr;
  }
  if (const auto* data = first<BackendKeyData>(startup)) {
    greeting.backend_pid = data->pid;
    greeting.backend_key = data->key;
  }
  return greeting;
}

Answer Transcript::error_to(std::string_view statement, std::string_view sqlstate) const {
  const std::pair<char, std::string> code('C', sqlstate);
  for (const Statement& asked : statements) {
    const auto* error = first<ErrorResponse>(asked.answer);
    if (asked.text == statement && error != nullptr && std::ranges::count(error->fields, code) == 1)
      return {.kind = Answer::Kind::error, .fields = error->fields};
  }
  throw std::runtime_error(file + ": " + std::string(sqlstate) + " is no answer to \"" +
                           std::string(statement) + "\"");
}

}  // namespace support
