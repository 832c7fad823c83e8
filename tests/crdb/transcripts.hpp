#pragma once

#include "palmetto/crdb/connection.hpp"

#include "support/transcript.hpp"
#include "support/transcript_server.hpp"

#include <string>

namespace crdb_tests {

/// What v21.1 said, from tests/crdb/transcripts; without ".txt".
[[nodiscard]] support::Transcript read_transcript(const std::string& name);

/// Plays such a transcript, behind the startup of v21.1:
///
///     Replay replay("restart_savepoint");
///     crdb::CrdbConnection a = replay.connect();
class Replay : public support::TranscriptServer {
 public:
  explicit Replay(const std::string& name);
  Replay(support::Transcript transcript, support::Greeting greeting);

  [[nodiscard]] palmetto::crdb::CrdbConnection connect(
      const palmetto::ConnectionOptions& options = {}) const;
};

}  // namespace crdb_tests
