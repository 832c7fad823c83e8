#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

/// A place in the write-ahead log, as replication and backups name it:
///
/// | C++   | sent as | read from |
/// |-------|---------|-----------|
/// | PgLsn | pg_lsn  | pg_lsn    |
///
///     auto written = conn.execute("SELECT pg_current_wal_lsn()").value<palmetto::PgLsn>();
///
/// Source: the manual, section 8.20 "pg_lsn Type"; pg_lsn_send.
namespace palmetto {

struct PgLsn {
  std::uint64_t value = 0;  ///< in bytes from the log's beginning

  /// As the server writes it: "16/B374D848", the two halves in hexadecimal.
  [[nodiscard]] std::string to_string() const;
  /// Reads that, in either case. Throws DataError.
  [[nodiscard]] static PgLsn parse(std::string_view text);

  friend std::strong_ordering operator<=>(const PgLsn&, const PgLsn&) = default;
};

template <>
struct Adapter<PgLsn> {
  static constexpr TypeRef type = "pg_lsn";
  static constexpr std::string_view cpp_name = "palmetto::PgLsn";

  static void write(Writer& out, PgLsn lsn) { out.put<std::uint64_t>(lsn.value); }
  static void write_text(Writer& out, PgLsn lsn);
  static PgLsn read(Reader& in) { return {in.get<std::uint64_t>()}; }
  static PgLsn read_text(Reader& in);
};

PALMETTO_DECLARE_ADAPTER(PgLsn);

}  // namespace palmetto
