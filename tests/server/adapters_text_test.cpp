#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

using namespace support;
using palmetto::DataError;
using palmetto::Format;
using palmetto::TypeMismatch;

namespace {

std::string utf8(char32_t c) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000)
    return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)),
          byte(0x80 | (c & 0x3F))};
}

constexpr char32_t euro = 0x20AC;

std::vector<std::string> single_characters() {
  std::vector<std::string> characters;
  for (char32_t c = 1; c <= 255; ++c) characters.push_back(utf8(c));
  characters.push_back(utf8(euro));
  return characters;
}

std::vector<std::string> awkward_texts() {
  return {"",
          " ",
          "  both ends  ",
          "'",
          "''",
          "it's",
          "\"",
          "a \"quoted\" word",
          "\\",
          "\\\\",
          "C:\\new\\table",
          "E'\\x41'",
          "$1",
          "%s %(name)s ?",
          "; DROP TABLE accounts; --",
          "NULL",
          "null",
          "{}",
          "{a,b}",
          "a,b",
          "line\nbreak\r\n\ttab\v\f\b",
          "\x7f",
          "na\u00EFve \u00E9t\u00E9",
          "\u20AC 5",
          "\U0001F600 \U0001F468\u200D\U0001F469\u200D\U0001F467",
          "\u202E\uFEFF\uFFFD\u0301",
          utf8(0x10FFFF),
          std::string(100'000, 'x')};
}

char32_t random_character(Random& random) {
  switch (random.between(0, 3)) {
    case 0:
      return static_cast<char32_t>(random.between(1, 0x7F));
    case 1:
      return static_cast<char32_t>(random.between(0x80, 0x7FF));
    case 2:  // above the surrogates
      return static_cast<char32_t>(random.between(0xE000, 0xFFFF));
    default:
      return static_cast<char32_t>(random.between(0x10000, 0x10FFFF));
  }
}

std::string random_text(Random& random) {
  std::string text;
  for (int left = random.between(0, 40); left > 0; --left) text += utf8(random_character(random));
  return text;
}

}  // namespace

TEST_CASE("every character travels alone, in a list, and among all the others") {
  auto conn = connect();
  const std::vector<std::string> characters = single_characters();
  std::string all;
  for (const std::string& character : characters) {
    check_round_trip(conn, character, "text", character);
    all += character;
  }
  check_round_trip(conn, characters, "text[]");
  check_round_trip(conn, all, "text", all);
}

TEST_CASE("a character is the one of its code point on the server") {
  auto conn = connect();
  for (char32_t c = 1; c <= 255; ++c)
    CHECK(conn.execute("SELECT ascii($1)", utf8(c)).value<int>() == static_cast<int>(c));
  CHECK(conn.execute("SELECT ascii($1)", utf8(euro)).value<int>() == static_cast<int>(euro));
  CHECK(conn.execute("SELECT length($1)", "\U0001F600").value<int>() == 1);
}

TEST_CASE("awkward texts travel") {
  auto conn = connect();
  for (const std::string& text : awkward_texts()) {
    for (const char* type : {"text", "varchar"}) {
      check_round_trip(conn, text, type, text);
      check_round_trip<std::optional<std::string>>(conn, text, type, text);
      check_round_trip<std::string_view>(conn, text, type, text);
    }
  }
  check_round_trip<std::optional<std::string>>(conn, std::nullopt, "text", "NULL");
  check_round_trip<std::optional<std::string_view>>(conn, std::nullopt, "text", "NULL");
}

TEST_CASE("random texts travel") {
  auto conn = connect();
  check_random_round_trips(conn, "text", &random_text);
}

TEST_CASE("string literals, arrays of char and pointers are text") {
  auto conn = connect();
  const char array[] = "array";
  char changeable[] = "changeable";
  const char* pointer = "pointer";
  const auto [a, b, c, d] = conn.execute("SELECT $1::text, $2::text, $3::text, $4::text", "literal",
                                         array, changeable, pointer)
                                .one<std::string, std::string, std::string, std::string>();
  CHECK(a == "literal");
  CHECK(b == "array");
  CHECK(c == "changeable");
  CHECK(d == "pointer");
}

TEST_CASE("a null pointer, nullptr and nullopt are NULL") {
  auto conn = connect();
  const char* nothing = nullptr;
  const auto [a, b, c] =
      conn.execute("SELECT $1::text, $2::int, $3::text[]", nothing, nullptr, std::nullopt)
          .one<std::optional<std::string>, std::optional<int>,
               std::optional<std::vector<std::string>>>();
  CHECK(!a.has_value());
  CHECK(!b.has_value());
  CHECK(!c.has_value());
}

TEST_CASE("arguments that outgrow the place for a few keep theirs, with NULLs among them") {
  auto conn = connect();
  const std::string longer(600, 'a');
  const std::string longest(70'000, 'b');
  const auto row =
      conn.execute("SELECT $1, $2::int8, $3::text, $4, $5::int4, $6, $7", "first", std::int64_t{-2},
                   nullptr, longer, std::optional<int>(), longest, std::string_view(""))
          .one<std::string, std::int64_t, std::optional<std::string>, std::string,
               std::optional<int>, std::string, std::string>();
  CHECK(row == std::tuple("first", -2, std::nullopt, longer, std::nullopt, longest, ""));
}

TEST_CASE("a char travels as text of one character") {
  auto conn = connect();
  for (int c = 1; c <= 127; ++c) {
    const char character = static_cast<char>(c);
    check_round_trip(conn, character, "text", std::string(1, character));
    check_round_trip<std::optional<char>>(conn, character, "text", std::string(1, character));
  }
  check_round_trip<std::optional<char>>(conn, std::nullopt, "text", "NULL");
  check_round_trip(conn, 'x', "\"char\"", "x");
  check_round_trip(conn, 'x', "char(1)", "x");
}

TEST_CASE("half a character as a char is refused by the server") {
  auto conn = connect();
  for (int c = 128; c <= 255; ++c) {
    const char half = static_cast<char>(c);
    CHECK_THROWS_AS(conn.execute("SELECT $1::text", half),
                    palmetto::errors::CharacterNotInRepertoire);
  }
}

TEST_CASE("a char is not read from a text of none or of several bytes") {
  auto conn = connect();
  for (const char* text : {"", "ab", "\u00E9"}) {
    const auto error = caught<DataError>(
        [&] { static_cast<void>(conn.execute("SELECT $1::text AS letter", text).value<char>()); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), "column 1 \"letter\" (text), row 1"));
  }
}

TEST_CASE("a NUL byte in a text is a DataError that names the parameter") {
  auto conn = connect();
  const std::string text("secret\0text", 11);
  const auto check = [](const DataError& error) {
    CAPTURE(error.message());
    CHECK(contains(error.message(), "parameter $2"));
    CHECK(contains(error.message(), "NUL"));
    CHECK(!contains(error.what(), "secret"));
  };
  for (const Format format : {Format::binary, Format::text}) {
    const auto with = conn.with({.parameters = format});
    check(caught<DataError>([&] { with.execute("SELECT $1::text, $2::text", "a", text); }));
    check(caught<DataError>(
        [&] { with.execute("SELECT $1::text, $2::text", "a", std::string_view(text)); }));
    check(caught<DataError>([&] { with.execute("SELECT $1::text, $2::text", "a", '\0'); }));
    check(caught<DataError>(
        [&] { with.execute("SELECT $1::text, $2::text", "a", std::optional(text)); }));
    check(caught<DataError>(
        [&] { with.execute("SELECT $1::text, $2::text[]", "a", std::vector{text}); }));
  }
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("text that is not UTF-8 is refused by the server, and the connection stays usable") {
  auto conn = connect();
  for (const char* text : {"\xff", "\xc3", "a\x80z", "\xed\xa0\x80"})
    CHECK_THROWS_AS(conn.execute("SELECT $1::text", text),
                    palmetto::errors::CharacterNotInRepertoire);
  CHECK(conn.execute("SELECT 1").value<int>() == 1);
}

TEST_CASE("a text serves for any type, for the server infers it") {
  auto conn = connect();
  CHECK(conn.execute("SELECT $1 + 1", "41").value<int>() == 42);
  CHECK(conn.execute("SELECT (date '2026-01-31' - $1)::text", std::string("2026-01-01"))
            .value<std::string>() == "30");
  conn.execute("CREATE TEMP TABLE documents (id int, content jsonb, day date, tags text[])");
  conn.execute("INSERT INTO documents VALUES ($1, $2, $3, $4)", "7", R"({"a": [1]})",
               std::string("2026-11-21"), std::string_view("{x,y}"));
  CHECK(conn.execute("SELECT id || content::text || day || tags::text FROM documents")
            .value<std::string>() == "7{\"a\": [1]}2026-11-21{x,y}");
}

TEST_CASE("a text is read from every type that is text on the wire") {
  auto conn = connect();
  const struct {
    std::string_view sql;
    std::string_view text;
  } cases[] = {
      {"'a b'::text", "a b"},      {"'a b'::varchar(10)", "a b"},
      {"'a b'::char(5)", "a b  "}, {"'a_b'::name", "a_b"},
      {"'a'::\"char\"", "a"},      {"'[1, 2]'::json", "[1, 2]"},
      {"'<a/>'::xml", "<a/>"},     {"'a b'", "a b"},
      {"'a b'::refcursor", "a b"}, {"'{\"b\":1,\"a\":[]}'::jsonb", R"({"a": [], "b": 1})"},
      {"''::\"char\"", ""},        {"'$.a'::jsonpath", R"($."a")"},
      {"pg_notify('a', '')", ""},
  };
  for (const auto& c : cases) {
    for (const Format format : {Format::binary, Format::text}) {
      CAPTURE(c.sql);
      CAPTURE(name_of(format));
      const auto result = conn.with({.results = format})
                              .execute(palmetto::dynamic_sql("SELECT " + std::string(c.sql)));
      CHECK(result.value<std::string>() == c.text);
      CHECK(result.value<std::string_view>() == c.text);
    }
  }
}

TEST_CASE("a text is read from the text of any type, and from the binary form of none") {
  auto conn = connect();
  const struct {
    std::string_view sql;
    std::string_view text;
  } cases[] = {
      {"42", "42"},
      {"true", "t"},
      {"1.50::numeric", "1.50"},
      {"'2026-11-21'::date", "2026-11-21"},
      {"'{1,NULL}'::int[]", "{1,NULL}"},
      {"'[1,5)'::int4range", "[1,5)"},
      {"'\\x0102'::bytea", "\\x0102"},
      {"interval '1 day'", "1 day"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sql);
    const auto statement = palmetto::dynamic_sql("SELECT " + std::string(c.sql));
    CHECK(conn.with({.results = Format::text}).execute(statement).value<std::string>() == c.text);
    CHECK_THROWS_AS(static_cast<void>(conn.execute(statement).value<std::string>()), TypeMismatch);
  }
}

TEST_CASE("a text of pg_lsn, tid, tsvector and tsquery is the server's, and copied alone") {
  auto conn = connect();
  const struct {
    const char* sql;
    std::string_view text;
  } cases[] = {
      {"SELECT '16/B374D848'::pg_lsn", "16/B374D848"},
      {"SELECT '(7,3)'::tid", "(7,3)"},
      {"SELECT 'it''s:2A b'::tsvector", "'b' 'it''s':2A"},
      {"SELECT 'a & (b | !c)'::tsquery", "'a' & ( 'b' | !'c' )"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sql);
    const auto result = conn.execute(palmetto::dynamic_sql(c.sql));
    CHECK(result.value<std::string>() == c.text);
    CHECK_THROWS_AS(static_cast<void>(result.value<std::string_view>()), TypeMismatch);
  }
}

TEST_CASE(
    "every \"char\" is read in both formats: a byte as a char, the server's text as a string") {
  auto conn = connect();
  for (int i = 0; i <= 255; ++i) {
    const auto byte = static_cast<std::int8_t>(i);
    for (const Format format : {Format::binary, Format::text}) {
      const auto [c, text, server] =
          conn.with({.results = format})
              .execute("SELECT chr, chr, chr::text FROM (SELECT $1::int4::\"char\" AS chr) AS _",
                       std::int32_t{byte})
              .one<char, std::string, std::string>();
      CAPTURE(i);
      CAPTURE(name_of(format));
      CHECK(c == static_cast<char>(byte));
      CHECK(text == server);
    }
  }
}

TEST_CASE("a text is read from citext, and sent to it") {
  auto conn = connect();
  conn.execute("CREATE EXTENSION IF NOT EXISTS citext");
  CHECK_THROWS_AS(static_cast<void>(conn.execute("SELECT 'Ann'::citext").value<std::string>()),
                  TypeMismatch);
  conn.adapters().register_type(palmetto::TypeInfo::fetch(conn, "citext").value());
  check_round_trip<std::string>(conn, "Ann", "citext", "Ann");
  check_round_trip<std::string_view>(conn, "Ann", "citext", "Ann");
  check_round_trip(conn, std::vector<std::string>{"Ann", "bob"}, "citext[]");
  CHECK(conn.execute("SELECT 'ANN'::citext = $1::citext", "ann").value<bool>());
}

TEST_CASE("a class derived from std::string travels as that does") {
  struct Email : std::string {
    using std::string::string;
  };
  auto conn = connect();
  check_round_trips<Email>(conn, "text", {{"a@b.c", "a@b.c"}, {"", ""}, {"\u20AC '", "\u20AC '"}});
  check_round_trip(conn, std::vector<Email>{"a", "b c"}, "text[]");
}

TEST_CASE("string_views of a result are good as long as the result is") {
  auto conn = connect();
  const auto result = conn.execute("SELECT repeat('x', n), n FROM generate_series(1, 1000) AS n");
  const auto rows = result.all<std::string_view, int>();
  conn.execute("SELECT 1");
  for (const auto& [text, n] : rows) CHECK(text == std::string(static_cast<std::size_t>(n), 'x'));
}
