#include "palmetto/adapters/pg_lsn.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/adapters/tid.hpp"
#include "palmetto/adapters/transaction_id.hpp"

#include "fuzz.hpp"

using palmetto::Cid;
using palmetto::PgLsn;
using palmetto::Tid;
using palmetto::Xid;
using palmetto::Xid8;

std::vector<palmetto::fuzz::Case> palmetto::fuzz::cases() {
  constexpr PgLsn lsn{0x16'B374'D848};
  constexpr Tid tid{4294967295, 65535};
  return {
      read<PgLsn>("pg_lsn", {PgLsn(), lsn}),
      read<Tid>("tid", {Tid{0, 1}, tid}),
      read<Xid>("xid", {Xid{3}, Xid{4294967295}}),
      read<Xid8>("xid8", {Xid8{3}, Xid8{18446744073709551615U}}),
      read<Cid>("cid", {Cid{0}, Cid{4294967295}}),
      read<std::string, PgLsn>("pg_lsn", {lsn}),
      read<std::string, Tid>("tid", {tid}),
      read<std::string>("jsonb", {"\1{\"a\": 1}"}),
      read<std::string_view>("jsonb", {"\1{\"a\": 1}"}),
      read<std::string>("jsonpath", {"\1$.\"a\""}),
      read<std::string>("char", {"a", "", "\xe9", "\\351"}),
      read<std::string_view>("char", {"a", "", "\xe9", "\\351"}),
      read<char>("char", {'a', '\xe9'}),
      read<char>("text", {'a', '\xe9'}),
  };
}
