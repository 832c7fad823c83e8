#pragma once

#include <palmetto/palmetto.hpp>

#include <boost/uuid/uuid.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace bank {

using Id = boost::uuids::uuid;

inline constexpr int account_count = 20;
inline constexpr std::int64_t first_balance = 1000;

struct Transfer {
  Id id;
  Id source;
  Id target;
  std::int64_t amount;
};

/// What the client knows of its transfers.
struct Outcomes {
  std::vector<Id> applied;
  std::vector<Id> not_applied;
  std::vector<Id> unknown;  ///< the connection was lost during COMMIT
};

/// Makes the tables anew; they are the same for both servers. The accounts' ids.
std::vector<Id> create_tables(palmetto::Connection& conn);
void drop_tables(palmetto::Connection& conn);

/// Moves money, and enters that into the ledger, when there is enough. Whether there was.
bool move(palmetto::Transaction& tx, const Transfer& transfer);

/// What is wrong with the tables after these outcomes, in words; empty: nothing. Each applied
/// transfer must be in the ledger, none that was not applied may be, and every balance must be what
/// the ledger makes of it.
std::string audit(palmetto::Transaction& tx, const Outcomes& outcomes);

}  // namespace bank
