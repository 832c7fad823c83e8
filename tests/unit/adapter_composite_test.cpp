#include "palmetto/adapters/composite.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"

#include "support/adapter_round_trip.hpp"

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

using namespace palmetto;
using namespace palmetto::test;

namespace {

struct Item {
  std::string name;
  std::optional<std::int32_t> supplier;
  friend bool operator==(const Item&, const Item&) = default;
};
BOOST_DESCRIBE_STRUCT(Item, (), (name, supplier))

// The attributes are in another order than the members.
AdaptersMap map_with_item() {
  AdaptersMap map;
  CompositeInfo item;
  item.name = "item";
  item.oid = 70000;
  item.array_oid = 70001;
  item.regtype = "item";
  item.kind = TypeKind::composite;
  item.attributes = {{"supplier", oid_of("int4")}, {"name", oid_of("text")}};
  map.register_composite<Item>(item);
  return map;
}

constexpr const char* nail = "00000002 00000017 00000004 00000007 00000019 00000004 6e61696c";

}  // namespace

TEST_CASE("a composite value, as the server sends it") {
  const AdaptersMap map = map_with_item();
  const Item item{"nail", 7};
  const Dumped binary = dump(item, Format::binary, map);
  CHECK(binary.oid == 70000);
  CHECK(binary.format == Format::binary);
  CHECK(hex(binary.bytes) == hex(from_hex(nail)));
  CHECK(dump(item, Format::text, map).bytes == "(7,nail)");
  CHECK(load<Item>("item", Format::binary, from_hex(nail), map) == item);
  CHECK(load<Item>("item", Format::text, "(7,nail)", map) == item);
  CHECK(load<Item>("item", Format::text, "(,\"a\\\"b\"\"c\")", map) ==
        Item{"a\"b\"c", std::nullopt});
  // Without a type it is text, of the members in their own order.
  const Dumped untyped = dump(item);
  CHECK(untyped.oid == 0);
  CHECK(untyped.format == Format::text);
  CHECK(untyped.bytes == "(nail,7)");
}

TEST_CASE("malformed composite values are DataErrors") {
  const AdaptersMap map = map_with_item();
  const auto check_refused = [&map](Format format, std::string_view bytes) {
    CAPTURE(bytes);
    CHECK_THROWS_AS(static_cast<void>(load<Item>("item", format, bytes, map)), DataError);
  };
  const std::string whole = from_hex(nail);
  for (std::size_t size = 0; size < whole.size(); ++size)
    check_refused(Format::binary, whole.substr(0, size));
  for (const char* hex : {
           "00000001 00000017 00000004 00000007",                             // too few
           "00000003 00000017 00000004 00000007 00000019 00000004 6e61696c",  // too many
           "ffffffff",
           "00000002 00000014 00000004 00000007 00000019 00000004 6e61696c",  // another type
           "00000002 00000017 fffffffe 00000019 00000004 6e61696c",           // negative length
           "00000002 00000017 00000004 00000007 00000019 ffffffff",  // NULL for what takes none
           "00000002 00000017 00000004 00000007 00000019 00000004 6e61696c 00",  // left over
       })
    check_refused(Format::binary, from_hex(hex));
  for (const char* text : {"", "(", ")", "()", "(1)", "(1,a,2)", "1,a", "(1,a", "(1,\"a)", "(x,a)",
                           "(1,)", "(1,a\"b)", "(1,\"a\"b)"})
    check_refused(Format::text, text);
}

TEST_CASE("an anonymous record tells its types") {
  using Pair = std::tuple<std::int64_t, std::string>;
  CHECK(load<Pair>("record", Format::binary, from_hex(nail)) == Pair{7, "nail"});
  check_truncations_refused<Pair>("record", Format::binary, from_hex(nail));
  check_refused<Pair>("record", Format::binary,
                      from_hex("00000002 0000ffff 00000004 00000007 00000019 00000004 6e61696c"));
  using Strings = std::pair<std::string, std::optional<std::string>>;
  CHECK(load<Strings>("record", Format::text, "(a,)") == Strings{"a", std::nullopt});
}

TEST_CASE("a record's attribute that can't be read says which type it has, unknown in text") {
  using Pair = std::tuple<std::int64_t, std::string>;
  CHECK_THROWS_WITH_AS(
      static_cast<void>(load<Pair>("record", Format::binary,
                                   from_hex("00000002 00000019 00000001 37 00000019 00000000"))),
      doctest::Contains("attribute 1 of the composite value (text) can't be read as std::int64_t"),
      DataError);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(load<Pair>("record", Format::text, "(7,a)")),
      doctest::Contains(
          "attribute 1 of the composite value (unknown) can't be read as std::int64_t"),
      DataError);
}
