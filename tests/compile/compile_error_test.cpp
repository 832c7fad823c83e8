#include "cases.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace compile_test {
namespace {

constexpr const char* prelude = R"(
#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/connection.hpp"
#include "palmetto/cursor.hpp"

using namespace palmetto;

struct Point { int x; int y; };  // a row of two columns; no type of one
struct Place { int id; Point at; };
struct Owner { int id; std::string_view name; };
struct KeptOwner { int id; std::string name; };

// Nothing that a row can be read as.
class Sealed {
 public:
  explicit Sealed(int id) : id_(id) {}
  int id() const { return id_; }

 private:
  int id_;
};

std::string text_from_a_file();
)";

void check(const std::vector<Case>& cases) {
  static const Compiler compiler(prelude);
  check_cases(compiler, "Connection& conn, const Result& result", cases);
}

TEST_CASE("a statement whose placeholders are not its arguments does not compile") {
  check({
      {"too few arguments",
       R"(conn.execute("SELECT $1 + $2", 1);)",
       {"the_statement_has_more_placeholders_than_arguments"},
       R"(conn.execute("SELECT $1 + $2", 1, 2);)"},
      {"none at all",
       R"(conn.execute("SELECT $1");)",
       {"the_statement_has_more_placeholders_than_arguments"},
       R"(conn.execute("SELECT '$1'");)"},
      {"too many arguments",
       R"(conn.execute("SELECT $1", 1, 2);)",
       {"the_statement_has_fewer_placeholders_than_arguments"},
       R"(conn.execute("SELECT $1", 1);)"},
      {"a placeholder in a comment",
       R"(conn.execute("SELECT 1 -- $1", 1);)",
       {"the_statement_has_fewer_placeholders_than_arguments"},
       "conn.execute(\"SELECT -- the sum\\n $1\", 1);"},
      {"a number is left out",
       R"(conn.execute("SELECT $1, $3", 1, 2, 3);)",
       {"the_statement_skips_placeholder", "Number = 2"},
       R"(conn.execute("SELECT $1, $3, $2", 1, 2, 3);)"},
      {"$0",
       R"(conn.execute("SELECT $0", 1);)",
       {"placeholders_count_from_1"},
       R"(conn.execute("SELECT $1", 1);)"},
      {"more than the protocol can count",
       R"(conn.execute("SELECT $65536", 1);)",
       {"a_placeholder_has_too_large_a_number"},
       R"(conn.execute("SELECT $1", 1);)"},
  });
}

TEST_CASE("a statement that ends too early does not compile") {
  const std::vector<std::string> says{"a_string_a_quoted_identifier_or_a_comment_does_not_end"};
  check({
      {"a string", R"(conn.execute("SELECT 'x");)", says, R"(conn.execute("SELECT 'x'");)"},
      {"a string with escapes", R"(conn.execute("SELECT E'it\\'");)", says,
       R"(conn.execute("SELECT E'it\\''");)"},
      {"a dollar-quoted string", R"(conn.execute("SELECT $a$x$b$");)", says,
       R"(conn.execute("SELECT $a$x$b$ $a$");)"},
      {"an identifier", R"(conn.execute("SELECT \"x");)", says, R"(conn.execute("SELECT \"x\"");)"},
      {"a comment", R"(conn.execute("SELECT 1 /* /* */");)", says,
       R"(conn.execute("SELECT 1 /* /* */ */");)"},
  });
}

TEST_CASE("text that is known only at run time is no statement") {
  check({
      {"std::string",
       "conn.execute(text_from_a_file());",
       {"dynamic_sql"},
       "conn.execute(dynamic_sql(text_from_a_file()));"},
      {"std::string_view",
       R"(conn.execute(std::string_view("SELECT 1"));)",
       {"dynamic_sql"},
       R"(conn.execute(dynamic_sql(std::string_view("SELECT 1")));)"},
      {"const char*",
       "const std::string text = text_from_a_file();\n"
       "const char* pointer = text.c_str();\n"
       "conn.execute(pointer);",
       {"'pointer' is not usable in a constant expression"},
       "const std::string text = text_from_a_file();\n"
       "const char* pointer = text.c_str();\n"
       "conn.execute(dynamic_sql(pointer));"},
  });
}

TEST_CASE("a type without an adapter is no argument") {
  const std::string says = "palmetto: an argument of this type can't be sent";
  check({
      {"a struct",
       R"(conn.execute("SELECT $1", Point());)",
       {says, "palmetto::Adapter<T>", "RequireAdapter<Point>"},
       R"(conn.execute("SELECT $1", Point().x);)"},
      {"the second of two",
       R"(conn.execute("SELECT $1, $2", 1, Sealed(1));)",
       {says, "RequireAdapter<Sealed>"},
       R"(conn.execute("SELECT $1, $2", 1, Sealed(1).id());)"},
      {"an optional one",
       R"(conn.execute("SELECT $1", std::optional<Point>());)",
       {says, "RequireAdapter<std::optional<Point> >"},
       R"(conn.execute("SELECT $1", std::optional<int>());)"},
      {"a pointer",
       R"(int number = 1; conn.execute("SELECT $1", &number);)",
       {says, "RequireAdapter<int*>"},
       R"(int number = 1; conn.execute("SELECT $1", number);)"},
      {"one whose header is not included",
       R"(conn.execute("SELECT $1", true);)",
       {says, "RequireAdapter<bool>", "include the header of its adapter"},
       R"(conn.execute("SELECT $1", 1);)"},
  });
}

TEST_CASE("a type without an adapter is no column") {
  const std::string column = "palmetto: a column can't be read as this type";
  const std::string row = "palmetto: a row can't be read as this type";
  check({
      {"a member of a struct",
       "const auto places = result.all<Place>();",
       {column, "palmetto::Adapter<T>", "RequireLoader<Point>"},
       "const auto points = result.all<Point>();"},
      {"one of several",
       "const auto all = result.all<int, Point>();",
       {column, "RequireLoader<Point>"},
       "const auto all = result.all<int, int>();"},
      {"of rows()",
       "const auto rows = result.rows<int, Point>();",
       {column, "RequireLoader<Point>"},
       "const auto rows = result.rows<int, int>();"},
      {"of columns()",
       "const auto columns = result.columns<int, Point>();",
       {column, "RequireLoader<Point>"},
       "const auto columns = result.columns<int, int>();"},
      {"a value",
       "const auto value = result.value<Point>();",
       {column, "RequireLoader<Point>"},
       "const auto value = result.value<int>();"},
      {"a field",
       "const auto value = result[0][0].as<Point>();",
       {column, "RequireLoader<Point>"},
       "const auto value = result[0][0].as<int>();"},
      {"a class with private members",
       "const auto all = result.all<Sealed>();",
       {row, "RowShape<Sealed"},
       "const auto all = result.all<Point>();"},
  });
}

TEST_CASE("a view does not outlive its result") {
  const std::vector<std::string> says{
      "palmetto: this view would point into a result that is gone at the end of the statement"};
  check({
      {"value()", R"(const auto x = conn.execute("SELECT 'x'").value<std::string_view>();)", says,
       R"(const auto x = conn.execute("SELECT 'x'").value<std::string>();)"},
      {"value(), optional",
       R"(const auto x = conn.execute("SELECT 'x'").value<std::optional<std::string_view>>();)",
       says, R"(const auto x = conn.execute("SELECT 'x'").value<std::optional<std::string>>();)"},
      {"value(), of a result that is kept",
       R"(const auto x = conn.execute("SELECT 'x'").value<std::string_view>();)", says,
       R"(const Result kept = conn.execute("SELECT 'x'");
          const auto x = kept.value<std::string_view>();)"},
      {"one()", R"(const auto x = conn.execute("SELECT 1, 'x'").one<int, std::string_view>();)",
       says, R"(const auto x = conn.execute("SELECT 1, 'x'").one<int, std::string>();)"},
      {"optional()", R"(const auto x = conn.execute("SELECT 'x'").optional<std::string_view>();)",
       says, R"(const auto x = conn.execute("SELECT 'x'").optional<std::string>();)"},
      {"all()", R"(const auto x = conn.execute("SELECT 'x'").all<std::string_view>();)", says,
       R"(const auto x = conn.execute("SELECT 'x'").all<std::string>();)"},
      {"all(), of a struct with a view",
       R"(const auto x = conn.execute("SELECT 1, 'x'").all<Owner>();)", says,
       R"(const auto x = conn.execute("SELECT 1, 'x'").all<KeptOwner>();)"},
      {"all(), of arrays of views",
       R"(const auto x = conn.execute("SELECT '{}'").all<std::vector<std::string_view>>();)", says,
       R"(const auto x = conn.execute("SELECT '{}'").all<std::vector<std::string>>();)"},
      {"columns()",
       R"(const auto x = conn.execute("SELECT 1, 'x'").columns<int, std::string_view>();)", says,
       R"(const auto x = conn.execute("SELECT 1, 'x'").columns<int, std::string>();)"},
      {"all(), iterated over",
       R"(for (auto x : conn.execute("SELECT 'x'").all<std::string_view>()) static_cast<void>(x);)",
       says,
       R"(for (auto x : conn.execute("SELECT 'x'").rows<std::string_view>())
            static_cast<void>(x);)"},
  });
}

TEST_CASE("a view does not outlive its row") {
  const std::vector<std::string> says{
      "palmetto: this view would point into a row that is gone at the end of the statement"};
  check({
      {"by name", R"(const auto x = conn.execute("SELECT 'x' x")[0]["x"].as<std::string_view>();)",
       says, R"(const auto x = conn.execute("SELECT 'x' x")[0]["x"].as<std::string>();)"},
      {"by number", R"(const auto x = conn.execute("SELECT 'x'")[0][0].as<std::string_view>();)",
       says, R"(const Row row = conn.execute("SELECT 'x'")[0];
                const auto x = row[0].as<std::string_view>();)"},
  });
}

TEST_CASE("an iterator does not outlive what it goes over") {
  check({
      {"a result",
       R"(auto first = conn.execute("SELECT 1").begin();)",
       {"deleted", "Result::begin() const &&"},
       R"(for (auto row : conn.execute("SELECT 1")) static_cast<void>(row);)"},
      {"the end of a result",
       R"(auto last = conn.execute("SELECT 1").end();)",
       {"deleted", "Result::end() const &&"},
       R"(auto last = result.end();)"},
      {"the rows of a result",
       "auto first = result.rows<int>().begin();",
       {"deleted", "::begin() const &&"},
       "const auto rows = result.rows<int>();\nauto first = rows.begin();"},
  });
}

TEST_CASE("a cursor's query is checked as any statement is") {
  check({
      {"too few arguments",
       R"(Cursor cursor = conn.cursor("c"); cursor.execute("SELECT $1 + $2", 1);)",
       {"the_statement_has_more_placeholders_than_arguments"},
       R"(Cursor cursor = conn.cursor("c"); cursor.execute("SELECT $1 + $2", 1, 2);)"},
      {"too many arguments",
       R"(Cursor cursor = conn.cursor("c"); cursor.execute("SELECT '$1'", 1);)",
       {"the_statement_has_fewer_placeholders_than_arguments"},
       R"(Cursor cursor = conn.cursor("c"); cursor.execute("SELECT $1", 1);)"},
      {"text that is known only at run time",
       R"(Cursor cursor = conn.cursor("c"); cursor.execute(text_from_a_file());)",
       {"dynamic_sql"},
       R"(Cursor cursor = conn.cursor("c"); cursor.execute(dynamic_sql(text_from_a_file()));)"},
      {"a type without an adapter",
       R"(Cursor cursor = conn.cursor("c"); cursor.execute("SELECT $1", Point());)",
       {"palmetto: an argument of this type can't be sent", "RequireAdapter<Point>"},
       R"(Cursor cursor = conn.cursor("c"); cursor.execute("SELECT $1", Point().x);)"},
  });
}

TEST_CASE("what is read from a cursor does not outlive it, nor its batch") {
  check({
      {"a view of one row",
       R"(Cursor cursor = conn.cursor("c");
          const auto x = cursor.fetch_one<std::string_view>();)",
       {"palmetto: this view would point into a result that is gone at the end of the statement"},
       R"(Cursor cursor = conn.cursor("c");
          const auto x = cursor.fetch_one<std::string>();)"},
      {"a loop over a cursor that is gone",
       R"(for (auto x : conn.cursor("c").rows<int>()) static_cast<void>(x);)",
       {"rows<int>"},
       R"(Cursor cursor = conn.cursor("c");
          for (auto x : cursor.rows<int>()) static_cast<void>(x);)"},
      {"a cursor without a name of its own",
       R"(conn.cursor("c").execute("SELECT 1");)",
       {"execute"},
       R"(Cursor cursor = conn.cursor("c"); cursor.execute("SELECT 1");)"},
  });
}

TEST_CASE("there is one object for a connection, and one for a transaction") {
  check({
      {"a connection is not copied",
       "Connection copy = conn;",
       {"deleted", "Connection(const palmetto::Connection&)"},
       "Connection moved = std::move(conn);"},
      {"a transaction is not copied",
       "Transaction tx = conn.transaction();\nTransaction copy = tx;",
       {"deleted", "Transaction(const palmetto::Transaction&)"},
       "Transaction tx = conn.transaction();\nTransaction moved = std::move(tx);"},
      {"a transaction is not replaced",
       "Transaction tx = conn.transaction();\ntx = conn.transaction();",
       {"deleted", "operator=(palmetto::Transaction&&)"},
       "Transaction tx = conn.transaction();\nTransaction inner = tx.transaction();"},
  });
}

}  // namespace
}  // namespace compile_test
