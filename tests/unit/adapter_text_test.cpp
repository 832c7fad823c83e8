#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/text.hpp"

#include "support/adapter_round_trip.hpp"

using namespace palmetto;
using namespace palmetto::test;

namespace {

struct Email : std::string {
  using std::string::string;
};
struct Name : std::string {};
// Takes no string_view, and checks what it takes.
struct Word : std::string {
  explicit Word(std::string word) : std::string(std::move(word)) {
    if (find(' ') != npos) throw std::invalid_argument("two words");
  }
};

// A std::string_view from bytes that outlive it.
std::string_view view_of(std::string_view type, Format format, std::string_view bytes,
                         const AdaptersMap& map = adapters()) {
  const auto loader = map.find_loader<std::string_view>(oid_of(type, map), format);
  REQUIRE(static_cast<bool>(loader));
  return loader(Reader(bytes.data(), bytes.size()));
}

}  // namespace

TEST_CASE("a text is read from the binary form of the types that are text") {
  for (const char* type :
       {"text", "varchar", "bpchar", "name", "xml", "json", "unknown", "refcursor", "void"}) {
    CAPTURE(type);
    for (const std::string_view text : {"a b", "", "\xc3\xa9"}) {
      CHECK(load<std::string>(type, Format::binary, text) == text);
      CHECK(view_of(type, Format::binary, text) == text);
    }
  }
}

TEST_CASE("the text of a jsonb and of a jsonpath begins behind its version") {
  for (const char* type : {"jsonb", "jsonpath"}) {
    CAPTURE(type);
    CHECK(load<std::string>(type, Format::binary, "\1{\"a\": 1}") == "{\"a\": 1}");
    CHECK(view_of(type, Format::binary, "\1{\"a\": 1}") == "{\"a\": 1}");
    CHECK(load<std::string>(type, Format::text, "{\"a\": 1}") == "{\"a\": 1}");
    for (const std::string_view bytes : {"", "\2{}", "{}"}) {
      check_refused<std::string>(type, Format::binary, bytes);
      CHECK_THROWS_AS(static_cast<void>(view_of(type, Format::binary, bytes)), DataError);
    }
    CHECK_FALSE(is_loadable<char>(type, Format::binary));
  }
}

TEST_CASE("the text of a \"char\" is the server's, in both formats") {
  const struct {
    std::string_view binary;
    std::string_view text;
    char value;
  } cases[] = {{{"\0", 1}, "", '\0'},     {"a", "a", 'a'},           {"\x7f", "\x7f", '\x7f'},
               {"\x80", "\\200", '\x80'}, {"\xc3", "\\303", '\xc3'}, {"\xff", "\\377", '\xff'},
               {"\\", "\\", '\\'}};
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(load<std::string>("char", Format::binary, c.binary) == c.text);
    CHECK(view_of("char", Format::binary, c.binary) == c.text);
    CHECK(load<std::string>("char", Format::text, c.text) == c.text);
    CHECK(load<char>("char", Format::binary, c.binary) == c.value);
    CHECK(load<char>("char", Format::text, c.text) == c.value);
  }
  for (const std::string_view bytes : {"", "ab"}) {
    check_refused<std::string>("char", Format::binary, bytes);
    check_refused<char>("char", Format::binary, bytes);
  }
  for (const std::string_view text : {"ab", "\\30", "\\400", "\\380", "\\338", "x303", "\\3033"})
    check_refused<char>("char", Format::text, text);
}

TEST_CASE("a char is read from a text of one byte alone") {
  CHECK(load<char>("text", Format::binary, "a") == 'a');
  check_refused<char>("text", Format::binary, "");
  check_refused<char>("text", Format::binary, "\xc3\xa9");
}

TEST_CASE("citext and enums are text as soon as they are registered") {
  AdaptersMap map;
  map.register_type({.name = "citext", .oid = 90001, .array_oid = 90002, .regtype = "citext"});
  map.register_type(
      {.name = "mood", .oid = 90003, .regtype = "mood", .kind = TypeKind::enumeration});
  map.register_type({.name = "cube", .oid = 90004, .regtype = "cube"});
  for (const char* type : {"citext", "mood"}) {
    CHECK(load<std::string>(type, Format::binary, "Happy", map) == "Happy");
    CHECK(view_of(type, Format::binary, "Happy", map) == "Happy");
  }
  CHECK(load<std::vector<std::string>>(
            "citext[]", Format::binary,
            from_hex("00000001 00000000 00015f91 00000001 00000001 00000001 61"),
            map) == std::vector<std::string>{"a"});
  CHECK_FALSE(is_loadable<std::string>("cube", Format::binary, map));
  CHECK_FALSE(static_cast<bool>(map.find_loader<std::string>(90009, Format::binary)));
}

TEST_CASE("a text of the exact types is made from their binary form, and nothing points into it") {
  const struct {
    std::string_view type;
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {"pg_lsn", "00000016 b374d848", "16/B374D848"},
      {"tid", "00000102 0003", "(258,3)"},
      {"tsvector", "00000001 6974277300 0002 c001 0002", "'it''s':1A,2"},
      {"tsquery", "00000003 0202 0100006200 0100006100", "'a' & 'b'"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.type);
    CHECK(load<std::string>(c.type, Format::binary, from_hex(c.hex)) == c.text);
    check_truncations_refused<std::string>(c.type, Format::binary, from_hex(c.hex));
    CHECK(load<std::string>(c.type, Format::text, c.text) == c.text);
    CHECK_FALSE(is_loadable<std::string_view>(c.type, Format::binary));
    CHECK(is_loadable<std::string_view>(c.type, Format::text));
  }
}

TEST_CASE("a text is not made from the binary form of other types") {
  for (const char* type : {"int4", "numeric", "bytea", "uuid", "timestamptz", "text[]", "interval"})
    CHECK_FALSE(is_loadable<std::string>(type, Format::binary));
}

TEST_CASE("a class derived from std::string is adapted as that is") {
  CHECK(load<Email>("text", Format::binary, "a@b.c") == "a@b.c");
  CHECK(load<Email>("jsonb", Format::binary, "\1{}") == "{}");
  CHECK(load<Email>("tid", Format::binary, from_hex("00000102 0003")) == "(258,3)");
  CHECK(load<Name>("varchar", Format::text, "Ann") == "Ann");
  CHECK(load<Word>("text", Format::binary, "word") == "word");
  CHECK_THROWS_AS(static_cast<void>(load<Word>("text", Format::binary, "two words")),
                  std::invalid_argument);
  CHECK_FALSE(is_loadable<Email>("int4", Format::binary));
  const Dumped dumped = dump(Email("a@b.c"));
  CHECK(dumped.oid == 0);
  CHECK(dumped.format == Format::text);
  CHECK(dumped.bytes == "a@b.c");
  CHECK_THROWS_AS(static_cast<void>(dump(Email("a\0b", 3))), DataError);
  CHECK(dump(std::vector{Email("a b"), Email("c")}).bytes == "{\"a b\",c}");
  CHECK(load<std::vector<Email>>("text[]", Format::text, "{\"a b\",c}") ==
        std::vector{Email("a b"), Email("c")});
  static_assert(cpp_name<Email>().find("Email") != std::string_view::npos);
}

TEST_CASE("what is registered for std::string holds for the classes derived from it") {
  AdaptersMap map;
  map.register_loader<std::string>("int4", [](Reader& in) {
    return std::string(static_cast<std::size_t>(in.get<std::int32_t>()), '*');
  });
  CHECK(load<Email>("int4", Format::binary, from_hex("00000003"), map) == "***");
}
