// crdb::run_transaction on connections of a source: what it does when the one that it has is lost.

#include "palmetto/crdb/retry_transaction.hpp"
#include "palmetto/palmetto.hpp"

#include "cockroach.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using namespace crdb_tests;
using support::contains;
using support::cut;
using support::error;
using support::thrown_by;

namespace {

constexpr Backoff at_once{0ms, 0ms};
constexpr const char* release = "RELEASE SAVEPOINT cockroach_restart";
const std::string begin = "BEGIN; SAVEPOINT cockroach_restart; ";
const std::string commit = "RELEASE SAVEPOINT cockroach_restart; COMMIT\n";

// Connects for each that asks, and counts what it has lent out. Throws `failures` first.
class Source {
 public:
  explicit Source(const Cockroach& cockroach) : cockroach_(cockroach) {}

  class Lease {
   public:
    Lease(crdb::CrdbConnection conn, Source& source) : conn_(std::move(conn)), source_(&source) {
      ++source.lent;
    }
    Lease(Lease&& other) noexcept
        : conn_(std::move(other.conn_)), source_(std::exchange(other.source_, nullptr)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (source_ == nullptr) return;
      --source_->lent;
      source_->last_was_closed = conn_.closed();
      source_->last_status =
          conn_.closed() ? std::nullopt : std::optional(conn_.info().transaction_status());
    }
    crdb::CrdbConnection& operator*() { return conn_; }

   private:
    crdb::CrdbConnection conn_;
    Source* source_;
  };

  Lease connection() {
    ++asked;
    if (!failures.empty()) {
      const std::exception_ptr failure = failures.back();
      failures.pop_back();
      std::rethrow_exception(failure);
    }
    return {cockroach_.connect(), *this};
  }

  std::vector<std::exception_ptr> failures;
  int asked = 0;
  int lent = 0;
  bool last_was_closed = false;
  std::optional<pq::TransactionStatus> last_status;

 private:
  const Cockroach& cockroach_;
};

struct Play {
  template <class F>
  auto run(F function) {
    return crdb::run_transaction(
        source,
        [&](Transaction& tx) {
          ++calls;
          CHECK(source.lent == 1);
          return function(tx);
        },
        options);
  }
  void run() {
    run([](Transaction& tx) {
      tx.execute("INSERT");
      tx.execute("UPDATE");
    });
  }

  Cockroach cockroach;
  Source source{cockroach};
  crdb::RetryOptions options{.backoff = at_once};
  int calls = 0;
};

struct OwnError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace

TEST_CASE("a transaction on a source's connection gives it back") {
  Play play;
  CHECK(play.run([](Transaction& tx) {
    tx.execute("INSERT");
    return 42;
  }) == 42);
  CHECK(play.cockroach.conversation() == begin + "INSERT\n" + commit);
  CHECK(play.source.asked == 1);
  CHECK(play.source.lent == 0);
  CHECK_FALSE(play.source.last_was_closed);
  CHECK(play.source.last_status == pq::TransactionStatus::idle);
}

TEST_CASE("a conflict is tried again on the same connection: it keeps its place in the line") {
  Play play;
  play.cockroach.next("UPDATE", write_too_old());
  play.run();
  CHECK(play.source.asked == 1);
  CHECK(play.calls == 2);
  CHECK(play.cockroach.conversation() ==
        begin + "INSERT\nUPDATE\nROLLBACK TO SAVEPOINT cockroach_restart\nINSERT\nUPDATE\n" +
            commit);
}

TEST_CASE("a connection that is lost before the commit is replaced by another") {
  Play play;
  std::string first;
  SUBCASE("before BEGIN") {
    play.cockroach.next("BEGIN", cut());
    first = begin + "INSERT\n";
  }
  SUBCASE("in the function") {
    play.cockroach.next("UPDATE", cut());
    first = begin + "INSERT\nUPDATE\n";
  }
  SUBCASE("between two attempts") {
    play.cockroach.next("UPDATE", write_too_old());
    play.cockroach.next("ROLLBACK TO", cut());
    first = begin + "INSERT\nUPDATE\nROLLBACK TO SAVEPOINT cockroach_restart\n";
  }
  SUBCASE("by a server that goes down") {
    support::Answer going_down = error("57P01", "server is shutting down");
    going_down.status = 'I';
    play.cockroach.next("UPDATE", going_down);
    first = begin + "INSERT\nUPDATE\n";
  }
  int retries = 0;
  play.options.on_retry = [&](int attempts, const Error&, std::chrono::milliseconds) {
    CHECK(attempts == 1);
    CHECK((play.source.lent == 0) == play.source.last_was_closed);
    ++retries;
  };
  play.run();
  CHECK(play.cockroach.conversation() == first + begin + "INSERT\nUPDATE\n" + commit);
  CHECK(play.calls == 2);
  CHECK(retries == 1);
  CHECK(play.source.asked == 2);
  CHECK(play.source.lent == 0);
  CHECK_FALSE(play.source.last_was_closed);
  CHECK(play.cockroach.commits() == 1);
}

TEST_CASE("a lost connection that the function hid is replaced by another") {
  Play play;
  play.cockroach.next("UPDATE", cut());
  const auto hide = [](Transaction& tx) {
    try {
      tx.execute("UPDATE");
    } catch (const Error&) { return; }
  };
  SUBCASE("by returning") { play.run(hide); }
  SUBCASE("by an exception of its own") {
    bool first = true;
    play.run([&](Transaction& tx) {
      hide(tx);
      if (std::exchange(first, false)) throw OwnError("no update");
    });
  }
  CHECK(play.calls == 2);
  CHECK(play.cockroach.commits() == 1);
}

TEST_CASE("connections that are lost again and again use up the attempts") {
  Play play;
  play.options.max_attempts = 3;
  play.cockroach.next("UPDATE", cut(), always);
  const auto thrown = thrown_by<ExceededMaxAttempts>([&] { play.run(); });
  CHECK(thrown.attempts() == 3);
  CHECK(play.calls == 3);
  CHECK(play.source.asked == 3);
  CHECK(play.source.lent == 0);
  CHECK(play.cockroach.commits() == 0);
}

TEST_CASE("a source that has no connection at the moment is asked again") {
  Play play;
  const auto fail_with = [&](auto failure) {
    play.source.failures.push_back(std::make_exception_ptr(failure));
  };
  fail_with(ConnectionTimeout("no connection within 2 s"));
  fail_with(OperationalError("could not connect to server: Connection refused"));
  SUBCASE("until it has one") {
    play.run();
    CHECK(play.calls == 1);
    CHECK(play.source.asked == 3);
  }
  SUBCASE("as often as there are attempts") {
    play.options.max_attempts = 2;
    const auto thrown = thrown_by<ExceededMaxAttempts>([&] { play.run(); });
    CHECK(contains(thrown.what(), "no connection within 2 s"));
    CHECK(play.calls == 0);
    CHECK(play.source.asked == 2);
  }
  SUBCASE("and not when it is refused for good") {
    const auto diagnostic = std::make_shared<Diagnostic>();
    diagnostic->sqlstate = errors::InvalidPassword::code;
    fail_with(errors::InvalidPassword("password authentication failed", {"", {}, diagnostic}));
    static_cast<void>(thrown_by<errors::InvalidPassword>([&] { play.run(); }));
    CHECK(play.source.asked == 1);
  }
}

TEST_CASE("what else a source throws is the caller's") {
  Play play;
  play.source.failures.push_back(std::make_exception_ptr(OwnError("the pool is closed")));
  CHECK_THROWS_AS(play.run(), OwnError);
  CHECK(play.source.asked == 1);
}

TEST_CASE("an outcome that a source's own transaction left unknown is the caller's") {
  Play play;
  play.options.idempotent = true;
  play.source.failures.push_back(std::make_exception_ptr(AmbiguousCommit("the source's")));
  CHECK(std::string(thrown_by<AmbiguousCommit>([&] { play.run(); }).what()) == "the source's");
  CHECK(play.source.asked == 1);
}

TEST_CASE("an error that is the client's own fault is no reason to take another connection") {
  Play play;
  play.cockroach.next("UPDATE", error("08P01", "insufficient data left in message"), always);
  CHECK_THROWS_AS(play.run(), errors::ProtocolViolation);
  CHECK(play.calls == 1);
  CHECK_FALSE(play.source.last_was_closed);
}

TEST_CASE("the function's own exception passes, and the connection is given back idle") {
  Play play;
  CHECK_THROWS_AS(play.run([](Transaction& tx) {
    tx.execute("INSERT");
    throw OwnError("enough");
  }),
                  OwnError);
  CHECK(play.cockroach.conversation() == begin + "INSERT\nROLLBACK\n");
  CHECK(play.source.lent == 0);
  CHECK(play.source.last_status == pq::TransactionStatus::idle);
}

TEST_CASE("a connection that is lost during the commit is an AmbiguousCommit, a source or not") {
  Play play;
  play.cockroach.next(release, cut());
  static_cast<void>(thrown_by<AmbiguousCommit>([&] { play.run(); }));
  CHECK(play.calls == 1);
  CHECK(play.source.asked == 1);
  CHECK(play.source.lent == 0);
}

TEST_CASE("a transaction whose outcome is unknown is tried again when it is idempotent") {
  Play play;
  play.options.idempotent = true;
  SUBCASE("on another connection, when this one was lost") {
    play.cockroach.next(release, cut());
    play.run();
    CHECK(play.source.asked == 2);
    CHECK(play.cockroach.conversation() ==
          begin + "INSERT\nUPDATE\n" + commit + begin + "INSERT\nUPDATE\n" + commit);
  }
  SUBCASE("as a new transaction, for the savepoint is of no use") {
    play.cockroach.next(release, error("40003", "result is ambiguous"));
    play.run();
    CHECK(play.source.asked == 1);
    CHECK(play.cockroach.conversation() ==
          begin + "INSERT\nUPDATE\n" + commit + "ROLLBACK\n" + begin + "INSERT\nUPDATE\n" + commit);
  }
  CHECK(play.calls == 2);
  CHECK(play.cockroach.commits() == 1);
}

TEST_CASE("an attempt that may have been applied is not forgotten over how the last one ended") {
  Play play;
  play.options.idempotent = true;
  play.cockroach.next(release, cut());
  std::string last;
  SUBCASE("by an error of the server") {
    play.cockroach.next("UPDATE", support::done("UPDATE 1"));
    play.cockroach.next("UPDATE", duplicate_key());
    last = "duplicate key";
  }
  SUBCASE("by using up the attempts") {
    play.options.max_attempts = 1;
    last = "failed in all of its 1 attempts";
  }
  SUBCASE("by what on_retry throws") {
    play.options.on_retry = [](int, const Error&, std::chrono::milliseconds) {
      throw Error("no more");
    };
    last = "no more";
  }
  try {
    play.run();
    FAIL("nothing was thrown");
  } catch (const AmbiguousCommit& unknown) {
    CHECK(contains(unknown.what(), "may have been applied"));
    try {
      std::rethrow_if_nested(unknown);
      FAIL("nothing is nested");
    } catch (const Error& nested) { CHECK(contains(nested.what(), last)); }
  }
  CHECK(play.source.lent == 0);
}

TEST_CASE("without another connection a lost one leaves the outcome unknown, idempotent or not") {
  Cockroach cockroach;
  cockroach.next(release, cut());
  crdb::CrdbConnection conn = cockroach.connect();
  CHECK_THROWS_AS(crdb::run_transaction(conn, [](Transaction& tx) { tx.execute("INSERT"); },
                                        {.backoff = at_once, .idempotent = true}),
                  AmbiguousCommit);
}

TEST_CASE("a source whose connection is in a transaction is refused, and it stays as it is") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  struct {
    crdb::CrdbConnection* connection() { return conn; }
    crdb::CrdbConnection* conn;
  } source{&conn};
  conn.execute("BEGIN");
  CHECK_THROWS_AS(crdb::run_transaction(source, [](Transaction&) {}), ProgrammingError);
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::in_transaction);
  CHECK(cockroach.conversation() == "BEGIN\n");
}

TEST_CASE("a retry_transaction is run each time that it is called") {
  Play play;
  const auto insert = crdb::retry_transaction(
      [](Transaction& tx, int a, const std::string& b) {
        tx.execute("INSERT INTO t VALUES ($1, $2)", a, b);
        return b + std::to_string(a);
      },
      {.backoff = at_once, .priority = crdb::Priority::low});
  play.cockroach.next("INSERT", restart_transaction());
  CHECK(insert(play.source, 1, "a") == "a1");
  crdb::CrdbConnection conn = play.cockroach.connect();
  CHECK(insert(conn, 2, "b") == "b2");
  CHECK(play.cockroach.commits() == 2);
  CHECK(contains(play.cockroach.conversation(), "BEGIN PRIORITY LOW; "));
}
