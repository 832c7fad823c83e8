#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/uuid.hpp"

#include "sent.hpp"

#include <boost/uuid/string_generator.hpp>
#include <doctest/doctest.h>

using namespace palmetto;
using namespace crdb_tests;

TEST_CASE("a uuid is sent to CockroachDB as uuid") {
  const auto id = boost::uuids::string_generator()("00112233-4455-6677-8899-aabbccddeeff");
  check_sent(id, 2950, Format::binary, test::from_hex("00112233445566778899aabbccddeeff"));
  check_sent_null(std::optional<boost::uuids::uuid>(), 2950);
  CHECK(sent(std::vector{id}).oid == 2951);
}
