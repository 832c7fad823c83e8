#include "palmetto/crdb/features.hpp"

#include <array>

namespace palmetto::crdb {

std::span<const FeatureEntry> features() noexcept {
  static constexpr std::array table{
      FeatureEntry{Feature::backend_pid, "backend_pid()", 220100, 35897, "session_id()"},
      FeatureEntry{Feature::cancel, "cancel()", 220100, 41335,
                   "cancel_with() or CANCEL QUERY from another connection"},
      FeatureEntry{Feature::server_cursors, "server-side cursors", 220103, 41412,
                   "several SELECTs with a LIMIT, each from the last key on"},
      FeatureEntry{Feature::hold_cursors, "a cursor WITH HOLD", 250200, 77101,
                   "a cursor within a transaction"},
      FeatureEntry{Feature::scroll_cursors, "a SCROLL cursor", 0, 77102,
                   "a second cursor with the opposite ORDER BY"},
      FeatureEntry{Feature::copy_to, "COPY TO", 230100, 41608, "SELECT"},
      FeatureEntry{Feature::copy_to_binary, "COPY TO in binary", 0, 97180, "SELECT"},
      FeatureEntry{Feature::copy_options, "the options of COPY in parentheses", 230100, 97863,
                   "those without: COPY t FROM STDIN CSV"},
      FeatureEntry{Feature::two_phase_commit, "two-phase commit", 0, 22329, "one transaction"},
      FeatureEntry{Feature::notifications, "LISTEN and NOTIFY", 0, 41522, "a changefeed"},
      FeatureEntry{Feature::large_objects, "large objects", 0, 243, "a column of BYTES"},
      FeatureEntry{Feature::do_blocks, "DO", 250100, 17511, "the statements themselves"},
      FeatureEntry{Feature::composite_types, "composite types", 230100, 27792,
                   "a column for each attribute, or JSONB"},
      FeatureEntry{Feature::nested_transactions, "a transaction within a transaction", 200100,
                   10735, "one transaction"},
      FeatureEntry{Feature::deferrable_transactions, "a DEFERRABLE transaction", 0, 48307,
                   "a read-only transaction AS OF SYSTEM TIME"},
      FeatureEntry{Feature::read_committed, "READ COMMITTED", 240100, 0,
                   "SERIALIZABLE, and run_transaction for its conflicts"},
      FeatureEntry{Feature::to_regtype, "to_regtype()", 220200, 0, "a look-up in pg_type"},
      FeatureEntry{Feature::autocommit_before_ddl, "autocommit_before_ddl", 240100, 118440,
                   "DDL outside of transactions"},
      FeatureEntry{Feature::changefeed_scan_only, "a changefeed with initial_scan = 'only'", 220100,
                   0, "SELECT ... AS OF SYSTEM TIME"},
      FeatureEntry{Feature::changefeed_checkpoint_frequency,
                   "a changefeed with min_checkpoint_frequency", 220100, 0,
                   "resolved, which bounds the timestamps' distance"},
      FeatureEntry{Feature::ranges, "range types", 0, 41282, "two columns"},
  };
  return table;
}

}  // namespace palmetto::crdb
