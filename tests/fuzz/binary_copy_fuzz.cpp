#include "palmetto/binary_copy.hpp"

#include "fuzz.hpp"

#include <string>
#include <vector>

namespace {

using palmetto::detail::binary_copy_header;
using palmetto::detail::BinaryCopyReader;

// The first byte is the number of columns; blocks are cut where the second says.
void check_blocks(std::string_view bytes) {
  if (bytes.size() < 2) return;
  const int columns = static_cast<unsigned char>(bytes[0]) % 8;
  const std::size_t size = static_cast<unsigned char>(bytes[1]) + 1U;
  bytes.remove_prefix(2);
  BinaryCopyReader reader(columns);
  while (!bytes.empty()) {
    // An allocation of just these bytes: AddressSanitizer sees whoever reads beyond.
    const std::vector<char> block(
        bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(size, bytes.size())));
    bytes.remove_prefix(block.size());
    const auto read = reader.read({block.data(), block.size()});
    if (read == BinaryCopyReader::Block::malformed) return;
    if (read != BinaryCopyReader::Block::row) continue;
    auto fields = reader.fields();
    palmetto::pq::Cell cell{};
    for (int i = 0; i < columns; ++i) {
      if (!fields.next(cell)) return;
      if (cell.data != nullptr &&
          (cell.data < block.data() || cell.data + cell.length > block.data() + block.size()))
        palmetto::fuzz::fail("a field is outside of its block",
                             std::string(block.data(), block.size()));
    }
  }
}

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  using namespace std::string_literals;
  const std::string header(binary_copy_header);
  return {parse("the blocks of a COPY in binary", &check_blocks,
                {
                    "\2\xff"s + header + "\0\2\0\0\0\1a\xff\xff\xff\xff"s,
                    "\1\x12"s + header + "\0\1\0\0\0\4abcd"s,
                    "\0\xff"s + header + "\xff\xff"s,
                })};
}
