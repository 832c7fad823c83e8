#include "palmetto/crdb/features.hpp"

#include <array>

namespace palmetto::crdb {

std::span<const FeatureEntry> features() noexcept {
  static constexpr std::array table{
      FeatureEntry{Feature::backend_pid, "backend_pid()", 220100, 35897, "SHOW session_id"},
      FeatureEntry{Feature::cancel, "cancel()", 220100, 41335,
                   "CANCEL QUERY from another connection"},
      FeatureEntry{Feature::nested_transactions, "a transaction within a transaction", 200100,
                   10735, "one transaction"},
      FeatureEntry{Feature::deferrable_transactions, "a DEFERRABLE transaction", 0, 48307,
                   "a read-only transaction AS OF SYSTEM TIME"},
      FeatureEntry{Feature::to_regtype, "to_regtype()", 220200, 0, "a look-up in pg_type"},
      FeatureEntry{Feature::ranges, "range types", 0, 41282, "two columns"},
  };
  return table;
}

}  // namespace palmetto::crdb
