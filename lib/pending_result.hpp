#pragma once

#include "palmetto/executor.hpp"
#include "palmetto/result.hpp"

#include "kept_parameters.hpp"
#include "kept_statement.hpp"
#include "pipeline_queue.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>

namespace palmetto::detail {

class Session;

/// The result of one statement of a pipeline, when it has arrived.
class PendingResult final : public ResultReceiver {
 public:
  PendingResult(std::shared_ptr<Session> session, const StatementText& statement,
                const pq::ParameterArrays& parameters, StatementOptions options);

  /// Its command's number in the pipeline.
  void set_number(std::size_t number) noexcept { number_ = number; }

  /// The first result counts: that of a PREPARE in front, when it failed.
  void receive(pq::Result&& result) noexcept override;

  [[nodiscard]] bool has_arrived() const noexcept { return result_ || failure_; }
  /// Waits for it.
  [[nodiscard]] Result get();

 private:
  const std::shared_ptr<Session> session_;
  const KeptStatement statement_;
  KeptParameters parameters_;
  const StatementOptions options_;
  std::size_t number_ = 0;
  std::optional<Result> result_;
  std::exception_ptr failure_;
};

}  // namespace palmetto::detail
