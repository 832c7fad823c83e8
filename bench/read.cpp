// Reads 50,000 rows of (int8, text, float8, int4, bool) in one of two ways, for callgrind to count:
//
//     read-program URL palmetto|libpq ROWS
//
// Both execute the same statement with a binary result and make the same checksum of every cell;
// bench/read compares them.

#include <palmetto/palmetto.hpp>

#include <libpq-fe.h>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr const char* statement =
    "SELECT i::int8, 'text of row ' || i, i::float8 / 3, i::int4, i % 2 = 0 "
    "FROM generate_series(1, $1::int4) i";

struct Checksum {
  std::uint64_t value = 0;
  void add(std::int64_t number, std::string_view text, double real, std::int32_t small, bool flag) {
    value = value * 31 + static_cast<std::uint64_t>(number);
    value = value * 31 + text.size() + static_cast<unsigned char>(text.back());
    value = value * 31 + std::bit_cast<std::uint64_t>(real);
    value = value * 31 + static_cast<std::uint32_t>(small);
    value = value * 31 + (flag ? 1 : 0);
  }
};

std::uint64_t read_with_palmetto(const char* url, std::int32_t rows) {
  auto conn = palmetto::connect(url);
  Checksum sum;
  for (auto [number, text, real, small, flag] :
       conn.execute(palmetto::dynamic_sql(statement), rows)
           .rows<std::int64_t, std::string_view, double, std::int32_t, bool>())
    sum.add(number, text, real, small, flag);
  return sum.value;
}

template <class T>
T from_network(const char* bytes) {
  std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t> bits;
  std::memcpy(&bits, bytes, sizeof(bits));
  if constexpr (sizeof(T) == 8) bits = __builtin_bswap64(bits);
  else bits = __builtin_bswap32(bits);
  return std::bit_cast<T>(bits);
}

// What a careful programmer writes by hand: every cell is checked for NULL and for its length.
const char* cell(const PGresult* result, int row, int column, int size) {
  if (PQgetisnull(result, row, column)) throw std::runtime_error("NULL");
  if (size >= 0 && PQgetlength(result, row, column) != size) throw std::runtime_error("length");
  return PQgetvalue(result, row, column);
}

std::uint64_t read_with_libpq(const char* url, std::int32_t rows) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> conn(PQconnectdb(url), &PQfinish);
  const std::uint32_t parameter = __builtin_bswap32(static_cast<std::uint32_t>(rows));
  const char* values[] = {reinterpret_cast<const char*>(&parameter)};
  const int lengths[] = {4};
  const int formats[] = {1};
  const Oid types[] = {23};
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexecParams(conn.get(), statement, 1, types, values, lengths, formats, 1), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(conn.get()));
  Checksum sum;
  const int count = PQntuples(result.get());
  for (int row = 0; row < count; ++row) {
    const PGresult* r = result.get();
    const char* text = cell(r, row, 1, -1);
    sum.add(from_network<std::int64_t>(cell(r, row, 0, 8)),
            {text, static_cast<std::size_t>(PQgetlength(r, row, 1))},
            from_network<double>(cell(r, row, 2, 8)),
            from_network<std::int32_t>(cell(r, row, 3, 4)), *cell(r, row, 4, 1) != 0);
  }
  return sum.value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s URL palmetto|libpq ROWS\n", argv[0]);
    return 2;
  }
  const std::string_view way = argv[2];
  const std::int32_t rows = std::atoi(argv[3]);
  const std::uint64_t sum =
      way == "palmetto" ? read_with_palmetto(argv[1], rows) : read_with_libpq(argv[1], rows);
  std::printf("%016llx\n", static_cast<unsigned long long>(sum));
}
