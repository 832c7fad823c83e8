#include "palmetto/sql/composition.hpp"

#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/bitset.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include <doctest/doctest.h>

#include <bitset>

namespace sql = palmetto::sql;

TEST_CASE("identifiers are quoted") {
  CHECK(sql::Identifier("a").as_string() == "\"a\"");
  CHECK(sql::Identifier("bank", "Accounts").as_string() == "\"bank\".\"Accounts\"");
  CHECK(sql::Identifier("a\"b; DROP TABLE c").as_string() == "\"a\"\"b; DROP TABLE c\"");
  CHECK_THROWS_AS(sql::Identifier(""), palmetto::ProgrammingError);
  CHECK_THROWS_AS(sql::Identifier(std::string("a\0b", 3)), palmetto::ProgrammingError);
}

TEST_CASE("literals are quoted and carry their type") {
  CHECK(sql::Literal(42).as_string() == "42");
  CHECK(sql::Literal("it's").as_string() == "'it''s'");
  CHECK(sql::Literal("a\\b'").as_string() == " E'a\\\\b'''");
  CHECK(sql::Literal(true).as_string() == "'t'::boolean");
  CHECK(sql::Literal(1.5).as_string() == "'1.5'::double precision");
  CHECK(sql::Literal(std::bitset<3>(5)).as_string() == "'101'::bit varying");
  CHECK(sql::Literal(std::vector{std::bitset<3>(5)}).as_string() == "'{101}'::bit varying[]");
  CHECK(sql::Literal(nullptr).as_string() == "NULL");
  CHECK(sql::Literal(std::optional<int>()).as_string() == "NULL");
  CHECK(sql::Literal(std::optional<int>(7)).as_string() == "7");
  CHECK(sql::Literal(std::vector<std::int64_t>{1, 2}).as_string() == "'{1,2}'::bigint[]");
  CHECK(sql::Literal(std::vector<std::string>{"a b", "NULL"}).as_string() ==
        "'{\"a b\",\"NULL\"}'");
  CHECK_THROWS_AS(static_cast<void>(sql::Literal(std::string("a\0b", 3)).as_string()),
                  palmetto::DataError);
}

TEST_CASE("a negative number behind a minus is no comment") {
  CHECK(sql::SQL("SELECT 5 -{}").format(sql::Literal(-1)).as_string() == "SELECT 5 - -1");
}

TEST_CASE("format puts its pieces where the braces stand") {
  CHECK(sql::SQL("SELECT {} FROM {} WHERE x = {}")
            .format(sql::Identifier("a"), sql::Identifier("b"), sql::Placeholder(1))
            .as_string() == "SELECT \"a\" FROM \"b\" WHERE x = $1");
  CHECK(sql::SQL("{1} {0} {1}").format(sql::Literal(1), sql::Literal(2)).as_string() == "2 1 2");
  CHECK(sql::SQL("'{{}}' {{{}}}").format(sql::Literal(1)).as_string() == "'{}' {1}");
  CHECK(sql::SQL("{}").format(sql::SQL("{}")).as_string() == "{}");
}

TEST_CASE("format refuses braces and pieces that do not match") {
  CHECK_THROWS_AS(static_cast<void>(sql::SQL("{}").format()), palmetto::ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(sql::SQL("x").format(sql::Literal(1))),
                  palmetto::ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(sql::SQL("{").format()), palmetto::ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(sql::SQL("}").format()), palmetto::ProgrammingError);
  CHECK_THROWS_AS(static_cast<void>(sql::SQL("{a}").format(sql::Literal(1))),
                  palmetto::ProgrammingError);
}

TEST_CASE("join puts the text between the pieces") {
  const std::vector<sql::Identifier> names{sql::Identifier("a"), sql::Identifier("b")};
  CHECK(sql::SQL(", ").join(names).as_string() == "\"a\", \"b\"");
  CHECK(sql::SQL(", ").join(std::vector<sql::Identifier>()).as_string().empty());
  CHECK((sql::SQL("a ") + sql::SQL("b")).as_string() == "a b");
}

TEST_CASE("a composed statement shows its literals to nobody") {
  const auto statement = sql::SQL("ALTER ROLE {} PASSWORD {}")
                             .format(sql::Identifier("joe"), sql::Literal("secret"))
                             .statement(palmetto::adapters());
  CHECK(statement.text() == "ALTER ROLE \"joe\" PASSWORD 'secret'");
  CHECK(statement.view().shown == "ALTER ROLE \"joe\" PASSWORD ?");
  CHECK(statement.view().where.line() != 0);
}
