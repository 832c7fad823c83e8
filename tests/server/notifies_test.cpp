// LISTEN and NOTIFY.

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"
#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace palmetto;
using namespace std::chrono_literals;
using support::contains;
using support::thrown_by;
using Payloads = std::vector<std::string>;

static_assert(std::input_iterator<Notifies::iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, Notifies::iterator>);

namespace {

// Far longer than any of it takes: what ends by it has failed.
constexpr auto long_enough = 20s;

/// A connection that listens to a channel, which no other test uses: the sessions are of one
/// database.
class Listener {
 public:
  explicit Listener(const std::string& channel) : channel_(channel), conn_(support::connect()) {
    conn_.execute_script(dynamic_sql("LISTEN " + channel));
  }
  Connection& operator*() { return conn_; }
  Connection* operator->() { return &conn_; }

  /// From this session itself, which has it when this returns.
  void notify(const std::string& payload) {
    conn_.execute("SELECT pg_notify($1, $2)", channel_, payload);
  }
  [[nodiscard]] Payloads payloads(const NotifiesOptions& options) {
    Payloads payloads;
    for (const Notify& notify : conn_.notifies(options)) payloads.push_back(notify.payload);
    return payloads;
  }
  /// Those that are there, without waiting.
  [[nodiscard]] Payloads kept() { return payloads({.timeout = 0ms}); }

 private:
  std::string channel_;
  Connection conn_;
};

/// Notes what handlers are called with.
NotifyHandler note_in(Payloads& payloads) {
  return [&payloads](const Notify& notify) { payloads.push_back(notify.payload); };
}

}  // namespace

TEST_CASE("a notification says its channel, its payload, and who sent it") {
  Connection sender = support::connect();
  Connection conn = support::connect();
  conn.execute("LISTEN says");
  sender.execute("NOTIFY says, 'hello'");
  sender.execute("NOTIFY says");
  std::vector<Notify> notifies;
  for (const Notify& notify : conn.notifies({.timeout = long_enough, .stop_after = 2}))
    notifies.push_back(notify);
  REQUIRE(notifies.size() == 2);
  CHECK(notifies[0].channel == "says");
  CHECK(notifies[0].payload == "hello");
  CHECK(notifies[0].backend_pid == sender.info().backend_pid());
  CHECK(notifies[1].payload.empty());
}

TEST_CASE("notifications are given as they arrive, while their sender goes on") {
  Listener listener("arrive");
  std::thread sender([] {
    Connection conn = support::connect();
    for (const int n : {1, 2, 3}) conn.execute("SELECT pg_notify('arrive', $1::text)", n);
  });
  CHECK(listener.payloads({.timeout = long_enough, .stop_after = 3}) == Payloads{"1", "2", "3"});
  sender.join();
}

TEST_CASE("the loop ends when its time has passed, and each loop has its time anew") {
  Listener listener("time");
  Notifies notifies = listener->notifies({.timeout = 100ms});
  for (int loop = 0; loop < 2; ++loop) {
    const auto begin = std::chrono::steady_clock::now();
    for (const Notify& notify : notifies) FAIL(notify.payload);
    CHECK(std::chrono::steady_clock::now() - begin >= 100ms);
  }
  CHECK(listener->execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("with no time at all those are given that are there") {
  Listener listener("none");
  CHECK(listener.kept().empty());
  listener.notify("a");
  CHECK(listener.kept() == Payloads{"a"});
  CHECK(listener.kept().empty());

  Connection sender = support::connect();
  sender.execute("NOTIFY none, 'b'");
  // Once the server has answered, it has sent what came before.
  listener->execute("SELECT 1");
  CHECK(listener.kept() == Payloads{"b"});
}

TEST_CASE("stop_after ends the loop, but not before what arrived together was given") {
  Listener listener("stop");
  SUBCASE("of those that wait already") {
    for (const char* payload : {"1", "2", "3"}) listener.notify(payload);
    CHECK(listener.payloads({.timeout = long_enough, .stop_after = 2}) == Payloads{"1", "2", "3"});
  }
  SUBCASE("of those of one transaction") {
    std::thread sender([] {
      support::connect().transaction([](Transaction& tx) {
        tx.execute("NOTIFY stop, '1'");
        tx.execute("NOTIFY stop, '2'");
      });
    });
    CHECK(listener.payloads({.timeout = long_enough, .stop_after = 1}) == Payloads{"1", "2"});
    sender.join();
  }
  SUBCASE("none") { CHECK(listener.payloads({.stop_after = 0}).empty()); }
}

TEST_CASE("a loop that is left early keeps the rest for the next one") {
  Listener listener("early");
  for (const char* payload : {"1", "2", "3"}) listener.notify(payload);
  for (const Notify& notify : listener->notifies({.timeout = long_enough})) {
    CHECK(notify.payload == "1");
    break;
  }
  CHECK(listener.kept() == Payloads{"2", "3"});
}

TEST_CASE("the loop may use the connection, and gives what arrives meanwhile") {
  Listener listener("meanwhile");
  listener.notify("1");
  Payloads payloads;
  for (const Notify& notify : listener->notifies({.timeout = long_enough, .stop_after = 3})) {
    payloads.push_back(notify.payload);
    listener.notify(std::to_string(payloads.size() + 1));
  }
  CHECK(payloads == Payloads{"1", "2", "3"});
  CHECK(listener.kept() == Payloads{"4"});
}

TEST_CASE("a loop within a loop takes what it takes, and the outer one waits for others") {
  Listener listener("within");
  for (const char* payload : {"1", "2", "3"}) listener.notify(payload);
  Payloads outer;
  for (const Notify& notify : listener->notifies({.timeout = 100ms})) {
    outer.push_back(notify.payload);
    if (outer.size() == 1) CHECK(listener.kept() == Payloads{"2", "3"});
  }
  CHECK(outer == Payloads{"1"});
}

TEST_CASE("a loop whose connection is closed in it ends with an InterfaceError") {
  Listener listener("closed");
  listener.notify("1");
  CHECK_THROWS_AS(
      [&] {
        for (const Notify& notify : listener->notifies()) {
          CHECK(notify.payload == "1");
          listener->close();
        }
      }(),
      InterfaceError);
  CHECK_THROWS_AS(static_cast<void>(listener->notifies()), InterfaceError);
}

TEST_CASE("within a transaction nothing arrives; after it, it does") {
  Listener listener("within_transaction");
  Transaction tx = listener->transaction();
  tx.execute("NOTIFY within_transaction, '1'");
  CHECK(listener.payloads({.timeout = 50ms}).empty());
  tx.commit();
  CHECK(listener.kept() == Payloads{"1"});
}

TEST_CASE("a connection that is busy has no notifications to give, and takes no handler") {
  Connection conn = support::connect();
  std::vector<std::string> messages;
  conn.add_notice_handler([&](const Diagnostic&) {
    messages.push_back(
        thrown_by<ProgrammingError>([&] { static_cast<void>(conn.notifies()); }).message());
    messages.push_back(thrown_by<ProgrammingError>([&] {
                         conn.add_notify_handler([](const Notify&) {});
                       }).message());
  });
  conn.execute("DO $$ BEGIN RAISE NOTICE 'x'; END $$");
  REQUIRE(messages.size() == 2);
  for (const std::string& message : messages) CHECK(contains(message, "busy"));
}

TEST_CASE("notify handlers are called after the operation that a notification came with") {
  Listener listener("handlers");
  Payloads first;
  Payloads both;
  listener->add_notify_handler(note_in(first));
  listener->add_notify_handler(note_in(both));
  listener->add_notify_handler(note_in(both));

  SUBCASE("a statement") { listener.notify("x"); }
  SUBCASE("a script") { listener->execute_script(dynamic_sql("SELECT 1; NOTIFY handlers, 'x'")); }
  SUBCASE("a commit") {
    Transaction tx = listener->transaction();
    tx.execute("NOTIFY handlers, 'x'");
    CHECK(first.empty());
    tx.commit();
  }
  SUBCASE("a rollback") {
    support::connect().execute("NOTIFY handlers, 'x'");
    Transaction tx = listener->transaction();
    tx.execute("SELECT 1");
    CHECK(first.empty());  // it came with that, but its transaction is open
    tx.rollback();
  }
  SUBCASE("a function in a transaction") {
    listener->transaction([](Transaction& tx) { tx.execute("NOTIFY handlers, 'x'"); });
  }
  SUBCASE("a transaction that may be run again") {
    run_transaction(*listener, [](Transaction& tx) { tx.execute("NOTIFY handlers, 'x'"); });
  }
  SUBCASE("rows that arrive, when the last has") {
    for (const StreamRoad road : {StreamRoad::copy, StreamRoad::cursor, StreamRoad::single_row}) {
      first.clear();
      both.clear();
      auto rows = listener->with({.road = road})
                      .stream<int>("SELECT length(pg_notify('handlers', 'x')::text)");
      CHECK(first.empty());
      for (const int length : rows) CHECK(length == 0);
      CHECK(first == Payloads{"x"});
    }
  }
  SUBCASE("a COPY to the client") {
    CopyOut copy = listener->copy_out_raw("COPY (SELECT pg_notify('handlers', 'x')) TO STDOUT");
    while (copy.next()) CHECK(first.empty());
  }
  SUBCASE("a COPY from the client") {
    listener->execute_script(
        dynamic_sql("CREATE TEMP TABLE noted (id int8);"
                    "CREATE FUNCTION pg_temp.note() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN NOTIFY handlers, 'x'; RETURN NULL; END $$;"
                    "CREATE TRIGGER note AFTER INSERT ON noted EXECUTE FUNCTION pg_temp.note()"));
    CopyIn copy = listener->copy_in("noted");
    copy.write_row(std::int64_t{1});
    CHECK(first.empty());
    CHECK(copy.finish() == 1);
  }
  SUBCASE("another statement than one that failed") {
    support::connect().execute("NOTIFY handlers, 'x'");
    CHECK_THROWS_AS(listener->execute("SELECT 1 / 0"), errors::DivisionByZero);
    CHECK(first.empty());
    listener->execute("SELECT 1");
  }
  SUBCASE("the wait for it") {
    support::connect().execute("NOTIFY handlers, 'x'");
    CHECK(listener.payloads({.timeout = long_enough, .stop_after = 1}) == Payloads{"x"});
  }
  CHECK(first == Payloads{"x"});
  CHECK(both == Payloads{"x", "x"});
  CHECK(listener.kept().empty());
}

TEST_CASE("a notify handler that was added last has what arrives from then on") {
  Listener listener("later");
  listener.notify("before");
  Payloads payloads;
  const NotifyHandlerId id = listener->add_notify_handler(note_in(payloads));
  listener.notify("after");
  CHECK(payloads == Payloads{"after"});
  listener->remove_notify_handler(id);
  listener->remove_notify_handler(id);
  listener.notify("removed");
  CHECK(payloads == Payloads{"after"});
  CHECK(listener.kept() == Payloads{"before", "removed"});
}

TEST_CASE("a notify handler may use its connection, add handlers and remove them") {
  Listener listener("uses");
  Payloads payloads;
  SUBCASE("execute, and be called with what it notifies itself") {
    listener->add_notify_handler([&](const Notify& notify) {
      payloads.push_back(notify.payload);
      if (payloads.size() < 3) listener.notify(std::to_string(payloads.size() + 1));
      CHECK(payloads.size() <= 3);
    });
    listener.notify("1");
    CHECK(payloads == Payloads{"1", "2", "3"});
  }
  SUBCASE("begin a transaction") {
    listener->add_notify_handler([&](const Notify& notify) {
      listener->transaction([&](Transaction& tx) {
        payloads.push_back(tx.execute("SELECT $1::text", notify.payload).value<std::string>());
      });
    });
    listener.notify("1");
    CHECK(payloads == Payloads{"1"});
  }
  SUBCASE("remove itself and the next one, and add another") {
    NotifyHandlerId next{};
    const NotifyHandlerId itself = listener->add_notify_handler([&](const Notify& notify) {
      payloads.push_back("once " + notify.payload);
      listener->remove_notify_handler(itself);
      listener->remove_notify_handler(next);
      listener->add_notify_handler(note_in(payloads));
    });
    next = listener->add_notify_handler([](const Notify&) { FAIL("it was removed"); });
    listener.notify("1");
    listener.notify("2");
    CHECK(payloads == Payloads{"once 1", "2"});
  }
  SUBCASE("close it") {
    listener->add_notify_handler([&](const Notify&) { listener->close(); });
    CHECK_NOTHROW(listener.notify("1"));
    CHECK(listener->closed());
    return;
  }
  SUBCASE("put another in its place") {
    listener->add_notify_handler([&](const Notify& notify) {
      payloads.push_back(notify.payload);
      *listener = support::connect();
    });
    listener->add_notify_handler(note_in(payloads));
    CHECK_NOTHROW(listener.notify("1"));
    CHECK(payloads == Payloads{"1", "1"});
  }
  CHECK(listener->execute("SELECT 42").value<int>() == 42);
}

TEST_CASE("what a notify handler throws, its operation throws, though it was done") {
  Listener listener("throws");
  listener->execute("CREATE TEMPORARY TABLE done (n int)");
  Payloads payloads;
  listener->add_notify_handler([&](const Notify& notify) {
    payloads.push_back(notify.payload);
    if (notify.payload == "bad") throw std::domain_error("the handler's");
  });
  SUBCASE("a statement") {
    CHECK_THROWS_AS(listener.notify("bad"), std::domain_error);
    listener->execute("INSERT INTO done VALUES (1)");
  }
  SUBCASE("a commit") {
    Transaction tx = listener->transaction();
    tx.execute("INSERT INTO done VALUES (1)");
    tx.execute("NOTIFY throws, 'bad'");
    CHECK_THROWS_AS(tx.commit(), std::domain_error);
    CHECK(tx.ended());
  }
  SUBCASE("a transaction that may be run again, which it is not") {
    int runs = 0;
    CHECK_THROWS_AS(run_transaction(*listener,
                                    [&](Transaction& tx) {
                                      ++runs;
                                      tx.execute("INSERT INTO done VALUES (1)");
                                      tx.execute("NOTIFY throws, 'bad'");
                                    }),
                    std::domain_error);
    CHECK(runs == 1);
  }
  CHECK(listener->execute("SELECT count(*) FROM done").value<std::int64_t>() == 1);
  CHECK(payloads == Payloads{"bad"});
}

TEST_CASE("notifications behind one whose handler threw are for the next operation") {
  Listener listener("rest");
  Payloads payloads;
  listener->add_notify_handler([&](const Notify& notify) {
    payloads.push_back(notify.payload);
    if (notify.payload == "bad") throw std::domain_error("the handler's");
  });
  Transaction tx = listener->transaction();
  for (const char* payload : {"1", "bad", "2"}) listener.notify(payload);
  CHECK_THROWS_AS(tx.commit(), std::domain_error);
  CHECK(payloads == Payloads{"1", "bad"});
  listener->execute("SELECT 1");
  CHECK(payloads == Payloads{"1", "bad", "2"});
}
