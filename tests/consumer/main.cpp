#include <palmetto/palmetto.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace sql = palmetto::sql;

struct Account {
  std::string owner;
  std::int64_t balance;
};

std::string rich_accounts(std::string_view schema, std::int64_t least) {
  return sql::SQL("SELECT {}, {} FROM {} WHERE {} >= {}")
      .format(sql::Identifier("owner"), sql::Identifier("balance"),
              sql::Identifier(schema, "accounts"), sql::Identifier("balance"), sql::Literal(least))
      .as_string();
}

// What a server takes and gives: parameters and columns of every optional part too.
bool visit(const std::string& url) {
  auto conn = palmetto::connect(url);
  conn.execute("CREATE TEMPORARY TABLE accounts (owner text, balance int8)");
  palmetto::run_transaction(conn, [](palmetto::Transaction& tx) {
    tx.execute("INSERT INTO accounts VALUES ($1, $2), ($3, $4)", "ada", 1200, "grace", 800);
  });

  for (auto [owner, balance] :
       conn.execute("SELECT owner, balance FROM accounts WHERE balance >= $1", 1000)
           .rows<std::string_view, std::int64_t>())
    std::cout << owner << " has " << balance << '\n';

  const auto all =
      conn.execute("SELECT owner, balance FROM accounts ORDER BY balance").all<Account>();
  for (const Account& account : all) std::cout << account.owner << ": " << account.balance << '\n';

#if PALMETTO_HAS_JSON
  const boost::json::value sent = {{"owner", "ada"}, {"balance", 1200}};
  const auto received = conn.execute("SELECT $1::jsonb", sent).value<boost::json::value>();
  if (received != sent) return false;
#endif
#if PALMETTO_HAS_UUID
  const boost::uuids::uuid id = {{0x47, 0x11}};
  if (conn.execute("SELECT $1", id).value<boost::uuids::uuid>() != id) return false;
#endif
  return all.size() == 2 && all[0].owner == "grace" && all[1].balance == 1200;
}

}  // namespace

int main() {
  std::cout << "Palmetto " << PALMETTO_VERSION << '\n';

  const std::string statement = rich_accounts("bank", 1000);
  std::cout << statement << '\n';
  if (statement != R"(SELECT "owner", "balance" FROM "bank"."accounts" WHERE "balance" >= 1000)")
    return EXIT_FAILURE;

  const char* url = std::getenv("PALMETTO_TEST_URL");
  if (url == nullptr) {
    std::cout << "no server to visit: PALMETTO_TEST_URL is not set\n";
    return EXIT_SUCCESS;
  }
  return visit(url) ? EXIT_SUCCESS : EXIT_FAILURE;
}
