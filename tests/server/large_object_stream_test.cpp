#include "palmetto/large_object_stream.hpp"

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"
#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <sstream>
#include <string>

using namespace palmetto;

namespace {

LargeObject open_new(Transaction& tx) {
  return tx.large_objects().open(tx.large_objects().create(), LargeObjectMode::read_write);
}

LargeObject reopen(Transaction& tx, Oid oid) {
  return tx.large_objects().open(oid, LargeObjectMode::read_write);
}

}  // namespace

TEST_CASE("what is written to a stream is read from one") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  Oid oid = 0;
  {
    LargeObjectStream stream(open_new(tx));
    oid = stream.object().oid();
    for (int i = 0; i < 50'000; ++i) stream << i << '\n';  // more than a buffer
  }
  LargeObjectStream stream(reopen(tx, oid));
  int expected = 0;
  for (int number = 0; stream >> number;) {
    if (number != expected) REQUIRE(number == expected);
    ++expected;
  }
  CHECK(expected == 50'000);
  CHECK(stream.eof());
  CHECK_FALSE(stream.bad());
}

TEST_CASE("a stream copies a whole buffer, either way") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  std::string text(200'000, '?');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7 + i / 256);
  std::istringstream in(text);
  LargeObjectStream stream(open_new(tx));
  stream << in.rdbuf() << std::flush;
  CHECK(stream.object().size() == 200'000);
  stream.seekg(0);
  std::ostringstream out;
  out << stream.rdbuf();
  CHECK(out.str() == text);
}

TEST_CASE("a stream has one position, to read and to write") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  LargeObjectStream stream(open_new(tx));
  stream << "one two three";
  CHECK(stream.tellp() == std::streampos(13));
  stream.seekg(4);
  std::string word;
  stream >> word;
  CHECK(word == "two");
  CHECK(stream.tellg() == std::streampos(7));
  stream << "!";  // where reading ended, not where the buffer did
  CHECK(stream.tellp() == std::streampos(8));
  CHECK(stream.get() == 't');
  stream.seekp(-5, std::ios::end);
  stream << "T";
  stream.seekg(0);
  std::string all;
  std::getline(stream, all);
  CHECK(all == "one two!Three");
  stream.clear();
  stream.seekg(-5, std::ios::cur);
  CHECK(stream.get() == 'T');
}

TEST_CASE("a stream asks the server a buffer at a time, and not for its position") {
  support::WireProxy proxy;
  Connection conn = connect(proxy.conninfo());
  Transaction tx = conn.transaction();
  LargeObjectStream stream(open_new(tx));
  const auto write = [&] {
    for (int i = 0; i < 100'000; ++i) stream.put('x');
    stream.flush();
  };
  CHECK(proxy.traffic_of(write).round_trips == 2);
  stream.seekg(0);
  const auto read = [&] {
    for (int i = 0; i < 100'000; ++i) CHECK_MESSAGE(stream.get() == 'x', i);
    CHECK(stream.tellg() == std::streampos(100'000));
  };
  CHECK(proxy.traffic_of(read).round_trips == 2);
}

TEST_CASE("what fails in a stream is its badbit, or thrown where that was asked for") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  const Oid oid = tx.large_objects().create();
  LargeObjectStream stream(tx.large_objects().open(oid, LargeObjectMode::read));
  SUBCASE("badbit") {
    stream << "x" << std::flush;
    CHECK(stream.bad());
  }
  SUBCASE("thrown") {
    stream.exceptions(std::ios::badbit);
    CHECK_THROWS_AS(stream << "x" << std::flush, errors::ObjectNotInPrerequisiteState);
  }
}

TEST_CASE("a stream that outlives its transaction fails, and ends without a word") {
  Connection conn = support::connect();
  Transaction tx = conn.transaction();
  LargeObjectStream stream(open_new(tx));
  stream << "x";
  tx.rollback();
  SUBCASE("flushed") {
    stream.flush();
    CHECK(stream.bad());
  }
  SUBCASE("left") {}
  CHECK(conn.execute("SELECT 1").value<std::int32_t>() == 1);
}
