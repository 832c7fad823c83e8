// The texts of what is under way in a pipeline, and how the items of execute_many get there.

#include "palmetto/in_flight.hpp"

#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/item_plan.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

using namespace palmetto;
using detail::InFlight;
using detail::ItemPlan;

namespace {

struct Subject final : WriteSubject {
  void fail(int parameter, std::string_view) const override { throw parameter; }
};

std::string text_of(const pq::ParameterArrays& arrays, int i) {
  REQUIRE(i < arrays.count);
  REQUIRE(arrays.values[i] != nullptr);
  CHECK(arrays.formats[i] == static_cast<int>(Format::text));
  CHECK(arrays.values[i][arrays.lengths[i]] == '\0');
  return {arrays.values[i], static_cast<std::size_t>(arrays.lengths[i])};
}

using Plan = ItemPlan<std::int64_t, std::string_view, std::optional<std::int32_t>, bool>;

}  // namespace

TEST_CASE("texts in flight come back in their order, whatever was added meanwhile") {
  InFlight in_flight;
  int pushed = 0;
  int popped = 0;
  const auto text = [](int i) {
    return std::string(static_cast<std::size_t>(i % 300), 'x') + "end";
  };
  while (popped < 2000) {
    for (int i = 0; i < 7 && pushed < 2000; ++i) {
      const std::string value = text(pushed++);
      const char* const values[] = {"binary", value.c_str(), nullptr};
      const int lengths[] = {6, static_cast<int>(value.size()), 0};
      const int formats[] = {1, 0, 0};
      in_flight.push({3, nullptr, values, lengths, formats});
    }
    for (int i = 0; i < 5 && popped < pushed; ++i) {
      const pq::ParameterArrays front = in_flight.front();
      REQUIRE(front.count == 3);
      CHECK(front.values[0] == nullptr);
      CHECK(text_of(front, 1) == text(popped++));
      in_flight.pop();
    }
  }
}

TEST_CASE("a statement without texts is one too") {
  InFlight in_flight;
  const char* const values[] = {"binary"};
  const int lengths[] = {6};
  const int formats[] = {1};
  in_flight.push({1, nullptr, values, lengths, formats});
  in_flight.push({});
  REQUIRE(in_flight.front().count == 1);
  CHECK(in_flight.front().values[0] == nullptr);
  in_flight.pop();
  CHECK(in_flight.front().count == 0);
  in_flight.pop();
}

TEST_CASE("an item is written in binary, and its texts where they are kept") {
  const AdaptersMap map;
  InFlight in_flight;
  Plan plan(map, Format::binary);
  REQUIRE(plan.stores());
  const auto arrays = plan.write(in_flight, Subject(), std::int64_t{258}, std::string_view("Ada"),
                                 std::optional<std::int32_t>(), true);
  REQUIRE(arrays.count == 4);
  CHECK(std::string_view(arrays.values[0], 8) == std::string_view("\0\0\0\0\0\0\1\2", 8));
  CHECK(arrays.types[0] == 20);
  CHECK(text_of(arrays, 1) == "Ada");
  CHECK(arrays.values[2] == nullptr);
  CHECK(arrays.types[2] == 23);
  CHECK(*arrays.values[3] == '\1');
  CHECK(text_of(in_flight.front(), 1) == "Ada");

  const auto next = plan.write(in_flight, Subject(), std::int64_t{0}, std::string_view(),
                               std::optional<std::int32_t>(7), false);
  CHECK(text_of(next, 1).empty());
  REQUIRE(next.values[2] != nullptr);
  CHECK(std::string_view(next.values[2], 4) == std::string_view("\0\0\0\7", 4));
}

TEST_CASE("a null pointer is NULL, and a text with a NUL byte is refused") {
  const AdaptersMap map;
  InFlight in_flight;
  detail::PlanOf<const char*, std::string> plan(map, Format::binary);
  const char* const none = nullptr;
  CHECK(plan.write(in_flight, Subject(), none, std::string()).values[0] == nullptr);
  CHECK_THROWS_AS(
      static_cast<void>(plan.write(in_flight, Subject(), "Ada", std::string("NUL \0 in it", 11))),
      int);
}

TEST_CASE("what is not stored, or is dumped by others, goes the general way") {
  static_assert(!ItemPlan<std::variant<int, bool>>::is_possible);
  static_assert(!ItemPlan<std::int64_t, std::nullopt_t>::is_possible);
  AdaptersMap map;
  CHECK_FALSE(ItemPlan<int>(map, Format::text).stores());
  map.register_dumper<int>("int8", [](const int& value) { return std::int64_t{value}; });
  CHECK_FALSE(ItemPlan<int>(map, Format::binary).stores());
  CHECK(ItemPlan<std::string>(map, Format::binary).stores());
}
