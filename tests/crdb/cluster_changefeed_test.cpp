// Changefeeds of a real cluster: PostgreSQL has none.

#include "palmetto/crdb/changefeed.hpp"
#include "palmetto/palmetto.hpp"

#include "own_schema.hpp"
#include "support/thrown.hpp"

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <thread>

using namespace palmetto;
using namespace std::chrono_literals;
using crdb_tests::Cluster;
using crdb_tests::only_cockroachdb;
using crdb_tests::OwnSchema;
using support::contains;

namespace {

constexpr int v22_1 = 220100;

struct Account {
  std::int64_t id = 0;
  std::string owner;
  Numeric balance;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, owner, balance))

using Event = crdb::ChangefeedEvent<Account, std::int64_t>;

std::chrono::steady_clock::time_point deadline() { return std::chrono::steady_clock::now() + 120s; }

// Whether we may. It stays so: nodes would learn of it in the midst of the next case otherwise.
bool enable_rangefeeds(const crdb::CrdbConnection& conn) {
  try {
    conn.execute("SET CLUSTER SETTING kv.rangefeed.enabled = true");
    return true;
  } catch (const DatabaseError& error) {
    MESSAGE("kv.rangefeed.enabled can't be set: ", error.message());
    return false;
  }
}

// A table of two accounts, a connection to feed from, and one to write with.
struct Accounts {
  OwnSchema schema;
  crdb::CrdbConnection conn = schema.connect();
  crdb::CrdbConnection writer = schema.connect();
  bool enabled = enable_rangefeeds(writer);

  explicit Accounts(const Cluster& cluster) : schema(cluster) {
    writer.execute(
        "CREATE TABLE accounts (id INT8 PRIMARY KEY, owner TEXT NOT NULL, balance DECIMAL(12, 2))");
    writer.execute("INSERT INTO accounts VALUES (1, 'Ann', 10), (2, 'Bob', 20)");
    static_cast<void>(conn.session_id());
  }

  // Leaves the feed by way of the other connection where the server takes no cancel requests.
  crdb::ChangefeedOptions options() {
    crdb::ChangefeedOptions options{.resolved = 1s, .updated = true, .diff = true};
    options.deadline = deadline();
    options.cancel = [this] { conn.cancel_with(writer); };
    return options;
  }
  auto feed(const crdb::ChangefeedOptions& options) {
    return crdb::changefeed<Account, std::int64_t>(conn, {"accounts"}, options);
  }

  // Whether there are changefeeds here; says why not.
  bool can_feed() {
    const auto until = deadline();
    while (true) {
      try {
        auto any = feed(options());
        while (const auto event = any.next())
          if (event->resolved) return true;
      } catch (const errors::CCLRequired& error) {
        return refused(error);
      } catch (const errors::InsufficientPrivilege& error) {
        return refused(error);
      } catch (const DatabaseError& error) {  // it has no SQLSTATE of its own
        if (!contains(error.message(), "rangefeed")) throw;
        if (!enabled) return refused(error);
        if (std::chrono::steady_clock::now() > until) throw;  // every node knows of it by now
      }
      std::this_thread::sleep_for(100ms);
    }
  }

 private:
  static bool refused(const Error& error) {
    MESSAGE("no changefeeds here: ", error.message());
    return false;
  }
};

// The events up to one that is as wanted; each may come more than once.
template <class Feed, class F>
Event wait_for(Feed& feed, F is_wanted) {
  while (std::optional<Event> event = feed.next())
    if (is_wanted(*event)) return *event;
  throw std::logic_error("the feed has ended");
}

auto is_of(std::int64_t id) {
  return [id](const Event& event) { return !event.resolved && event.key == id; };
}

void check_usable(const crdb::CrdbConnection& conn) {
  REQUIRE_FALSE(conn.closed());
  CHECK(conn.execute("SELECT 1").value<std::int64_t>() == 1);
}

}  // namespace

TEST_CASE("a cluster's changefeed tells the rows, their changes, and up to when it has told all" *
          only_cockroachdb()) {
  const Cluster cluster;
  Accounts accounts(cluster);
  if (!accounts.can_feed()) return;
  auto feed = accounts.feed(accounts.options());

  std::map<std::int64_t, Account> rows;
  while (rows.size() < 2) {
    const Event event = wait_for(feed, [](const Event& any) { return any.after.has_value(); });
    CHECK(event.table == "accounts");
    CHECK(event.updated.has_value());
    rows[event.key] = *event.after;
  }
  CHECK(rows[1].owner == "Ann");
  CHECK(rows[1].balance.to_string() == "10.00");
  CHECK(rows[2].owner == "Bob");

  accounts.writer.execute("UPDATE accounts SET balance = balance + 0.5 WHERE id = 1");
  const Event changed = wait_for(feed, [](const Event& event) {
    return is_of(1)(event) && event.after && event.after->balance != Numeric(10);
  });
  CHECK(changed.after->balance.to_string() == "10.50");
  REQUIRE(changed.before.has_value());
  CHECK(changed.before->balance.to_string() == "10.00");

  accounts.writer.execute("DELETE FROM accounts WHERE id = 2");
  const Event deleted = wait_for(
      feed, [](const Event& event) { return is_of(2)(event) && !event.after.has_value(); });
  REQUIRE(deleted.before.has_value());
  CHECK(deleted.before->owner == "Bob");
  REQUIRE(deleted.updated.has_value());
  CHECK(*deleted.updated > *changed.updated);

  const Event told = wait_for(feed, [&](const Event& event) {
    return event.resolved && *event.resolved >= *deleted.updated;
  });
  CHECK(told.table.empty());
  feed.close();
  check_usable(accounts.conn);
}

TEST_CASE("a cluster's changefeed goes on from where another one has told all" *
          only_cockroachdb()) {
  const Cluster cluster;
  Accounts accounts(cluster);
  if (!accounts.can_feed()) return;
  crdb::ChangefeedOptions options = accounts.options();
  {
    auto feed = accounts.feed(options);
    options.cursor =
        *wait_for(feed, [](const Event& event) { return event.resolved.has_value(); }).resolved;
  }
  accounts.writer.execute("UPDATE accounts SET owner = 'Eve' WHERE id = 2");
  auto feed = accounts.feed(options);
  const Event event = wait_for(feed, [](const Event& any) { return !any.resolved; });
  CHECK(event.key == 2);
  CHECK(event.after.value().owner == "Eve");
}

TEST_CASE("leaving a cluster's changefeed leaves the connection, where it can be cancelled" *
          only_cockroachdb()) {
  const Cluster cluster;
  Accounts accounts(cluster);
  if (!accounts.can_feed()) return;
  for (int i = 0; i < 2; ++i) {
    for (const Event& event : accounts.feed(accounts.options()))
      if (event.key == 2) break;
    check_usable(accounts.conn);
  }
  crdb::ChangefeedOptions options = accounts.options();
  options.resolved.reset();
  options.initial_scan = crdb::InitialScan::no;
  options.deadline = std::chrono::steady_clock::now() + 2s;
  {
    auto quiet = accounts.feed(options);
    CHECK_THROWS_AS(static_cast<void>(quiet.next()), OperationTimeout);
  }
  check_usable(accounts.conn);

  options.cancel = nullptr;
  options.deadline = deadline();
  options.initial_scan = crdb::InitialScan::yes;
  {
    auto feed = accounts.feed(options);
    static_cast<void>(feed.next());
  }
  if (cluster.version() < v22_1) CHECK(accounts.conn.closed());
  else check_usable(accounts.conn);
}
