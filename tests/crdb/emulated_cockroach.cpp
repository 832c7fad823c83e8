#include "emulated_cockroach.hpp"

#include "palmetto/palmetto.hpp"

#include "support/server.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <regex>
#include <stdexcept>

using palmetto::dynamic_sql;

namespace crdb_tests {
namespace {

constexpr const char* database = "palmetto_emulated_cockroach";
constexpr int with_backend_pid = 220100;  // cockroach#41335

// A domain's columns are of its base type to who reads them.
constexpr const char* what_cockroach_has = R"(
    CREATE DOMAIN string AS text;
    CREATE DOMAIN bytes AS bytea;
    CREATE SEQUENCE unique_rowids;
    CREATE FUNCTION unique_rowid() RETURNS bigint LANGUAGE sql AS $$
      SELECT ((extract(epoch FROM clock_timestamp()) * 100000)::bigint << 15)
             | (nextval('unique_rowids') & 32767) $$;
    CREATE FUNCTION session_of(process integer) RETURNS text LANGUAGE sql AS $$
      SELECT lpad(to_hex(process), 32, '0') $$;
    CREATE FUNCTION process_of(session text) RETURNS integer LANGUAGE sql AS $$
      SELECT ('x' || right(session, 8))::bit(32)::integer $$;
    CREATE VIEW cluster_queries AS
      SELECT session_of(pid) AS query_id, 1::bigint AS node_id, session_of(pid) AS session_id,
             usename::text AS user_name, query_start AT TIME ZONE 'UTC' AS start, query,
             coalesce(host(client_addr), '') AS client_address, application_name,
             false AS distributed, 'executing' AS phase
      FROM pg_stat_activity WHERE state = 'active' AND datname = current_database())";

void make_database(const std::string& conninfo) {
  palmetto::Connection conn = support::connect();
  conn.execute("SELECT pg_advisory_lock(26257)");  // another program may be at the same server
  if (conn.execute("SELECT count(*) > 0 FROM pg_database WHERE datname = $1", database)
          .value<bool>())
    return;
  conn.execute_script(dynamic_sql(std::string("CREATE DATABASE ") + database));
  conn.execute_script(dynamic_sql(std::string("ALTER DATABASE ") + database +
                                  " SET default_transaction_isolation = serializable"));
  palmetto::connect(conninfo).execute_script(dynamic_sql(what_cockroach_has));
}

std::string without_priority_and_time(const std::string& statement) {
  static const std::regex priority(R"(,?\s+PRIORITY\s+(LOW|NORMAL|HIGH)\b,?)", std::regex::icase);
  static const std::regex time(
      R"(,?\s+AS\s+OF\s+SYSTEM\s+TIME\s+('[^']*'(::\w+)?|\w+\([^)]*\)|[-\d.]+))",
      std::regex::icase);
  const std::string text =
      std::regex_replace(std::regex_replace(statement, priority, ""), time, "");
  return text == "SET TRANSACTION" ? "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE" : text;
}

// UPSERT INTO t (a, b) VALUES (...) RETURNING ...
std::string insert_for_upsert(const std::string& statement) {
  static const std::regex upsert(
      R"(UPSERT\s+INTO\s+("?)(\w+)\1\s*\(([^)]*)\)([\s\S]*?)(\s+RETURNING\s[\s\S]*)?)",
      std::regex::icase);
  std::smatch parts;
  if (!std::regex_match(statement, parts, upsert)) return statement;
  static const std::regex comma(R"(\s*,\s*)");
  const std::string columns = parts[3];
  const std::string excluded = "excluded." + std::regex_replace(columns, comma, ", excluded.");
  return "INSERT INTO " + parts[1].str() + parts[2].str() + parts[1].str() + " (" + columns + ")" +
         parts[4].str() + " ON CONFLICT ON CONSTRAINT " + parts[1].str() + parts[2].str() +
         "_pkey" + parts[1].str() + " DO UPDATE SET (" + columns + ") = ROW(" + excluded + ")" +
         parts[5].str();
}

// Of SHOW CLUSTER QUERIES, and of what is cancelled by them or by name.
std::string with_sessions(const std::string& statement) {
  static const std::regex queries(R"(\[SHOW CLUSTER QUERIES\])");
  static const std::regex cancel_queries(R"(CANCEL QUERIES( IF EXISTS)? (\([\s\S]*\)))");
  static const std::regex cancel_query(R"(CANCEL QUERY( IF EXISTS)? ('\w*'))");
  static const std::regex cancel_session(R"(CANCEL SESSION( IF EXISTS)? ('\w*'))");
  std::string text = std::regex_replace(statement, queries, "cluster_queries");
  text = std::regex_replace(text, cancel_queries,
                            "SELECT pg_cancel_backend(process_of(query_id)) FROM $2 AS found");
  text = std::regex_replace(text, cancel_query, "SELECT pg_cancel_backend(process_of($2))");
  return std::regex_replace(text, cancel_session, "SELECT pg_terminate_backend(process_of($2))");
}

std::string as_postgresql_has_it(std::string_view statement, char status) {
  const std::string text(statement);
  // In a failed transaction CockroachDB refuses RELEASE, and so does PostgreSQL; COMMIT it does
  // not.
  if (text.starts_with("RELEASE SAVEPOINT cockroach_restart"))
    return status == 'E' ? text : "COMMIT AND CHAIN";
  if (text.starts_with("ROLLBACK TO SAVEPOINT cockroach_restart")) return "ROLLBACK AND CHAIN";
  if (text == "SHOW session_id") return "SELECT session_of(pg_backend_pid()) AS session_id";
  return with_sessions(insert_for_upsert(without_priority_and_time(text)));
}

}  // namespace

std::string crdb_version(std::string_view version) {
  return "CockroachDB CCL " + std::string(version) +
         " (x86_64-unknown-linux-gnu, built 2021/02/28 17:44:02, go1.19.8)";
}

EmulatedCockroach::EmulatedCockroach(std::string_view version) {
  static const bool made = (make_database(conninfo()), true);
  static_cast<void>(made);
  proxy_.set_parameter("crdb_version", crdb_version(version));
  proxy_.set_parameter("server_version", "13.0.0");
  if (palmetto::crdb::parse_version(version).value_or(0) < with_backend_pid)
    proxy_.set_backend_key(0, 0);
  proxy_.rewrite(as_postgresql_has_it);
  // PostgreSQL has ended a transaction whose COMMIT failed.
  proxy_.reopen_after("RELEASE SAVEPOINT cockroach_restart", "BEGIN; SELECT 1 / 0");
}

std::string EmulatedCockroach::conninfo() const {
  return proxy_.conninfo() + " dbname=" + database;
}

Cluster::Cluster(std::string_view version) {
  if (std::getenv("PALMETTO_CRDB_URL") == nullptr)
    emulation_ = std::make_unique<EmulatedCockroach>(version);
}

std::string Cluster::conninfo() const {
  return emulation_ ? emulation_->conninfo() : std::getenv("PALMETTO_CRDB_URL");
}

palmetto::crdb::CrdbConnection Cluster::connect(const palmetto::ConnectionOptions& options) const {
  return palmetto::crdb::connect(conninfo(), options);
}

int Cluster::version() const {
  if (version_ == 0) version_ = connect().info().server_version();
  return version_;
}

bool Cluster::is_from(int first) const {
  if (version() >= first) return true;
  MESSAGE("holds from v", palmetto::crdb::format_version(first), " on; this is v",
          palmetto::crdb::format_version(version()));
  return false;
}

bool Cluster::is_before(int first) const {
  if (version() < first) return true;
  MESSAGE("holds before v", palmetto::crdb::format_version(first), " only; this is v",
          palmetto::crdb::format_version(version()));
  return false;
}

support::WireProxy& Cluster::proxy() const {
  if (!emulation_) throw std::logic_error("there is no proxy in front of a real cluster");
  return emulation_->proxy();
}

doctest::skip only_cockroachdb() { return {std::getenv("PALMETTO_CRDB_URL") == nullptr}; }

}  // namespace crdb_tests
