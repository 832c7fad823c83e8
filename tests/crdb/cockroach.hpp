#pragma once

#include "palmetto/crdb/connection.hpp"

#include "support/scripted_server.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace crdb_tests {

/// What v21.1 reports when a connection begins: transcripts/startup.txt.
[[nodiscard]] support::Greeting greeting_of_v21_1();
/// The same with another crdb_version, and with a key: what later versions send.
[[nodiscard]] support::Greeting greeting_of(std::string_view crdb_version, int backend_pid = 0);
/// The same without crdb_version.
[[nodiscard]] support::Greeting greeting_without_version();

/// Errors as v21.1 words them, from the transcripts.
[[nodiscard]] support::Answer restart_transaction();
[[nodiscard]] support::Answer write_too_old();
[[nodiscard]] support::Answer duplicate_key();

/// A scripted server that begins, savepoints, ends and fails transactions as CockroachDB v21.1 does
/// (sections 4.3 and 4.5), and says "INSERT 0 1" to all other statements; but for what a test puts
/// in the way. CANCEL QUERY that succeeds is what `when_cancelled` waits for:
///
///     Cockroach cockroach;
///     cockroach.next("RELEASE", restart_transaction());
class Cockroach {
 public:
  explicit Cockroach(support::Greeting greeting = greeting_of_v21_1());

  /// The next statement that begins so is answered so, and after it the next `times` - 1.
  void next(std::string beginning, support::Answer answer, int times = 1);

  [[nodiscard]] palmetto::crdb::CrdbConnection connect(
      const palmetto::ConnectionOptions& options = {}) const;

  [[nodiscard]] const support::ScriptedServer& server() const noexcept { return server_; }
  [[nodiscard]] std::string conversation() const { return server_.conversation(); }

  /// The state of the last transaction: I ended, T open, E failed.
  [[nodiscard]] char transaction() const;
  /// How many transactions were committed.
  [[nodiscard]] int commits() const;

 private:
  struct Planned {
    std::string beginning;
    support::Answer answer;
    int times;
  };

  [[nodiscard]] support::Answer answer(std::string_view statement);
  [[nodiscard]] support::Answer planned_or_usual(std::string_view statement);
  [[nodiscard]] support::Answer usual(std::string_view statement) const;
  void note(std::string_view statement, const support::Answer& answer);

  mutable std::mutex mutex_;  // guards what follows, but for the server
  std::vector<Planned> planned_;
  char transaction_ = 'I';
  bool released_ = false;  // cockroach_restart: only COMMIT may follow
  int commits_ = 0;

  support::ScriptedServer server_;  // the last, for its thread uses all the others
};

/// More errors than any number of attempts.
inline constexpr int always = 1'000'000;

}  // namespace crdb_tests
