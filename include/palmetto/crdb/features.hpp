#pragma once

#include "palmetto/dialect.hpp"

#include <span>
#include <string_view>

namespace palmetto::crdb {

/// One thing that PostgreSQL has and CockroachDB had not, or has not.
struct FeatureEntry {
  Feature feature;
  std::string_view name;     ///< as the message says it
  int first_version;         ///< the first that has it, 220100; 0: none yet
  int issue;                 ///< in CockroachDB's tracker; 0: none known
  std::string_view instead;  ///< what to use where it is missing
};

/// The one table that every gate asks. A feature that is not in it is there in every version.
[[nodiscard]] std::span<const FeatureEntry> features() noexcept;

}  // namespace palmetto::crdb
