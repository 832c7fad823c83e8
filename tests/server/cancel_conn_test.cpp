// pq::CancelConn: what libpq has from 17 on, and not before.

#include "palmetto/pq/cancel_conn.hpp"

#include "palmetto/flow/cancel.hpp"
#include "palmetto/flow/connect.hpp"
#include "palmetto/flow/run.hpp"
#include "palmetto/pq/capabilities.hpp"
#include "palmetto/pq/conn.hpp"
#include "palmetto/pq/conninfo.hpp"

#include "support/server.hpp"

#include <doctest/doctest.h>

using namespace palmetto;

TEST_CASE("a request to cancel is made over a connection of its own where libpq has that") {
  pq::Conn conn = pq::Conn::connect_start(pq::parse_conninfo(support::server_url()).options);
  const auto outcome = flow::run(flow::connect(conn), conn);
  REQUIRE(outcome == flow::ConnectOutcome::connected);

  pq::CancelConn cancel = conn.create_cancel();
  CHECK(static_cast<bool>(cancel) == pq::capabilities().cancel_connection);
  CHECK(cancel.socket() == -1);
  if (!cancel) {
    CHECK(cancel.status() == pq::ConnStatus::bad);
    return;
  }
  conn.finish();  // it is not needed any more
  for (int request = 0; request < 2; ++request) {
    CHECK(flow::run(flow::cancel(cancel), cancel) == flow::CancelOutcome::delivered);
    CHECK(cancel.status() == pq::ConnStatus::ok);
    cancel.reset();
    CHECK(cancel.socket() == -1);
  }
}

TEST_CASE("a connection that is not open can't be cancelled") {
  CHECK_FALSE(pq::Conn().create_cancel());
}
