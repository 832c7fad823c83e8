#include "palmetto/adapters/text.hpp"
#include "palmetto/adapters/text_search.hpp"

#include "fuzz.hpp"

using namespace std::string_view_literals;
using palmetto::TsQuery;
using palmetto::TsVector;

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  const TsVector words = TsVector::parse("cat:3A,5 'it''s a' fat:2b \\\\");
  // 'fat' & ( 'rat':*AB | !'cat' ) <2> 'b', of which the dumper writes the text alone.
  constexpr std::string_view query =
      "\0\0\0\x08\2\2\1\0\0b\0\2\4\0\2\2\3\2\1\1\0\0cat\0\1\x0c\1rat\0\1\0\0fat\0"sv;
  Case binary_query = read<TsQuery>("tsquery", {{"'fat' & ( 'rat':*AB | !'cat' )"}, {""}});
  Case binary_text = read<std::string>("tsquery", {"'fat' <-> !!'cat'"});
  for (Case* which : {&binary_query, &binary_text})
    which->seeds.push_back({Format::binary, std::string(query)});
  return {
      read<TsVector>("tsvector", {TsVector(), words}),
      read<TsVector, std::string_view>("tsvector", {" b:2,1,2a a:1 b:3* ", "'q''\\'':16383 :a"}),
      std::move(binary_query),
      read<std::string, TsVector>("tsvector", {TsVector(), words}),
      std::move(binary_text),
  };
}
