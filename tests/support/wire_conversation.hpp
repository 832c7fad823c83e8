#pragma once

#include "support/wire_rules.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace support {

/// What a client and a server say to each other on one connection, message by message, and what
/// each gets to hear of it by the rules. Knows which statement each message belongs to, in
/// pipelines too: what is to be answered stands in a queue.
class WireConversation {
 public:
  explicit WireConversation(WireRules& rules) noexcept : rules_(rules) {}

  /// What the other side is to get in place of a message; nothing: it is kept back.
  [[nodiscard]] std::string from_client(std::string_view message);
  [[nodiscard]] std::string from_server(std::string_view message);
  /// What the proxy itself has to say to the server since this was last asked.
  [[nodiscard]] std::string own_words() { return std::exchange(own_words_, {}); }

  /// The statement that the message which was taken last belongs to.
  [[nodiscard]] const std::string& statement() const noexcept { return statement_; }
  /// Whether it is the server's turn to speak.
  [[nodiscard]] bool awaits_server() const noexcept { return awaits_server_; }

 private:
  // Something that the server will answer, by its message's type.
  struct Asked {
    char type;
    std::string statement{};
    PlannedAnswer* planned = nullptr;
    bool own = false;  // the proxy's: the client does not hear of it
  };
  struct Portal {
    std::string statement;
    PlannedAnswer* planned = nullptr;
  };

  [[nodiscard]] std::string parse(std::string_view message);
  [[nodiscard]] std::string bind(std::string_view message);
  [[nodiscard]] std::string execute(std::string_view message);
  [[nodiscard]] std::string query(std::string_view message);
  void ask(char type, PlannedAnswer* planned = nullptr, bool own = false);

  [[nodiscard]] std::string heard(std::string_view message) const;
  [[nodiscard]] std::string heard_as_end_of(char type, std::string_view message);
  [[nodiscard]] std::string parameter(std::string_view message);
  [[nodiscard]] std::string backend_key(std::string_view message) const;
  [[nodiscard]] std::string complete(std::string_view message);
  [[nodiscard]] std::string fail(std::string_view message);
  void skip_to_sync();
  [[nodiscard]] std::string ready(std::string_view message);
  [[nodiscard]] bool reopens(char status_before);

  WireRules& rules_;
  std::deque<Asked> asked_;
  std::map<std::string, std::string> prepared_;  // statements by name
  std::map<std::string, Portal> portals_;
  std::set<std::string> reported_;  // parameters
  std::string own_words_;
  std::string statement_;         // of the last message
  std::string client_statement_;  // of the client's last
  std::string failed_;            // the statement that did since the last ReadyForQuery
  std::optional<char> status_to_tell_;
  char status_ = 'I';     // the server's
  bool started_ = false;  // the startup message has passed
  bool awaits_server_ = false;
  bool server_skips_ = false;  // what comes up to a Sync, after an error
  // After an error that only the client knows of: what it says up to its Sync does not pass, nor
  // what the server says up to ReadyForQuery.
  bool client_unheard_ = false;
  bool server_unheard_ = false;
};

}  // namespace support
