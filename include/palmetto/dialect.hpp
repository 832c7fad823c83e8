#pragma once

#include "palmetto/adapt/adapters_map.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace palmetto {

namespace pq {
class Conn;
}

/// What a server may lack, and the driver asks for before it uses it.
enum class Feature {
  backend_pid,              ///< a process id in BackendKeyData
  cancel,                   ///< cancel requests
  server_cursors,           ///< DECLARE, FETCH and CLOSE
  hold_cursors,             ///< DECLARE ... WITH HOLD
  scroll_cursors,           ///< DECLARE ... SCROLL, and FETCH backwards
  copy_to,                  ///< COPY ... TO STDOUT, in text and CSV
  copy_to_binary,           ///< the same in binary
  copy_options,             ///< COPY ... WITH (FORMAT ...), the syntax since PostgreSQL 9.0
  two_phase_commit,         ///< PREPARE TRANSACTION
  notifications,            ///< LISTEN and NOTIFY
  large_objects,            ///< lo_create() and its like
  do_blocks,                ///< DO
  composite_types,          ///< CREATE TYPE ... AS (...)
  nested_transactions,      ///< SAVEPOINT
  deferrable_transactions,  ///< BEGIN ... DEFERRABLE
  read_committed,           ///< BEGIN ... ISOLATION LEVEL READ COMMITTED that is no other level
  to_regtype,               ///< the function to_regtype()
  autocommit_before_ddl,    ///< the setting of that name
  changefeed_scan_only,     ///< CREATE CHANGEFEED ... WITH initial_scan = 'only'
  changefeed_checkpoint_frequency,  ///< its option min_checkpoint_frequency
  ranges,                           ///< range types, and the catalog pg_range
};

/// What sets one kind of server apart from another: the one seam between the core, which knows no
/// vendor, and the modules that do.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// "PostgreSQL", "CockroachDB".
  [[nodiscard]] virtual std::string_view vendor() const noexcept = 0;

  /// The server's own version as one number: 150018 for PostgreSQL 15.18, 220103 for CockroachDB
  /// v22.1.3. May throw when the server did not say.
  [[nodiscard]] virtual int server_version() const = 0;

  /// Why the server can't do that, since when it can, and what to use instead; nothing when it can.
  [[nodiscard]] virtual std::optional<std::string> refusal(Feature feature) const = 0;

  /// Whether the server leaves aside the modes of a BEGIN that comes by the extended protocol, so
  /// that SET TRANSACTION has to say them.
  [[nodiscard]] virtual bool ignores_begin_modes() const { return false; }

  /// Whether an error of that SQLSTATE in answer to COMMIT leaves open whether it committed: 40003
  /// and 08007 do.
  [[nodiscard]] virtual bool leaves_commit_unknown(std::string_view sqlstate) const noexcept;

  /// The savepoint from which a whole transaction can be run again and committed; empty: there is
  /// none.
  [[nodiscard]] virtual std::string_view restart_savepoint() const noexcept { return {}; }

  /// The adapters that a connection starts with.
  [[nodiscard]] virtual const AdaptersMap& adapters_template() const = 0;

  /// Takes out of a connection's copy of them what the server's version does not have.
  virtual void restrict_adapters(AdaptersMap&) const {}

  [[nodiscard]] bool has(Feature feature) const { return !refusal(feature).has_value(); }

  /// Throws NotSupportedError with the refusal when there is one. Sends nothing.
  void require(Feature feature) const;
};

/// Makes the dialect of a connection that was just made.
using DialectFactory = std::unique_ptr<const Dialect> (*)(const pq::Conn& conn);

/// PostgreSQL's: all features.
[[nodiscard]] std::unique_ptr<const Dialect> postgresql_dialect(const pq::Conn& conn);

}  // namespace palmetto
