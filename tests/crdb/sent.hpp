#pragma once

#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/crdb/connection.hpp"

#include "cockroach.hpp"
#include "support/adapter_round_trip.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace crdb_tests {

/// What a value is sent as: by a connection to CockroachDB, unless another one is given.
template <class T>
[[nodiscard]] support::SentParameter sent(const Cockroach& cockroach, palmetto::Connection& conn,
                                          const T& value) {
  conn.execute("INSERT INTO t VALUES ($1)", value);
  return cockroach.server().statements().back().parameters.at(0);
}
template <class T>
[[nodiscard]] support::SentParameter sent(const T& value) {
  Cockroach cockroach;
  palmetto::crdb::CrdbConnection conn = cockroach.connect();
  return sent(cockroach, conn, value);
}

/// The value is sent as a type, in a format and in just these bytes.
template <class T>
void check_sent(const T& value, palmetto::Oid oid, palmetto::Format format,
                std::string_view bytes) {
  const support::SentParameter parameter = sent(value);
  CHECK(parameter.oid == oid);
  CHECK(parameter.format == static_cast<int>(format));
  REQUIRE(parameter.bytes.has_value());
  CHECK(palmetto::test::hex(*parameter.bytes) == palmetto::test::hex(bytes));
}

/// The value is sent as a NULL of that type.
template <class T>
void check_sent_null(const T& value, palmetto::Oid oid) {
  const support::SentParameter parameter = sent(value);
  CHECK(parameter.oid == oid);
  CHECK_FALSE(parameter.bytes.has_value());
}

}  // namespace crdb_tests
