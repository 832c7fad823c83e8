#include "palmetto/adapters/money.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <limits>

using namespace support;
using palmetto::Format;
using palmetto::Money;

TEST_CASE("money travels in the binary format, whichever is preferred for parameters") {
  auto conn = connect();
  const struct {
    std::int64_t units;
    const char* text;
  } cases[] = {{0, "$0.00"},
               {1, "$0.01"},
               {-1, "-$0.01"},
               {1234567, "$12,345.67"},
               {std::numeric_limits<std::int64_t>::max(), "$92,233,720,368,547,758.07"},
               {std::numeric_limits<std::int64_t>::min(), "-$92,233,720,368,547,758.08"}};
  conn.execute("SET lc_monetary = 'C'");
  for (const auto& c : cases) {
    for (const Format parameters : {Format::binary, Format::text}) {
      const auto row = conn.with({.parameters = parameters})
                           .execute("SELECT $1, $1::text, ARRAY[$1]", Money{c.units})[0];
      CHECK(row[0].as<Money>().units == c.units);
      CHECK(row[1].as<std::string>() == c.text);
      CHECK(row[2].as<std::vector<Money>>() == std::vector<Money>{{c.units}});
    }
  }
  CHECK(conn.execute("SELECT $1", std::optional<Money>()).value<std::optional<Money>>() ==
        std::nullopt);
}

TEST_CASE("money in text is a DataError that says why") {
  auto conn = connect();
  const auto result = conn.with({.results = Format::text}).execute("SELECT 1::money AS price");
  CHECK(contains(
      caught<palmetto::DataError>([&] { static_cast<void>(result.value<Money>()); }).message(),
      "column 1 \"price\" (money), row 1: money is read from the binary format alone"));
}

TEST_CASE("text is taken for money, and read from it as text") {
  auto conn = connect();
  conn.execute("SET lc_monetary = 'C'");
  conn.execute("CREATE TEMPORARY TABLE prices (price money)");
  for (const Format parameters : {Format::binary, Format::text}) {
    const auto with = conn.with({.parameters = parameters});
    with.execute("INSERT INTO prices VALUES ($1)", std::string("$12,345.67"));
    with.execute("INSERT INTO prices VALUES ($1)", std::string("12345.67"));
  }
  CHECK(conn.execute("SELECT DISTINCT price FROM prices").value<Money>().units == 1234567);
  CHECK(
      conn.execute("SELECT count(*)::text FROM prices WHERE price = $1", std::string("$12,345.67"))
          .value<std::string>() == "4");
  CHECK(conn.with({.results = Format::text})
            .execute("SELECT DISTINCT price FROM prices")
            .value<std::string>() == "$12,345.67");
}
