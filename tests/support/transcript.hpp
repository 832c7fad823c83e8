#pragma once

#include "support/scripted_server.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace support {

/// A conversation between clients and a server, as it was heard on the wire and written down:
///
///     # A comment.
///     startup
///       Authentication 0
///       ParameterStatus server_version='13.0.0'
///       BackendKeyData pid=0 key=0
///       ReadyForQuery I
///     > SELECT 1
///       RowDescription ?column? oid=20 typlen=8 typmod=-1 fmt=0 tab=0 att=0
///       DataRow ['1']
///       CommandComplete 'SELECT 1'
///       ReadyForQuery I
///
/// `> SQL` is a client's statement; `A> SQL`, `B> SQL` are those of the first and of the second
/// connection; `ext> SQL args=[b'1']` came over the extended protocol, with parameters. What the
/// server said follows it, a message a line, by the manual's names (section 55.7 "Message
/// Formats"). Values are literals of Python's, and None is NULL; those of a DataRow are in text.
/// `-> CopyData b'..'`, `-> CopyDone` and `-> CopyFail reason` are the client's answers to a
/// CopyInResponse. And there is what is no message:
///
///     <EOF>                the server closes the connection
///     <(waiting) ...>      it says nothing more
///       A got              what follows is the rest of the answer to A's last statement, which A
///                          got once the statement before this line had come
///       on CancelRequest   what follows comes after a request to cancel
struct Transcript {
  using Fields = std::vector<std::pair<char, std::string>>;

  struct AuthenticationOk {};
  struct ParameterStatus {
    std::string name;
    std::string value;
  };
  struct BackendKeyData {
    std::int32_t pid = 0;
    std::int32_t key = 0;
  };
  struct RowDescription {
    std::vector<Column> columns;
  };
  struct DataRow {
    std::vector<std::optional<std::string>> values;
  };
  struct CommandComplete {
    std::string tag;
  };
  struct EmptyQueryResponse {};
  struct ErrorResponse {
    Fields fields;
  };
  struct NoticeResponse {
    Fields fields;
  };
  struct CopyInResponse {
    int overall = 0;
    std::vector<int> columns;
  };
  struct ReadyForQuery {
    char status = 'I';
  };
  struct CopyData {
    std::string bytes;
  };
  struct CopyDone {};
  struct CopyFail {};  ///< for a reason that is the client's own
  struct EndOfFile {};
  struct Waiting {};
  struct After {
    std::size_t statement = 0;  ///< its number, from 0
  };
  struct OnCancelRequest {};

  using Event = std::variant<AuthenticationOk, ParameterStatus, BackendKeyData, RowDescription,
                             DataRow, CommandComplete, EmptyQueryResponse, ErrorResponse,
                             NoticeResponse, CopyInResponse, ReadyForQuery, CopyData, CopyDone,
                             CopyFail, EndOfFile, Waiting, After, OnCancelRequest>;

  struct Statement {
    int session = 0;           ///< of which connection, from 0
    std::string name;          ///< of that session: "A"; none when there is but one
    bool is_extended = false;  ///< it was sent over the extended protocol
    std::string text;
    std::size_t parameters = 0;   ///< how many
    std::vector<Event> answer{};  ///< without ParseComplete, BindComplete, ParameterDescription
    int line = 0;

    /// "a.txt, line 12: A> SELECT 1"
    [[nodiscard]] std::string describe(const std::string& file) const;
  };

  std::string file;
  std::vector<Event> startup{};
  std::vector<Statement> statements{};

  /// Throws std::runtime_error that names file and line for whatever it does not understand, and
  /// for an answer that does not end.
  [[nodiscard]] static Transcript parse(std::string_view text, std::string file);
  [[nodiscard]] static Transcript read(const std::filesystem::path& file);

  /// The startup section as a ScriptedServer takes it.
  [[nodiscard]] Greeting greeting() const;
  /// The first ErrorResponse of that SQLSTATE to a statement. Throws when there is none.
  [[nodiscard]] Answer error_to(std::string_view statement, std::string_view sqlstate) const;
};

/// The first of that kind in an answer; null when there is none.
template <class T>
[[nodiscard]] const T* first(const std::vector<Transcript::Event>& events) {
  for (const Transcript::Event& event : events)
    if (const T* found = std::get_if<T>(&event)) return found;
  return nullptr;
}

}  // namespace support
