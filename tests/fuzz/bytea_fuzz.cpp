#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  const Bytes few{std::byte{0}, std::byte{1}, std::byte{'\\'}, std::byte{255}};
  return {
      read<Bytes>("bytea", {Bytes(), few, Bytes(100)}),
      read<Bytes, std::string_view>("bytea", {R"(escaped: \\ \000 \377)"}),
      read<View>("bytea", {View(), View(few)}),
  };
}
