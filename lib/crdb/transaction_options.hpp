#pragma once

#include "palmetto/crdb/transaction_options.hpp"

#include <string>

namespace palmetto::crdb {

/// " PRIORITY HIGH AS OF SYSTEM TIME '-10s'": what BEGIN takes beyond PostgreSQL's options. Throws
/// ProgrammingError for what no transaction can be.
[[nodiscard]] std::string more_options(const std::optional<Priority>& priority,
                                       const std::optional<SystemTime>& system_time,
                                       const std::optional<bool>& read_only);

}  // namespace palmetto::crdb
