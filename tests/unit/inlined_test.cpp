// Statements within other statements: where their parameters and their end are, and what stands
// there then.

#include "palmetto/sql/inlined.hpp"

#include "palmetto/pq/parameter_arrays.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace sql = palmetto::sql;

namespace {

constexpr palmetto::Oid text = 25;

std::string inlined_as(std::string_view statement, const std::vector<const char*>& values,
                       const std::vector<palmetto::Oid>& types) {
  const palmetto::pq::ParameterArrays arrays{.count = static_cast<int>(values.size()),
                                             .values = values.data()};
  return sql::inlined(statement, sql::find_shape(statement), arrays, types,
                      palmetto::AdaptersMap());
}

// For $1 the value 7, for $2 the value 8, of no known type.
std::string inlined(std::string_view statement) {
  return inlined_as(statement, {"7", "8"}, {0, 0});
}

std::string ending(std::string_view statement) {
  return std::string(statement.substr(0, sql::find_shape(statement).end));
}

}  // namespace

TEST_CASE("each $n is replaced by its value, and nothing else is") {
  struct Case {
    const char* statement;
    const char* inlined;
  };
  const Case cases[] = {
      {"SELECT $1", "SELECT ('7')"},
      {"SELECT $2, $1, $2", "SELECT ('8'), ('7'), ('8')"},
      {"SELECT $1$2", "SELECT ('7')('8')"},
      {"SELECT $1::int4[$2]", "SELECT ('7')::int4[('8')]"},
      {"SELECT -$1", "SELECT -('7')"},
      {"SELECT 1 - -$1", "SELECT 1 - -('7')"},
      {"SELECT '$1', 'it''s $1', $1", "SELECT '$1', 'it''s $1', ('7')"},
      {"SELECT E'\\'$1', $1", "SELECT E'\\'$1', ('7')"},
      {"SELECT '\\', $1", "SELECT '\\', ('7')"},
      {"SELECT \"$1\", $1", "SELECT \"$1\", ('7')"},
      {"SELECT $$ $1 $$, $a$ $1 $$ $a$, $1", "SELECT $$ $1 $$, $a$ $1 $$ $a$, ('7')"},
      {"SELECT a$1, $1", "SELECT a$1, ('7')"},
      {"SELECT $1 -- $2\n, $2", "SELECT ('7') -- $2\n, ('8')"},
      {"SELECT /* $1 /* $2 */ */ $1", "SELECT /* $1 /* $2 */ */ ('7')"},
      {"SELECT $1; -- $2", "SELECT ('7')"},
  };
  for (const Case& c : cases) CHECK(inlined(c.statement) == c.inlined);
}

TEST_CASE("a value stands in parentheses, quoted, and with its type") {
  CHECK(inlined_as("SELECT 1 -$1", {"-1"}, {palmetto::TypeRef("int8").oid}) ==
        "SELECT 1 -('-1'::bigint)");
  CHECK(inlined_as("SELECT $1", {"it's $1 \\"}, {text}) == "SELECT ( E'it''s $1 \\\\'::text)");
  CHECK(inlined_as("SELECT $1", {nullptr}, {palmetto::TypeRef("int4").oid}) ==
        "SELECT (NULL::integer)");
  CHECK(inlined_as("SELECT $1", {"{1,2}"}, {palmetto::TypeRef("int4").array_oid}) ==
        "SELECT ('{1,2}'::integer[])");
  constexpr palmetto::Oid not_registered = 123'456;
  CHECK(inlined_as("SELECT $1", {"x"}, {not_registered}) == "SELECT ('x')");
}

TEST_CASE("a type that SQL takes to be of one bit, or of one character, keeps all of the value") {
  CHECK(inlined_as("SELECT $1", {"101"}, {palmetto::TypeRef("bit").oid}) ==
        "SELECT ('101'::bit varying)");
  CHECK(inlined_as("SELECT $1", {"{101}"}, {palmetto::TypeRef("bit").array_oid}) ==
        "SELECT ('{101}'::bit varying[])");
  CHECK(inlined_as("SELECT $1", {"abc"}, {palmetto::TypeRef("bpchar").oid}) ==
        "SELECT ('abc'::bpchar)");
}

TEST_CASE("a statement ends at its semicolon, and not at one that is hidden") {
  CHECK(ending("SELECT 1") == "SELECT 1");
  CHECK(ending("SELECT 1;") == "SELECT 1");
  CHECK(ending("SELECT ';', \";\", $$;$$ /* ; */ ; -- ;") == "SELECT ';', \";\", $$;$$ /* ; */ ");
  CHECK_FALSE(sql::find_shape("SELECT 1; -- done").is_several);
  CHECK_FALSE(sql::find_shape("SELECT 1; /* done */ ;").is_several);
  CHECK(sql::find_shape("SELECT 1; SELECT 2").is_several);
  CHECK(sql::find_shape("SELECT 1;;x").is_several);
}

TEST_CASE("a statement's shape has its first word, whether it may write, and whether it ends") {
  CHECK(sql::find_shape(" -- no\n /* no */ (WITH a AS (SELECT 1) TABLE a)").first_word == "WITH");
  CHECK(sql::find_shape("").first_word.empty());
  for (const char* writing : {"INSERT INTO t VALUES (1)", "with a as (delete from t) select 1",
                              "SELECT 1 INTO t", "UPDATE t SET a = 1", "MERGE INTO t"})
    CHECK(sql::find_shape(writing).may_write);
  for (const char* reading :
       {"SELECT 'INSERT'", "SELECT \"update\"", "SELECT 1 -- INTO", "VALUES (1)"})
    CHECK_FALSE(sql::find_shape(reading).may_write);
  for (const char* open :
       {"SELECT 'a", "SELECT \"a", "SELECT /* a", "SELECT $a$ a", "SELECT $$ $a$"})
    CHECK_FALSE(sql::find_shape(open).terminated);
  CHECK(sql::find_shape("SELECT 'a' -- open to the end").terminated);
}
