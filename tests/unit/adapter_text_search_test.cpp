#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/text_search.hpp"

#include "support/adapter_round_trip.hpp"

using namespace palmetto;
using namespace palmetto::test;

namespace {

constexpr TsWeight a = TsWeight::a;
constexpr TsWeight b = TsWeight::b;
constexpr TsWeight c = TsWeight::c;

TsVector vector_of(std::vector<TsLexeme> lexemes) { return TsVector(std::move(lexemes)); }

std::vector<TsPosition> positions_to(std::uint16_t last) {
  std::vector<TsPosition> positions;
  for (std::uint16_t i = 1; i <= last; ++i) positions.push_back({i});
  return positions;
}

// As tsqueryrecv takes them, the operators before their operands.
std::string query_of(std::uint32_t items, std::string_view bytes) {
  Writer out;
  out.put<std::uint32_t>(items);
  return std::string(out.view()) + std::string(bytes);
}
const std::string not_item("\2\1", 2);
const std::string and_item("\2\2", 2);
const std::string phrase_item("\2\4\0\1", 4);
const std::string lexeme_item("\1\0\0a\0", 5);

std::string repeat(const std::string& text, std::size_t count) {
  std::string repeated;
  while (count-- > 0) repeated += text;
  return repeated;
}

}  // namespace

TEST_CASE("a TsVector is a tsvector in both formats") {
  check_round_trip(TsVector(), "tsvector", "00000000", "");
  check_round_trip(vector_of({{"a"}}), "tsvector", "00000001 6100 0000", "'a'");
  check_round_trip(vector_of({{"it's", {{1, a}, {2}}}}), "tsvector",
                   "00000001 6974277300 0002 c001 0002", "'it''s':1A,2");
  check_round_trip(vector_of({{"a", {{16383, a}}}, {"b\\s", {{3, b}, {4, c}, {5}}}}), "tsvector",
                   "00000002 6100 0001 ffff 625c7300 0003 8003 4004 0005",
                   "'a':16383A 'b\\\\s':3B,4C,5");
  check_round_trip(vector_of({{"\"q\""}, {"a b"}}), "tsvector",
                   "00000002 22712200 0000 61206200 0000", "'\"q\"' 'a b'");
  check_round_trip(vector_of({{"with space", {{16383}}}, {"\xc3\xa9", {{2}}}}), "tsvector",
                   "00000002 7769746820737061636500 0001 3fff c3a900 0001 0002",
                   "'with space':16383 '\xc3\xa9':2");
}

TEST_CASE("a TsVector sorts its lexemes and positions, and merges what comes twice") {
  const TsVector merged =
      vector_of({{"b", {{5}, {1, c}, {5, a}}}, {"a"}, {"b", {{1, b}, {3}}}, {"a"}, {"ab"}});
  CHECK(merged == vector_of({{"a"}, {"ab"}, {"b", {{1, b}, {3}, {5, a}}}}));
  CHECK(merged.to_string() == "'a' 'ab' 'b':1B,3,5A");
  REQUIRE(merged.lexemes().size() == 3);
  CHECK(merged.lexemes()[2].positions[0] == TsPosition{1, b});
}

TEST_CASE("what no tsvector can have is a DataError") {
  for (const TsLexeme& lexeme :
       {TsLexeme{""}, TsLexeme{std::string("a\0b", 3)}, TsLexeme{std::string(2047, 'x')},
        TsLexeme{"a", {{0}}}, TsLexeme{"a", {{16384}}}, TsLexeme{"a", positions_to(257)},
        TsLexeme{"a", {{1, static_cast<TsWeight>(4)}}}})
    CHECK_THROWS_AS(vector_of({lexeme}), DataError);
  CHECK(vector_of({{std::string(2046, 'x'), positions_to(256)}}).lexemes().size() == 1);
}

TEST_CASE("the text of a tsvector is read as the server reads it") {
  const struct {
    std::string_view text;
    std::string_view canonical;
  } cases[] = {
      {"", ""},
      {"  ", ""},
      {" b a\tb ", "'a' 'b'"},
      {"a:1*,2a,3d ", "'a':1A,2A,3"},
      {"a:3,1,2C b", "'a':1,2C,3 'b'"},
      {"a:1,1A,1B", "'a':1A"},
      {"'it''s'", "'it''s'"},
      {"it's", "'it''s'"},
      {"'a'b'c'", "'a' 'b''c'''"},
      {"a\\ b\\:c", "'a b:c'"},
      {":1 :", "':' ':1'"},
      {"'\\'\\\\'", "'''\\\\'"},
      {"'new\nline':1 'tab\t'", "'new\nline':1 'tab\t'"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    CHECK(TsVector::parse(each.text).to_string() == each.canonical);
    CHECK(load<TsVector>("tsvector", Format::text, each.text).to_string() == each.canonical);
  }
}

TEST_CASE("what is no tsvector's text is a DataError") {
  for (const std::string_view text :
       {"''", "'a", "'a\\", "a\\", "a:", "a:x", "a:1,", "a:0", "a:-1", "a:16384", "a:65537", "a:1E",
        "a:1AB", "a:1A2", "a::1", "a:1:2", "'a'::1"}) {
    CAPTURE(text);
    check_refused<TsVector>("tsvector", Format::text, text);
    CHECK_THROWS_AS(static_cast<void>(TsVector::parse(text)), DataError);
  }
}

TEST_CASE("a binary tsvector that lies about itself is a DataError") {
  check_truncations_refused<TsVector>("tsvector", Format::binary,
                                      from_hex("00000002 6100 0001 ffff 625c7300 0001 8003"));
  for (const char* hex : {
           "ffffffff",                      // a negative number
           "7fffffff 6100 0000",            // far too many
           "00000001 6100 0000 00",         // left over
           "00000001 6100 ffff 0001",       // far too many positions
           "00000001 6100 0001 0000",       // position 0
           "00000001 6100 0002 0002 0001",  // descending
           "00000001 6100 0002 0001 c001",  // twice
           "00000001 00 0001 0001",         // an empty lexeme
           "00000002 6200 0000 6100 0000",  // descending
           "00000002 6100 0000 6100 0000",  // twice
           "00000001 61626364",             // no end
       })
    check_refused<TsVector>("tsvector", Format::binary, from_hex(hex));
}

TEST_CASE("a binary tsquery is read as the server writes its text") {
  const struct {
    std::string_view text;
    std::string_view hex;
  } cases[] = {
      {"", "00000000"},
      {"'a'", "000000010100006100"},
      {"'a' & 'b'", "00000003020201000062000100006100"},
      {"'a' & ( 'b' | !'c' )", "00000006020202030201010000630001000062000100006100"},
      {"'it''s':*AB", "00000001010c016974277300"},
      {"'a' <-> 'b'", "000000030204000101000062000100006100"},
      {"'a' <3> 'b' <-> 'c'", "000000050204000101000063000204000301000062000100006100"},
      {"'a' <-> ( 'b' <-> 'c' )", "000000050204000102040001010000630001000062000100006100"},
      {"!( 'a' & 'b' )", "000000040201020201000062000100006100"},
      {"!!'a'", "00000003020102010100006100"},
      {"'a' | 'b' | 'c' & 'd'", "000000070203020201000064000100006300020301000062000100006100"},
      {"( 'a' | 'b' ) & 'c'", "0000000502020100006300020301000062000100006100"},
      {"'x\\\\y'", "00000001010000785c7900"},
      {"'a':*", "000000010100016100"},
      {"'a':ABCD", "00000001010f006100"},
      {"'a':D", "000000010101006100"},
      {"!'a' <-> 'b'", "0000000402040001010000620002010100006100"},
      {"( 'a' & 'b' ) <-> 'c'", "00000005020400010100006300020201000062000100006100"},
      {"( 'a' | 'b' ) <-> !( 'c' | 'd' )",
       "00000008020400010201020301000064000100006300020301000062000100006100"},
      {"'a' <0> 'b'", "000000030204000001000062000100006100"},
      {"'a' <16384> 'b'", "000000030204400001000062000100006100"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    CHECK(load<TsQuery>("tsquery", Format::binary, from_hex(each.hex)).text == each.text);
    CHECK(load<TsQuery>("tsquery", Format::text, each.text).text == each.text);
    check_truncations_refused<TsQuery>("tsquery", Format::binary, from_hex(each.hex));
  }
}

TEST_CASE("a TsQuery is sent as its text") {
  for (const Format format : {Format::binary, Format::text}) {
    const Dumped dumped = dump(TsQuery{"a & b"}, format);
    CHECK(dumped.oid == oid_of("tsquery"));
    CHECK(dumped.format == Format::text);
    CHECK(dumped.bytes == "a & b");
  }
  CHECK_THROWS_AS(static_cast<void>(dump(TsQuery{std::string("a\0b", 3)})), DataError);
}

TEST_CASE("a binary tsquery that lies about itself is a DataError") {
  for (const char* hex : {
           "ffffffff 0100006100",             // far too many
           "00000001 0100006100 00",          // left over
           "00000002 0100006100 0100006200",  // two queries
           "00000001 0201",                   // an operator alone
           "00000002 0202 0100006100",        // an operand too few
           "00000001 0300006100",             // an unknown item
           "00000002 0200 0100006100",        // operators from 1
           "00000002 0205 0100006100",        // to 4
           "00000002 02ff 0100006100",
           "00000001 0110006100",                      // unknown weights
           "00000001 0100026100",                      // neither a prefix nor none
           "00000003 0204ffff 0100006100 0100006200",  // a negative distance
           "00000003 02044001 0100006100 0100006200",  // a distance too far
           "00000001 01000061",                        // no end
       })
    check_refused<TsQuery>("tsquery", Format::binary, from_hex(hex));
}

TEST_CASE("a binary tsquery may be nested as deep as it is long") {
  constexpr std::uint32_t depth = 300'000;
  const auto read = [](std::uint32_t items, const std::string& bytes) {
    return load<TsQuery>("tsquery", Format::binary, query_of(items, bytes)).text;
  };
  CHECK(read(depth + 1, repeat(not_item, depth) + lexeme_item) == std::string(depth, '!') + "'a'");
  CHECK(read(2 * depth + 1, repeat(and_item + lexeme_item, depth) + lexeme_item) ==
        "'a'" + repeat(" & 'a'", depth));
  // Each phrase on the right of another is in parentheses.
  CHECK(read(2 * depth + 1, repeat(phrase_item, depth) + repeat(lexeme_item, depth + 1)) ==
        repeat("'a' <-> ( ", depth - 1) + "'a' <-> 'a'" + repeat(" )", depth - 1));
  CHECK_THROWS_AS(read(depth, repeat(not_item, depth)), DataError);
}

TEST_CASE("arrays of text search types are read and written") {
  check_round_trip(std::vector{vector_of({{"a b", {{1}}}})}, "tsvector[]",
                   "00000001 00000000 00000e1e 00000001 00000001"
                   "0000000c 00000001 61206200 0001 0001",
                   "{\"'a b':1\"}");
  const std::vector<TsQuery> queries{{"'a' & 'b'"}, {"'c'"}};
  const Dumped dumped = dump(queries);
  CHECK(dumped.oid == oid_of("tsquery[]"));
  CHECK(dumped.bytes == "{\"'a' & 'b'\",'c'}");
  CHECK(load<std::vector<TsQuery>>("tsquery[]", Format::text, dumped.bytes) == queries);
}
