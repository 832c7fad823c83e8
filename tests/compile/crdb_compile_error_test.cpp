#include "cases.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace compile_test {
namespace {

constexpr const char* prelude = R"(
#include "palmetto/connection.hpp"
#include "palmetto/crdb/create_table.hpp"
#include "palmetto/crdb/insert.hpp"

#include <boost/describe/class.hpp>

#include <span>

using namespace palmetto;

struct Plain { int id; };
class Sealed {};

struct Account { crdb::UuidKey id{}; std::string owner{}; };
BOOST_DESCRIBE_STRUCT(Account, (), (id, owner))
struct Odd { int id{}; Sealed sealed{}; };
BOOST_DESCRIBE_STRUCT(Odd, (), (id, sealed))
struct Empty {};
BOOST_DESCRIBE_STRUCT(Empty, (), ())
)";

void check(const std::vector<Case>& cases) {
  static const Compiler compiler(prelude);
  check_cases(compiler, "Connection& conn, Account& account", cases);
}

TEST_CASE("only a described struct is a row of a table") {
  const std::string says = "palmetto: the rows of a table are structs whose members";
  const std::string create = R"(conn.execute(crdb::create_table<Account>("t"));)";
  const std::string insert = R"(crdb::insert(conn, "t", account);)";
  check({
      {"a plain struct",
       R"(conn.execute(crdb::create_table<Plain>("t"));)",
       {says, "BOOST_DESCRIBE_STRUCT", "RequireTable<Plain>"},
       create},
      {"one without members",
       R"(conn.execute(crdb::create_table<Empty>("t"));)",
       {says, "RequireTable<Empty>"},
       create},
      {"a plain struct, inserted",
       R"(crdb::insert(conn, "t", Plain{1});)",
       {says, "RequireTable<Plain>"},
       insert},
      {"several of them",
       R"(crdb::insert(conn, "t", std::vector<Plain>(2));)",
       {says, "RequireTable<Plain>"},
       R"(crdb::insert(conn, "t", std::vector<Account>(2));)"},
      {"a value, upserted",
       R"(crdb::upsert(conn, "t", 1);)",
       {says, "RequireTable<int>"},
       R"(crdb::upsert(conn, "t", account);)"},
  });
}

TEST_CASE("a member without an adapter is no column") {
  const std::string says = "palmetto: a member of this type can't be a column";
  check({
      {"of a table",
       R"(conn.execute(crdb::create_table<Odd>("t"));)",
       {says, "RequireColumn<Sealed>"},
       R"(conn.execute(crdb::create_table<Account>("t"));)"},
      {"of a row",
       R"(crdb::insert(conn, "t", Odd{});)",
       {says, "RequireColumn<Sealed>"},
       R"(crdb::insert(conn, "t", Account{});)"},
  });
}

TEST_CASE("a conflict is not named by a constraint, and is not updated without columns") {
  check({
      {"a constraint's name",
       R"(crdb::insert(conn, "t", account, crdb::on_constraint("owner_key"));)",
       {"palmetto: conflicts are found by the columns", "on_conflict("},
       R"(crdb::insert(conn, "t", account, crdb::on_conflict("owner").do_nothing());)"},
      {"any conflict, updated",
       R"(crdb::insert(conn, "t", account, crdb::on_conflict().do_update("owner"));)",
       {"do_update"},
       R"(crdb::insert(conn, "t", account, crdb::on_conflict("id").do_update("owner"));)"},
      {"what to do is not said",
       R"(crdb::insert(conn, "t", account, crdb::on_conflict("owner"));)",
       {"OnConflict"},
       R"(crdb::insert(conn, "t", account, crdb::on_conflict("owner").do_update("owner"));)"},
  });
}

TEST_CASE("keys of different values are different types") {
  check({
      {"assigned",
       "account.id = crdb::RowId(1);",
       {"operator="},
       "account.id = boost::uuids::uuid();"},
      {"compared",
       "return void(account.id == crdb::RowId(1));",
       {"operator=="},
       "return void(account.id == crdb::UuidKey());"},
  });
}

}  // namespace
}  // namespace compile_test
