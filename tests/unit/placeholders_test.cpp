#include "palmetto/sql/placeholders.hpp"

#include <doctest/doctest.h>

#include <string>

using palmetto::sql::find_placeholders;
using Problem = palmetto::sql::Placeholders::Problem;

namespace {

struct Case {
  const char* text;
  int count;
  int first_unused = 0;
};

// Each of them as PostgreSQL's own lexer reads it.
constexpr Case cases[] = {
    {"", 0},
    {"SELECT 1", 0},
    {"SELECT $1", 1},
    {"SELECT $1, $2, $1", 2},
    {"SELECT $10", 10, 1},
    {"SELECT $1, $3", 3, 2},
    {"SELECT $2", 2, 1},
    {"SELECT $1::int4[$2]", 2},
    {"SELECT a.$1", 1},
    {"SELECT '$1'", 0},
    {"SELECT 'it''s $1', $1", 1},
    {"SELECT '\\', $1", 1},
    {"SELECT E'\\'$1', $1", 1},
    {"SELECT e'\\\\', $1", 1},
    {"SELECT E'a'\n'\\'$2', $1", 1},
    {"SELECT E'a' -- no\n -- yes\n '\\'$2', $1", 1},
    {"SELECT E'a' '$2', $1", 1},
    {"SELECT 'a'\n'\\', $1", 1},
    {"SELECT fee'$2', $1", 1},
    {"SELECT U&'\\0041$2', $1", 1},
    {"SELECT U&\"$2\", $1", 1},
    {"SELECT N'$2', B'1', X'F', $1", 1},
    {"SELECT \"$1\", $1", 1},
    {"SELECT \"a\"\"$2\", $1", 1},
    {"SELECT $$ $1 $$", 0},
    {"SELECT $a$ $1 $b$ $2 $$ $a$, $1", 1},
    {"SELECT $_x9$ $2 $_x9$, $1", 1},
    {"SELECT $\xc3\xa9$ $2 $\xc3\xa9$, $1", 1},
    {"SELECT a$1, b$2$, $1", 1},
    {"SELECT a$$, $1, $$ $2 $$", 1},
    {"SELECT \xc3\xa9$1, $1", 1},
    {"SELECT $1 -- $2\n, $2", 2},
    {"SELECT $1 -- $2", 1},
    {"SELECT $1 -- '\n, $2", 2},
    {"SELECT 1 - -$1", 1},
    {"SELECT /* $2 */ $1", 1},
    {"SELECT /* /* $3 */ $2 */ $1", 1},
    {"SELECT /* ' */ $1 /* ' */", 1},
    {"SELECT 1 / $1 * $2", 2},
    {"SELECT 1.5, 0x1F, 1e5, $1", 1},
    {"SELECT $65535", 65535, 1},
};

}  // namespace

TEST_CASE("placeholders are found where PostgreSQL's lexer sees them, and nowhere else") {
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto found = find_placeholders(c.text);
    CHECK(found.count == c.count);
    CHECK(found.first_unused == c.first_unused);
    CHECK(found.problem == Problem::none);
  }
}

TEST_CASE("placeholders are found while compiling") {
  static_assert(find_placeholders("SELECT $1, '$2', $$ $3 $$").count == 1);
  static_assert(find_placeholders("SELECT $1, $3").first_unused == 2);
  CHECK(find_placeholders("SELECT $1").count == 1);
}

TEST_CASE("a statement that does not end is a problem, wherever it is cut") {
  const std::string whole =
      "SELECT 'a''b', E'\\'', \"c\"\"d\", $x$ e $x$, /* f /* g */ */ $1 -- h\n, $2";
  CHECK(find_placeholders(whole).problem == Problem::none);
  for (const char* text : {"SELECT 'a", "SELECT E'a\\'", "SELECT \"a", "SELECT $x$ a $y$",
                           "SELECT /* a", "SELECT /* /* a */", "SELECT '", "SELECT E'\\"})
    CHECK(find_placeholders(text).problem == Problem::unterminated);
  for (std::size_t size = 0; size <= whole.size(); ++size)
    CHECK(find_placeholders(whole.substr(0, size)).count <= 2);
}

TEST_CASE("numbers that no placeholder can have are a problem") {
  CHECK(find_placeholders("SELECT $0").problem == Problem::zero);
  CHECK(find_placeholders("SELECT $65536").problem == Problem::too_large);
  CHECK(find_placeholders("SELECT $99999999999999999999").problem == Problem::too_large);
}

TEST_CASE("a COPY is told by its first word") {
  CHECK(find_placeholders("COPY t FROM STDIN").is_copy);
  CHECK(find_placeholders(" /* a */ -- b\n copy t TO STDOUT").is_copy);
  CHECK_FALSE(find_placeholders("SELECT 'COPY'").is_copy);
  CHECK_FALSE(find_placeholders("COPYING").is_copy);
}
