#include "palmetto/many_execution.hpp"

#include "palmetto/connection_options.hpp"
#include "palmetto/errors.hpp"
#include "palmetto/executor.hpp"
#include "palmetto/pipeline.hpp"
#include "palmetto/transaction.hpp"

#include "answers.hpp"
#include "command_tag.hpp"
#include "own_transaction.hpp"
#include "pipeline_queue.hpp"
#include "session.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>

namespace palmetto::detail {
namespace {

// Counts, or hands on, the results of all the items.
class ItemsReceiver final : public ResultReceiver {
 public:
  ItemsReceiver(Session& session, const StatementText& statement, const StatementOptions& options,
                ItemHandler handler) noexcept
      : session_(session), statement_(statement), options_(options), handler_(handler) {}

  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }

  void receive(pq::Result&& result) noexcept override {
    if (failure_) return;
    if (!is_counted(result)) take(std::move(result));
    in_flight_.pop();
    ++item_;
  }

  [[nodiscard]] const std::exception_ptr& failure() const noexcept { return failure_; }
  [[nodiscard]] std::int64_t rows_affected() const noexcept { return rows_affected_; }

 private:
  // The most frequent case: rows that nobody looks at.
  [[nodiscard]] bool is_counted(const pq::Result& result) noexcept {
    if (handler_.function != nullptr || !result) return false;
    const std::string_view tag = result.command_tag();  // empty when it failed, or was skipped
    if (!has_rows(tag)) return false;
    rows_affected_ += rows_of(tag);
    return true;
  }

  void take(pq::Result&& result) noexcept try {
    const Result taken =
        session_.take_queued(std::move(result), statement_, options_, in_flight_.front(),
                             " (item " + std::to_string(item_ + 1) + " of execute_many)");
    rows_affected_ += taken.rows_affected();
    if (handler_.function != nullptr) handler_.call(handler_.function, item_, taken);
  } catch (...) { failure_ = std::current_exception(); }

  Session& session_;
  const StatementText& statement_;
  const StatementOptions& options_;
  const ItemHandler handler_;
  InFlight in_flight_;
  std::size_t item_ = 0;
  std::int64_t rows_affected_ = 0;
  std::exception_ptr failure_;
};

// An operation's own deadline is that of all of its parts.
class Limit {
 public:
  Limit(Session& session, const StatementOptions& options)
      : session_(session), before_(session.limit()) {
    session_.set_limit(session_.deadline(options).at);
  }
  ~Limit() { session_.set_limit(before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  Session& session_;
  const std::optional<flow::Clock::time_point> before_;
};

}  // namespace

class ManyExecution::State {
 public:
  State(const Executor& executor, const StatementText& statement, ItemHandler handler)
      : executor_(executor),
        session_(*session_of(executor)),
        statement_(statement),
        options_(options_of(executor)),
        limit_(session_, options_),
        own_(session_) {
    if (options_.prepare_threshold.value_or(session_.prepare_threshold()) != never_prepare)
      options_.prepare_threshold = 0;
    if (!session_.is_in_pipeline()) pipeline_.emplace(executor.pipeline());
    session_.settle_pipeline(session_.deadline({}));  // to know
    own_.begin();
    receiver_ = std::make_shared<ItemsReceiver>(session_, statement_, options_, handler);
  }
  ~State() {
    own_.abandon();
    try {
      session_.settle_pipeline(session_.deadline({}));  // for the receiver dies with this
    } catch (const Error&) {
      return;  // what failed has been thrown, or is in the way of what is
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] InFlight& in_flight() noexcept { return receiver_->in_flight(); }

  bool add(const pq::ParameterArrays& parameters) {
    if (receiver_->failure()) return false;
    receiver_->in_flight().push(parameters);
    const bool has_same_types =
        prepared_ && std::equal(prepared_->types.begin(), prepared_->types.end(), parameters.types);
    if (!has_same_types) prepared_.reset();
    send(parameters, size_of(parameters));
    return true;
  }

  bool add_kept(const pq::ParameterArrays& parameters) {
    if (receiver_->failure()) return false;
    // Beside the texts there are numbers.
    constexpr std::size_t of_a_number = 8;
    const auto count = static_cast<std::size_t>(parameters.count);
    send(parameters, 32 + count * of_a_number + receiver_->in_flight().last_size());
    return true;
  }

  std::int64_t finish() {
    if (!receiver_->failure()) end();
    if (receiver_->failure()) std::rethrow_exception(receiver_->failure());
    return receiver_->rows_affected();
  }

 private:
  void send(const pq::ParameterArrays& parameters, std::size_t size) {
    if (prepared_ && !prepared_->name.empty()) [[likely]]
      return session_.queue_again(*prepared_, parameters, size, options_.results, receiver_);
    const int scope = own_.scope() != 0 ? own_.scope() : scope_of(executor_);
    prepared_ = session_.queue(scope, statement_, parameters, options_, receiver_).prepared;
  }

  // COMMIT travels with the items; when it was not executed, for one of them has failed, that one's
  // error is the reason.
  void end() {
    if (own_.scope() == 0) return session_.sync_pipeline(options_);
    try {
      own_.commit();
    } catch (const TransactionRolledBack&) {
      if (!receiver_->failure()) throw;
    }
  }

  const Executor& executor_;
  Session& session_;
  const StatementText& statement_;
  StatementOptions options_;
  const Limit limit_;
  std::optional<Pipeline> pipeline_;  // unless the caller has one
  std::shared_ptr<ItemsReceiver> receiver_;
  PreparedStatements::Shared prepared_;
  OwnTransaction own_;
};

ManyExecution::ManyExecution(const Executor& executor, const StatementText& statement,
                             ItemHandler handler)
    : state_((static_cast<void>(adapters_of(executor)),  // throws when it was moved from
              std::make_unique<State>(executor, statement, handler))) {}
ManyExecution::~ManyExecution() = default;

bool ManyExecution::add(const pq::ParameterArrays& parameters) { return state_->add(parameters); }
bool ManyExecution::add_kept(const pq::ParameterArrays& parameters) {
  return state_->add_kept(parameters);
}
InFlight& ManyExecution::in_flight() const noexcept { return state_->in_flight(); }
std::int64_t ManyExecution::finish() { return state_->finish(); }

}  // namespace palmetto::detail
