#pragma once

#include "palmetto/crdb/connection.hpp"

#include "support/wire_proxy.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

namespace crdb_tests {

/// What CockroachDB of a version says of itself, of "v22.1.3" say.
[[nodiscard]] std::string crdb_version(std::string_view version);

/// PostgreSQL behind a proxy that lets it speak as CockroachDB of a version, with real transactions
/// and real conflicts: all are SERIALIZABLE unless they say otherwise. It reports crdb_version and
/// server_version 13.0.0; before v22.1 its connections have no process ID. What CockroachDB has
/// and PostgreSQL has not is translated:
///
/// - RELEASE SAVEPOINT cockroach_restart commits, and the transaction stays open; when it fails the
///   transaction is a failed one, and ROLLBACK TO SAVEPOINT cockroach_restart begins another.
/// - PRIORITY and AS OF SYSTEM TIME are left out.
/// - UPSERT INTO t (a, b) inserts, or updates by the primary key if that has its usual name t_pkey.
/// - There are SHOW session_id, SHOW CLUSTER QUERIES as a table, CANCEL QUERIES, QUERY and SESSION,
///   whose ids are those of PostgreSQL's processes.
/// - There are unique_rowid(), and the types STRING and BYTES.
///
/// Its connections are to a database of its own, with an empty schema at first; what they leave
/// there is there for the next.
class EmulatedCockroach {
 public:
  explicit EmulatedCockroach(std::string_view version);

  /// In keyword form: append " application_name=x".
  [[nodiscard]] std::string conninfo() const;
  [[nodiscard]] support::WireProxy& proxy() noexcept { return proxy_; }

 private:
  support::WireProxy proxy_;
};

/// Where the tests of the crdb suite run: the CockroachDB that PALMETTO_CRDB_URL leads to when that
/// is set, else an emulated one.
class Cluster {
 public:
  /// The version is that of the emulation.
  explicit Cluster(std::string_view version = "v21.1.0");

  /// In keyword form only when it is emulated.
  [[nodiscard]] std::string conninfo() const;
  [[nodiscard]] palmetto::crdb::CrdbConnection connect(
      const palmetto::ConnectionOptions& options = {}) const;
  [[nodiscard]] bool is_real() const noexcept { return !emulation_; }

  /// 220103 of v22.1.3; asked once.
  [[nodiscard]] int version() const;
  /// Whether a case that holds from that version on, or only before it, holds here; says so when it
  /// does not:
  ///
  ///     if (!cluster.is_from(220100)) return;
  ///
  /// Source: psycopg's markers, `crdb(">= 22.1")` and `crdb("< 22.1")`.
  [[nodiscard]] bool is_from(int version) const;
  [[nodiscard]] bool is_before(int version) const;

  /// Of the emulation only: throws std::logic_error when the cluster is real.
  [[nodiscard]] support::WireProxy& proxy() const;

 private:
  std::unique_ptr<EmulatedCockroach> emulation_;
  mutable int version_ = 0;  // not asked yet
};

/// For a case of what can't be emulated, changefeeds for one: it is left out without
/// PALMETTO_CRDB_URL, and then not counted as passed.
///
///     TEST_CASE("..." * only_cockroachdb()) {
[[nodiscard]] doctest::skip only_cockroachdb();

}  // namespace crdb_tests
