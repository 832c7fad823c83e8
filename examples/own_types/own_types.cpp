// A type of one's own as a value, in arrays and in composite types.
#include <palmetto/palmetto.hpp>

#include <boost/describe/class.hpp>

#include <iostream>

struct Cents {
  std::int64_t value = 0;
};

template <>
struct palmetto::Adapter<Cents> {
  static constexpr TypeRef type = "int8";
  static void write(Writer& out, const Cents& cents) { out.put<std::int64_t>(cents.value); }
  static Cents read(Reader& in) { return {in.get<std::int64_t>()}; }
};

struct Price {
  std::string item;
  Cents amount;
};
BOOST_DESCRIBE_STRUCT(Price, (), (item, amount))

int main(int, char** argv) {
  auto conn = palmetto::connect(argv[1]);

  auto sum = conn.execute("SELECT $1 + $2", Cents{150}, Cents{99}).value<Cents>();
  std::cout << "sum: " << sum.value << '\n';

  auto sorted = conn.execute("SELECT array(SELECT unnest($1) ORDER BY 1)",
                             std::vector{Cents{30}, Cents{10}, Cents{20}})
                    .value<std::vector<Cents>>();
  std::cout << "sorted:";
  for (const Cents& cents : sorted) std::cout << ' ' << cents.value;

  conn.execute("CREATE TYPE pg_temp.price AS (item text, amount int8)");
  conn.adapters().register_composite<Price>(*palmetto::CompositeInfo::fetch(conn, "price"));
  auto price = conn.execute("SELECT $1", Price{"tea", {250}}).value<Price>();
  std::cout << '\n' << price.item << ": " << price.amount.value << '\n';
}
