// Reads one column of one family of types, again and again, for callgrind to count:
//
//     adapters-program URL FAMILY libpq|palmetto|text PASSES
//
// "libpq" decodes by hand, "palmetto" reads the same binary result through rows<...>(), and "text"
// reads a text result through it. The result is fetched once, so that the instructions of more
// passes are those of decoding alone. All ways make the same checksum; bench/adapters compares
// them.

#include <palmetto/palmetto.hpp>

#include <libpq-fe.h>

#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

// --- The checksum --------------------------------------------------------------------------------

std::uint64_t digest(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::uint64_t digest(double value) { return std::bit_cast<std::uint64_t>(value); }
std::uint64_t digest(std::string_view text) {
  return text.size() + static_cast<unsigned char>(text.back());
}
std::uint64_t digest(const boost::uuids::uuid& uuid) { return *uuid.begin() + *(uuid.end() - 1); }
std::uint64_t digest(Instant time) { return digest(std::int64_t{time.time_since_epoch().count()}); }
std::uint64_t digest(const std::vector<std::int32_t>& numbers) {
  return numbers.size() + static_cast<std::uint32_t>(numbers.back());
}

// --- By hand -------------------------------------------------------------------------------------

template <class T>
T from_network(const char* bytes) {
  using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t,
                                  std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>>;
  Bits bits;
  std::memcpy(&bits, bytes, sizeof(bits));
  if constexpr (sizeof(T) == 8) bits = __builtin_bswap64(bits);
  else if constexpr (sizeof(T) == 4) bits = __builtin_bswap32(bits);
  else bits = __builtin_bswap16(bits);
  return std::bit_cast<T>(bits);
}

void require(bool met) {
  if (!met) throw std::runtime_error("malformed");
}

template <class T>
T decode(std::string_view bytes);

template <>
std::int64_t decode(std::string_view bytes) {
  require(bytes.size() == 8);
  return from_network<std::int64_t>(bytes.data());
}
template <>
double decode(std::string_view bytes) {
  require(bytes.size() == 8);
  return from_network<double>(bytes.data());
}
template <>
std::string_view decode(std::string_view bytes) {
  return bytes;
}
template <>
std::string decode(std::string_view bytes) {
  return std::string(bytes);
}
template <>
boost::uuids::uuid decode(std::string_view bytes) {
  require(bytes.size() == 16);
  boost::uuids::uuid uuid;
  std::memcpy(uuid.begin(), bytes.data(), 16);
  return uuid;
}
template <>
Instant decode(std::string_view bytes) {
  require(bytes.size() == 8);
  const auto wire = from_network<std::int64_t>(bytes.data());
  if (wire == INT64_MAX) return Instant::max();
  if (wire == INT64_MIN) return Instant::min();
  std::int64_t since_1970 = 0;
  require(!__builtin_add_overflow(wire, 946'684'800'000'000, &since_1970));
  return Instant(std::chrono::microseconds(since_1970));
}
// A numeric as the nearest double, by one exact division: what there is for up to 15 digits.
template <>
palmetto::Nearest<double> decode(std::string_view bytes) {
  static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  require(bytes.size() >= 8);
  const auto count = from_network<std::uint16_t>(bytes.data());
  const auto weight = from_network<std::int16_t>(bytes.data() + 2);
  const auto sign = from_network<std::uint16_t>(bytes.data() + 4);
  require(bytes.size() == 8 + std::size_t{count} * 2);
  require(count <= 4 && (sign == 0 || sign == 0x4000));
  std::uint64_t mantissa = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto digit = from_network<std::uint16_t>(bytes.data() + 8 + i * 2);
    require(digit < 10000);
    mantissa = mantissa * 10000 + digit;
  }
  const int exponent = 4 * (weight + 1 - count);
  require(mantissa < (std::uint64_t{1} << 53) && exponent >= -22 && exponent <= 22);
  double value = static_cast<double>(mantissa);
  value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
  return {sign == 0 ? value : -value};
}
template <>
std::vector<std::int32_t> decode(std::string_view bytes) {
  require(bytes.size() >= 12);
  if (from_network<std::int32_t>(bytes.data()) == 0) return {};
  require(from_network<std::int32_t>(bytes.data()) == 1 && bytes.size() >= 20);
  require(from_network<std::int32_t>(bytes.data() + 8) == 23);
  const auto count = static_cast<std::size_t>(from_network<std::int32_t>(bytes.data() + 12));
  require(bytes.size() == 20 + count * 8);
  std::vector<std::int32_t> numbers;
  numbers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* element = bytes.data() + 20 + i * 8;
    require(from_network<std::int32_t>(element) == 4);  // NULL is -1
    numbers.push_back(from_network<std::int32_t>(element + 4));
  }
  return numbers;
}

template <class T>
std::uint64_t read_by_hand(const char* url, const char* statement, int passes) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> conn(PQconnectdb(url), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexecParams(conn.get(), statement, 0, nullptr, nullptr, nullptr, nullptr, 1), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(conn.get()));
  std::uint64_t sum = 0;
  const PGresult* r = result.get();
  for (; passes > 0; --passes) {
    const int rows = PQntuples(r);
    for (int row = 0; row < rows; ++row) {
      require(!PQgetisnull(r, row, 0));
      const std::string_view bytes(PQgetvalue(r, row, 0),
                                   static_cast<std::size_t>(PQgetlength(r, row, 0)));
      sum = sum * 31 + digest(decode<T>(bytes));
    }
  }
  return sum;
}

// --- By Palmetto ---------------------------------------------------------------------------------

template <class T>
std::uint64_t read_with_palmetto(const char* url, const char* statement, int passes,
                                 palmetto::Format format) {
  auto conn = palmetto::connect(url);
  const auto result = conn.with({.results = format}).execute(palmetto::dynamic_sql(statement));
  std::uint64_t sum = 0;
  for (; passes > 0; --passes)
    for (const T& value : result.rows<T>()) sum = sum * 31 + digest(value);
  return sum;
}

// --- The families --------------------------------------------------------------------------------

struct Family {
  std::string_view name;
  const char* statement;
  std::uint64_t (*by_hand)(const char* url, const char* statement, int passes);
  std::uint64_t (*by_palmetto)(const char* url, const char* statement, int passes,
                               palmetto::Format format);
};

template <class T>
constexpr Family family(std::string_view name, const char* statement) {
  return {name, statement, &read_by_hand<T>, &read_with_palmetto<T>};
}

constexpr Family families[] = {
    family<std::int64_t>("int8", "SELECT i * 1000000007::int8 FROM generate_series(1, 1000) i"),
    family<double>("float8", "SELECT i::float8 / 7 FROM generate_series(1, 1000) i"),
    family<std::string_view>("text-view",
                             "SELECT 'text of row ' || i FROM generate_series(1, 1000) i"),
    family<std::string>("text-string",
                        "SELECT 'the longer text of row ' || i FROM generate_series(1, 1000) i"),
    family<boost::uuids::uuid>("uuid", "SELECT md5(i::text)::uuid FROM generate_series(1, 1000) i"),
    family<Instant>("timestamptz",
                    "SELECT '2024-02-29 12:34:56.789Z'::timestamptz + i * interval '1 hour 1 us' "
                    "FROM generate_series(1, 1000) i"),
    family<palmetto::Nearest<double>>(
        "numeric-double",
        "SELECT (i * 1237)::numeric(12, 2) / 100 FROM generate_series(1, 1000) i"),
    family<std::vector<std::int32_t>>(
        "int4-array",
        "SELECT array_agg(i * j) FROM generate_series(1, 1000) i, generate_series(1, 10) j "
        "GROUP BY i ORDER BY i"),
};

const Family& find_family(std::string_view name) {
  for (const Family& family : families)
    if (family.name == name) return family;
  throw std::runtime_error("no such family");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "list") {
    for (const Family& family : families) std::puts(family.name.data());
    return 0;
  }
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s list | URL FAMILY libpq|palmetto|text PASSES\n", argv[0]);
    return 2;
  }
  const Family& family = find_family(argv[2]);
  const std::string_view way = argv[3];
  const int passes = std::atoi(argv[4]);
  std::uint64_t sum = 0;
  if (way == "libpq") sum = family.by_hand(argv[1], family.statement, passes);
  else
    sum = family.by_palmetto(argv[1], family.statement, passes,
                             way == "text" ? palmetto::Format::text : palmetto::Format::binary);
  std::printf("%016llx\n", static_cast<unsigned long long>(sum));
}
