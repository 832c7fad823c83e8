#include "cockroach.hpp"

#include <algorithm>

using support::Answer;
using support::done;
using support::error;

namespace crdb_tests {
namespace {

constexpr const char* v21_1 =
    "CockroachDB CCL v21.1.0-alpha.3 (x86_64-unknown-linux-gnu, built 2021/02/28 17:44:02, "
    "go1.19.8)";

constexpr const char* retry_reference =
    "See: https://www.cockroachlabs.com/docs/v21.1/transaction-retry-error-reference.html";

}  // namespace

support::Greeting greeting_of_v21_1() {
  return {.parameters = {{"server_version", "13.0.0"},
                         {"server_encoding", "UTF8"},
                         {"client_encoding", "UTF8"},
                         {"application_name", "palmetto"},
                         {"DateStyle", "ISO, MDY"},
                         {"IntervalStyle", "postgres"},
                         {"TimeZone", "UTC"},
                         {"integer_datetimes", "on"},
                         {"standard_conforming_strings", "on"},
                         {"crdb_version", v21_1},
                         {"session_authorization", "root"},
                         {"is_superuser", "on"}}};
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
  return error(
      "40001",
      "restart transaction: TransactionRetryWithProtoRefreshError: TransactionRetryError: retry "
      "txn (RETRY_SERIALIZABLE - failed preemptive refresh): \"sql txn\" meta={id=4e272434 "
      "key=/Table/55/1/1 pri=0.04912252 epo=0 ts=1795215477.704707726,1 "
      "min=1795215477.704616714,0 seq=1} lock=true stat=PENDING rts=1795215477.704616714,0 "
      "wto=false gul=1795215478.204616714,0",
      {{'H', std::string(retry_reference) + "#retry_serializable"}});
}

Answer write_too_old() {
  return error(
      "40001",
      "restart transaction: TransactionRetryWithProtoRefreshError: WriteTooOldError: write at "
      "timestamp 1795215477.711409195,0 too old; wrote at 1795215477.712213734,1: \"sql txn\" "
      "meta={id=3971ebc1 pri=0.01144125 epo=0 ts=1795215477.712213734,1 "
      "min=1795215477.711409195,0 seq=0} lock=true stat=PENDING rts=1795215477.711409195,0 "
      "wto=false gul=1795215478.211409195,0",
      {{'H', retry_reference}});
}

Answer duplicate_key() {
  return error("23505", "duplicate key value violates unique constraint \"primary\"",
               {{'D', "Key (id)=(1) already exists."}, {'n', "primary"}});
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
  const bool idle = transaction_ == 'I';
  if (statement.starts_with("BEGIN"))
    return idle ? done("BEGIN", 'T') : error("XXUUU", "there is already a transaction in progress");
  if (statement.starts_with("COMMIT") || statement == "ROLLBACK") {
    if (idle) return error("XXUUU", "there is no transaction in progress");
    return done(statement == "ROLLBACK" || transaction_ == 'E' ? "ROLLBACK" : "COMMIT", 'I');
  }
  if (released_)
    return error(
        "25000",
        "current transaction is committed, commands ignored until end of transaction block",
        {{'F', "errors.go"}, {'L', "44"}, {'R', "NewTransactionCommittedError"}});
  if (statement.starts_with("ROLLBACK TO")) return done("ROLLBACK", 'T');
  if (transaction_ == 'E')
    return error("25P02",
                 "current transaction is aborted, commands ignored until end of transaction block",
                 {{'F', "errors.go"}, {'L', "38"}, {'R', "NewTransactionAbortedError"}});
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
