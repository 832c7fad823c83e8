#include "support/answer.hpp"

#include "support/wire_message.hpp"

namespace support {

Answer done(std::string tag, std::optional<char> status) {
  return {.tag = std::move(tag), .status = status};
}

Answer rows(std::vector<Column> columns,
            std::vector<std::vector<std::optional<std::string>>> rows) {
  return {.tag = "SELECT " + std::to_string(rows.size()),
          .columns = std::move(columns),
          .rows = std::move(rows)};
}

Answer error(std::string sqlstate, std::string message,
             std::vector<std::pair<char, std::string>> others) {
  Answer answer{.kind = Answer::Kind::error, .fields = std::move(others)};
  answer.fields.insert(answer.fields.begin(),
                       {{'S', "ERROR"}, {'C', std::move(sqlstate)}, {'M', std::move(message)}});
  return answer;
}

Answer cut() { return {.kind = Answer::Kind::cut}; }
Answer silence() { return {.kind = Answer::Kind::silence}; }

Answer when_cancelled(Answer answer) {
  answer.when_cancelled = true;
  return answer;
}

Answer followed_by(Answer rows, std::function<Answer()> end) {
  rows.end = std::move(end);
  return rows;
}

std::string error_response(const Answer& error) {
  MessageBuilder message('E');
  for (const auto& [code, value] : error.fields) message.byte(code).text(value);
  return message.byte('\0').wire();
}

}  // namespace support
