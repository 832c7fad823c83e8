#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/text_search.hpp"

#include "server/round_trip.hpp"
#include "support/server.hpp"

using namespace support;
using palmetto::Format;
using palmetto::TsLexeme;
using palmetto::TsPosition;
using palmetto::TsQuery;
using palmetto::TsVector;
using palmetto::TsWeight;

namespace {

// Of the characters that matter to the text formats, and a few others.
std::string random_lexeme(Random& random) {
  constexpr std::string_view characters = "abc'\\:,*! &|()<>-1A\t";
  std::string text;
  for (int left = random.between(1, 6); left > 0; --left) {
    const auto i = static_cast<std::size_t>(random.between(0, static_cast<int>(characters.size())));
    text += i < characters.size() ? std::string(1, characters[i]) : "\u20AC";
  }
  return text;
}

TsVector random_vector(Random& random) {
  std::vector<TsLexeme> lexemes;
  for (int left = random.between(0, 5); left > 0; --left) {
    TsLexeme& lexeme = lexemes.emplace_back(TsLexeme{random_lexeme(random)});
    const std::uint16_t last = random.between(0, 1) == 0 ? 16 : 16383;
    for (int i = random.between(0, 5); i > 0; --i)
      lexeme.positions.push_back(
          {random.between<std::uint16_t>(1, last), static_cast<TsWeight>(random.between(0, 3))});
  }
  return TsVector(std::move(lexemes));
}

std::string quoted(const std::string& lexeme) {
  std::string text = "'";
  for (const char c : lexeme) text += c == '\'' ? "''" : c == '\\' ? "\\\\" : std::string(1, c);
  return text + "'";
}

// As someone could write it: with more parentheses than it takes, or fewer.
std::string random_query(Random& random, int depth) {
  const auto operand = [&] { return random_query(random, depth - 1); };
  switch (depth > 0 ? random.between(0, 6) : 6) {
    case 0:
      return "!" + operand();
    case 1:
      return "( " + operand() + " )";
    case 2:
      return operand() + " & " + operand();
    case 3:
      return operand() + "|" + operand();
    case 4:
      return operand() + " <-> " + operand();
    case 5:
      return operand() + " <" + std::to_string(random.between(0, 16384)) + "> " + operand();
    default: {
      constexpr const char* flags[] = {"", "", ":*", ":A", ":D", ":abcd", ":B*C"};
      return quoted(random_lexeme(random)) + flags[random.between(0, 6)];
    }
  }
}

// What the server writes for a query, which is also what its binary form is read as.
std::string check_query(const palmetto::Connection& conn, const std::string& text) {
  INFO("query ", begin_of(text));
  const auto [query, as_text, server] =
      conn.execute("SELECT q, q, q::text FROM (SELECT $1::tsquery AS q) AS _", TsQuery{text})
          .one<TsQuery, std::string, std::string>();
  CHECK(query.text == server);
  CHECK(as_text == server);
  return server;
}

}  // namespace

TEST_CASE("a TsVector travels as tsvector") {
  auto conn = connect();
  check_round_trips<TsVector>(
      conn, "tsvector",
      {{TsVector(), ""},
       {TsVector({{"a"}}), "'a'"},
       {TsVector({{"it's", {{1, TsWeight::a}, {2}}}}), "'it''s':1A,2"},
       {TsVector({{"b\\s", {{3, TsWeight::b}, {4, TsWeight::c}, {5}}}}), "'b\\\\s':3B,4C,5"},
       {TsVector({{"new\nline", {{1}}}, {"a b"}}), "'a b' 'new\nline':1"},
       {TsVector({{"\u00E9", {{16383}}}, {"z"}, {"zz"}}), "'z' 'zz' '\u00E9':16383"}});
}

TEST_CASE("random tsvectors travel") {
  auto conn = connect();
  check_random_round_trips(conn, "tsvector", &random_vector);
}

TEST_CASE("a tsvector of the server's making is read alike in both formats") {
  auto conn = connect();
  conn.execute(
      "CREATE TEMP TABLE documents AS SELECT setweight(to_tsvector('english', "
      "'The fat cats sat on the fat mat'), 'B') AS words");
  for (const Format format : {Format::binary, Format::text}) {
    const auto words =
        conn.with({.results = format}).execute("SELECT words FROM documents").value<TsVector>();
    CHECK(words.lexemes() == std::vector<TsLexeme>{{"cat", {{3, TsWeight::b}}},
                                                   {"fat", {{2, TsWeight::b}, {7, TsWeight::b}}},
                                                   {"mat", {{8, TsWeight::b}}},
                                                   {"sat", {{4, TsWeight::b}}}});
  }
}

TEST_CASE("the largest of a lexeme and of its positions travel") {
  auto conn = connect();
  std::vector<TsPosition> positions;
  for (std::uint16_t i = 1; i <= 256; ++i) positions.push_back({i});
  check_round_trip(conn, TsVector({{std::string(2046, 'x'), positions}}), "tsvector");
}

TEST_CASE("a tsvector's text is read as the server reads it") {
  auto conn = connect();
  for (const std::string text :
       {" b a\tb ",  "a:1*,2a,3d ", "a:3,1,2C b", "a:1,1A,1B", "it's",  "'a'b'c'",
        "a\\ b\\:c", "'\\'\\\\'",   "'':1",       "a:",        "a:1AB", "a:0",
        "'a",        "a\\",         "a:1,",       ":1 :",      "::1",   "a\\",
        "\\:1",      "'a' :1",      "a:1:2",      "''"}) {
    CAPTURE(text);
    std::optional<std::string> server;
    std::optional<std::string> ours;
    try {
      server = conn.execute("SELECT $1::tsvector::text", text).value<std::string>();
    } catch (const palmetto::ProgrammingError&) {}  // SQLSTATE 42601
    try {
      ours = TsVector::parse(text).to_string();
    } catch (const palmetto::DataError&) {}
    CHECK(ours.value_or("refused") == server.value_or("refused"));
  }
}

TEST_CASE("a TsQuery travels as tsquery") {
  auto conn = connect();
  for (const std::string text :
       {"'a'", "'a' & 'b'", "'a' & ( 'b' | !'c' )", "'it''s':*AB", "'a' <3> 'b' <-> 'c'",
        "'a' <-> ( 'b' <-> 'c' )", "!!'a'", "( 'a' | 'b' ) <-> !( 'c' | 'd' )", "'x\\\\y':D"})
    check_round_trips<TsQuery>(conn, "tsquery", {{{text}, text}});
  check_round_trip(conn, std::vector<TsQuery>{{"'a' & 'b'"}, {"'c'"}}, "tsquery[]");
}

TEST_CASE("random queries are read as the server writes them") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  for (int i = 0; i < random_values; ++i) {
    const std::string text = check_query(conn, random_query(random, random.between(0, 5)));
    check_round_trip(conn, TsQuery{text}, "tsquery", text);
  }
}

TEST_CASE("a query of a great many words is read as the server writes it") {
  auto conn = connect();
  for (const char* separator : {" | ", " & ", " <-> "}) {
    std::string text = "'w'";
    for (int i = 0; i < 3000; ++i) text += separator + ("'" + std::to_string(i) + "'");
    CHECK(check_query(conn, text) == text);
  }
}

TEST_CASE("a TsQuery finds a TsVector") {
  auto conn = connect();
  const TsVector words({{"cat", {{3}}}, {"fat", {{2}}}});
  CHECK(conn.execute("SELECT $1 @@ $2", words, TsQuery{"fat <-> cat"}).value<bool>());
  CHECK_FALSE(conn.execute("SELECT $1 @@ $2", words, TsQuery{"cat <-> fat"}).value<bool>());
}
