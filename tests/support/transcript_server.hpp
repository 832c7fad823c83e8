#pragma once

#include "support/scripted_server.hpp"
#include "support/transcript.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>

namespace support {

/// A ScriptedServer that plays a Transcript:
///
///     support::TranscriptServer server(support::Transcript::read("conflict.txt"), greeting);
///     auto a = palmetto::connect(server.conninfo());
///     auto b = palmetto::connect(server.conninfo());
///     ...
///     CHECK(server.finished());
///
/// The first connection is session A, the second B. Each statement must be the transcript's next
/// one, to the letter and with as many parameters; any other is answered by an ErrorResponse XX000
/// that says which was expected. A statement that comes before its turn, from another thread, waits
/// for it, 10 seconds at the most. What a client sends after CopyInResponse must be what the
/// transcript has, message by message, but for the reason of a CopyFail.
///
/// The answers are the transcript's to the byte and in its order. A statement without `ext` can be
/// played over the extended protocol, too: its last RowDescription is then the answer to Describe,
/// for Execute never has one. Values are sent in binary to those who ask for it, when their type is
/// bool, bytea, text, varchar, name, uuid, jsonb, oid or an integer; another type is an
/// ErrorResponse that says so: ask for text then. A transcript that goes on waiting is silent until
/// the connection ends.
class TranscriptServer {
 public:
  TranscriptServer(Transcript transcript, Greeting greeting);
  /// Cuts all connections.
  ~TranscriptServer();
  TranscriptServer(const TranscriptServer&) = delete;
  TranscriptServer& operator=(const TranscriptServer&) = delete;

  /// In keyword form: append " connect_timeout=2".
  [[nodiscard]] std::string conninfo() const { return server_.conninfo(); }
  /// Whether all of the transcript's statements have come.
  [[nodiscard]] bool finished() const;

  [[nodiscard]] const Transcript& transcript() const noexcept { return transcript_; }
  [[nodiscard]] const ScriptedServer& server() const noexcept { return server_; }

 private:
  class Performance;

  [[nodiscard]] Answer answer(const SentStatement& sent);
  [[nodiscard]] const Transcript::Statement& take_turn(const SentStatement& sent);
  [[nodiscard]] std::string refusal(const SentStatement& sent) const;
  void wait_for(std::size_t statement);

  const Transcript transcript_;

  mutable std::mutex mutex_;         // guards what follows, but for the server
  std::condition_variable changed_;  // one of the two below
  std::size_t next_ = 0;             // of the transcript's statements
  bool ending_ = false;

  ScriptedServer server_;  // the last, for its threads use all the others
};

}  // namespace support
