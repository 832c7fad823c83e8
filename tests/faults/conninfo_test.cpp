// Connection strings that are malformed: what is wrong is named, and no part of a password is.

#include "palmetto/palmetto.hpp"

#include "german.hpp"
#include "thrown.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace palmetto;
using namespace std::literals;
using faults::contains;
using faults::thrown_by;

namespace {

// Every password below is made of these two.
constexpr std::string_view first = "hunter";
constexpr std::string_view second = "tw0";

void check_no_password(const Error& error) {
  for (const std::string_view text :
       {std::string_view(error.what()), std::string_view(error.message()), error.sqlstate(),
        std::string_view(error.diagnostic().message_primary),
        std::string_view(error.statement())}) {
    CAPTURE(text);
    CHECK_FALSE(contains(text, first));
    CHECK_FALSE(contains(text, second));
  }
}

struct Malformed {
  std::string_view conninfo;
  std::string_view names;  // what the message must say
};

// libpq puts what it read into its messages, and that may be a piece of the password.
constexpr Malformed with_passwords[] = {
    {"user=u password=hunter tw0", "missing \"=\""},
    {"user=u password = hunter tw0", "missing \"=\""},
    {"password=hunter\ttw0 user=u", "missing \"=\""},
    {"user=u password='hunter tw0", "unterminated quoted string"},
    {"user=u password='hunter' tw0'", "missing \"=\""},
    {"user=u password='hunter\\' tw0", "unterminated quoted string"},
    {"user=u password=hunter tw0=x", "invalid connection option"},
    {"user=u password=hunter x\"tw0", "missing \"=\""},
    {"user=u password=hunter \"tw0\"", "missing \"=\""},
    {"user=u password=hunter \"x\"tw0\"", "missing \"=\""},
    {"user=u password=hunter a\"b\"tw0=1", "invalid connection option"},
    {"user=u password=huntertw0 nosuch=1", "invalid connection option"},
    {"user=u sslpassword=hunter tw0", "missing \"=\""},
    {"user=u passwrd=hunter tw0", "invalid connection option"},
    {"user=u PASSWORD=hunter tw0", "invalid connection option"},
    {"user=u pwd=hunter tw0", "invalid connection option"},
    {"postgresql://u:hunter%zztw0@localhost/db", "percent-encoded"},
    {"postgresql://u:hunter%tw0@localhost/db", "percent-encoded"},
    {"postgresql://u:huntertw0%@localhost/db", "percent-encoded"},
    {"postgresql://u:hunter%00tw0@localhost/db", "%00"},
    {"postgres://u:hunter%zztw0@localhost/db", "percent-encoded"},
    {"postgresql://u:hunter\"%zztw0@localhost/db", "percent-encoded"},
    {"postgresql://u:\"hunter%zztw0\"@localhost/db", "percent-encoded"},
    {"postgresql://u:hunter%zztw0", "percent-encoded"},
    {"postgresql://u:huntertw0@[::1/db", "IPv6"},
    {"postgresql://u:hunter\"tw0@[::1/db", "IPv6"},
    {"postgresql://u:huntertw0@[]/db", "IPv6"},
    {"postgresql://u:huntertw0@[::1]x/db", "unexpected character"},
    {"postgresql://u:huntertw0@localhost/db?nosuch=1", "invalid URI query parameter"},
    {"postgresql:///db?user=u&password=hunter%zztw0", "percent-encoded"},
    {"postgresql:///db?user=u&password=hunter=tw0", "extra key/value separator"},
    {"postgresql:///db?user=u&password=hunter&tw0", "missing key/value separator"},
    {"postgresql:///db?user=u&password=hunter&tw0=1", "invalid URI query parameter"},
    {"postgresql+driver://u:huntertw0@localhost/db", "unknown: postgresql+driver://"},
    {"postgresql//u:huntertw0", "missing \"=\""},
    {"jdbc:postgresql://localhost/db?user=u&password=huntertw0", "invalid connection option"},
    {"user=u password=huntertw0 connect_timeout=soon", "connect_timeout"},
    {"postgresql://u:huntertw0@localhost/db?connect_timeout=1x", "connect_timeout"},
};

// Where a password was not percent-encoded, libpq takes a piece of it for something else.
constexpr std::string_view misread[] = {
    "postgresql://u:hunter/tw0@localhost/db",    // a port, and a database
    "postgresql://u:x@huntertw0@localhost/db",   // a host
    "postgresql://u:x@hunter:tw0@localhost/db",  // a host, and a port
    "postgresql://u:hunter@tw0:1@localhost/db",  // the password ends early; a host, and a port
};

}  // namespace

TEST_CASE("a malformed connection string is a ProgrammingError that says what is wrong") {
  const std::vector<Malformed> table{
      {"localhost", "missing \"=\" after \"localhost\""},
      {"host", "missing \"=\" after \"host\""},
      {"host=localhost port", "missing \"=\" after \"port\""},
      {"host='localhost", "unterminated quoted string"},
      {"host=localhost nosuch=1", "\"nosuch\""},
      {"Host=localhost", "\"Host\""},
      {"postgresql://localhost/db?nosuch=1", "\"nosuch\""},
      {"postgresql://localhost/db?host", "\"host\""},
      {"postgresql://localhost/db?host=a=b", "\"host\""},
      {"postgresql://localhost/d%zzb", "\"d%zzb\""},
      {"postgresql://localhost/d%0", "percent-encoded"},
      {"postgresql://localhost/d%00b", "%00"},
      {"postgresql://[::1/db", "IPv6"},
      {"postgresql://[]/db", "IPv6"},
      {"postgresql://[::1]x/db", "unexpected character"},
      {"host=localhost\0port=1"sv, "NUL byte at offset 14"},
      {"postgresql://localhost/\0"sv, "NUL byte at offset 23"},
      {"\0"sv, "NUL byte at offset 0"},
  };
  for (const Malformed& malformed : table) {
    CAPTURE(malformed.conninfo);
    const auto error =
        thrown_by<ProgrammingError>([&] { static_cast<void>(connect(malformed.conninfo)); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), malformed.names));
  }
}

TEST_CASE("what is malformed about a password is said without the password") {
  for (const Malformed& malformed : with_passwords) {
    CAPTURE(malformed.conninfo);
    const auto error =
        thrown_by<ProgrammingError>([&] { static_cast<void>(connect(malformed.conninfo)); });
    CAPTURE(error.message());
    CHECK(contains(error.message(), malformed.names));
    check_no_password(error);
  }
}

TEST_CASE("a NUL byte in a password is refused without showing it") {
  const auto error = thrown_by<ProgrammingError>(
      [] { static_cast<void>(connect("user=u password=hunter\0tw0"sv)); });
  CHECK(contains(error.message(), "NUL byte at offset 22"));
  check_no_password(error);
}

TEST_CASE("a password that was not encoded, and is misread, is not shown either") {
  for (const std::string_view conninfo : misread) {
    CAPTURE(conninfo);
    try {
      static_cast<void>(connect(conninfo, {.connect_timeout = 5s}));
      FAIL_CHECK("connected");
    } catch (const Error& error) {
      CAPTURE(error.message());
      check_no_password(error);
    }
  }
}

TEST_CASE("no password is shown when libpq speaks another language, with quotes of its own") {
  const faults::German german;
  for (const Malformed& malformed : with_passwords) {
    CAPTURE(malformed.conninfo);
    check_no_password(
        thrown_by<ProgrammingError>([&] { static_cast<void>(connect(malformed.conninfo)); }));
  }
}

TEST_CASE("a connect_timeout that is no number of seconds is a ProgrammingError that shows it") {
  for (const std::string_view junk : {"soon", "1x", "2 s", "''", "--2", "nan", "0x10", "1,5"}) {
    CAPTURE(junk);
    const std::string value =
        junk.starts_with('\'') ? std::string(junk) : "'" + std::string(junk) + "'";
    const auto error = thrown_by<ProgrammingError>(
        [&] { static_cast<void>(connect("host=/nowhere connect_timeout=" + value)); });
    CHECK(contains(error.message(), "connect_timeout"));
  }
}
