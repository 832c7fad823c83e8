#pragma once

#include "palmetto/crdb/run_transaction.hpp"
#include "palmetto/retry_transaction.hpp"

namespace palmetto::crdb {

/// As `palmetto::retry_transaction`: each call is a `crdb::run_transaction` with these options.
template <class F>
[[nodiscard]] auto retry_transaction(F function,
                                     const RetryOptions& options = RetryOptions::defaults()) {
  return palmetto::detail::RetriedTransaction<F, RetryOptions>(std::move(function), options);
}

}  // namespace palmetto::crdb
