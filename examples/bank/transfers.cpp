#include "transfers.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace bank {
namespace {

using Balances = std::map<Id, std::int64_t>;

Balances read_balances(palmetto::Transaction& tx, const std::vector<Id>& accounts) {
  Balances balances;
  const auto result =
      tx.execute("SELECT id, balance FROM palmetto_bank_accounts WHERE id = ANY ($1)", accounts);
  for (const auto& [id, balance] : result.rows<Id, std::int64_t>()) balances[id] = balance;
  return balances;
}

std::vector<Transfer> read_ledger(palmetto::Transaction& tx, const std::vector<Id>& accounts) {
  return tx
      .execute(
          "SELECT id, source, target, amount FROM palmetto_bank_ledger WHERE source = ANY ($1)",
          accounts)
      .all<Transfer>();
}

Balances expected_balances(const std::vector<Id>& accounts, const std::vector<Transfer>& ledger) {
  Balances expected;
  for (const Id& id : accounts) expected[id] = first_balance;
  for (const Transfer& transfer : ledger) {
    expected[transfer.source] -= transfer.amount;
    expected[transfer.target] += transfer.amount;
  }
  return expected;
}

}  // namespace

void create_tables(palmetto::Connection& conn) {
  conn.execute(
      "CREATE TABLE IF NOT EXISTS palmetto_bank_accounts ("
      "id UUID PRIMARY KEY, balance INT8 NOT NULL CHECK (balance >= 0))");
  conn.execute(
      "CREATE TABLE IF NOT EXISTS palmetto_bank_ledger ("
      "id UUID PRIMARY KEY, source UUID NOT NULL, target UUID NOT NULL, amount INT8 NOT NULL)");
}

void drop_tables(palmetto::Connection& conn) {
  conn.execute("DROP TABLE IF EXISTS palmetto_bank_ledger");
  conn.execute("DROP TABLE IF EXISTS palmetto_bank_accounts");
}

void open_accounts(palmetto::Transaction& tx, const std::vector<Id>& accounts) {
  for (const Id& id : accounts)
    tx.execute(
        "INSERT INTO palmetto_bank_accounts (id, balance) VALUES ($1, $2) "
        "ON CONFLICT (id) DO NOTHING",
        id, first_balance);
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

Audit audit(palmetto::Transaction& tx, const std::vector<Id>& accounts, const Outcomes& outcomes) {
  const Balances balances = read_balances(tx, accounts);
  const std::vector<Transfer> ledger = read_ledger(tx, accounts);
  std::set<Id> entered;
  for (const Transfer& transfer : ledger) entered.insert(transfer.id);
  const auto is_entered = [&](const Id& id) { return entered.contains(id); };

  Audit found;
  if (balances != expected_balances(accounts, ledger))
    found.mistake = "the balances are not those of the ledger";
  else if (!std::ranges::all_of(outcomes.applied, is_entered))
    found.mistake = "a transfer that was reported as applied is lost";
  else if (std::ranges::any_of(outcomes.not_applied, is_entered))
    found.mistake = "a transfer that was reported as not applied was";
  found.unknown_applied =
      static_cast<std::size_t>(std::ranges::count_if(outcomes.unknown, is_entered));
  return found;
}

}  // namespace bank
