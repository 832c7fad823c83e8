#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/hstore.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/adapters/vector.hpp"

#include "fuzz.hpp"

#include <unordered_map>

namespace {

using palmetto::Hstore;
using palmetto::Vector;
using Strings = std::map<std::string, std::string>;
using Unordered = std::unordered_map<std::string, std::optional<std::string>>;

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  adapters().register_type(
      {.name = "hstore", .oid = 70001, .array_oid = 70002, .regtype = "hstore"});
  adapters().register_type(
      {.name = "vector", .oid = 90006, .array_oid = 90007, .regtype = "vector"});
  const Hstore pairs{{"", ""}, {"a", std::nullopt}, {"null", "NULL"}, {"q\"\\", "x, y=>"}};
  return {
      read<Hstore>("hstore", {Hstore(), pairs}),
      read<Hstore, std::string_view>("hstore", {" \"a\" => null ,\t\"b\"\n=>\"\\x\" "}),
      read<Strings>("hstore", {Strings{{"", ""}, {"a", "1"}}}),
      read<Unordered, Hstore>("hstore", {pairs}),
      read<std::vector<Hstore>>("hstore[]", {std::vector{pairs, Hstore()}}),
      read<Vector>("vector", {Vector{{0}}, Vector{{0.1F, -1e-30F, 1e30F, -0.0F}}}),
      read<Vector, std::string_view>("vector", {" [ 1, 2.5 ,-3 ] "}),
      read<std::vector<Vector>>("vector[]", {std::vector{Vector{{1}}, Vector{{2, 3}}}}),
  };
}
