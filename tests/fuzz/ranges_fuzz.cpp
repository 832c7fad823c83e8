#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/numeric.hpp"
#include "palmetto/adapters/range.hpp"
#include "palmetto/adapters/text.hpp"

#include "fuzz.hpp"

#include <cstdint>

namespace {

using palmetto::Multirange;
using palmetto::Numeric;
using palmetto::Range;
using palmetto::RangeBounds;
using palmetto::TypeKind;
using Ints = Range<std::int32_t>;
using Time = std::chrono::sys_time<std::chrono::microseconds>;
using Texts = Range<std::string>;

template <class T>
std::vector<palmetto::fuzz::Case> of(std::string_view type, std::string_view multi, const T& low,
                                     const T& high) {
  using palmetto::fuzz::read;
  const Range<T> both(low, high, RangeBounds::both);
  const Range<T> below(std::nullopt, high, RangeBounds::none);
  const Range<T> above(low, std::nullopt);
  return {
      read<Range<T>>(type, {Range<T>(), Range<T>::empty(), both, below, above}),
      read<Multirange<T>>(multi, {Multirange<T>(), Multirange<T>{{both}},
                                  Multirange<T>{{below, above}}, Multirange<T>{{Range<T>()}}}),
  };
}

void register_text_ranges() {
  const palmetto::Oid text = palmetto::fuzz::detail::oid_of("text");
  palmetto::adapters().register_range<Texts>({{.name = "textrange",
                                               .oid = 70001,
                                               .array_oid = 70002,
                                               .regtype = "textrange",
                                               .kind = TypeKind::range,
                                               .subtype = text}});
  palmetto::adapters().register_type({.name = "textmultirange",
                                      .oid = 70003,
                                      .array_oid = 70004,
                                      .regtype = "textmultirange",
                                      .kind = TypeKind::multirange,
                                      .subtype = text});
}

}  // namespace

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  register_text_ranges();
  std::vector<Case> all;
  const auto add = [&all](std::vector<Case> some) {
    std::ranges::move(some, std::back_inserter(all));
  };
  add(of<std::int32_t>("int4range", "int4multirange", -1, 40000));
  add(of<std::int64_t>("int8range", "int8multirange", -1, 40000));
  add(of("numrange", "nummultirange", Numeric::parse("-1.50"), Numeric::parse("Infinity")));
  add(of<Time>("tstzrange", "tstzmultirange", {}, Time::max()));
  add(of<std::string>("textrange", "textmultirange", "", "q\"\\,)"));
  add({
      read<std::vector<Ints>>("int4range[]", {std::vector{Ints(), Ints(1, 2)}}),
      read<std::vector<Texts>>("textrange[]", {std::vector{Texts("a b", "\""), Texts::empty()}}),
  });
  return all;
}
