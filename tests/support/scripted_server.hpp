#pragma once

#include "support/answer.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace support {

/// What a ScriptedServer says when a connection begins.
struct Greeting {
  std::vector<std::pair<std::string, std::string>> parameters{};  ///< ParameterStatus, in order
  std::int32_t backend_pid = 0;
  std::int32_t backend_key = 0;
  std::vector<std::pair<char, std::string>> refusal{};  ///< an ErrorResponse instead of all that
  bool refuses_late = false;                            ///< behind AuthenticationOk
};

/// A parameter of a statement, as Parse and Bind brought it.
struct SentParameter {
  std::uint32_t oid = 0;
  int format = 0;                    ///< 0 text, 1 binary
  std::optional<std::string> bytes;  ///< nothing: NULL
};

struct SentStatement {
  std::string text;
  std::vector<SentParameter> parameters{};
  int session = 0;         ///< of which connection, from 0; requests to cancel are not counted
  bool is_simple = false;  ///< it came as a Query
};

/// A server in a thread of this process, which speaks enough of the PostgreSQL protocol to play a
/// conversation that the test has written:
///
///     support::ScriptedServer server({.parameters = {{"server_version", "13.0.0"}}},
///                                    [](std::string_view) { return support::done("SELECT 0"); });
///     auto conn = palmetto::connect(server.conninfo());
///     conn.execute("SELECT 1");
///     CHECK(server.conversation() == "SELECT 1\n");
///
/// It listens on a port of 127.0.0.1, and knows no passwords and no TLS. It reads a batch to its
/// end (Sync, or a simple Query) before it answers. The script is called in a thread of the
/// server's, once for each statement that is not skipped after an error, and never twice at a time;
/// a Query is one statement whatever is in it. What the script throws becomes an ErrorResponse. The
/// script is meant for one connection; another one, a request to cancel, is taken meanwhile. All
/// members are for any thread.
///
/// A Conversation is a script for several connections: called in the thread of each, at any time.
class ScriptedServer {
 public:
  using Script = std::function<Answer(std::string_view statement)>;
  using Conversation = std::function<Answer(const SentStatement& statement)>;

  ScriptedServer(Greeting greeting, Script script);
  ScriptedServer(Greeting greeting, Conversation conversation);
  /// Cuts all connections.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  /// As if a request to cancel had come: what waits for one is answered.
  void cancel();

  /// In keyword form: append " connect_timeout=2".
  [[nodiscard]] std::string conninfo() const;

  /// What it was sent, skipped statements too, in order.
  [[nodiscard]] std::vector<SentStatement> statements() const;
  /// The same as text, a line for each batch: "BEGIN; SELECT 1\nCOMMIT\n".
  [[nodiscard]] std::string conversation() const;
  /// How many batches that was.
  [[nodiscard]] int round_trips() const;

  /// The parameters of the last StartupMessage ("user", "database", "options"...).
  [[nodiscard]] std::map<std::string, std::string> startup() const;

  /// How many connections it has taken, requests to cancel something included, and how many such
  /// requests it has read.
  [[nodiscard]] int connections() const;
  [[nodiscard]] int cancels() const;

 private:
  class Client;
  struct Connection {
    int socket;
    std::thread thread;
  };

  void accept_all();
  void serve(int socket);
  [[nodiscard]] bool greet(Client& client);
  [[nodiscard]] int next_session();
  void record_startup(std::map<std::string, std::string> parameters);
  void record(SentStatement statement);
  void end_batch();
  [[nodiscard]] Answer ask(const SentStatement& statement);
  void wait_for_cancel();

  const Greeting greeting_;
  const Conversation conversation_;
  const int listener_;
  const int port_;

  mutable std::mutex mutex_;  // guards what follows, but for the thread
  std::vector<Connection> connections_;
  int sessions_ = 0;
  std::map<std::string, std::string> startup_;
  int cancels_ = 0;
  int cancels_answered_ = 0;
  bool ending_ = false;
  std::condition_variable changed_;  // one of the three before
  std::vector<SentStatement> statements_;
  std::vector<std::size_t> batch_ends_;  // positions in statements_

  std::thread acceptor_;  // the last, for it uses all the others
};

}  // namespace support
