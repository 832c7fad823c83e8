// crdb::run_transaction statement by statement, against a scripted server; with the savepoint
// cockroach_restart and with a whole transaction for each attempt.

#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using namespace crdb_tests;
using crdb::run_transaction;
using support::contains;
using support::cut;
using support::error;
using support::thrown_by;

namespace {

using std::chrono::steady_clock;

constexpr Backoff at_once{0ms, 0ms};

// The two ways of trying again, and what they send.
struct WithSavepoint {
  static constexpr bool use_savepoint = true;
  static constexpr const char* end = "RELEASE SAVEPOINT cockroach_restart";  // what commits
  static inline const std::string begin = "BEGIN; SAVEPOINT cockroach_restart; ";
  static inline const std::string commit = "RELEASE SAVEPOINT cockroach_restart; COMMIT\n";
  static inline const std::string again = "ROLLBACK TO SAVEPOINT cockroach_restart\n";
};
struct WholeTransactions {
  static constexpr bool use_savepoint = false;
  static constexpr const char* end = "COMMIT";
  static inline const std::string begin = "BEGIN; ";
  static inline const std::string commit = "COMMIT\n";
  static inline const std::string again = "ROLLBACK\nBEGIN; ";
};

// The server, a connection to it, and how often a function was called.
template <class Mode>
struct Play {
  explicit Play(const ConnectionOptions& connection = {}) : conn(cockroach.connect(connection)) {}

  template <class F>
  auto run(F function) {
    return run_transaction(
        conn,
        [&](Transaction& tx) {
          ++calls;
          return function(tx);
        },
        options);
  }

  // One INSERT.
  void run() {
    run([](Transaction& tx) { tx.execute("INSERT"); });
  }

  [[nodiscard]] std::string conversation() const { return cockroach.conversation(); }

  // Nothing is left open, and the connection serves on.
  void check_usable() {
    CHECK(cockroach.transaction() == 'I');
    REQUIRE_FALSE(conn.closed());
    CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
    const int before = cockroach.commits();
    run_transaction(
        conn, [](Transaction& tx) { tx.execute("INSERT"); }, options);
    CHECK(cockroach.commits() == before + 1);
  }

  Cockroach cockroach;
  crdb::RetryOptions options{.backoff = at_once, .use_savepoint = Mode::use_savepoint};
  crdb::CrdbConnection conn;
  int calls = 0;
};

struct OwnError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace

TEST_CASE_TEMPLATE("an attempt of k statements costs k + 1 round trips", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  for (const int k : {1, 2, 5}) {
    CAPTURE(k);
    const int before = play.cockroach.server().round_trips();
    play.run([&](Transaction& tx) {
      for (int i = 0; i < k; ++i) tx.execute("INSERT");
    });
    CHECK(play.cockroach.server().round_trips() - before == k + 1);
  }
  CHECK(play.cockroach.commits() == 3);
}

TEST_CASE_TEMPLATE("BEGIN travels with the first statement, RELEASE with COMMIT", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.run([](Transaction& tx) {
    tx.execute("INSERT");
    tx.execute("UPDATE");
  });
  CHECK(play.conversation() == Mode::begin + "INSERT\nUPDATE\n" + Mode::commit);
  CHECK(play.calls == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a function that executes nothing sends nothing", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  CHECK(play.run([](Transaction&) { return 42; }) == 42);
  CHECK_THROWS_AS(play.run([](Transaction&) { throw OwnError("before any statement"); }), OwnError);
  CHECK(play.conversation().empty());
  play.check_usable();
}

TEST_CASE_TEMPLATE("what the function returned in the attempt that was committed is returned", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next(Mode::end, restart_transaction());
  play.cockroach.next("SELECT", support::rows({{"balance", 20}}, {{std::string(7, '\0') + "\x2a"}}),
                      2);
  const std::unique_ptr<std::int64_t> value = play.run([&](Transaction& tx) {
    return std::make_unique<std::int64_t>(tx.execute("SELECT balance").value<std::int64_t>() +
                                          play.calls * 100);
  });
  CHECK(play.calls == 2);
  CHECK(*value == 242);
}

TEST_CASE_TEMPLATE("a conflict in the function is tried again", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  SUBCASE("at the first statement") {
    play.cockroach.next("INSERT", restart_transaction());
    play.run();
    CHECK(play.conversation() ==
          Mode::begin + "INSERT\n" + Mode::again + "INSERT\n" + Mode::commit);
  }
  SUBCASE("at a later statement") {
    play.cockroach.next("UPDATE", write_too_old());
    play.run([](Transaction& tx) {
      tx.execute("INSERT");
      tx.execute("UPDATE");
    });
    CHECK(play.conversation() ==
          Mode::begin + "INSERT\nUPDATE\n" + Mode::again + "INSERT\nUPDATE\n" + Mode::commit);
  }
  SUBCASE("as old versions name it") {
    play.cockroach.next("INSERT", error("CR000", "restart transaction: HandledRetryableTxnError"));
    play.run();
    CHECK(play.conversation() ==
          Mode::begin + "INSERT\n" + Mode::again + "INSERT\n" + Mode::commit);
  }
  CHECK(play.calls == 2);
  CHECK(play.cockroach.commits() == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a conflict is tried again as often as it takes", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("INSERT", restart_transaction(), 3);
  play.run();
  std::string expected = Mode::begin + "INSERT\n";
  for (int i = 0; i < 3; ++i) expected += Mode::again + "INSERT\n";
  CHECK(play.conversation() == expected + Mode::commit);
  CHECK(play.calls == 4);
}

TEST_CASE("a conflict at RELEASE is tried again from the savepoint") {
  Play<WithSavepoint> play;
  play.cockroach.next("RELEASE SAVEPOINT cockroach_restart", restart_transaction());
  play.run();
  CHECK(play.conversation() ==
        "BEGIN; SAVEPOINT cockroach_restart; INSERT\n"
        "RELEASE SAVEPOINT cockroach_restart; COMMIT\n"
        "ROLLBACK TO SAVEPOINT cockroach_restart\n"
        "INSERT\n"
        "RELEASE SAVEPOINT cockroach_restart; COMMIT\n");
  CHECK(play.calls == 2);
  CHECK(play.cockroach.commits() == 1);
  play.check_usable();
}

TEST_CASE("a conflict at COMMIT is tried again with a new transaction") {
  Play<WholeTransactions> play;
  play.cockroach.next("COMMIT", restart_transaction());
  play.run();
  CHECK(play.conversation() == "BEGIN; INSERT\nCOMMIT\nBEGIN; INSERT\nCOMMIT\n");
  CHECK(play.calls == 2);
  CHECK(play.cockroach.commits() == 1);
  play.check_usable();
}

TEST_CASE("the savepoint needs no nested transactions: it is there before v20.1") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v19.2.12 (x86_64-unknown-linux-gnu)"));
  crdb::CrdbConnection conn = cockroach.connect();
  run_transaction(conn, [](Transaction& tx) { tx.execute("INSERT"); });
  CHECK(cockroach.conversation() == WithSavepoint::begin + "INSERT\n" + WithSavepoint::commit);
}

TEST_CASE("a savepoint that can't be gone back to is given up for a new transaction") {
  Play<WithSavepoint> play;
  play.cockroach.next("INSERT", restart_transaction());
  play.cockroach.next("ROLLBACK TO",
                      error("3B001", "savepoint \"cockroach_restart\" does not exist"));
  play.run();
  CHECK(play.conversation() ==
        "BEGIN; SAVEPOINT cockroach_restart; INSERT\n"
        "ROLLBACK TO SAVEPOINT cockroach_restart\n"
        "ROLLBACK\n"
        "BEGIN; SAVEPOINT cockroach_restart; INSERT\n"
        "RELEASE SAVEPOINT cockroach_restart; COMMIT\n");
  CHECK(play.calls == 2);
  play.check_usable();
}

TEST_CASE("an error at BEGIN or SAVEPOINT is the caller's") {
  Play<WithSavepoint> play;
  std::string command;
  SUBCASE("BEGIN") { command = "BEGIN"; }
  SUBCASE("SAVEPOINT") { command = "SAVEPOINT cockroach_restart"; }
  play.cockroach.next(command, error("42601", "at or near \"x\": syntax error"));
  const auto thrown = thrown_by<errors::SyntaxError>([&] { play.run(); });
  CHECK(thrown.statement() == command);
  CHECK(play.calls == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE(
    "on_retry is told how many attempts there were, why the last failed, and the wait", Mode,
    WithSavepoint, WholeTransactions) {
  struct Told {
    int attempts;
    std::string message;
    std::chrono::milliseconds delay;
  };
  std::vector<Told> told;
  Play<Mode> play;
  play.options.on_retry = [&](int attempts, const Error& reason, std::chrono::milliseconds delay) {
    told.push_back({attempts, reason.message(), delay});
  };
  play.cockroach.next("INSERT", restart_transaction());
  play.cockroach.next("INSERT", write_too_old());
  play.run();
  REQUIRE(told.size() == 2);
  CHECK(told[0].attempts == 1);
  CHECK(told[1].attempts == 2);
  CHECK(told[0].message ==
        "restart transaction: TransactionRetryWithProtoRefreshError: TransactionRetryError: retry "
        "txn (RETRY_SERIALIZABLE - failed preemptive refresh): \"sql txn\" meta={id=4e272434 "
        "key=/Table/55/1/1 pri=0.04912252 epo=0 ts=1795215477.704707726,1 "
        "min=1795215477.704616714,0 seq=1} lock=true stat=PENDING rts=1795215477.704616714,0 "
        "wto=false gul=1795215478.204616714,0");
  CHECK(contains(told[1].message, "WriteTooOldError"));
  CHECK(told[0].delay == 0ms);
}

TEST_CASE_TEMPLATE("what on_retry throws ends the transaction and is the caller's", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.options.on_retry = [](int, const Error&, std::chrono::milliseconds) {
    throw OwnError("no more");
  };
  play.cockroach.next("INSERT", restart_transaction());
  CHECK_THROWS_AS(play.run(), OwnError);
  CHECK(play.calls == 1);
  CHECK(play.cockroach.commits() == 0);
  play.check_usable();
}

TEST_CASE("the wait is never longer than the backoff's maximum, nor than what the attempts allow") {
  std::vector<std::chrono::milliseconds> delays;
  Play<WithSavepoint> play;
  play.options.backoff = {.initial = 1ms, .maximum = 3ms};
  play.options.on_retry = [&](int, const Error&, std::chrono::milliseconds delay) {
    delays.push_back(delay);
  };
  play.cockroach.next("INSERT", restart_transaction(), 40);
  play.run();
  REQUIRE(delays.size() == 40);
  CHECK(delays[0] <= 1ms);
  CHECK(delays[1] <= 2ms);
  for (const auto delay : delays) {
    CHECK(delay >= 0ms);
    CHECK(delay <= 3ms);
  }
}

TEST_CASE_TEMPLATE(
    "attempts that are used up are ExceededMaxAttempts, without a ROLLBACK TO in vain", Mode,
    WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.options.max_attempts = 3;
  play.cockroach.next("INSERT", restart_transaction(), 2);
  play.cockroach.next("INSERT", write_too_old());
  const auto thrown = thrown_by<ExceededMaxAttempts>([&] { play.run(); });
  CHECK(thrown.attempts() == 3);
  CHECK(thrown.last_error().sqlstate() == "40001");
  CHECK(contains(thrown.last_error().message(), "WriteTooOldError"));
  CHECK(contains(thrown.message(), "3 attempts"));
  CHECK(contains(thrown.message(), "WriteTooOldError"));
  CHECK_FALSE(thrown.is_retryable());
  CHECK(play.calls == 3);
  CHECK(play.conversation() ==
        Mode::begin + "INSERT\n" + Mode::again + "INSERT\n" + Mode::again + "INSERT\nROLLBACK\n");
  play.check_usable();
}

TEST_CASE_TEMPLATE("an attempt that fails at its end is the last of those allowed", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.options.max_attempts = 1;
  play.cockroach.next(Mode::end, restart_transaction());
  const auto thrown = thrown_by<ExceededMaxAttempts>([&] { play.run(); });
  CHECK(thrown.attempts() == 1);
  CHECK(play.calls == 1);
  // A COMMIT that failed has ended the transaction.
  CHECK(play.conversation() ==
        Mode::begin + "INSERT\n" + Mode::commit + (Mode::use_savepoint ? "ROLLBACK\n" : ""));
  play.check_usable();
}

TEST_CASE_TEMPLATE("no attempts at all are refused, and nothing is sent", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  for (const int attempts : {0, -1}) {
    play.options.max_attempts = attempts;
    CHECK_THROWS_AS(play.run(), ProgrammingError);
  }
  CHECK(play.calls == 0);
  CHECK(play.conversation().empty());
  play.options.max_attempts = 1;
  play.check_usable();
}

TEST_CASE_TEMPLATE(
    "a deadline that the wait would pass is an OperationTimeout, and nothing is applied", Mode,
    WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  // Whatever the first waits are, some wait is too long.
  play.options.backoff = {.initial = 1h, .maximum = 1h};
  play.options.deadline = steady_clock::now() + 2s;
  play.cockroach.next("INSERT", write_too_old(), always);
  const auto thrown = thrown_by<OperationTimeout>([&] { play.run(); });
  CHECK(contains(thrown.message(), "WriteTooOldError"));
  CHECK(play.calls >= 1);
  CHECK(play.conversation().ends_with("INSERT\nROLLBACK\n"));
  CHECK(play.cockroach.commits() == 0);
  CHECK_FALSE(play.conn.closed());
  CHECK(play.conn.info().transaction_status() == pq::TransactionStatus::idle);
}

TEST_CASE_TEMPLATE("the deadline is of the statements, too", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play({.grace = 400ms});
  play.options.deadline = steady_clock::now() + 50ms;
  SUBCASE("of those in the function") {
    play.cockroach.next("INSERT", support::silence());
    CHECK_THROWS_AS(play.run(), OperationTimeout);
  }
  SUBCASE("of those that commit") {
    play.cockroach.next(Mode::end, support::silence());
    static_cast<void>(thrown_by<AmbiguousCommit>([&] { play.run(); }));
  }
  CHECK(play.conn.closed());
  CHECK(play.calls == 1);
}

TEST_CASE_TEMPLATE("the deadline is of nothing that comes afterwards", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  const auto deadline = steady_clock::now() + 50ms;
  play.options.deadline = deadline;
  play.run();
  std::this_thread::sleep_until(deadline);
  // Often, because an answer that is there at once may be taken though the time is up.
  play.cockroach.next("INSERT", duplicate_key(), 50);
  for (int i = 0; i < 50; ++i)
    CHECK_THROWS_AS(play.conn.execute("INSERT"), errors::UniqueViolation);
}

TEST_CASE_TEMPLATE("a deadline that has passed already leaves nothing behind", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play({.grace = 1s});
  play.options.deadline = steady_clock::now() - 1s;
  play.cockroach.next("INSERT", write_too_old(), always);
  CHECK_THROWS_AS(play.run(), OperationTimeout);
  CHECK_FALSE(play.conn.closed());
  CHECK(play.cockroach.transaction() == 'I');
  CHECK(play.cockroach.commits() == 0);
}

TEST_CASE_TEMPLATE("a deadline that has passed before the first attempt sends nothing", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.options.deadline = steady_clock::now() - 1s;
  const auto thrown = thrown_by<OperationTimeout>([&] { play.run(); });
  CHECK(contains(thrown.message(), "before attempt 1 of the transaction"));
  CHECK(play.calls == 0);
  CHECK(play.conversation().empty());
  play.options.deadline.reset();
  play.check_usable();
}

TEST_CASE_TEMPLATE("a deadline that has passed before the commit leaves no doubt: it is not sent",
                   Mode, WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  const auto deadline = steady_clock::now() + 100ms;
  play.options.deadline = deadline;
  CHECK_THROWS_AS(play.run([&](Transaction& tx) {
    tx.execute("INSERT");
    std::this_thread::sleep_until(deadline);
  }),
                  OperationTimeout);
  CHECK_FALSE(contains(play.conversation(), Mode::end));
  CHECK(play.calls == 1);
  play.options.deadline.reset();
  play.check_usable();
}

TEST_CASE_TEMPLATE("another error of the server is rolled back, and is the caller's", Mode,
                   WithSavepoint, WholeTransactions) {
  struct Case {
    std::string_view sqlstate;
    std::string_view message;
  };
  static constexpr Case cases[] = {
      {"23505", "duplicate key value violates unique constraint \"primary\""},
      {"42P01", "relation \"acc\" does not exist"},
      {"57014", "query execution canceled"},
      {"25006", "cannot execute INSERT in a read-only transaction"},
      {"40003", "result is ambiguous"},  // before the commit it has been rolled back
      {"58C00", "range unavailable"},
      {"XXUUU", "there is something wrong"},
      {"XXA00", "a schema change failed"},
  };
  Play<Mode> play;
  std::string expected;
  for (const Case& c : cases) {
    CAPTURE(c.sqlstate);
    play.cockroach.next("INSERT", error(std::string(c.sqlstate), std::string(c.message)));
    try {
      play.run();
      FAIL("nothing was thrown");
    } catch (const DatabaseError& thrown) {
      CHECK(thrown.sqlstate() == c.sqlstate);
      CHECK(thrown.message() == c.message);
      CHECK(thrown.statement() == "INSERT");
    }
    expected += Mode::begin + "INSERT\nROLLBACK\n";
    CHECK(play.conversation() == expected);
  }
  CHECK(play.calls == std::ssize(cases));
  CHECK(play.cockroach.commits() == 0);
  play.check_usable();
}

TEST_CASE_TEMPLATE("the function's own exception passes as the object that it is, after a rollback",
                   Mode, WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  const OwnError* own = nullptr;
  try {
    play.run([&](Transaction& tx) {
      tx.execute("INSERT");
      try {
        throw OwnError("the caller's");
      } catch (const OwnError& thrown) {
        own = &thrown;
        throw;
      }
    });
    FAIL("nothing was thrown");
  } catch (const OwnError& thrown) {
    CHECK(&thrown == own);
    CHECK(thrown.what() == std::string("the caller's"));
  }
  CHECK(play.calls == 1);
  CHECK(play.conversation() == Mode::begin + "INSERT\nROLLBACK\n");
  play.check_usable();
}

TEST_CASE_TEMPLATE("what is no std::exception passes, too", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  CHECK_THROWS_AS(play.run([](Transaction& tx) {
    tx.execute("INSERT");
    throw 42;
  }),
                  int);
  CHECK(play.conversation() == Mode::begin + "INSERT\nROLLBACK\n");
  play.check_usable();
}

TEST_CASE_TEMPLATE("an exception passes though the rollback fails", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  SUBCASE("an error") { play.cockroach.next("ROLLBACK", error("XXUUU", "internal error")); }
  SUBCASE("the connection is cut") { play.cockroach.next("ROLLBACK", cut()); }
  CHECK_THROWS_AS(play.run([](Transaction& tx) {
    tx.execute("INSERT");
    throw OwnError("the caller's");
  }),
                  OwnError);
}

TEST_CASE_TEMPLATE("a conflict that the function has wrapped is tried again", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("INSERT", restart_transaction());
  const auto insert_or_wrap = [](Transaction& tx) {
    try {
      tx.execute("INSERT");
    } catch (const Error&) { std::throw_with_nested(OwnError("while inserting")); }
  };
  SUBCASE("once") { play.run(insert_or_wrap); }
  SUBCASE("twice") {
    play.run([&](Transaction& tx) {
      try {
        insert_or_wrap(tx);
      } catch (const OwnError&) { std::throw_with_nested(std::logic_error("while working")); }
    });
  }
  SUBCASE("in an error of ours") {
    play.run([&](Transaction& tx) {
      try {
        insert_or_wrap(tx);
      } catch (const OwnError&) { std::throw_with_nested(InterfaceError("while working")); }
    });
  }
  SUBCASE("replaced by another") {
    play.run([&](Transaction& tx) {
      try {
        insert_or_wrap(tx);
      } catch (const OwnError&) { throw OwnError("without a word of why"); }
    });
  }
  CHECK(play.calls == 2);
  CHECK(play.conversation() == Mode::begin + "INSERT\n" + Mode::again + "INSERT\n" + Mode::commit);
  play.check_usable();
}

TEST_CASE_TEMPLATE(
    "an error that the function has wrapped and that is no conflict is not tried again", Mode,
    WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("INSERT", duplicate_key());
  CHECK_THROWS_AS(play.run([](Transaction& tx) {
    try {
      tx.execute("INSERT");
    } catch (const Error&) { std::throw_with_nested(OwnError("while inserting")); }
  }),
                  OwnError);
  CHECK(play.calls == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a conflict within a nested transaction reaches the outermost loop", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("UPDATE", write_too_old());
  const auto function = [](Transaction& tx) {
    tx.execute("INSERT");
    tx.transaction([](Transaction& inner) { inner.execute("UPDATE"); });
  };
  const std::string first = "INSERT\nSAVEPOINT palmetto_1; UPDATE\n";
  const std::string back = "ROLLBACK TO palmetto_1; RELEASE palmetto_1\n";
  SUBCASE("though its own rollback is refused") {
    play.cockroach.next("ROLLBACK TO palmetto_1",
                        error("40001",
                              "restart transaction: TransactionRetryWithProtoRefreshError: "
                              "cannot rollback to savepoint after a transaction restart"));
    play.run(function);
  }
  SUBCASE("when it could be rolled back") { play.run(function); }
  CHECK(play.calls == 2);
  CHECK(play.conversation() ==
        Mode::begin + first + back + Mode::again + first + "RELEASE palmetto_1\n" + Mode::commit);
  CHECK(play.cockroach.commits() == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a conflict within a nested transaction that is still open is tried again", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("UPDATE", write_too_old());
  std::vector<Transaction> kept;
  play.run([&](Transaction& tx) {
    kept.push_back(tx.transaction());
    kept.back().execute("UPDATE");
  });
  CHECK(play.calls == 2);
  CHECK(play.cockroach.commits() == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE(
    "an error that the function hid is a TransactionRolledBack, and nothing is committed", Mode,
    WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("INSERT", duplicate_key());
  SUBCASE("and nothing after it") {
    const auto thrown = thrown_by<TransactionRolledBack>([&] {
      play.run(
          [](Transaction& tx) { CHECK_THROWS_AS(tx.execute("INSERT"), errors::UniqueViolation); });
    });
    CHECK(contains(thrown.message(), "duplicate key value"));
    CHECK(thrown.statement() == "INSERT");
    CHECK(play.conversation() == Mode::begin + "INSERT\nROLLBACK\n");
  }
  SUBCASE("and the errors that came of it") {
    const auto thrown = thrown_by<TransactionRolledBack>([&] {
      play.run([](Transaction& tx) {
        CHECK_THROWS_AS(tx.execute("INSERT"), errors::UniqueViolation);
        CHECK_THROWS_AS(tx.execute("UPDATE"), errors::InFailedSqlTransaction);
      });
    });
    CHECK(contains(thrown.message(), "duplicate key value"));
  }
  SUBCASE("but not what came of it") {
    CHECK_THROWS_AS(play.run([](Transaction& tx) {
      CHECK_THROWS_AS(tx.execute("INSERT"), errors::UniqueViolation);
      tx.execute("UPDATE");
    }),
                    errors::InFailedSqlTransaction);
  }
  CHECK(play.calls == 1);
  CHECK(play.cockroach.commits() == 0);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a conflict that the function hid is tried again", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("INSERT", restart_transaction());
  const auto hide_conflict = [&](Transaction& tx) {
    try {
      tx.execute("INSERT");
    } catch (const errors::SerializationFailure&) { return; }
  };
  SUBCASE("and nothing after it") { play.run(hide_conflict); }
  SUBCASE("but not what came of it") {
    play.run([&](Transaction& tx) {
      hide_conflict(tx);
      if (play.calls == 1) tx.execute("UPDATE");  // 25P02
    });
  }
  SUBCASE("and what came of it") {
    play.run([&](Transaction& tx) {
      hide_conflict(tx);
      if (play.calls == 1) CHECK_THROWS_AS(tx.execute("UPDATE"), errors::InFailedSqlTransaction);
    });
  }
  SUBCASE("and then threw for another reason") {
    play.run([&](Transaction& tx) {
      hide_conflict(tx);
      if (play.calls == 1) throw OwnError("for another reason");
    });
  }
  CHECK(play.calls == 2);
  CHECK(play.cockroach.commits() == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a conflict that a nested transaction recovered from is not tried again", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("UPDATE", write_too_old());
  play.run([](Transaction& tx) {
    CHECK_THROWS_AS(tx.transaction([](Transaction& inner) { inner.execute("UPDATE"); }),
                    errors::SerializationFailure);
    tx.execute("INSERT");
  });
  CHECK(play.calls == 1);
  CHECK(play.cockroach.commits() == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a function that ended the transaction by SQL is told so", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  const auto thrown = thrown_by<ProgrammingError>([&] {
    play.run([](Transaction& tx) {
      tx.execute("INSERT");
      tx.execute("COMMIT");
    });
  });
  CHECK(contains(thrown.message(), "COMMIT"));
  CHECK(play.calls == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a function that ended the transaction by SQL is not run again", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("UPDATE", restart_transaction());
  CHECK_THROWS_AS(play.run([](Transaction& tx) {
    tx.execute("INSERT");
    tx.execute("COMMIT");
    tx.execute("UPDATE");
  }),
                  Error);
  CHECK(play.calls == 1);
  CHECK(play.cockroach.commits() == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("a function may not end the transaction that it is given", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  CHECK_THROWS_AS(play.run([](Transaction& tx) {
    tx.execute("INSERT");
    tx.commit();
  }),
                  ProgrammingError);
  CHECK_THROWS_AS(play.run([](Transaction& tx) { tx.rollback(); }), ProgrammingError);
  CHECK(play.cockroach.commits() == 0);
  play.check_usable();
}

TEST_CASE_TEMPLATE("the options are in BEGIN", Mode, WithSavepoint, WholeTransactions) {
  using crdb::Priority;
  using crdb::SystemTime;
  struct Case {
    crdb::RetryOptions options;
    std::string begin;
  };
  const Case cases[] = {
      {{}, "BEGIN"},
      {{.isolation = IsolationLevel::serializable}, "BEGIN ISOLATION LEVEL SERIALIZABLE"},
      {{.isolation = IsolationLevel::repeatable_read}, "BEGIN ISOLATION LEVEL REPEATABLE READ"},
      {{.read_only = true}, "BEGIN READ ONLY"},
      {{.read_only = false}, "BEGIN READ WRITE"},
      {{.priority = Priority::low}, "BEGIN PRIORITY LOW"},
      {{.priority = Priority::normal}, "BEGIN PRIORITY NORMAL"},
      {{.priority = Priority::high}, "BEGIN PRIORITY HIGH"},
      {{.system_time = SystemTime("-10s")}, "BEGIN AS OF SYSTEM TIME '-10s'"},
      {{.system_time = SystemTime("it's")}, "BEGIN AS OF SYSTEM TIME 'it''s'"},
      {{.system_time = SystemTime::follower_read()},
       "BEGIN AS OF SYSTEM TIME follower_read_timestamp()"},
      {{.isolation = IsolationLevel::serializable,
        .read_only = true,
        .priority = Priority::high,
        .system_time = SystemTime("-10s")},
       "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY PRIORITY HIGH AS OF SYSTEM TIME '-10s'"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.begin);
    Play<Mode> play;
    play.options = c.options;
    play.options.use_savepoint = Mode::use_savepoint;
    play.run();
    CHECK(play.cockroach.server().statements().at(0).text == c.begin);
    CHECK(play.cockroach.server().round_trips() == 2);
  }
}

TEST_CASE("every whole transaction begins with the options") {
  Play<WholeTransactions> play;
  play.options.priority = crdb::Priority::low;
  play.cockroach.next("INSERT", restart_transaction());
  play.run();
  CHECK(play.conversation() ==
        "BEGIN PRIORITY LOW; INSERT\nROLLBACK\nBEGIN PRIORITY LOW; INSERT\nCOMMIT\n");
}

TEST_CASE("READ COMMITTED uses no savepoint") {
  Cockroach cockroach(greeting_of("CockroachDB CCL v24.1.0"));
  cockroach.next("INSERT", restart_transaction());
  crdb::CrdbConnection conn = cockroach.connect();
  run_transaction(conn, [](Transaction& tx) { tx.execute("INSERT"); },
                  {.backoff = at_once, .isolation = IsolationLevel::read_committed});
  const std::string begin = "BEGIN ISOLATION LEVEL READ COMMITTED; INSERT\n";
  CHECK(cockroach.conversation() == begin + "ROLLBACK\n" + begin + "COMMIT\n");
}

TEST_CASE_TEMPLATE("READ COMMITTED is refused before v24.1, and nothing is sent", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.options.isolation = IsolationLevel::read_committed;
  const auto thrown = thrown_by<NotSupportedError>([&] { play.run(); });
  CHECK(contains(thrown.what(), "CockroachDB v21.1.0 does not have READ COMMITTED"));
  CHECK(contains(thrown.what(), "v24.1.0"));
  CHECK_THROWS_AS(
      static_cast<void>(play.conn.transaction({.isolation = IsolationLevel::read_uncommitted})),
      NotSupportedError);
  CHECK(play.calls == 0);
  CHECK(play.conversation().empty());
}

TEST_CASE(
    "PostgreSQL gets no savepoint: there it would keep the snapshot that the conflict is with") {
  Cockroach postgresql(greeting_without_version());
  postgresql.next("INSERT", restart_transaction());
  crdb::CrdbConnection conn = postgresql.connect();
  run_transaction(conn, [](Transaction& tx) { tx.execute("INSERT"); }, {.backoff = at_once});
  CHECK(postgresql.conversation() == "BEGIN; INSERT\nROLLBACK\nBEGIN; INSERT\nCOMMIT\n");
}

TEST_CASE_TEMPLATE("options that are no options are refused, and nothing is sent", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.options.priority = static_cast<crdb::Priority>(7);
  CHECK_THROWS_AS(play.run(), ProgrammingError);
  CHECK_THROWS_AS(crdb::SystemTime(""), ProgrammingError);
  CHECK_THROWS_AS(crdb::SystemTime(std::string_view("-1\0s", 4)), ProgrammingError);
  CHECK(play.calls == 0);
  CHECK(play.conversation().empty());
  play.options.priority = std::nullopt;
  play.check_usable();
}

TEST_CASE_TEMPLATE("run_transaction is refused within a transaction, and nothing is sent", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  SUBCASE("that has sent nothing yet") {
    const Transaction tx = play.conn.transaction();
    CHECK_THROWS_AS(play.run(), ProgrammingError);
    CHECK(play.conversation().empty());
  }
  SUBCASE("that has begun") {
    Transaction tx = play.conn.transaction();
    tx.execute("INSERT");
    CHECK_THROWS_AS(play.run(), ProgrammingError);
    CHECK(play.conversation() == "BEGIN; INSERT\n");
    tx.commit();
  }
  SUBCASE("that SQL began") {
    play.conn.execute("BEGIN");
    CHECK_THROWS_AS(play.run(), ProgrammingError);
    CHECK(play.conversation() == "BEGIN\n");
    play.conn.execute("ROLLBACK");
  }
  SUBCASE("within another run_transaction") {
    run_transaction(play.conn, [&](Transaction& tx) {
      tx.execute("INSERT");
      CHECK_THROWS_AS(play.run(), ProgrammingError);
      tx.execute("UPDATE");
    });
    CHECK(play.cockroach.commits() == 1);
  }
  CHECK(play.calls == 0);
  play.check_usable();
}

TEST_CASE_TEMPLATE(
    "a transaction that was committed with a failed schema change is not tried again", Mode,
    WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next(Mode::end,
                      error("XXA00", "transaction committed but schema change aborted with error"));
  const auto thrown = thrown_by<errors::TransactionCommittedWithSchemaChangeFailure>(
      [&] { play.run([](Transaction& tx) { tx.execute("CREATE TABLE t (i INT)"); }); });
  CHECK(thrown.sqlstate() == "XXA00");
  CHECK(play.calls == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE(
    "an outcome that the server calls unknown is an AmbiguousCommit, and not tried again", Mode,
    WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  std::string sqlstate;
  SUBCASE("40003") { sqlstate = "40003"; }
  SUBCASE("08007") { sqlstate = "08007"; }
  // What was cancelled says so in the place of any other error, 40003 included.
  SUBCASE("57014") { sqlstate = "57014"; }
  play.cockroach.next(Mode::end, error(sqlstate, "result is ambiguous: error=unable to dial n2"));
  const auto thrown = thrown_by<AmbiguousCommit>([&] { play.run(); });
  CHECK(contains(thrown.message(), "result is ambiguous"));
  CHECK_FALSE(thrown.is_retryable());
  CHECK(play.calls == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE("an unknown outcome is not tried again for a conflict that there was before",
                   Mode, WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("UPDATE", write_too_old());
  play.cockroach.next(Mode::end, error("40003", "result is ambiguous"));
  SUBCASE("in a nested transaction that recovered from it") {
    CHECK_THROWS_AS(play.run([](Transaction& tx) {
      CHECK_THROWS_AS(tx.transaction([](Transaction& inner) { inner.execute("UPDATE"); }),
                      errors::SerializationFailure);
      tx.execute("INSERT");
    }),
                    AmbiguousCommit);
    CHECK(play.calls == 1);
  }
  SUBCASE("in the attempt before") {
    CHECK_THROWS_AS(play.run([](Transaction& tx) { tx.execute("UPDATE"); }), AmbiguousCommit);
    CHECK(play.calls == 2);
  }
}

TEST_CASE_TEMPLATE("a connection that is cut while it commits is an AmbiguousCommit", Mode,
                   WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next(Mode::end, cut());
  static_cast<void>(thrown_by<AmbiguousCommit>([&] { play.run(); }));
  CHECK(play.calls == 1);
  CHECK(play.conn.broken());
  CHECK_THROWS_AS(play.run(), InterfaceError);
}

TEST_CASE("a connection that is cut behind RELEASE has committed") {
  Play<WithSavepoint> play;
  play.cockroach.next("COMMIT", cut());
  CHECK(play.run([](Transaction& tx) {
    tx.execute("INSERT");
    return 42;
  }) == 42);
  CHECK(play.calls == 1);
  CHECK(play.cockroach.commits() == 1);
  CHECK(play.conn.broken());
}

TEST_CASE("an error of COMMIT behind RELEASE is none: the transaction is committed") {
  Play<WithSavepoint> play;
  play.cockroach.next("COMMIT", error("XXUUU", "internal error"));
  CHECK_NOTHROW(play.run());
  CHECK(play.calls == 1);
  play.check_usable();
}

TEST_CASE_TEMPLATE(
    "a connection that is cut in the function is a ConnectionLost, and not tried again", Mode,
    WithSavepoint, WholeTransactions) {
  Play<Mode> play;
  SUBCASE("at the first statement") {
    play.cockroach.next("INSERT", cut());
    static_cast<void>(thrown_by<ConnectionLost>([&] { play.run(); }));
  }
  SUBCASE("at a later one") {
    play.cockroach.next("UPDATE", cut());
    static_cast<void>(thrown_by<ConnectionLost>([&] {
      play.run([](Transaction& tx) {
        tx.execute("INSERT");
        tx.execute("UPDATE");
      });
    }));
  }
  SUBCASE("at BEGIN") {
    play.cockroach.next("BEGIN", cut());
    static_cast<void>(thrown_by<ConnectionLost>([&] { play.run(); }));
  }
  SUBCASE("in a nested transaction") {
    play.cockroach.next("UPDATE", cut());
    static_cast<void>(thrown_by<ConnectionLost>([&] {
      play.run([](Transaction& tx) {
        tx.transaction([](Transaction& inner) { inner.execute("UPDATE"); });
      });
    }));
  }
  CHECK(play.calls == 1);
  CHECK(play.conn.broken());
  CHECK(play.cockroach.commits() == 0);
}

TEST_CASE_TEMPLATE("a connection that is cut between two attempts is lost", Mode, WithSavepoint,
                   WholeTransactions) {
  Play<Mode> play;
  play.cockroach.next("INSERT", restart_transaction());
  play.cockroach.next("ROLLBACK", cut());
  CHECK_THROWS_AS(play.run(), ConnectionLost);
  CHECK(play.calls == 1);
  CHECK(play.conn.broken());
}

TEST_CASE("palmetto::run_transaction takes a conflict of CockroachDB for one, too") {
  Cockroach cockroach;
  cockroach.next("INSERT", restart_transaction());
  cockroach.next("COMMIT", restart_transaction());
  Connection conn = connect(cockroach.server().conninfo());
  int calls = 0;
  palmetto::run_transaction(conn,
                            [&](Transaction& tx) {
                              ++calls;
                              tx.execute("INSERT");
                            },
                            {.backoff = at_once});
  CHECK(calls == 3);
  CHECK(cockroach.conversation() ==
        "BEGIN; INSERT\nROLLBACK\nBEGIN; INSERT\nCOMMIT\nBEGIN; INSERT\nCOMMIT\n");
}
