#include "palmetto/adapt/types_registry.hpp"

#include "palmetto/errors.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

using namespace palmetto;

TEST_CASE("the builtin types are sorted, and found while compiling") {
  static_assert(std::ranges::is_sorted(builtin_types, {}, &BuiltinType::name));
  static_assert(TypeRef("int8").oid == 20);
  static_assert(TypeRef("int8").array_oid == 1016);
  static_assert(TypeRef("no_such_type").oid == 0);
  for (const BuiltinType& type : builtin_types)
    CHECK(find_builtin_type(type.name.data()).oid == type.oid);
}

TEST_CASE("a type is found by its name, its display name, its OID and its array's") {
  const TypesRegistry types;
  REQUIRE(types.find("int8") != nullptr);
  CHECK(types.find("int8")->oid == 20);
  CHECK(types.find("bigint")->oid == 20);
  CHECK(types.find("timestamp with time zone")->name == "timestamptz");
  CHECK(types.find(Oid{3802})->name == "jsonb");
  CHECK(types.find_by_array(1016)->name == "int8");
  CHECK(types.find("int8[]") == nullptr);
  CHECK(types.find(Oid{1016}) == nullptr);
  CHECK(types.find("mood") == nullptr);
}

TEST_CASE("a message calls a type by its name") {
  const TypesRegistry types;
  CHECK(types.display(20) == "int8");
  CHECK(types.display(1016) == "int8[]");
  CHECK(types.display(16423) == "OID 16423");
}

TEST_CASE("a type that is added is found, and replaces the one of its OID") {
  TypesRegistry types;
  types.add({.name = "mood", .oid = 16423, .array_oid = 16422, .regtype = "shop.mood"});
  CHECK(types.find("mood")->oid == 16423);
  CHECK(types.find("shop.mood")->oid == 16423);
  CHECK(types.find_by_array(16422)->name == "mood");
  types.add({.name = "mood", .oid = 16423, .array_oid = 16422, .regtype = "\"Shop\".mood"});
  CHECK(types.find(Oid{16423})->regtype == "\"Shop\".mood");
}

TEST_CASE("an alias leads to a type, and never shows") {
  TypesRegistry types;
  CHECK(types.has_all_builtins());
  types.remove("json");
  types.add_alias("json", "jsonb");
  CHECK(types.find("json")->oid == 3802);
  CHECK(types.display(3802) == "jsonb");
  CHECK_FALSE(types.has_all_builtins());
  CHECK_THROWS_AS(types.add_alias("x", "no_such_type"), ProgrammingError);
}

TEST_CASE("a removed type is gone by all its names") {
  TypesRegistry types;
  types.remove("cidr");
  CHECK(types.find("cidr") == nullptr);
  CHECK(types.find(Oid{650}) == nullptr);
  CHECK(types.find_by_array(651) == nullptr);
  CHECK(types.display(650) == "OID 650");
}

TEST_CASE("copies are apart from each other") {
  TypesRegistry one;
  TypesRegistry other = one;
  one.remove("cidr");
  other.add({.name = "mood", .oid = 16423, .regtype = "mood"});
  CHECK(one.find("mood") == nullptr);
  CHECK(other.find("cidr") != nullptr);
  CHECK(TypesRegistry().find("cidr") != nullptr);
}
