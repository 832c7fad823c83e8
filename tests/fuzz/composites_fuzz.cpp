#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/composite.hpp"
#include "palmetto/adapters/enumeration.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/range.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <utility>

namespace {

using palmetto::TypeKind;
using palmetto::fuzz::detail::oid_of;

struct Item {
  std::string name;
  std::optional<std::int32_t> supplier;
  friend bool operator==(const Item&, const Item&) = default;
};
BOOST_DESCRIBE_STRUCT(Item, (), (name, supplier))

enum class Mood { sad, ok, happy };
BOOST_DESCRIBE_ENUM(Mood, sad, ok, happy)

enum class Size { small, large };

}  // namespace

template <>
struct palmetto::Adapter<Size> : palmetto::EnumByLabels<Size> {};

namespace {

struct Order {
  std::vector<Item> items;
  std::optional<Mood> mood;
  palmetto::Range<std::int32_t> span;
  std::optional<Item> gift;
  friend bool operator==(const Order&, const Order&) = default;
};
BOOST_DESCRIBE_STRUCT(Order, (), (items, mood, span, gift))

using Position = std::tuple<std::optional<std::int64_t>, std::string>;
using View = std::tuple<std::optional<std::int32_t>, std::string_view>;
using Single = std::tuple<std::optional<std::string>>;
using Strings = std::pair<std::string, std::optional<std::string>>;

void register_types() {
  palmetto::AdaptersMap& map = palmetto::adapters();
  map.register_enum<Mood>({{.name = "mood",
                            .oid = 70000,
                            .array_oid = 70001,
                            .regtype = "mood",
                            .kind = TypeKind::enumeration}});
  map.register_enum<Size>({{.name = "size",
                            .oid = 70002,
                            .array_oid = 70003,
                            .regtype = "size",
                            .kind = TypeKind::enumeration}},
                          {{Size::small, "very, \"very\" small"}, {Size::large, ""}});
  // The attributes are in another order than the members.
  map.register_composite<Item>(
      {{.name = "item",
        .oid = 70004,
        .array_oid = 70005,
        .regtype = "item",
        .kind = TypeKind::composite,
        .attributes = {{"supplier", oid_of("int4")}, {"name", oid_of("text")}}}});
  map.register_composite<Order>({{.name = "order",
                                  .oid = 70006,
                                  .array_oid = 70007,
                                  .regtype = "order",
                                  .kind = TypeKind::composite,
                                  .attributes = {{"gift", oid_of("item")},
                                                 {"items", oid_of("item[]")},
                                                 {"mood", oid_of("mood")},
                                                 {"span", oid_of("int4range")}}}});
}

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  register_types();
  const Item nail{"nail", 7};
  const Item odd{"a,(\"b\\) ", std::nullopt};
  const Item empty{"", -1};
  const Order order{{nail, odd, empty}, Mood::ok, {1, 5}, odd};
  return {
      read<Item>("item", {nail, odd, empty}),
      read<std::vector<Item>>("item[]", {std::vector{nail, odd}}),
      read<Order>("order", {Order(), order}),
      read<Position, Item>("item", {nail, odd}),
      // What is sent without a type, the server takes for what it is to be.
      read<Position, Item>("record", {nail, odd}, "item"),
      read<Strings, Strings>("record", {Strings{"a", "b"}, Strings{"", std::nullopt}}),
      read<Mood>("mood", {Mood::sad, Mood::happy}),
      read<Mood>("text", {Mood::ok}),
      read<Size>("size", {Size::small, Size::large}),
      read<std::vector<Mood>>("mood[]", {std::vector{Mood::sad, Mood::ok}}),
      read<std::vector<Size>>("size[]", {std::vector{Size::small, Size::large}}),
      read<View, Item>("record", {nail, odd}),
      read<Single>("record", {Single{}, Single{""}, Single{"a"}}),
  };
}
