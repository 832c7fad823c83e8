#include "palmetto/adapters/json.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>

namespace {

namespace json = boost::json;
using palmetto::Json;
using palmetto::Jsonb;

struct Profile {
  std::string name;
  std::optional<int> age;
  std::vector<std::string> tags;
  friend bool operator==(const Profile&, const Profile&) = default;
};
BOOST_DESCRIBE_STRUCT(Profile, (), (name, age, tags))

using Scores = std::map<std::string, std::vector<double>>;

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  const json::value all = {nullptr,
                           true,
                           -1,
                           18446744073709551615U,
                           0.1,
                           1e300,
                           "\u00fc\n\"",
                           json::array(),
                           json::object{{"a", {1, 2}}, {"b", json::object()}}};
  const Profile profile{"Ann", 3, {"a", "b"}};
  const Scores scores{{"Ann", {1, 0.5}}, {"", {}}};
  return {
      read<json::value>("jsonb", {nullptr, all}),
      read<json::value, Json<json::value>>("json", {Json{all}}),
      read<Json<Profile>>("json", {Json{profile}}),
      read<Jsonb<Profile>>("jsonb", {Jsonb{profile}}),
      read<Jsonb<Scores>>("jsonb", {Jsonb{scores}}),
      read<json::value, std::string_view>(
          "json", {R"( { "a" : [ 1 , -0 , 1.50e-3 , "\ud83d\ude00\u0000\/" ] , "a" : null } )"}),
  };
}
