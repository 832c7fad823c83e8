#pragma once

#include "palmetto/crdb/system_time.hpp"
#include "palmetto/transaction.hpp"

#include <optional>

namespace palmetto::crdb {

/// How a transaction fares against others that it conflicts with.
/// Source: CockroachDB's manual, "Transactions", "Transaction priorities".
enum class Priority { low, normal, high };

/// As `palmetto::TransactionOptions`, and what only CockroachDB has.
/// Source: CockroachDB's manual, "BEGIN"; peewee's `CockroachDatabase.begin`.
struct TransactionOptions {
  std::optional<IsolationLevel> isolation{};
  std::optional<bool> read_only{};
  std::optional<bool> deferrable{};  ///< true is refused: no version has it
  std::optional<Priority> priority{};
  std::optional<SystemTime> system_time{};  ///< to read as of; the transaction is read-only then
};

}  // namespace palmetto::crdb
