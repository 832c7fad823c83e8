#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

#include <array>
#include <cstdint>
#include <deque>

namespace {

using Bytes = std::vector<std::byte>;
using Ints = std::vector<std::int32_t>;
using NullableInts = std::vector<std::optional<std::int32_t>>;
using Longs = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;
using NullableTexts = std::vector<std::optional<std::string>>;
using Views = std::vector<std::string_view>;
using Nested = std::vector<Ints>;
using NestedTexts = std::vector<std::vector<NullableTexts>>;
using Three = std::array<std::int32_t, 3>;
using Threes = std::vector<std::array<std::optional<std::string>, 3>>;
using AnyInts = palmetto::Array<std::int32_t>;
using AnyTexts = palmetto::Array<std::optional<std::string>>;
using Queue = std::deque<std::int32_t>;
using TextQueue = std::deque<std::string>;
using Times = std::vector<std::chrono::sys_time<std::chrono::microseconds>>;

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  const NullableTexts texts{"a", "NULL", "", "q\"\\", "c,d", " ", std::nullopt, "{}", "nullx"};
  return {
      read<Ints>("int4[]", {Ints(), Ints{1}, Ints{-1, 0, 40000}}),
      read<NullableInts>("int4[]", {NullableInts{1, std::nullopt, 40000}}),
      read<Longs, Ints>("int4[]", {Ints{1, 2}}),
      read<Texts>("text[]", {Texts{"a", "", "c d"}}),
      read<NullableTexts>("text[]", {texts}),
      read<Views>("text[]", {Views{"a", "", "c d"}}),
      read<std::vector<bool>>("bool[]", {std::vector<bool>{true, false}}),
      read<std::vector<double>>("float8[]", {std::vector<double>{0.1, -1e20}}),
      read<std::vector<std::optional<Bytes>>>(
          "bytea[]", {std::vector<std::optional<Bytes>>{Bytes(3), std::nullopt, Bytes()}}),
      read<Times>("timestamptz[]", {Times{{}, Times::value_type::max()}}),
      read<Ints, std::string_view>("int4[]", {"[-3:-2]={1,2}", "{{1},{2}}"}),
      read<Nested>("int4[]", {Nested(), Nested{{1, 2}, {3, 4}}}),
      read<NestedTexts>("text[]", {NestedTexts(), NestedTexts{{texts}, {texts}}}),
      read<Three>("int4[]", {Three{1, 2, 3}}),
      read<Threes>("text[]", {Threes(), Threes{{"a", "NULL", std::nullopt}, {"", "\"", "{"}}}),
      read<AnyInts>("int4[]", {AnyInts(), AnyInts{{{2, -3}, {1, 0}}, {1, 2}}}),
      read<AnyTexts>("text[]", {AnyTexts{{{1}, {1}, {1}, {1}, {1}, {9}}, texts}}),
      read<Queue>("int4[]", {Queue(), Queue{1, 2}}),
      read<TextQueue>("text[]", {TextQueue{"a", ""}}),
  };
}
