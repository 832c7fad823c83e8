#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// What a server says to one statement: one of the functions below makes it.
struct Answer {
  enum class Kind { done, error, cut, silence };

  Kind kind = Kind::done;
  bool when_cancelled = false;
  std::string tag{};  ///< of CommandComplete
  /// Of ReadyForQuery, from now on: I idle, T in a transaction, E in a failed one. Absent: as it
  /// was, but an error makes T an E.
  std::optional<char> status{};
  std::vector<std::pair<char, std::string>> fields{};            ///< of ErrorResponse
  std::vector<std::pair<std::string, std::uint32_t>> columns{};  ///< names and OIDs
  std::vector<std::vector<std::optional<std::string>>> rows{};   ///< in the format asked for
  std::function<Answer()> end{};  ///< instead of CommandComplete, when the rows have been sent
};

/// CommandComplete.
[[nodiscard]] Answer done(std::string tag, std::optional<char> status = std::nullopt);
/// RowDescription, the rows, CommandComplete with "SELECT n".
[[nodiscard]] Answer rows(std::vector<std::pair<std::string, std::uint32_t>> columns,
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
