#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/binary_copy.hpp"
#include "palmetto/row_reader.hpp"

#include "fuzz.hpp"

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using palmetto::DataError;
using palmetto::detail::binary_copy_header;
using palmetto::detail::BinaryCopyReader;
using palmetto::detail::BinaryFields;
using palmetto::detail::ResultData;
using palmetto::detail::ResultHandle;
using palmetto::pq::Cell;

// An allocation of just these bytes: AddressSanitizer sees whoever reads beyond.
std::vector<char> block_of(std::string_view bytes) { return {bytes.begin(), bytes.end()}; }

std::string_view view(const std::vector<char>& block) { return {block.data(), block.size()}; }

void check_within(const std::vector<char>& block, const char* data, std::size_t size) {
  if (data < block.data() || data + size > block.data() + block.size())
    palmetto::fuzz::fail("a field is outside of its block", view(block));
}

// What was known to be a row at once is one, of the same fields.
BinaryCopyReader::Block read(BinaryCopyReader& reader, const std::vector<char>& block,
                             BinaryFields& fields) {
  const bool is_next_row = reader.is_next_row(view(block), fields);
  const BinaryCopyReader::Block read = reader.read(view(block), fields);
  if (is_next_row && read != BinaryCopyReader::Block::row)
    palmetto::fuzz::fail("a block was taken for a row", view(block));
  return read;
}

// The first byte is the number of columns; blocks are cut where the second says.
void check_blocks(std::string_view bytes) {
  if (bytes.size() < 2) return;
  const int columns = static_cast<unsigned char>(bytes[0]) % 8;
  const std::size_t size = static_cast<unsigned char>(bytes[1]) + 1U;
  bytes.remove_prefix(2);
  BinaryCopyReader reader(columns);
  while (!bytes.empty()) {
    const std::vector<char> block = block_of(bytes.substr(0, size));
    bytes.remove_prefix(block.size());
    BinaryFields fields;
    const auto found = read(reader, block, fields);
    if (found == BinaryCopyReader::Block::malformed) return;
    if (found != BinaryCopyReader::Block::row) continue;
    Cell cell{};
    for (int i = 0; i < columns; ++i) {
      if (!fields.next(cell)) return;
      if (cell.data != nullptr) check_within(block, cell.data, cell.length);
    }
  }
}

using Row = std::tuple<std::int64_t, std::string_view, std::optional<bool>,
                       std::optional<std::string_view>>;
constexpr palmetto::Oid types[] = {20, 25, 16, 25};
constexpr int columns = 4;

// What describes columns of these types.
ResultHandle description() {
  PGresult* const result = PQmakeEmptyPGresult(nullptr, PGRES_COMMAND_OK);
  std::string name = "c";
  std::vector<PGresAttDesc> attributes;
  for (const palmetto::Oid type : types) {
    PGresAttDesc& attribute = attributes.emplace_back();
    attribute.name = name.data();
    attribute.typid = type;
  }
  if (PQsetResultAttrs(result, columns, attributes.data()) == 0)
    palmetto::fuzz::fail("no description");
  return ResultHandle(new ResultData(palmetto::pq::Result(result), palmetto::AdaptersMap(),
                                     palmetto::StatementText{"COPY", "COPY", {}, {}, true},
                                     palmetto::Format::binary));
}

std::optional<Row> read_by_cells(const palmetto::detail::RowReader<Row>& reader,
                                 BinaryFields fields) {
  Cell cells[columns];
  for (Cell& cell : cells)
    if (!fields.next(cell)) return std::nullopt;
  if (!fields.at_end()) return std::nullopt;
  try {
    return reader(0, cells);
  } catch (const DataError&) { return std::nullopt; }
}

// The fields of a row: read at once, and one by one, they are the same, or both are refused.
void check_row(std::string_view bytes) {
  static const palmetto::detail::RowReader<Row> reader(description());
  const std::vector<char> block = block_of(bytes);
  const BinaryFields fields(block.data(), block.data() + block.size());
  const std::optional<Row> expected = read_by_cells(reader, fields);
  std::optional<Row> row;
  try {
    row = reader(0, fields);
  } catch (const DataError&) {  // whether rightly is checked below
  }
  if (row != expected) palmetto::fuzz::fail("a row is read as another one", bytes);
  if (!row) return;
  check_within(block, std::get<1>(*row).data(), std::get<1>(*row).size());
  if (const auto& text = std::get<3>(*row)) check_within(block, text->data(), text->size());
}

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  using namespace std::string_literals;
  const std::string header(binary_copy_header);
  const std::string number = "\0\0\0\x8\0\0\0\0\0\0\0\x2a"s;
  return {
      parse("the blocks of a COPY in binary", &check_blocks,
            {
                "\2\xff"s + header + "\0\2\0\0\0\1a\xff\xff\xff\xff"s,
                "\1\x12"s + header + "\0\1\0\0\0\4abcd"s,
                "\0\xff"s + header + "\xff\xff"s,
            }),
      parse("a row of a COPY in binary", &check_row,
            {
                number + "\0\0\0\2ab\0\0\0\1\1\0\0\0\0"s,
                number + "\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"s,
                number + "\0\0\0\1a\0\0\0\2\1\1\0\0\0\0"s,
            }),
  };
}
