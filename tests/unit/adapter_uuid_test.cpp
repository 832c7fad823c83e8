#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/uuid.hpp"

#include "../support/adapter_round_trip.hpp"

using namespace palmetto;
using namespace palmetto::test;
using boost::uuids::uuid;

namespace {

constexpr std::string_view sample = "5b3d4b0a-0102-4304-8506-0708090a0bff";

uuid parse(std::string_view text) { return load<uuid>("uuid", Format::text, text); }

}  // namespace

TEST_CASE("a UUID is sent as uuid and read back in both formats") {
  const struct {
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {"00000000000000000000000000000000", "00000000-0000-0000-0000-000000000000"},
      {"5b3d4b0a010243048506 0708090a0bff", sample},
      {"ffffffffffffffffffffffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
  };
  for (const auto& c : cases) {
    const uuid value = load<uuid>("uuid", Format::binary, from_hex(c.hex));
    CHECK(std::string(value.begin(), value.end()) == from_hex(c.hex));
    check_round_trip(value, "uuid", c.hex, c.text);
  }
}

TEST_CASE("the text of a UUID is read in upper case") {
  CHECK(parse("5B3D4B0A-0102-4304-8506-0708090A0BFF") == parse(sample));
}

TEST_CASE("a binary UUID of another size than 16 is a DataError") {
  const std::string bytes = dump(parse(sample)).bytes;
  check_truncations_refused<uuid>("uuid", Format::binary, bytes);
  check_refused<uuid>("uuid", Format::binary, bytes + '\0');
}

TEST_CASE("malformed text of a UUID is a DataError") {
  check_truncations_refused<uuid>("uuid", Format::text, sample);
  for (const std::string_view text :
       {"5b3d4b0a-0102-4304-8506-0708090a0bff0", "{5b3d4b0a-0102-4304-8506-0708090a0bff}",
        "5b3d4b0a01024304-8506-0708090a0bff-00", "5b3d4b0a+0102-4304-8506-0708090a0bff",
        "5b3d4b0a-0102-4304-8506-0708090a0bfg", "5b3d4b0a-0102-4304-8506-0708090a0bg0",
        "-b3d4b0a-0102-4304-8506-0708090a0bff", "+b3d4b0a-0102-4304-8506-0708090a0bff",
        "0x3d4b0a-0102-4304-8506-0708090a0bff", " b3d4b0a-0102-4304-8506-0708090a0bff",
        "5b3d4b0a-0102-4304-8506-0708090a0b f"})
    check_refused<uuid>("uuid", Format::text, text);
}

TEST_CASE("a UUID is read from uuid alone") {
  CHECK(!is_loadable<uuid>("text", Format::text));
  CHECK(!is_loadable<uuid>("bytea", Format::binary));
}

TEST_CASE("arrays of UUIDs are read and written") {
  check_round_trip(std::vector<uuid>{parse(sample)}, "uuid[]",
                   "00000001 00000000 00000b86 00000001 00000001 00000010"
                   "5b3d4b0a 01024304 85060708 090a0bff",
                   "{" + std::string(sample) + "}");
}
