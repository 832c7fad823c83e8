#include "transcripts.hpp"

#include "cockroach.hpp"

#include <filesystem>

namespace crdb_tests {

support::Transcript read_transcript(const std::string& name) {
  // The folder, by tests/crdb/meson.build.
  return support::Transcript::read(std::filesystem::path(PALMETTO_TRANSCRIPTS) / (name + ".txt"));
}

Replay::Replay(const std::string& name) : Replay(read_transcript(name), greeting_of_v21_1()) {}

Replay::Replay(support::Transcript transcript, support::Greeting greeting)
    : TranscriptServer(std::move(transcript), std::move(greeting)) {}

palmetto::crdb::CrdbConnection Replay::connect(const palmetto::ConnectionOptions& options) const {
  return palmetto::crdb::connect(conninfo(), options);
}

}  // namespace crdb_tests
