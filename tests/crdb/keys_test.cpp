// The key types as values: what they are without one, and how they travel.

#include "palmetto/crdb/keys.hpp"

#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include "sent.hpp"
#include "support/server.hpp"
#include "support/thrown.hpp"

#include <boost/uuid/string_generator.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace palmetto;
using namespace crdb_tests;
using crdb::RowId;
using crdb::UuidKey;
using support::contains;
using support::thrown_by;

namespace {

boost::uuids::uuid uuid(const char* text) { return boost::uuids::string_generator()(text); }

const auto low = uuid("00112233-4455-6677-8899-aabbccddeeff");
const auto high = uuid("ffeeddcc-bbaa-9988-7766-554433221100");

// A key of one's own.
struct OrderId : crdb::GeneratedKey<std::string> {
  using GeneratedKey::GeneratedKey;
  static constexpr std::string_view default_expression = "to_hex(nextval('orders'))";
};

}  // namespace

TEST_CASE("a key has no value until it is given one") {
  RowId key;
  CHECK_FALSE(key.has_value());
  CHECK_FALSE(key);
  CHECK(contains(thrown_by<ProgrammingError>([&] { static_cast<void>(key.value()); }).message(),
                 "no value yet"));
  key = 7;
  CHECK(key);
  CHECK(key.value() == 7);
  CHECK(key == 7);
  key.reset();
  CHECK(key == RowId());
}

TEST_CASE("keys are ordered by their values, behind those without one") {
  CHECK(UuidKey(low) == UuidKey(low));
  CHECK(UuidKey(low) != UuidKey(high));
  CHECK(UuidKey(low) < UuidKey(high));
  CHECK(UuidKey(high) > UuidKey(low));
  CHECK(UuidKey() < UuidKey(low));
  CHECK(UuidKey() <= UuidKey());
  CHECK(RowId(-1) < RowId(1));
}

TEST_CASE("keys are sent as their values are") {
  check_sent(UuidKey(low), 2950, Format::binary,
             test::from_hex("00112233445566778899aabbccddeeff"));
  check_sent(RowId(7), 20, Format::binary, test::from_hex("0000000000000007"));
  check_sent(std::optional(RowId(7)), 20, Format::binary, test::from_hex("0000000000000007"));
  check_sent_null(std::optional<UuidKey>(), 2950);
  CHECK(sent(std::vector{UuidKey(low)}).oid == 2951);
  CHECK(sent(OrderId("2a")).bytes == "2a");
}

TEST_CASE("a key without a value is not sent") {
  Cockroach cockroach;
  crdb::CrdbConnection conn = cockroach.connect();
  const auto error =
      thrown_by<DataError>([&] { conn.execute("SELECT $1, $2", RowId(7), UuidKey()); });
  CHECK(contains(error.message(), "parameter $2: the key has no value yet"));
  thrown_by<DataError>([&] { conn.execute("SELECT $1", std::vector{RowId(7), RowId()}); });
  CHECK(cockroach.conversation().empty());
}

TEST_CASE("keys are columns, in either format, and elements of arrays") {
  Connection conn = support::connect();
  for (const Format format : {Format::binary, Format::text}) {
    const Executor executor = conn.with({.parameters = format, .results = format});
    const Result result = executor.execute("SELECT $1, $2, $3, $4", UuidKey(low), RowId(7),
                                           std::vector{UuidKey(high), UuidKey(low)}, OrderId("2a"));
    const auto [id, row, ids, order] = result.one<UuidKey, RowId, std::vector<UuidKey>, OrderId>();
    CHECK(id == low);
    CHECK(row == 7);
    CHECK(ids == std::vector<UuidKey>{high, low});
    CHECK(order == OrderId("2a"));
  }
}

TEST_CASE("a NULL is no key, but may be an optional one") {
  Connection conn = support::connect();
  const Result result = conn.execute("SELECT NULL::uuid AS id");
  CHECK(
      contains(thrown_by<DataError>([&] { static_cast<void>(result.value<UuidKey>()); }).message(),
               "\"id\""));
  CHECK_FALSE(result.value<std::optional<UuidKey>>().has_value());
}

TEST_CASE("a key is read from the types that its value is read from, and from no others") {
  Connection conn = support::connect();
  CHECK(conn.execute("SELECT 7::int4").value<RowId>() == 7);
  thrown_by<TypeMismatch>([&] { static_cast<void>(conn.execute("SELECT 7").value<UuidKey>()); });
}

TEST_CASE("what is registered for its value serves a key") {
  Connection conn = support::connect();
  conn.adapters().register_dumper<std::int64_t>(
      "text", [](std::int64_t value) { return "row " + std::to_string(value); });
  conn.adapters().register_loader<std::int64_t>(
      "text", [](std::string_view text) { return std::int64_t{text.back() - '0'}; });
  const Result result = conn.execute("SELECT $1", RowId(7));
  CHECK(result.value<std::string>() == "row 7");
  CHECK(result.value<RowId>() == 7);
}
