#pragma once

#include "palmetto/adapt/adapters_map.hpp"

namespace palmetto::crdb {

/// The template that connections to CockroachDB copy when they connect: PostgreSQL's, but for
///
/// - strings and NULLs without a type, which are sent as text: CockroachDB does not infer them;
/// - json, which is jsonb;
/// - integers, which are all sent as int8, and their arrays as int8[]: what INT is there;
/// - the types that CockroachDB does not have (ranges, cidr, geometric types, xml...), which are
///   refused with a NotSupportedError before anything is sent.
///
/// A connection's copy lacks, besides, what its server's version has not got yet: tsvector before
/// v23.1, pg_lsn before v23.2, vector before v24.2, composite types before v23.1.
///
/// Source: psycopg's `crdb.adapters`.
[[nodiscard]] AdaptersMap& adapters();

}  // namespace palmetto::crdb
