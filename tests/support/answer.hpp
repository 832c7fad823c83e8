#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace support {

class MessageBuilder;

/// A column, as RowDescription tells of it.
struct Column {
  std::string name;
  std::uint32_t oid = 0;
  int size = -1;            ///< typlen
  int modifier = -1;        ///< typmod
  std::uint32_t table = 0;  ///< its OID, and
  int attribute = 0;        ///< the column's number there
};

/// The connection that an Answer with messages of its own is for.
class Stage {
 public:
  /// Buffered up to flush(), or the end of the batch.
  virtual void put(const MessageBuilder& message) = 0;
  /// RowDescription, with the formats that the client wants.
  virtual void put_row_description(const std::vector<Column>& columns) = 0;
  virtual void flush() = 0;
  /// The client's next message: its type and its body.
  [[nodiscard]] virtual std::pair<char, std::string> receive() = 0;
  /// What the client wants a column of the result in: 0 text, 1 binary.
  [[nodiscard]] virtual int format(std::size_t column) const = 0;
  virtual void wait_for_cancel() = 0;

 protected:
  ~Stage() = default;
};

/// What a server says to one statement: one of the functions below makes it.
struct Answer {
  enum class Kind { done, error, cut, silence };

  Kind kind = Kind::done;
  bool when_cancelled = false;
  std::string tag{};  ///< of CommandComplete
  /// Of ReadyForQuery, from now on: I idle, T in a transaction, E in a failed one. Absent: as it
  /// was, but an error makes T an E.
  std::optional<char> status{};
  std::vector<std::pair<char, std::string>> fields{};           ///< of ErrorResponse
  std::vector<Column> columns{};                                ///< of RowDescription
  std::vector<std::vector<std::optional<std::string>>> rows{};  ///< in the format asked for
  /// When set: instead of CommandComplete, when the rows have been sent.
  std::function<Answer()> end{};
  /// When set: puts all messages behind RowDescription, and says of what kind they were. A
  /// ScriptedServer alone can do it.
  std::function<Kind(Stage&)> play{};
};

/// CommandComplete.
[[nodiscard]] Answer done(std::string tag, std::optional<char> status = std::nullopt);
/// RowDescription, the rows, CommandComplete with "SELECT n".
[[nodiscard]] Answer rows(std::vector<Column> columns,
                          std::vector<std::vector<std::optional<std::string>>> rows);
/// ErrorResponse with S, C, M and `others`; what follows in the batch is skipped.
[[nodiscard]] Answer error(std::string sqlstate, std::string message,
                           std::vector<std::pair<char, std::string>> others = {});
/// The end of the connection, behind the answers that the statements before had.
[[nodiscard]] Answer cut();
/// Nothing: the client waits.
[[nodiscard]] Answer silence();
/// That answer, but not before a request to cancel has come.
[[nodiscard]] Answer when_cancelled(Answer answer);

/// The rows of an answer, sent at once; and, when they have been, what `end` then gives: their end.
[[nodiscard]] Answer followed_by(Answer rows, std::function<Answer()> end);

/// The ErrorResponse that an error is on the wire.
[[nodiscard]] std::string error_response(const Answer& error);

}  // namespace support
