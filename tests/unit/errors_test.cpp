#include "palmetto/errors.hpp"

#include <doctest/doctest.h>

#include <type_traits>

using namespace palmetto;

namespace {

// Throws as a server's error of that SQLSTATE is thrown.
void raise(const std::string& sqlstate) {
  auto diagnostic = std::make_shared<Diagnostic>();
  diagnostic->sqlstate = sqlstate;
  throw_server_error("raised", {"SELECT 1", std::source_location::current(), diagnostic});
}

}  // namespace

TEST_CASE("each SQLSTATE has its class, below the class of its kind") {
  CHECK_THROWS_AS(raise("23505"), errors::UniqueViolation);
  CHECK_THROWS_AS(raise("40001"), errors::SerializationFailure);
  CHECK_THROWS_AS(raise("25P04"), errors::TransactionTimeout);
  CHECK_THROWS_AS(raise("XXA00"), errors::TransactionCommittedWithSchemaChangeFailure);
  static_assert(std::is_base_of_v<IntegrityError, errors::UniqueViolation>);
  static_assert(std::is_base_of_v<DatabaseError, IntegrityError>);
  static_assert(std::is_base_of_v<OperationalError, errors::SerializationFailure>);
  static_assert(std::is_base_of_v<DataError, errors::DivisionByZero>);
  static_assert(std::is_base_of_v<ProgrammingError, errors::UndefinedTable>);
  static_assert(std::is_base_of_v<NotSupportedError, errors::FeatureNotSupported>);
  static_assert(errors::UniqueViolation::code == "23505");
}

TEST_CASE("an unknown SQLSTATE has the base of its class, or DatabaseError") {
  CHECK_THROWS_AS(raise("23ZZZ"), IntegrityError);
  CHECK_THROWS_AS(raise("57ZZZ"), OperationalError);
  CHECK_THROWS_AS(raise("ZZZZZ"), DatabaseError);
  CHECK_THROWS_AS(raise("00000"), DatabaseError);
  CHECK_THROWS_AS(raise("X"), DatabaseError);
}

TEST_CASE("every SQLSTATE of the table is thrown as its own class") {
#define PALMETTO_SQLSTATE(code, name, base) CHECK_THROWS_AS(raise(code), errors::name);
#include "palmetto/sqlstates.def"
#undef PALMETTO_SQLSTATE
}

TEST_CASE("an error says what failed, where, and in which statement") {
  try {
    raise("22012");
  } catch (const Error& error) {
    CHECK(error.message() == "raised");
    CHECK(error.sqlstate() == "22012");
    CHECK(error.statement() == "SELECT 1");
    const std::string what = error.what();
    CHECK(what.find("raised (SQLSTATE 22012)") == 0);
    CHECK(what.find("in: SELECT 1") != std::string::npos);
    CHECK(what.find("errors_test.cpp:") != std::string::npos);
  }
}

TEST_CASE("only what another attempt may cure is retryable") {
  const auto retryable = [](const char* sqlstate) {
    try {
      raise(sqlstate);
    } catch (const Error& error) { return error.is_retryable(); }
    return false;
  };
  CHECK(retryable("40001"));
  CHECK(retryable("40P01"));
  CHECK(retryable("CR000"));
  CHECK_FALSE(retryable("40003"));
  CHECK_FALSE(retryable("23505"));
  CHECK_FALSE(InterfaceError("x").is_retryable());
}

TEST_CASE("a very long statement is cut in the message, and kept whole beside it") {
  const std::string statement(100000, 'x');
  const ProgrammingError error("wrong", {statement});
  CHECK(std::string_view(error.what()).size() < 1000);
  CHECK(error.statement() == statement);
}
