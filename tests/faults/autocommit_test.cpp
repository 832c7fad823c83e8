// Statements outside of transactions: their answer comes before they are committed.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

using namespace palmetto;
using support::Then;
using support::Way;

TEST_CASE("a statement whose own commit fails throws that error") {
  Connection conn = support::connect();
  conn.execute("CREATE TEMPORARY TABLE late (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
  conn.execute("INSERT INTO late VALUES (1)");
  CHECK_THROWS_AS(conn.execute("INSERT INTO late VALUES (1)"), errors::UniqueViolation);
  CHECK_THROWS_AS(
      conn.with({.timeout = std::chrono::seconds(20)}).execute("INSERT INTO late VALUES ($1)", 1),
      errors::UniqueViolation);
  CHECK(conn.execute("SELECT count(*) FROM late").value<std::int64_t>() == 1);
  CHECK(conn.info().transaction_status() == pq::TransactionStatus::idle);
}

TEST_CASE("a statement whose connection is lost behind its answer may not be applied") {
  faults::Observer observer;
  const int run = observer.new_run();
  for (const char type : {'C', 'Z'}) {
    for (const Then then : {Then::cut_before, Then::cut_inside}) {
      CAPTURE(type);
      CAPTURE(static_cast<int>(then));
      support::WireProxy proxy;
      Connection conn = connect(proxy.conninfo());
      proxy.at({.way = Way::to_client, .type = type, .statement = "INSERT"}, then);
      CHECK_THROWS_AS(conn.execute("INSERT INTO faults VALUES ($1, 1)", run), ConnectionLost);
      CHECK(conn.broken());
    }
  }
}

TEST_CASE("a statement in a transaction has its answer, though the connection is lost behind it") {
  faults::Observer observer;
  const int run = observer.new_run();
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Transaction tx = conn.transaction();
  tx.execute("SELECT 1");
  proxy.at({.way = Way::to_client, .type = 'Z', .statement = "INSERT"}, Then::cut_before);
  CHECK(tx.execute("INSERT INTO faults VALUES ($1, 1)", run).rows_affected() == 1);
  CHECK(conn.broken());
  CHECK_THROWS_AS(tx.commit(), InterfaceError);
}
