#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/money.hpp"
#include "palmetto/sql/composition.hpp"

#include "support/adapter_round_trip.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace palmetto;
using namespace palmetto::test;

TEST_CASE("money is sent and read in binary") {
  const struct {
    std::int64_t units;
    std::string_view hex;
  } cases[] = {
      {0, "0000000000000000"},
      {1234567, "000000000012d687"},
      {-1, "ffffffffffffffff"},
      {std::numeric_limits<std::int64_t>::min(), "8000000000000000"},
      {std::numeric_limits<std::int64_t>::max(), "7fffffffffffffff"},
  };
  for (const auto& c : cases) {
    const Dumped dumped = dump(Money{c.units});
    CHECK(dumped.oid == oid_of("money"));
    CHECK(dumped.format == Format::binary);
    CHECK(hex(dumped.bytes) == c.hex);
    CHECK(load<Money>("money", Format::binary, from_hex(c.hex)).units == c.units);
  }
  CHECK(Money{1} < Money{2});
}

TEST_CASE("money has no text, as that depends on lc_monetary") {
  CHECK(dump(Money{1}, Format::text).format == Format::binary);
  CHECK(refusal<Money>("money", Format::text, "$12.34").find("lc_monetary") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(sql::Literal(Money{1}).as_string()), ProgrammingError);
}

TEST_CASE("malformed money is a DataError, and other types are not money") {
  check_truncations_refused<Money>("money", Format::binary, from_hex("000000000012d687"));
  check_refused<Money>("money", Format::binary, from_hex("000000000012d68700"));
  CHECK_FALSE(is_loadable<Money>("int8", Format::binary));
  CHECK_FALSE(is_loadable<Money>("numeric", Format::binary));
}

TEST_CASE("arrays of money are sent and read in binary") {
  const std::vector<Money> amounts{{1}, {-1}};
  const Dumped dumped = dump(amounts, Format::text);
  CHECK(dumped.oid == oid_of("money[]"));
  CHECK(dumped.format == Format::binary);
  CHECK(load<std::vector<Money>>("money[]", Format::binary, dumped.bytes) == amounts);
  check_refused<std::vector<Money>>("money[]", Format::text, "{$0.01}");
}
