#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/json.hpp"

#include "sent.hpp"

#include <doctest/doctest.h>

using namespace palmetto;
using namespace crdb_tests;

TEST_CASE("all JSON is sent to CockroachDB as jsonb: it has no json") {
  constexpr Oid jsonb = 3802;
  const boost::json::value value = {1, nullptr};
  check_sent(value, jsonb, Format::binary, "\1[1,null]");
  check_sent(Jsonb{value}, jsonb, Format::binary, "\1[1,null]");
  check_sent(Json{value}, jsonb, Format::text, "[1,null]");
  check_sent(Json{42}, jsonb, Format::text, "42");
  check_sent_null(std::optional<boost::json::value>(), jsonb);
  check_sent_null(std::optional<Json<int>>(), jsonb);
}

TEST_CASE("CockroachDB has no arrays of JSON: nothing is sent") {
  CHECK_THROWS_AS(sent(std::vector<boost::json::value>{1}), NotSupportedError);
  CHECK_THROWS_AS(sent(std::vector{Json{1}}), NotSupportedError);
}

TEST_CASE("JSON is read from CockroachDB's jsonb") {
  Cockroach cockroach;
  cockroach.next("SELECT", support::rows({{"profile", 3802}}, {{"\1{\"a\": 1}"}}), 2);
  crdb::CrdbConnection conn = cockroach.connect();
  const boost::json::value expected = {{"a", 1}};
  CHECK(bool(conn.execute("SELECT profile").value<boost::json::value>() == expected));
  CHECK(bool(conn.execute("SELECT profile").value<Json<boost::json::value>>().value == expected));
}
