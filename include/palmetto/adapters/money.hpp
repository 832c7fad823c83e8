#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <compare>
#include <cstdint>

namespace palmetto {

/// An amount of the currency of the database:
///
/// | C++             | sent as | read from |
/// |-----------------|---------|-----------|
/// | palmetto::Money | money   | money     |
///
///     auto price = conn.execute("SELECT 12.34::money").value<palmetto::Money>();  // units: 1234
///
/// How many of the units make one of the currency is for `lc_monetary` to say, which the server
/// tells nobody: 100, most often. Its text, "$12.34", depends on `lc_monetary` too, so that Money
/// is read from the binary format alone, and sent in it even where text is preferred; in text it is
/// a DataError. Text itself can be sent for a money column, and read from one: "$12.34", "12.34".
/// PostgreSQL's manual advises against the type: numeric has none of this.
struct Money {
  std::int64_t units = 0;  ///< of the smallest there are: cents

  [[nodiscard]] friend constexpr std::strong_ordering operator<=>(const Money&,
                                                                  const Money&) = default;
};

/// Sources: cash_send, cash_recv.
template <>
struct Adapter<Money> {
  static constexpr TypeRef type = "money";
  static constexpr std::string_view cpp_name = "palmetto::Money";

  static void write(Writer& out, Money value) { out.put<std::int64_t>(value.units); }
  static Money read(Reader& in) { return {in.get<std::int64_t>()}; }
  [[noreturn]] static Money read_text(Reader& in) {
    in.fail("money is read from the binary format alone: its text depends on lc_monetary");
  }
};

}  // namespace palmetto
