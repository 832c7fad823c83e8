#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/bytea.hpp"

#include "../support/adapter_round_trip.hpp"

using namespace palmetto;
using namespace palmetto::test;

namespace {

using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

Bytes to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Bytes every_byte() {
  Bytes bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}

}  // namespace

TEST_CASE("bytes are sent as bytea and read back in both formats") {
  check_round_trip(Bytes{}, "bytea", "", "\\x");
  check_round_trip(to_bytes("abc"), "bytea", "61 62 63", "\\x616263");
  check_round_trip(to_bytes("a\\b"), "bytea", "61 5c 62", "\\x615c62");
  check_round_trip(Bytes(1, std::byte{0}), "bytea", "00", "\\x00");
  const std::string all = dump(every_byte()).bytes;
  check_round_trip(every_byte(), "bytea", hex(all), "\\x" + hex(all));
}

TEST_CASE("a span of bytes is sent as a vector of them is") {
  const Bytes bytes = every_byte();
  CHECK(dump(View(bytes)).oid == oid_of("bytea"));
  CHECK(dump(View(bytes)).bytes == dump(bytes).bytes);
  CHECK(dump(View(bytes), Format::text).bytes == dump(bytes, Format::text).bytes);
}

TEST_CASE("a span of bytes points into a binary result") {
  static_assert(is_view<View> && !is_view<Bytes>);
  const std::string result = "abc";
  const Loader<View> loader = adapters().find_loader<View>(oid_of("bytea"), Format::binary);
  REQUIRE(loader);
  const View view = loader(Reader(result.data(), result.size()));
  CHECK(static_cast<const void*>(view.data()) == result.data());
  CHECK(view.size() == 3);
  CHECK(loader(Reader(nullptr, 0)).empty());
}

TEST_CASE("a span of bytes can't be read from text, which is to be decoded") {
  CHECK(!is_loadable<View>("bytea", Format::text));
  CHECK(is_loadable<Bytes>("bytea", Format::text));
}

TEST_CASE("bytes are read from bytea, and in binary from types that are not known") {
  CHECK(!is_loadable<Bytes>("text", Format::binary));
  CHECK(!is_loadable<Bytes>("text", Format::text));
  CHECK(!is_loadable<Bytes>("bytea[]", Format::binary));
  constexpr Oid unknown = 90000;  // geometry on CockroachDB
  CHECK(adapters().find_loader<Bytes>(unknown, Format::binary));
  CHECK(adapters().find_loader<View>(unknown, Format::binary));
  CHECK(!adapters().find_loader<Bytes>(unknown, Format::text));
  CHECK(!adapters().find_loader<View>(unknown, Format::text));
}

TEST_CASE("the escape format of bytea is read") {
  const struct {
    std::string_view text;
    std::string_view hex;
  } cases[] = {
      {"", ""},
      {"abc ~", "61 62 63 20 7e"},
      {"\\\\", "5c"},
      {"\\\\x00", "5c 78 30 30"},
      {"a\\000\\377b", "61 00 ff 62"},
      {"\\1011", "41 31"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(load<Bytes>("bytea", Format::text, c.text) == to_bytes(from_hex(c.hex)));
  }
}

TEST_CASE("hexadecimal bytea is read in either case") {
  CHECK(load<Bytes>("bytea", Format::text, "\\xABcdEF") == to_bytes("\xab\xcd\xef"));
}

TEST_CASE("malformed text of a bytea is a DataError") {
  for (const std::string_view text :
       {"\\x0", "\\x000", "\\xg0", "\\x0g", "\\x 0", "\\x00 00", "\\", "a\\", "\\0", "\\00",
        "\\400", "\\080", "\\008", "\\X00", "\\a", "\n", "\x7f", "\xc3\xa9"})
    check_refused<Bytes>("bytea", Format::text, text);
  check_refused<Bytes>("bytea", Format::text, std::string_view("a\0b", 3));
}

TEST_CASE("arrays of bytes are read and written") {
  using Array = std::vector<Bytes>;
  check_round_trip(Array{to_bytes("a"), {}}, "bytea[]",
                   "00000001 00000000 00000011 00000002 00000001 00000001 61 00000000",
                   R"({"\\x61","\\x"})");
  CHECK(is_view<std::vector<View>>);
  CHECK(is_loadable<std::vector<View>>("bytea[]", Format::binary));
  CHECK(!is_loadable<std::vector<View>>("bytea[]", Format::text));
}
