#pragma once

#include <palmetto/palmetto.hpp>

#include <boost/uuid/uuid.hpp>

#include <cstddef>
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

/// What an audit found.
struct Audit {
  std::string mistake;              ///< what is wrong, in words; empty: nothing
  std::size_t unknown_applied = 0;  ///< transfers of unknown outcome that were applied
};

/// Makes the tables unless they are there; they are the same for both servers. May be repeated.
void create_tables(palmetto::Connection& conn);
void drop_tables(palmetto::Connection& conn);

/// Opens accounts, unless they are open. May be repeated.
void open_accounts(palmetto::Transaction& tx, const std::vector<Id>& accounts);

/// Moves money, and enters that into the ledger, when there is enough. Whether there was.
bool move(palmetto::Transaction& tx, const Transfer& transfer);

/// Compares the tables with these outcomes. Each applied transfer must be in the ledger, none that
/// was not applied may be, and every balance must be what the ledger makes of it.
Audit audit(palmetto::Transaction& tx, const std::vector<Id>& accounts, const Outcomes& outcomes);

}  // namespace bank
