#include "palmetto/pipeline.hpp"

#include "pending_result.hpp"
#include "session.hpp"

namespace palmetto {

Result PipelineResult::get() const { return pending_->get(); }
bool PipelineResult::ready() const noexcept { return pending_->has_arrived(); }

Pipeline::Pipeline(const Executor& executor) : executor_(executor) {
  const auto& session = detail::session_of(executor_);
  session->open_pipeline();
  open_.reset(session.get());
}

Pipeline::~Pipeline() = default;

void Pipeline::Close::operator()(detail::Session* session) const noexcept {
  session->close_pipeline();
}

PipelineResult Pipeline::queue_arrays(const StatementText& statement,
                                      const pq::ParameterArrays& parameters) const {
  const auto& session = detail::session_of(executor_);
  const StatementOptions& options = detail::options_of(executor_);
  auto pending = std::make_shared<detail::PendingResult>(session, statement, parameters, options);
  const auto queued =
      session->queue(detail::scope_of(executor_), statement, parameters, options, pending);
  pending->set_number(queued.number);
  return PipelineResult(std::move(pending));
}

void Pipeline::sync() const {
  detail::session_of(executor_)->sync_pipeline(detail::options_of(executor_));
}

Pipeline Executor::pipeline() const {
  static_cast<void>(session());
  return Pipeline(*this);
}

}  // namespace palmetto
