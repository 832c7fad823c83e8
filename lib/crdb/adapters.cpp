#include "palmetto/crdb/adapters.hpp"

#include "palmetto/adapters/integer.hpp"

#include "later_types.hpp"

namespace palmetto::crdb {
namespace {

// Of PostgreSQL's types those that no version has.
constexpr const char* missing_types[] = {
    "aclitem",
    "box",
    "cid",
    "cidr",
    "circle",
    "datemultirange",
    "daterange",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "nummultirange",
    "numrange",
    "path",
    "pg_snapshot",
    "point",
    "polygon",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regoper",
    "regoperator",
    "tid",
    "tsmultirange",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "txid_snapshot",
    "xid",
    "xid8",
    "xml",
};

// "integer" is int8 here, so the display name of int4 must be another (cockroach#81645).
void adapt_types(TypesRegistry& types) {
  for (const char* type : missing_types) types.remove(type);
  types.remove("json");
  TypeInfo jsonb = *types.find("jsonb");
  jsonb.array_oid = 0;  // there are no arrays of it (cockroach#23468), but for the OID
  types.add(std::move(jsonb));
  types.add_alias("json", "jsonb");
  add_later_types(types);
  TypeInfo int4 = *types.find("int4");
  int4.regtype = int4.name;
  types.add(std::move(int4));
  types.add_alias("integer", "int8");
}

// An INT[] column takes no elements of another width, and a statement prepared for int4 and then
// executed with int8 truncates silently (v21.1).
template <class Integer>
void send_as_int8(AdaptersMap& map) {
  map.register_dumper<Integer>("int8", [](const Integer& value) { return std::int64_t{value}; });
}

AdaptersMap make_template() {
  AdaptersMap map;  // not palmetto::adapters(), which the program may have changed
  map.set_server("CockroachDB");
  map.set_untyped_oid(TypeRef("text").oid);
  adapt_types(map.types_for_change());
  map.prefer_text("numeric");
  map.prefer_text("vector");  // whose binary format is not taken, though it is given
  map.remove_feature(TypeFeature::array_dimensions);
  send_as_int8<std::int16_t>(map);
  send_as_int8<std::int32_t>(map);
  send_as_int8<std::uint16_t>(map);
  return map;
}

}  // namespace

AdaptersMap& adapters() {
  static AdaptersMap map = make_template();
  return map;
}

}  // namespace palmetto::crdb
