#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/hstore.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <unordered_map>

using namespace support;
using palmetto::DataError;
using palmetto::Format;
using palmetto::Hstore;

namespace {

palmetto::Connection connect_with_hstore() {
  auto conn = connect();
  conn.execute("CREATE EXTENSION IF NOT EXISTS hstore");
  conn.adapters().register_type(palmetto::TypeInfo::fetch(conn, "hstore").value());
  return conn;
}

// Of the characters that matter to the text format, and a few others.
std::string random_text(Random& random) {
  constexpr std::string_view characters = "ab\"\\=>, \t\n'{}NULnul";
  std::string text;
  for (int left = random.between(0, 8); left > 0; --left) {
    const auto i = static_cast<std::size_t>(random.between(0, static_cast<int>(characters.size())));
    text += i < characters.size() ? std::string(1, characters[i]) : "\u20AC";
  }
  return text;
}

Hstore random_hstore(Random& random) {
  Hstore hstore;
  for (int left = random.between(0, 6); left > 0; --left) {
    const std::string key = random_text(random);
    if (random.between(0, 3) == 0) hstore.emplace(key, std::nullopt);
    else hstore.emplace(key, random_text(random));
  }
  return hstore;
}

}  // namespace

TEST_CASE("an Hstore travels as hstore") {
  auto conn = connect_with_hstore();
  check_round_trips<Hstore>(conn, "hstore",
                            {{{}, ""},
                             {{{"a", "1"}, {"b", std::nullopt}}, R"("a"=>"1", "b"=>NULL)"},
                             {{{"aa", "1"}, {"b", "NULL"}}, R"("b"=>"NULL", "aa"=>"1")"},
                             {{{"", ""}}, R"(""=>"")"},
                             {{{"q\"\\", "x, y=>\u20AC"}}, "\"q\\\"\\\\\"=>\"x, y=>\u20AC\""}});
}

TEST_CASE("random hstores travel") {
  auto conn = connect_with_hstore();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  std::vector<Hstore> all;
  for (int i = 0; i < random_values; ++i) {
    all.push_back(random_hstore(random));
    check_round_trip(conn, all.back(), "hstore");
  }
  check_round_trip(conn, all, "hstore[]");
}

TEST_CASE("any map of strings travels as hstore") {
  auto conn = connect_with_hstore();
  using Unordered = std::unordered_map<std::string, std::string>;
  check_round_trip(conn, Unordered{{"a", "1"}, {"b", "2"}}, "hstore");
  struct Tags : std::map<std::string, std::string> {
    using map::map;
  };
  check_round_trip(conn, Tags{{"a", "1"}, {"b", "2"}}, "hstore", R"("a"=>"1", "b"=>"2")");
}

TEST_CASE("a NULL in an hstore is a DataError for a map that takes none, and names the column") {
  auto conn = connect_with_hstore();
  for (const Format format : {Format::binary, Format::text}) {
    const auto result = conn.with({.results = format}).execute("SELECT 'a=>NULL'::hstore AS tags");
    const auto error = caught<DataError>(
        [&] { static_cast<void>(result.value<std::map<std::string, std::string>>()); });
    CHECK(contains(error.message(), "column 1 \"tags\" (hstore), row 1"));
  }
}

TEST_CASE("an hstore works with the server's operators") {
  auto conn = connect_with_hstore();
  CHECK(conn.execute("SELECT $1 -> 'a'", Hstore{{"a", "1"}}).value<std::string>() == "1");
  CHECK(conn.execute("SELECT 'a=>1,b=>2'::hstore @> $1", Hstore{{"b", "2"}}).value<bool>());
}

TEST_CASE("an hstore is refused before it is sent as long as the connection was not told of it") {
  auto conn = connect();
  CHECK_THROWS_AS(conn.execute("SELECT $1", Hstore{}), palmetto::ProgrammingError);
}
