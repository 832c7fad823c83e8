#pragma once

#include "emulated_cockroach.hpp"

#include <string>

namespace crdb_tests {

/// A schema of a cluster for one case alone, since a real cluster is not there for us alone, and
/// keeps what is left in it. It is gone with this, and all that is in it.
///
///     const OwnSchema schema(cluster);
///     auto conn = schema.connect();
///     conn.execute("CREATE TABLE accounts ...");
///
/// Source: CockroachDB's manual, "CREATE SCHEMA", since v20.2.
class OwnSchema {
 public:
  explicit OwnSchema(const Cluster& cluster);
  ~OwnSchema();
  OwnSchema(const OwnSchema&) = delete;
  OwnSchema& operator=(const OwnSchema&) = delete;

  /// A connection whose names without a schema are of this one.
  [[nodiscard]] palmetto::crdb::CrdbConnection connect(
      const palmetto::ConnectionOptions& options = {}) const;

 private:
  const Cluster& cluster_;
  std::string name_;
};

}  // namespace crdb_tests
