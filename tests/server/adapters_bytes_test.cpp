#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/uuid.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <boost/uuid/string_generator.hpp>

#include <algorithm>
#include <span>

using namespace support;
using boost::uuids::uuid;
using palmetto::Format;
using palmetto::TypeMismatch;

namespace {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

Bytes bytes_of(std::string_view text) {
  const BytesView bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

Bytes every_byte() {
  Bytes bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<std::byte>(byte));
  return bytes;
}

Bytes mebibyte() {
  Bytes bytes(1 << 20);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i % 251);
  return bytes;
}

Bytes random_bytes(Random& random) {
  Bytes bytes(random.between<std::size_t>(0, 60));
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

uuid random_uuid(Random& random) {
  uuid id;
  for (std::uint8_t& byte : id) byte = static_cast<std::uint8_t>(random());
  return id;
}

uuid uuid_of(const char* text) { return boost::uuids::string_generator()(text); }

}  // namespace

TEST_CASE("bytes travel as bytea") {
  auto conn = connect();
  check_round_trips<Bytes>(conn, "bytea",
                           {{{}, "\\x"},
                            {bytes_of("a"), "\\x61"},
                            {bytes_of({"\0\xff\\'\"", 5}), "\\x00ff5c2722"},
                            {bytes_of("\\x41"), "\\x5c783431"}});
  check_round_trip(conn, every_byte(), "bytea");
  CHECK(conn.execute("SELECT pg_typeof($1)::text", Bytes{}).value<std::string>() == "bytea");
}

TEST_CASE("a mebibyte of bytes travels") {
  auto conn = connect();
  const Bytes bytes = mebibyte();
  check_round_trip(conn, bytes, "bytea");
  CHECK(conn.execute("SELECT length($1)", bytes).value<int>() == 1 << 20);
}

TEST_CASE("random bytes travel") {
  auto conn = connect();
  check_random_round_trips(conn, "bytea", &random_bytes);
}

TEST_CASE("the server gets the bytes that were sent") {
  auto conn = connect();
  const Bytes bytes = every_byte();
  for (const Format format : {Format::binary, Format::text}) {
    const auto rows = conn.with({.parameters = format})
                          .execute("SELECT n, get_byte($1, n) FROM generate_series(0, 255) AS n",
                                   BytesView(bytes))
                          .all<int, int>();
    REQUIRE(rows.size() == 256);
    CHECK(std::all_of(rows.begin(), rows.end(),
                      [](const auto& row) { return std::get<0>(row) == std::get<1>(row); }));
  }
}

TEST_CASE("a span of bytes is sent, and read from the binary format as a view") {
  auto conn = connect();
  const Bytes bytes = every_byte();
  const auto result = conn.execute("SELECT $1::bytea", BytesView(bytes));
  const auto view = result.value<BytesView>();
  CHECK(std::ranges::equal(view, bytes));
  const auto empty = conn.execute("SELECT $1::bytea", BytesView());
  CHECK(empty.value<BytesView>().empty());
  CHECK(empty.value<std::optional<BytesView>>().has_value());
}

TEST_CASE("a span of bytes has nothing to point into when the format is text") {
  auto conn = connect();
  const auto result = conn.with({.results = Format::text}).execute("SELECT 'a'::bytea AS content");
  const auto error = caught<TypeMismatch>([&] { static_cast<void>(result.value<BytesView>()); });
  CHECK(contains(error.message(), "std::span<const std::byte>"));
  CHECK(contains(error.message(), "text format"));
}

TEST_CASE("bytes are read from either bytea_output") {
  auto conn = connect();
  for (const char* output : {"hex", "escape"}) {
    conn.execute("SELECT set_config('bytea_output', $1, false)", output);
    check_round_trip(conn, every_byte(), "bytea");
    check_round_trip(conn, bytes_of("\\x41"), "bytea");
    check_round_trip(conn, std::vector{every_byte(), Bytes{}, bytes_of("\\")}, "bytea[]");
  }
}

TEST_CASE("the values of an unknown type are read as the bytes that they came in") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.shade AS ENUM ('light', 'dark')");
  const auto result = conn.execute("SELECT 'dark'::pg_temp.shade AS shade");
  CHECK(bool(result.value<Bytes>() == bytes_of("dark")));
  CHECK(std::ranges::equal(result.value<BytesView>(), bytes_of("dark")));
  const auto error = caught<TypeMismatch>([&] { static_cast<void>(result.value<std::string>()); });
  CHECK(contains(error.message(), "column 1 \"shade\" (OID "));
}

TEST_CASE("bytes are not read from the values of other types") {
  auto conn = connect();
  for (const char* sql : {"SELECT 42", "SELECT 'a'::text", "SELECT ARRAY[1]", "SELECT '[]'::jsonb"})
    CHECK_THROWS_AS(static_cast<void>(conn.execute(palmetto::dynamic_sql(sql)).value<Bytes>()),
                    TypeMismatch);
}

TEST_CASE("a uuid travels as uuid") {
  auto conn = connect();
  std::vector<RoundTrip<uuid>> cases;
  for (const char* text :
       {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "01234567-89ab-cdef-fedc-ba9876543210", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"})
    cases.push_back({uuid_of(text), text});
  check_round_trips(conn, "uuid", cases);
  CHECK(conn.execute("SELECT pg_typeof($1)::text", uuid{}).value<std::string>() == "uuid");
}

TEST_CASE("random uuids travel") {
  auto conn = connect();
  check_random_round_trips(conn, "uuid", &random_uuid);
}

TEST_CASE("a uuid that the server made is the one that it knows") {
  auto conn = connect();
  conn.execute("CREATE TEMP TABLE keys (id uuid PRIMARY KEY DEFAULT gen_random_uuid())");
  const auto id = conn.execute("INSERT INTO keys DEFAULT VALUES RETURNING id").value<uuid>();
  CHECK(conn.execute("SELECT count(*) FROM keys WHERE id = $1", id).value<std::int64_t>() == 1);
}
