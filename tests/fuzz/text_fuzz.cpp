#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  return {
      read<std::string>("text", {"", "a", "Grüße", std::string(100, 'x')}),
      read<std::string_view>("text", {"", "a", "Grüße"}),
      read<char>("char", {'a', '\xff'}),
      read<char>("text", {'a'}),
      read<std::string>("varchar", {"a"}),
      read<std::string>("bpchar", {"a  "}),
      read<std::string>("name", {"pg_class"}),
      read<std::string>("json", {"[1]"}),
      read<std::string>("xml", {"<a/>"}),
      read<std::string>("int4", {"7"}),
  };
}
