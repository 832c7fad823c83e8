// run_transaction when the connection dies under it: never again, and never reported as committed.

#include "palmetto/palmetto.hpp"

#include "observer.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace palmetto;
using faults::thrown_by;
using support::Then;

namespace {

struct Retried {
  faults::Observer observer;
  int run = observer.new_run();
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo() + " application_name=retried");
  int calls = 0;

  void insert(Transaction& tx, int n) { tx.execute("INSERT INTO faults VALUES ($1, $2)", run, n); }

  std::int64_t rows() {
    observer.wait_until_gone("retried");
    return observer.rows_of(run);
  }
};

}  // namespace

TEST_CASE("run_transaction does not retry when the connection is cut in the function") {
  Retried retried;
  static_cast<void>(thrown_by<ConnectionLost>([&] {
    run_transaction(retried.conn, [&](Transaction& tx) {
      ++retried.calls;
      retried.insert(tx, 1);
      retried.proxy.cut();
      retried.insert(tx, 2);
    });
  }));
  CHECK(retried.calls == 1);
  CHECK(retried.conn.broken());
  CHECK(retried.rows() == 0);
  CHECK_THROWS_AS(run_transaction(retried.conn, [](Transaction&) {}), InterfaceError);
}

TEST_CASE("run_transaction does not retry when the connection is cut at its first statement") {
  Retried retried;
  retried.proxy.at({.type = 'E', .statement = "BEGIN"}, Then::cut_after);
  static_cast<void>(thrown_by<ConnectionLost>([&] {
    run_transaction(retried.conn, [&](Transaction& tx) {
      ++retried.calls;
      retried.insert(tx, 1);
    });
  }));
  CHECK(retried.calls == 1);
  CHECK(retried.rows() == 0);
}

TEST_CASE("run_transaction does not retry when the connection is cut during COMMIT") {
  Retried retried;
  std::int64_t rows = 0;
  SUBCASE("before the server got it") {
    retried.proxy.at({.type = 'P', .statement = "COMMIT"}, Then::cut_before);
  }
  SUBCASE("before it answered") {
    retried.proxy.at({.type = 'S', .statement = "COMMIT"}, Then::cut_after);
    rows = 1;
  }
  SUBCASE("in place of its answer") {
    retried.proxy.at({.type = 'S', .statement = "COMMIT"}, Then::cut_at_answer);
    rows = 1;
  }
  static_cast<void>(thrown_by<AmbiguousCommit>([&] {
    run_transaction(retried.conn, [&](Transaction& tx) {
      ++retried.calls;
      retried.insert(tx, 1);
    });
  }));
  CHECK(retried.calls == 1);
  CHECK(retried.conn.broken());
  CHECK(retried.rows() == rows);
}

TEST_CASE("run_transaction lets the function's own exception pass, though the connection is cut") {
  Retried retried;
  CHECK_THROWS_AS(run_transaction(retried.conn,
                                  [&](Transaction& tx) {
                                    ++retried.calls;
                                    retried.insert(tx, 1);
                                    retried.proxy.cut();
                                    throw std::domain_error("the caller's");
                                  }),
                  std::domain_error);
  CHECK(retried.calls == 1);
  CHECK(retried.conn.broken());  // found at ROLLBACK
  CHECK(retried.rows() == 0);
}

TEST_CASE("run_transaction does not retry a connection that is cut between two attempts") {
  Retried retried;
  CHECK_THROWS_AS(run_transaction(retried.conn,
                                  [&](Transaction& tx) {
                                    ++retried.calls;
                                    retried.insert(tx, 1);
                                    retried.proxy.at({.type = 'P', .statement = "ROLLBACK"},
                                                     Then::cut_before);
                                    tx.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$");
                                  }),
                  Error);
  CHECK(retried.calls == 1);
  CHECK(retried.conn.broken());
  CHECK(retried.rows() == 0);
}

TEST_CASE("run_transaction does not report as committed what the function lost and hid") {
  Retried retried;
  const auto hide = [](auto&& action) {
    try {
      action();
    } catch (const Error&) {}
  };
  SUBCASE("the loss of the connection") {
    CHECK_THROWS_AS(run_transaction(retried.conn,
                                    [&](Transaction& tx) {
                                      ++retried.calls;
                                      retried.insert(tx, 1);
                                      retried.proxy.cut();
                                      hide([&] { retried.insert(tx, 2); });
                                    }),
                    Error);
  }
  SUBCASE("the loss of the connection within a savepoint") {
    CHECK_THROWS_AS(run_transaction(retried.conn,
                                    [&](Transaction& tx) {
                                      ++retried.calls;
                                      retried.insert(tx, 1);
                                      hide([&] {
                                        tx.transaction([&](Transaction& inner) {
                                          retried.proxy.cut();
                                          retried.insert(inner, 2);
                                        });
                                      });
                                    }),
                    Error);
  }
  SUBCASE("a connection that the function closed") {
    CHECK_THROWS_AS(run_transaction(retried.conn,
                                    [&](Transaction& tx) {
                                      ++retried.calls;
                                      retried.insert(tx, 1);
                                      retried.conn.close();
                                    }),
                    Error);
  }
  CHECK(retried.calls == 1);
  CHECK(retried.conn.closed());
  CHECK(retried.rows() == 0);
}
