#pragma once

#include <cstdint>

/// The table of the statements that are about one row.
namespace accounts {

inline constexpr std::int32_t count = 1000;

inline constexpr const char* setup =
    "DROP TABLE IF EXISTS accounts;"
    "CREATE UNLOGGED TABLE accounts (id int4 PRIMARY KEY, balance int8 NOT NULL);"
    "INSERT INTO accounts SELECT i, i * 1000000007::int8 FROM generate_series(1, 1000) i;"
    "ANALYZE accounts";

/// Whose turn it is.
[[nodiscard]] constexpr std::int32_t id(std::int32_t call) { return call % count + 1; }

}  // namespace accounts
