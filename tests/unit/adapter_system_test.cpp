#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/pg_lsn.hpp"
#include "palmetto/adapters/tid.hpp"
#include "palmetto/adapters/transaction_id.hpp"

#include "support/adapter_round_trip.hpp"

using namespace palmetto;
using namespace palmetto::test;

namespace {

template <class T>
void check_text_form(const T& value, std::string_view text) {
  CHECK(value.to_string() == text);
  CHECK(T::parse(text) == value);
}

// parse() says what it could not read.
template <class T>
void check_not_parsed(std::string_view text) {
  CAPTURE(text);
  try {
    static_cast<void>(T::parse(text));
    FAIL_CHECK("it was parsed");
  } catch (const DataError& error) {
    CHECK(std::string_view(error.message()).ends_with('"' + std::string(text) + '"'));
  }
  check_refused<T>(Adapter<T>::type.name, Format::text, text);
}

}  // namespace

TEST_CASE("a PgLsn is a pg_lsn in both formats") {
  const struct {
    std::uint64_t value;
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {0, "0000000000000000", "0/0"},
      {0x16'B374'D848, "00000016b374d848", "16/B374D848"},
      {0x1'0000'000A, "000000010000000a", "1/A"},
      {0xFFFF'FFFF'FFFF'FFFF, "ffffffffffffffff", "FFFFFFFF/FFFFFFFF"},
  };
  for (const auto& c : cases) {
    check_round_trip(PgLsn{c.value}, "pg_lsn", c.hex, c.text);
    check_text_form(PgLsn{c.value}, c.text);
  }
  CHECK(PgLsn::parse("00000016/b374d848") == PgLsn{0x16'B374'D848});
  CHECK(PgLsn::parse("0/FFFFFFFF") < PgLsn::parse("1/0"));
}

TEST_CASE("what is no pg_lsn is a DataError") {
  for (const std::string_view text : {"", "/", "0/", "/0", "0", "000000001/0", "0/000000001", "g/0",
                                      "0/0/0", "-1/0", "+1/0", " 0/0", "0/0 ", "0x1/0"})
    check_not_parsed<PgLsn>(text);
  check_truncations_refused<PgLsn>("pg_lsn", Format::binary, from_hex("00000016b374d848"));
  check_refused<PgLsn>("pg_lsn", Format::binary, from_hex("00000016b374d84800"));
  CHECK_FALSE(is_loadable<PgLsn>("int8", Format::binary));
}

TEST_CASE("a Tid is a tid in both formats") {
  const struct {
    Tid value;
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {{0, 0}, "00000000 0000", "(0,0)"},
      {{258, 3}, "00000102 0003", "(258,3)"},
      {{4'294'967'295, 65'535}, "ffffffff ffff", "(4294967295,65535)"},
  };
  for (const auto& c : cases) {
    check_round_trip(c.value, "tid", c.hex, c.text);
    check_text_form(c.value, c.text);
  }
  CHECK(Tid{1, 2} < Tid{2, 1});
  CHECK(Tid{1, 1} < Tid{1, 2});
}

TEST_CASE("what is no tid is a DataError") {
  for (const std::string_view text :
       {"", "(", "()", "(,)", "(0,)", "(,0)", "(0,1", "0,1)", "(0 1)", "(0,1)x", "(-1,0)", "(+1,0)",
        "(4294967296,0)", "(0,65536)", "( 0,1)", "(0,1,2)"})
    check_not_parsed<Tid>(text);
  check_truncations_refused<Tid>("tid", Format::binary, from_hex("000001020003"));
  check_refused<Tid>("tid", Format::binary, from_hex("00000102000300"));
}

TEST_CASE("transactions and commands have their numbers in both formats") {
  check_round_trip(Xid{7}, "xid", "00000007", "7");
  check_round_trip(Xid{4'294'967'295}, "xid", "ffffffff", "4294967295");
  check_round_trip(Cid{7}, "cid", "00000007", "7");
  check_round_trip(Xid8{7}, "xid8", "0000000000000007", "7");
  check_round_trip(Xid8{18'446'744'073'709'551'615u}, "xid8", "ffffffffffffffff",
                   "18446744073709551615");
  CHECK(Xid8{1} < Xid8{2});
  for (const std::string_view text : {"", "-1", "+1", " 1", "1 ", "x", "4294967296"}) {
    check_refused<Xid>("xid", Format::text, text);
    check_refused<Cid>("cid", Format::text, text);
  }
  check_refused<Xid8>("xid8", Format::text, "18446744073709551616");
  check_truncations_refused<Xid>("xid", Format::binary, from_hex("00000007"));
  check_truncations_refused<Xid8>("xid8", Format::binary, from_hex("0000000000000007"));
  CHECK_FALSE(is_loadable<Xid>("xid8", Format::binary));
  CHECK_FALSE(is_loadable<Xid8>("xid", Format::binary));
}

TEST_CASE("arrays of system types are read and written") {
  check_round_trip(std::vector{PgLsn{1}, PgLsn{2}}, "pg_lsn[]",
                   "00000001 00000000 00000c94 00000002 00000001"
                   "00000008 00000000 00000001 00000008 00000000 00000002",
                   "{0/1,0/2}");
  check_round_trip(std::vector{Tid{0, 1}}, "tid[]",
                   "00000001 00000000 0000001b 00000001 00000001 00000006 00000000 0001",
                   "{\"(0,1)\"}");
  check_round_trip(std::vector{Xid{3}}, "xid[]",
                   "00000001 00000000 0000001c 00000001 00000001 00000004 00000003", "{3}");
}
