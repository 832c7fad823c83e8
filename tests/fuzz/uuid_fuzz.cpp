#include "palmetto/adapters/text.hpp"
#include "palmetto/adapters/uuid.hpp"

#include "fuzz.hpp"

#include <boost/uuid/string_generator.hpp>

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  using boost::uuids::uuid;
  const auto some = boost::uuids::string_generator()("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  return {
      read<uuid>("uuid", {uuid(), some}),
      read<uuid, std::string_view>("uuid", {"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"}),
  };
}
