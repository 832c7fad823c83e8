#include "transfers.hpp"

#include <map>
#include <set>

namespace bank {
namespace {

struct Account {
  Id id;
  std::int64_t balance;
};

template <class T>
std::vector<T> read(palmetto::Transaction& tx, const char* statement) {
  return tx.execute(palmetto::dynamic_sql(statement)).all<T>();
}

}  // namespace

std::vector<Id> create_tables(palmetto::Connection& conn) {
  drop_tables(conn);
  conn.execute(
      "CREATE TABLE palmetto_bank_accounts ("
      "id UUID PRIMARY KEY DEFAULT gen_random_uuid(), "
      "owner TEXT NOT NULL, "
      "balance INT8 NOT NULL CHECK (balance >= 0))");
  conn.execute(
      "CREATE TABLE palmetto_bank_ledger ("
      "id UUID PRIMARY KEY, source UUID NOT NULL, target UUID NOT NULL, amount INT8 NOT NULL)");
  std::vector<Id> ids;
  for (int i = 0; i < account_count; ++i)
    ids.push_back(conn.execute("INSERT INTO palmetto_bank_accounts (owner, balance) "
                               "VALUES ($1, $2) RETURNING id",
                               "owner " + std::to_string(i), first_balance)
                      .value<Id>());
  return ids;
}

void drop_tables(palmetto::Connection& conn) {
  conn.execute("DROP TABLE IF EXISTS palmetto_bank_ledger");
  conn.execute("DROP TABLE IF EXISTS palmetto_bank_accounts");
}

bool move(palmetto::Transaction& tx, const Transfer& transfer) {
  const auto balance =
      tx.execute("SELECT balance FROM palmetto_bank_accounts WHERE id = $1", transfer.source)
          .value<std::int64_t>();
  if (balance < transfer.amount) return false;
  tx.execute("UPDATE palmetto_bank_accounts SET balance = balance - $1 WHERE id = $2",
             transfer.amount, transfer.source);
  tx.execute("UPDATE palmetto_bank_accounts SET balance = balance + $1 WHERE id = $2",
             transfer.amount, transfer.target);
  tx.execute("INSERT INTO palmetto_bank_ledger VALUES ($1, $2, $3, $4)", transfer.id,
             transfer.source, transfer.target, transfer.amount);
  return true;
}

std::string audit(palmetto::Transaction& tx, const Outcomes& outcomes) {
  std::map<Id, std::int64_t> balances;
  for (const Account& account : read<Account>(tx, "SELECT id, balance FROM palmetto_bank_accounts"))
    balances[account.id] = account.balance;

  std::set<Id> entered;
  std::map<Id, std::int64_t> expected;
  for (const auto& [id, balance] : balances) expected[id] = first_balance;
  for (const Transfer& transfer :
       read<Transfer>(tx, "SELECT id, source, target, amount FROM palmetto_bank_ledger")) {
    entered.insert(transfer.id);
    expected[transfer.source] -= transfer.amount;
    expected[transfer.target] += transfer.amount;
  }

  if (balances != expected) return "the balances are not those of the ledger";
  for (const Id& id : outcomes.applied)
    if (!entered.contains(id)) return "a transfer that was reported as applied is lost";
  for (const Id& id : outcomes.not_applied)
    if (entered.contains(id)) return "a transfer that was reported as not applied was";
  return "";
}

}  // namespace bank
