#pragma once

#include "benchmark.hpp"

#include <libpq-fe.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

/// What a careful programmer has at hand who writes on libpq itself.
namespace by_hand {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

inline void require(bool met, const char* what) {
  if (!met) throw std::runtime_error(what);
}

/// With what libpq says otherwise.
inline void require(bool met, const PGconn* conn) {
  if (!met) throw std::runtime_error(PQerrorMessage(conn));
}
inline void require(bool met, const Connection& conn) { require(met, conn.get()); }

inline Connection connect(const std::string& conninfo) {
  Connection conn(PQconnectdb(conninfo.c_str()), &PQfinish);
  require(PQstatus(conn.get()) == CONNECTION_OK, conn);
  return conn;
}

/// The result, which must be of that status.
inline Result checked(const Connection& conn, PGresult* result, ExecStatusType status) {
  Result checked(result, &PQclear);
  require(PQresultStatus(result) == status, conn);
  return checked;
}

inline void execute(const Connection& conn, const char* statement) {
  checked(conn, PQexec(conn.get(), statement), PGRES_COMMAND_OK);
}

template <class T>
using Bits = std::conditional_t<
    sizeof(T) == 8, std::uint64_t,
    std::conditional_t<sizeof(T) == 4, std::uint32_t,
                       std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint8_t>>>;

template <class T>
Bits<T> swapped(Bits<T> bits) {
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(bits);
  else if constexpr (sizeof(T) == 4) return __builtin_bswap32(bits);
  else if constexpr (sizeof(T) == 2) return __builtin_bswap16(bits);
  else return bits;
}

template <class T>
T from_network(const char* bytes) {
  Bits<T> bits;
  std::memcpy(&bits, bytes, sizeof(bits));
  return std::bit_cast<T>(swapped<T>(bits));
}

template <class T>
void to_network(char* bytes, T value) {
  const auto bits = swapped<T>(std::bit_cast<Bits<T>>(value));
  std::memcpy(bytes, &bits, sizeof(bits));
}

/// A cell of a binary result. It must not be NULL, and have that size if that isn't negative.
inline const char* cell(const PGresult* result, int row, int column, int size) {
  if (PQgetisnull(result, row, column)) throw std::runtime_error("NULL");
  if (size >= 0 && PQgetlength(result, row, column) != size) throw std::runtime_error("length");
  return PQgetvalue(result, row, column);
}

/// The row of a binary result, every cell of it checked.
inline void add_row(bench::Checksum& sum, const PGresult* result, int row) {
  const char* text = cell(result, row, 1, -1);
  sum.add(from_network<std::int64_t>(cell(result, row, 0, 8)),
          {text, static_cast<std::size_t>(PQgetlength(result, row, 1))},
          from_network<double>(cell(result, row, 2, 8)),
          from_network<std::int32_t>(cell(result, row, 3, 4)), *cell(result, row, 4, 1) != 0);
}

}  // namespace by_hand
