#include "palmetto/palmetto.hpp"

#include "caught.hpp"
#include "support/server.hpp"
#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace palmetto;
using support::caught;
using support::contains;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string read(LargeObject& object, std::size_t size) {
  std::string text(size, '?');
  text.resize(object.read(std::as_writable_bytes(std::span(text))));
  return text;
}

// A new one, of this text, that is open at its beginning.
LargeObject make(Transaction& tx, std::string_view text) {
  LargeObject object =
      tx.large_objects().open(tx.large_objects().create(), LargeObjectMode::read_write);
  object.write(bytes_of(text));
  object.seek(0);
  return object;
}

std::int64_t count(const Executor& executor, Oid oid) {
  return executor.execute("SELECT count(*) FROM pg_largeobject_metadata WHERE oid = $1::oid", oid)
      .value<std::int64_t>();
}

}  // namespace

TEST_CASE("a large object is read as it was written, in another transaction") {
  Connection conn = support::connect();
  const Oid oid = conn.transaction([](Transaction& tx) {
    LargeObject object = make(tx, "hello, world");
    return object.oid();
  });
  conn.transaction([&](Transaction& tx) {
    LargeObject object = tx.large_objects().open(oid, LargeObjectMode::read);
    CHECK(read(object, 5) == "hello");
    CHECK(object.tell() == 5);
    CHECK(read(object, 100) == ", world");
    CHECK(read(object, 100).empty());
    CHECK(object.tell() == 12);
    object.close();
    tx.large_objects().unlink(oid);
  });
  CHECK(count(conn, oid) == 0);
}

TEST_CASE("more than a chunk is written and read, in a few statements") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Transaction tx = conn.transaction();
  std::string text(1'000'000, '?');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 + i / 256);
  LargeObject object = make(tx, "");
  CHECK(proxy.traffic_of([&] { object.write(bytes_of(text)); }).round_trips == 4);
  CHECK(object.tell() == 1'000'000);
  CHECK(object.size() == 1'000'000);
  object.seek(0);
  std::string back;
  CHECK(proxy.traffic_of([&] { back = read(object, text.size()); }).round_trips == 4);
  CHECK(back == text);
  object.seek(1);
  CHECK(proxy.traffic_of([&] { back = read(object, text.size()); }).round_trips == 4);
  CHECK(back == text.substr(1));
  CHECK(proxy.traffic_of([&] { static_cast<void>(read(object, 0)); }).round_trips == 0);
  CHECK(proxy.traffic_of([&] { object.write({}); }).round_trips == 0);
}

TEST_CASE("the position moves from the beginning, the end, and where it is") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  LargeObject object = make(tx, "0123456789");
  CHECK(object.seek(3) == 3);
  CHECK(read(object, 2) == "34");
  CHECK(object.seek(-1, SeekFrom::here) == 4);
  CHECK(read(object, 1) == "4");
  CHECK(object.seek(-2, SeekFrom::end) == 8);
  CHECK(object.size() == 10);
  CHECK(object.tell() == 8);
  CHECK(tx.execute("SELECT 1").value<std::int32_t>() == 1);
  CHECK(read(object, 9) == "89");
}

TEST_CASE("offsets are of 64 bits, and gaps are zeros") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  LargeObject object = make(tx, "begin");
  constexpr std::int64_t far = 3'000'000'000'000;
  CHECK(object.seek(far) == far);
  object.write(bytes_of("end"));
  CHECK(object.size() == far + 3);
  object.seek(-5, SeekFrom::end);
  CHECK(read(object, 10) == std::string("\0\0end", 5));
  CHECK(object.tell() == far + 3);
}

TEST_CASE("a large object is overwritten, cut off, and filled up") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  LargeObject object = make(tx, "0123456789");
  object.write(bytes_of("abc"));
  object.truncate(5);
  CHECK(object.size() == 5);
  CHECK(object.tell() == 3);
  object.truncate(6);
  object.seek(0);
  CHECK(read(object, 100) == std::string("abc34\0", 6));
}

TEST_CASE("an OID that is chosen is that one, and taken then") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  const Oid largest = 0xfffffffe;
  CHECK(tx.large_objects().create(largest) == largest);
  LargeObject object = tx.large_objects().open(largest, LargeObjectMode::write);
  CHECK(object.oid() == largest);
  const auto error = caught<errors::UniqueViolation>(
      [&] { static_cast<void>(tx.large_objects().create(largest)); });
  CHECK(contains(error.where().file_name(), "large_object_test.cpp"));
}

TEST_CASE("what is created in a transaction that is rolled back is not there") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  LargeObject object = make(tx, "nothing");
  const Oid oid = object.oid();
  CHECK(count(tx, oid) == 1);
  tx.rollback();
  CHECK(count(conn, oid) == 0);
}

TEST_CASE("a large object that is deleted is closed") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  LargeObject object = make(tx, "x");
  object.unlink();
  CHECK(object.closed());
  CHECK(count(tx, object.oid()) == 0);
  CHECK_THROWS_AS(object.unlink(), InterfaceError);
  CHECK(tx.execute("SELECT 1").value<std::int32_t>() == 1);
}

TEST_CASE("a large object that outlives its transaction can't be used, and harms no other one") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  std::optional<LargeObject> object;
  {
    Transaction tx = conn.transaction();
    object.emplace(make(tx, "early"));
    SUBCASE("committed") { tx.commit(); }
    SUBCASE("rolled back") { tx.rollback(); }
    SUBCASE("left") {}
  }
  Transaction other = conn.transaction();
  LargeObject later = make(other, "later");  // likely by the same descriptor
  const support::Traffic traffic = proxy.traffic_of([&] {
    CHECK_THROWS_AS(static_cast<void>(read(*object, 1)), ProgrammingError);
    CHECK_THROWS_AS(object->write(bytes_of("x")), ProgrammingError);
    CHECK_THROWS_AS(object->seek(0), ProgrammingError);
    CHECK_THROWS_AS(static_cast<void>(object->size()), ProgrammingError);
    CHECK_THROWS_AS(object->truncate(0), ProgrammingError);
    CHECK(object->tell() == 0);
    SUBCASE("close") { CHECK_THROWS_AS(object->close(), ProgrammingError); }
    SUBCASE("unlink") { CHECK_THROWS_AS(object->unlink(), ProgrammingError); }
    SUBCASE("only left") {}
    object.reset();
  });
  CHECK(traffic.messages_to_server == 0);
  CHECK(read(later, 100) == "later");
}

TEST_CASE("leaving a large object's scope closes it where that can be") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Transaction tx = conn.transaction();
  std::optional<LargeObject> object(make(tx, "x"));
  const auto left = [&] { return proxy.traffic_of([&] { object.reset(); }).round_trips; };
  SUBCASE("in its transaction") { CHECK(left() == 1); }
  SUBCASE("moved") {
    LargeObject moved = std::move(*object);
    CHECK(left() == 0);
    CHECK(read(moved, 1) == "x");
  }
  SUBCASE("while an inner one is open") {
    Transaction inner = tx.transaction();
    CHECK(left() == 0);
  }
  SUBCASE("in a failed one") {
    CHECK_THROWS_AS(tx.execute("SELECT 1 / 0"), errors::DivisionByZero);
    CHECK(left() == 0);
    return;
  }
  SUBCASE("of a closed connection") {
    conn.close();
    CHECK(left() == 0);
    return;
  }
  CHECK(tx.execute("SELECT 1").value<std::int32_t>() == 1);
}

TEST_CASE("a closed large object can't be used, but closed once more") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  LargeObject object = make(tx, "x");
  object.close();
  CHECK(object.closed());
  CHECK_NOTHROW(object.close());
  CHECK_THROWS_AS(static_cast<void>(read(object, 1)), InterfaceError);
  CHECK_THROWS_AS(object.write(bytes_of("x")), InterfaceError);
  CHECK_THROWS_AS(object.seek(0), InterfaceError);
}

TEST_CASE("a large object of a savepoint is open as long as that") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Transaction inner = tx.transaction();
  LargeObject object = make(inner, "x");
  inner.commit();
  CHECK_THROWS_AS(static_cast<void>(read(object, 1)), ProgrammingError);
  CHECK(count(tx, object.oid()) == 1);
}

TEST_CASE("a two-phase transaction has large objects") {
  Connection conn = support::connect();
  TwoPhaseTransaction tx = conn.tpc_begin(GlobalXid(1, "large object"));
  const Oid oid = tx.large_objects().create();
  tx.tpc_prepare();
  CHECK(count(conn, oid) == 0);
  tx.tpc_commit();
  CHECK(count(conn, oid) == 1);
  conn.transaction([&](Transaction& again) { again.large_objects().unlink(oid); });
}

TEST_CASE("what the server refuses is an error of its class, at the place of the call") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  SUBCASE("there is none") {
    const auto error = caught<errors::UndefinedObject>(
        [&] { static_cast<void>(tx.large_objects().open(1, LargeObjectMode::read)); });
    CHECK(contains(error.message(), "large object 1 does not exist"));
    CHECK(contains(error.where().file_name(), "large_object_test.cpp"));
  }
  SUBCASE("none to delete") {
    CHECK_THROWS_AS(tx.large_objects().unlink(1), errors::UndefinedObject);
  }
  SUBCASE("it is open to be read") {
    LargeObject object =
        tx.large_objects().open(tx.large_objects().create(), LargeObjectMode::read);
    const auto error =
        caught<errors::ObjectNotInPrerequisiteState>([&] { object.write(bytes_of("x")); });
    CHECK(contains(error.where().file_name(), "large_object_test.cpp"));
  }
  SUBCASE("before its beginning") {
    LargeObject object = make(tx, "x");
    CHECK_THROWS_AS(object.seek(-1), errors::InvalidParameterValue);
    CHECK(object.tell() == 0);
  }
}
