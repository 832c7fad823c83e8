#include "palmetto/prepared.hpp"

#include "kept_statement.hpp"
#include "session.hpp"

namespace palmetto::detail {
namespace {

// It is prepared already, and again at once when the server has lost it.
Executor prepared_at_once(const Executor& executor) {
  StatementOptions options = options_of(executor);
  options.prepare_threshold = 0;
  return executor.with(std::move(options));
}

}  // namespace

struct PinnedStatement::State {
  State(const Executor& made_by, const StatementText& text, const pq::ParameterArrays& types)
      : executor(prepared_at_once(made_by)),
        statement(text),
        pinned(session_of(made_by)->prepare(scope_of(made_by), text, types, options_of(executor))) {
  }
  ~State() { --pinned.prepared->pins; }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  const Executor executor;
  const KeptStatement statement;
  const Session::Pinned pinned;
};

PinnedStatement::PinnedStatement(const Executor& executor, const StatementText& statement,
                                 const pq::ParameterArrays& types)
    : state_(std::make_shared<const State>(executor, statement, types)) {}

const Executor& PinnedStatement::executor() const noexcept { return state_->executor; }
StatementText PinnedStatement::statement() const noexcept { return state_->statement.view(); }
const std::vector<Column>& PinnedStatement::columns() const noexcept {
  return state_->pinned.columns;
}
const std::vector<std::string>& PinnedStatement::parameter_types() const noexcept {
  return state_->pinned.parameter_types;
}

}  // namespace palmetto::detail
