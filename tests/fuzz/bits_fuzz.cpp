#include "palmetto/adapters/bit_string.hpp"
#include "palmetto/adapters/bitset.hpp"

#include "fuzz.hpp"

using palmetto::BitString;

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  return {
      read<BitString>("varbit", {BitString(), BitString(1, true), BitString(16, true),
                                 BitString::parse("101100111")}),
      read<BitString>("bit", {BitString(), BitString(1, true), BitString::parse("101100111")}),
      read<std::bitset<0>>("bit", {{}}),
      read<std::bitset<8>>("bit", {0, 0b1011}),
      read<std::bitset<13>>("bit", {0, 0b1011}),
      read<std::bitset<13>, BitString>("varbit", {BitString(13, true)}),
      read<std::bitset<64>>("bit", {0, ~0ULL}),
  };
}
