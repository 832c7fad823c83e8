#include "palmetto/global_xid.hpp"

#include "palmetto/errors.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using palmetto::DataError;
using palmetto::GlobalXid;

namespace {

struct Name {
  std::int32_t format_id;
  std::string gtrid;
  std::string bqual;
  const char* text;
};

// The first two are psycopg's (tests/test_tpc.py).
const Name names[] = {
    {42, "gtrid", "bqual", "42_Z3RyaWQ=_YnF1YWw="},
    {0, "x", "x", "0_eA==_eA=="},
    {1, "ab", "", "1_YWI=_"},
    {0x7fffffff, "abc", "abcd", "2147483647_YWJj_YWJjZA=="},
    {1, std::string("\0_\xff", 3), "\xfb\xff\xfe", "1_AF//_+//+"},
};

}  // namespace

TEST_CASE("a name in three parts is a text, and the text is the name again") {
  for (const Name& name : names) {
    CAPTURE(name.text);
    const GlobalXid xid(name.format_id, name.gtrid, name.bqual);
    CHECK(xid.text() == name.text);
    const GlobalXid read = GlobalXid::from_text(name.text);
    CHECK(read == xid);
    REQUIRE(read.has_parts());
    CHECK(read.format_id() == name.format_id);
    CHECK(read.gtrid() == name.gtrid);
    CHECK(read.bqual() == name.bqual);
  }
}

TEST_CASE("a text that is none of three parts is a name as it is") {
  const std::string of_65 = "1_" + std::string(84, 'Y') + "YWI=_";  // 65 bytes
  const std::string_view texts[] = {
      "",
      "hello",
      "__",
      "1__",
      "1_eA==",
      "1_eA==_eA==_",
      "x_eA==_eA==",
      "-1_eA==_eA==",
      "01_eA==_eA==",
      "2147483648_eA==_eA==",
      "1_eA_eA==",
      "1_eA=_eA==",
      "1_eB==_eA==",
      "1_e===_eA==",
      "1_eA==eA==_eA==",
      "1_e A==_eA==",
      "1_eA==_\u20ac",
      "_eA==_eA==",
      of_65,
  };
  for (const std::string_view text : texts) {
    CAPTURE(text);
    const GlobalXid xid = GlobalXid::from_text(text);
    CHECK(xid.text() == text);
    CHECK(xid.gtrid() == text);
    CHECK(xid.bqual().empty());
    CHECK_FALSE(xid.has_parts());
    CHECK(xid.format_id() == -1);
  }
}

TEST_CASE("a name that is no name by XA, or too long for PostgreSQL, is refused") {
  CHECK_THROWS_AS(GlobalXid(-1, "x", "x"), DataError);
  CHECK_THROWS_AS(GlobalXid(1, "", "x"), DataError);
  CHECK_THROWS_AS(GlobalXid(1, std::string(65, 'x'), "x"), DataError);
  CHECK_THROWS_AS(GlobalXid(1, "x", std::string(65, 'x')), DataError);
  CHECK(GlobalXid(0x7fffffff, std::string(64, 'x'), std::string(64, 'x')).text().size() < 200);
  CHECK(GlobalXid::from_text(std::string(199, 'x')).text().size() == 199);
  CHECK_THROWS_AS(static_cast<void>(GlobalXid::from_text(std::string(200, 'x'))), DataError);
  CHECK_THROWS_AS(static_cast<void>(GlobalXid::from_text(std::string_view("a\0b", 3))), DataError);
}
