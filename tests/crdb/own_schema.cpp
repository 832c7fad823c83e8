#include "own_schema.hpp"

#include "palmetto/palmetto.hpp"

#include <doctest/doctest.h>

#include <random>

using palmetto::sql::Identifier;
using palmetto::sql::SQL;

namespace crdb_tests {

OwnSchema::OwnSchema(const Cluster& cluster)
    : cluster_(cluster), name_("palmetto_test_" + std::to_string(std::random_device{}())) {
  cluster_.connect().execute(SQL("CREATE SCHEMA {}").format(Identifier(name_)));
}

OwnSchema::~OwnSchema() {
  try {
    cluster_.connect().execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(name_)));
  } catch (const palmetto::Error& error) { MESSAGE(name_, " is left there: ", error.what()); }
}

palmetto::crdb::CrdbConnection OwnSchema::connect(
    const palmetto::ConnectionOptions& options) const {
  auto conn = cluster_.connect(options);
  conn.execute(SQL("SET search_path = {}, public").format(Identifier(name_)));
  return conn;
}

}  // namespace crdb_tests
