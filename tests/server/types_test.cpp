#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/strong_typedef.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/adapters/variant.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <algorithm>

using namespace support;
using palmetto::ProgrammingError;
using palmetto::TypeInfo;
using palmetto::TypeKind;

namespace {

struct UserId {
  std::int64_t value = 0;
  friend bool operator==(const UserId&, const UserId&) = default;
};
struct Email {
  std::string text;
  friend bool operator==(const Email&, const Email&) = default;
};

using Key = std::variant<std::monostate, std::int64_t, std::string, UserId>;

std::vector<std::string> names_of(const std::vector<TypeInfo>& types) {
  std::vector<std::string> names;
  for (const TypeInfo& type : types) names.push_back(type.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::string type_of(palmetto::Connection& conn, const auto& value) {
  return conn.execute("SELECT pg_typeof($1)::text", value).template value<std::string>();
}

}  // namespace

template <>
struct palmetto::Adapter<UserId> : palmetto::StrongTypedef<&UserId::value> {};
template <>
struct palmetto::Adapter<Email> : palmetto::StrongTypedef<&Email::text> {};

TEST_CASE("a type is fetched with all that it is made of, in one round trip") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')");
  conn.execute("CREATE DOMAIN pg_temp.score AS int4");
  conn.execute("CREATE TYPE pg_temp.stretch AS RANGE (subtype = float8)");
  conn.execute("CREATE TYPE pg_temp.inner_type AS (mood mood[], score score)");
  conn.execute("CREATE TYPE pg_temp.outer_type AS (i inner_type, s stretch_multirange, n text)");
  const auto info = TypeInfo::fetch(conn, "outer_type");
  REQUIRE(info.has_value());
  REQUIRE(info->attributes.size() == 3);
  CHECK(info->attributes[2].name == "n");
  CHECK(names_of(info->dependencies) ==
        std::vector<std::string>{"inner_type", "mood", "score", "stretch", "stretch_multirange"});
  conn.adapters().register_type(*info);
  const auto& types = conn.adapters().types();
  REQUIRE(types.find("mood") != nullptr);
  CHECK(types.find("mood")->labels == std::vector<std::string>{"sad", "happy"});
  CHECK(types.find("score")->subtype == palmetto::TypeRef("int4").oid);
  CHECK(types.find("stretch_multirange")->subtype == palmetto::TypeRef("float8").oid);
  CHECK(types.find("stretch")->kind == TypeKind::range);
}

TEST_CASE("types registered on a template serve every connection made from it") {
  auto first = connect();
  auto tx = first.transaction();
  tx.execute("DROP TYPE IF EXISTS palmetto_test_mood");
  tx.execute("CREATE TYPE palmetto_test_mood AS ENUM ('sad', 'happy')");
  tx.commit();
  palmetto::ConnectionOptions options;
  options.adapters.emplace();
  options.adapters->register_types(first, "palmetto_test_mood");
  auto second = palmetto::connect(server_url(), options);
  CHECK(second.execute("SELECT 'sad'::palmetto_test_mood").value<std::string>() == "sad");
  CHECK_THROWS_AS(
      static_cast<void>(first.execute("SELECT 'sad'::palmetto_test_mood").value<std::string>()),
      palmetto::TypeMismatch);
  first.execute("DROP TYPE palmetto_test_mood");
}

TEST_CASE("registering several types asks once, and names the one that is missing") {
  auto conn = connect();
  conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')");
  for (const char* missing : {"no_such_type", "other.mood", "mood[]", "a b", "", "\"", "x.y.z"}) {
    CAPTURE(missing);
    const auto error =
        caught<ProgrammingError>([&] { conn.adapters().register_types(conn, "mood", missing); });
    CHECK(contains(error.message(), missing));
    CHECK(conn.adapters().types().find("mood") == nullptr);
    CHECK(!TypeInfo::fetch(conn, missing).has_value());
    CHECK(conn.info().transaction_status() == palmetto::pq::TransactionStatus::idle);
  }
}

TEST_CASE("of types of one name, the first in the search path is found, and any by its schema") {
  auto conn = connect();
  auto tx = conn.transaction();
  for (const char* statement :
       {"CREATE SCHEMA one", "CREATE SCHEMA two", "CREATE TYPE one.\"Mood\" AS ENUM ('one')",
        "CREATE TYPE two.\"Mood\" AS ENUM ('two')", "SET LOCAL search_path = two, one"})
    tx.execute(palmetto::dynamic_sql(statement));
  const auto first_label = [&](const char* name) {
    const auto info = TypeInfo::fetch(conn, name);
    return info ? info->labels.at(0) : "none";
  };
  CHECK(first_label("\"Mood\"") == "two");
  CHECK(first_label("one.\"Mood\"") == "one");
  CHECK(first_label("two.\"Mood\"") == "two");
  CHECK(first_label("mood") == "none");
  CHECK(first_label("ONE.\"Mood\"") == "one");
}

TEST_CASE("a strong typedef is sent and read as its member") {
  auto conn = connect();
  check_round_trip(conn, UserId{42}, "int8", "42");
  check_round_trip(conn, Email{"a@b"}, "text", "a@b");
  check_round_trip(conn, std::vector{UserId{1}, UserId{2}}, "int8[]", "{1,2}");
  check_round_trip<std::optional<UserId>>(conn, std::nullopt, "int8", "NULL");
  CHECK(conn.execute("SELECT 7::int4").value<UserId>() == UserId{7});
  CHECK_THROWS_AS(static_cast<void>(conn.execute("SELECT 'x'::text").value<UserId>()),
                  palmetto::TypeMismatch);
  // What is registered for the member holds for it as well.
  conn.adapters().register_dumper<std::int64_t>(
      "text", [](const std::int64_t& number) { return "n" + std::to_string(number); });
  CHECK(conn.execute("SELECT $1", UserId{3}).value<std::string>() == "n3");
}

TEST_CASE("a variant is sent as the alternative that it has") {
  auto conn = connect();
  CHECK(type_of(conn, Key(std::int64_t{1})) == "bigint");
  CHECK(type_of(conn, Key(UserId{1})) == "bigint");
  CHECK(conn.execute("SELECT $1::text", Key("x")).value<std::string>() == "x");
  CHECK(conn.execute("SELECT $1::text IS NULL", Key()).value<bool>());
  CHECK(conn.execute("SELECT $1 || '/' || $2 || '/' || $3", Key("a"), Key("b"), "c")
            .value<std::string>() == "a/b/c");
}
