#include "cockroach.hpp"

#include "transcripts.hpp"

#include <algorithm>

using support::Answer;
using support::done;

namespace crdb_tests {
support::Greeting greeting_of_v21_1() {
  static const support::Greeting greeting = read_transcript("startup").greeting();
  return greeting;
}

support::Greeting greeting_of(std::string_view crdb_version, int backend_pid) {
  support::Greeting greeting = greeting_of_v21_1();
  for (auto& [name, value] : greeting.parameters)
    if (name == "crdb_version") value = crdb_version;
  greeting.backend_pid = backend_pid;
  greeting.backend_key = backend_pid;
  return greeting;
}

support::Greeting greeting_without_version() {
  support::Greeting greeting = greeting_of_v21_1();
  std::erase_if(greeting.parameters,
                [](const auto& parameter) { return parameter.first == "crdb_version"; });
  return greeting;
}

Answer restart_transaction() {
  static const Answer answer = read_transcript("conflict_at_commit").error_to("COMMIT", "40001");
  return answer;
}

Answer write_too_old() {
  static const Answer answer =
      read_transcript("write_too_old").error_to("UPDATE acc SET bal=bal+5 WHERE id=1", "40001");
  return answer;
}

Answer duplicate_key() {
  static const Answer answer =
      read_transcript("statements").error_to("INSERT INTO t(s,v) VALUES ('a',5)", "23505");
  return answer;
}

Cockroach::Cockroach(support::Greeting greeting)
    : server_(std::move(greeting),
              [this](std::string_view statement) { return answer(statement); }) {}

void Cockroach::next(std::string beginning, Answer answer, int times) {
  const std::lock_guard lock(mutex_);
  planned_.push_back({std::move(beginning), std::move(answer), times});
}

palmetto::crdb::CrdbConnection Cockroach::connect(
    const palmetto::ConnectionOptions& options) const {
  return palmetto::crdb::connect(server_.conninfo(), options);
}

char Cockroach::transaction() const {
  const std::lock_guard lock(mutex_);
  return transaction_;
}

int Cockroach::commits() const {
  const std::lock_guard lock(mutex_);
  return commits_;
}

Answer Cockroach::answer(std::string_view statement) {
  const std::lock_guard lock(mutex_);
  Answer answer = planned_or_usual(statement);
  // A COMMIT that fails has ended the transaction all the same.
  if (answer.kind == Answer::Kind::error && !answer.status)
    answer.status = transaction_ == 'I' || statement.starts_with("COMMIT") ? 'I' : 'E';
  if (statement.starts_with("CANCEL QUER") && answer.kind == Answer::Kind::done) server_.cancel();
  note(statement, answer);
  return answer;
}

Answer Cockroach::planned_or_usual(std::string_view statement) {
  const auto planned = std::ranges::find_if(planned_, [&](const Planned& candidate) {
    return candidate.times > 0 && statement.starts_with(candidate.beginning);
  });
  if (planned == planned_.end()) return usual(statement);
  --planned->times;
  return planned->answer;
}

Answer Cockroach::usual(std::string_view statement) const {
  static const support::Transcript transactions = read_transcript("transactions");
  static const support::Transcript restart_savepoint = read_transcript("restart_savepoint");
  const bool idle = transaction_ == 'I';
  if (statement.starts_with("BEGIN"))
    return idle ? done("BEGIN", 'T') : transactions.error_to("BEGIN", "XXUUU");
  if (statement.starts_with("COMMIT") || statement == "ROLLBACK") {
    if (idle) return transactions.error_to("COMMIT", "XXUUU");
    return done(statement == "ROLLBACK" || transaction_ == 'E' ? "ROLLBACK" : "COMMIT", 'I');
  }
  if (released_) {
    Answer committed = restart_savepoint.error_to("SELECT 1", "25000");
    committed.status = 'T';
    return committed;
  }
  if (statement.starts_with("ROLLBACK TO")) return done("ROLLBACK", 'T');
  if (transaction_ == 'E') return restart_savepoint.error_to("SELECT 1", "25P02");
  if (statement.starts_with("CANCEL QUER")) return done("CANCEL QUERIES 1");
  if (statement.starts_with("CANCEL SESSION")) return done("CANCEL SESSIONS 1");
  if (statement.starts_with("SAVEPOINT")) return done("SAVEPOINT");
  if (statement == "RELEASE SAVEPOINT cockroach_restart") return done("COMMIT");
  if (statement.starts_with("RELEASE")) return done("RELEASE");
  return done("INSERT 0 1");
}

void Cockroach::note(std::string_view statement, const Answer& answer) {
  if (answer.tag == "COMMIT" && !released_) ++commits_;
  transaction_ = answer.kind == Answer::Kind::cut ? 'I' : answer.status.value_or(transaction_);
  released_ = transaction_ == 'T' &&
              (released_ || (statement.starts_with("RELEASE SAVEPOINT cockroach_restart") &&
                             answer.tag == "COMMIT"));
}

}  // namespace crdb_tests
