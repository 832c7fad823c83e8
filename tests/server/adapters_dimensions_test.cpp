#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/errors.hpp"

#include "server/caught.hpp"
#include "server/round_trip.hpp"
#include "support/server.hpp"

#include <array>
#include <deque>
#include <list>
#include <set>
#include <span>

using namespace support;
using palmetto::Array;
using palmetto::DataError;
using palmetto::Format;

namespace {

using Matrix = std::vector<std::vector<std::int32_t>>;

// A container of the user's: what it derives from is a sequence, and so is it.
struct Scores : std::vector<std::int32_t> {
  using vector::vector;
};

// Adapted sequences of 3 x 4 x 5 x 6 numbers, each other than all others.
auto four_dimensions() {
  std::vector<std::vector<std::vector<std::vector<std::int64_t>>>> values(3);
  std::int64_t next = 0;
  for (auto& a : values) {
    a.resize(4);
    for (auto& b : a) {
      b.resize(5);
      for (auto& c : b) {
        c.resize(6);
        for (auto& d : c) d = next++;
      }
    }
  }
  return values;
}

template <class T>
[[nodiscard]] std::string refusal_to_read(palmetto::Connection& conn, const char* sql,
                                          Format format) {
  const auto result = conn.with({.results = format}).execute(palmetto::dynamic_sql(sql));
  return caught<DataError>([&] { static_cast<void>(result.value<T>()); }).message();
}

}  // namespace

TEST_CASE("nested vectors are arrays of several dimensions") {
  auto conn = connect();
  check_round_trip(conn, Matrix{{1, 2}, {3, 4}, {5, 6}}, "int4[]", "{{1,2},{3,4},{5,6}}");
  check_round_trip(conn, Matrix{{7}}, "int4[]", "{{7}}");
  check_round_trip(conn, Matrix{}, "int4[]", "{}");
  check_round_trip(
      conn, std::vector<std::vector<std::optional<std::string>>>{{"a,b", std::nullopt}, {"", "{}"}},
      "text[]", R"({{"a,b",NULL},{"","{}"}})");
  check_round_trip(conn, four_dimensions(), "int8[]");
}

TEST_CASE("std::array is an array of just that length, at any depth") {
  auto conn = connect();
  using Pairs = std::vector<std::array<std::int32_t, 2>>;
  check_round_trip(conn, std::array<std::int32_t, 3>{1, 2, 3}, "int4[]", "{1,2,3}");
  check_round_trip(conn, std::array<std::int32_t, 0>{}, "int4[]", "{}");
  check_round_trip(conn, Pairs{{1, 2}, {3, 4}}, "int4[]", "{{1,2},{3,4}}");
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(refusal_to_read<std::array<std::int32_t, 3>>(conn, "SELECT '{1,2}'::int4[]", format)
              .ends_with("the array has 2 elements, the C++ type takes 3"));
    CHECK(refusal_to_read<std::array<std::int32_t, 1>>(conn, "SELECT '{}'::int4[]", format)
              .ends_with("the array has 0 elements, the C++ type takes 1"));
    CHECK(refusal_to_read<Pairs>(conn, "SELECT '{{1},{2}}'::int4[]", format)
              .ends_with("the array has 1 elements, the C++ type takes 2"));
  }
}

TEST_CASE("any sequence container is an array") {
  auto conn = connect();
  check_round_trip(conn, std::deque<std::int32_t>{1, 2}, "int4[]", "{1,2}");
  check_round_trip(conn, std::list<std::string>{"a", "b"}, "text[]", "{a,b}");
  check_round_trip(conn, Scores{1, 2, 3}, "int4[]", "{1,2,3}");
  check_round_trip(conn, std::vector<bool>{true, false}, "bool[]", "{t,f}");
  check_round_trip(conn, std::vector<Scores>{{1}, {2}}, "int4[]", "{{1},{2}}");
}

TEST_CASE("what can't grow can be sent") {
  auto conn = connect();
  const std::int32_t numbers[] = {1, 2, 3};
  CHECK(conn.execute("SELECT $1::int4[]::text", std::span<const std::int32_t>(numbers))
            .value<std::string>() == "{1,2,3}");
  CHECK(conn.execute("SELECT $1::text[]::text", std::set<std::string>{"b", "a"})
            .value<std::string>() == "{a,b}");
  static_assert(!palmetto::Loadable<std::set<std::string>>);
}

TEST_CASE("an Array keeps its dimensions and lower bounds") {
  auto conn = connect();
  check_round_trip(conn, Array<std::int32_t>{{{2, 5}}, {1, 2}}, "int4[]", "[5:6]={1,2}");
  check_round_trip(conn, Array<std::int32_t>{{{2, 1}, {3, -1}}, {1, 2, 3, 4, 5, 6}}, "int4[]",
                   "[1:2][-1:1]={{1,2,3},{4,5,6}}");
  check_round_trip(conn, Array<std::optional<std::string>>{{{1}, {2}}, {"x", std::nullopt}},
                   "text[]", "{{x,NULL}}");
  check_round_trip(conn, Array<std::int32_t>{}, "int4[]", "{}");
  const auto bounds = conn.execute("SELECT '[0:1]={7,8}'::int4[]");
  CHECK(bounds.value<std::vector<std::int32_t>>() == std::vector<std::int32_t>{7, 8});
}

TEST_CASE("random arrays of random dimensions travel") {
  auto conn = connect();
  Random random;
  INFO("PALMETTO_TEST_SEED=", random.seed());
  for (int i = 0; i < random_values; ++i) {
    Array<std::optional<std::int32_t>> array;
    std::int32_t count = 1;
    for (int depth = random.between(0, 4); depth-- > 0;) {
      array.dimensions.push_back({random.between(1, 4), random.between(-3, 3)});
      count *= array.dimensions.back().length;
    }
    if (array.dimensions.empty()) count = 0;
    for (; count > 0; --count)
      array.elements.push_back(random.between(0, 5) == 0
                                   ? std::nullopt
                                   : std::optional(random.between<std::int32_t>(-9999, 9999)));
    check_round_trip(conn, array, "int4[]", text_of(array));
  }
}

TEST_CASE("an array that is ragged, or too deep, is not sent") {
  auto conn = connect();
  using Texts = std::vector<std::vector<std::string>>;
  for (const Format format : {Format::binary, Format::text}) {
    const auto refusal = [&](const auto& value) {
      return caught<DataError>(
                 [&] { conn.with({.parameters = format}).execute("SELECT $1::text[]", value); })
          .message();
    };
    for (const Texts& texts : {Texts{{"a"}, {"b", "c"}}, Texts{{"a"}, {}}, Texts{{}, {"a"}}})
      CHECK(contains(refusal(texts), "parameter $1: "));
    CHECK(contains(refusal(Texts{{}}), "no length"));
    CHECK(contains(refusal(std::vector<Texts>{{{"a"}}, {{"b"}, {"c"}}}), "ragged"));
    std::vector<std::vector<std::vector<std::vector<std::vector<std::vector<std::vector<int>>>>>>>
        deep(1);
    deep[0].resize(1);
    deep[0][0].resize(1);
    deep[0][0][0].resize(1);
    deep[0][0][0][0].resize(1);
    deep[0][0][0][0][0].resize(1);
    deep[0][0][0][0][0][0].resize(1);
    CHECK(contains(refusal(deep), "six dimensions"));
    CHECK(contains(refusal(Array<int>{{{2}}, {1}}), "dimensions say"));
    CHECK(contains(refusal(Array<int>{{{0}}, {}}), "no length"));
    CHECK(contains(refusal(Array<int>{{}, {1}}), "dimensions say"));
    CHECK(contains(refusal(Array<int>{{{1, 2147483647}, {2, 2147483647}}, {1, 2}}), "indices"));
  }
}

TEST_CASE("an array of other dimensions than the C++ type's is a DataError") {
  auto conn = connect();
  for (const Format format : {Format::binary, Format::text}) {
    CHECK(refusal_to_read<Matrix>(conn, "SELECT '{1,2}'::int4[]", format)
              .ends_with("the array has 1 dimensions, the C++ type takes 2"));
    CHECK(refusal_to_read<Scores>(conn, "SELECT '{{1,2}}'::int4[]", format)
              .ends_with("the array has 2 dimensions, the C++ type takes 1"));
  }
}
