#include "palmetto/adapters/mac_address.hpp"
#include "palmetto/adapters/network.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

using palmetto::Cidr;
using palmetto::Inet;
using palmetto::MacAddr;
using palmetto::MacAddr8;

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  const Inet v4 = Inet::v4({192, 168, 0, 1}, 24);
  const Inet v6 = Inet::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 1}, 64);
  return {
      read<Inet>("inet", {Inet(), v4, Inet::v6({}), v6}),
      read<Inet, std::string_view>(
          "inet", {"::ffff:1.2.3.4", "1:2:3:4:5:6:7:8/128", "1::", "FE80::1:0:0:1/10"}),
      read<Inet, Cidr>("cidr", {v4.network(), v6.network()}),
      read<Cidr>("cidr", {Cidr(), v4.network(), v6.network(), Inet::v6({}).network()}),
      read<MacAddr>("macaddr", {MacAddr(), MacAddr{{8, 0, 43, 1, 2, 255}}}),
      read<MacAddr8>("macaddr8", {MacAddr8(), MacAddr8{{8, 0, 43, 1, 2, 3, 4, 255}}}),
  };
}
