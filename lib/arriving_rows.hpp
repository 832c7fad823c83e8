#pragma once

#include "palmetto/row_feed.hpp"

#include "kept_parameters.hpp"
#include "ongoing.hpp"
#include "result_cells.hpp"

#include <functional>

namespace palmetto::detail {

/// The rows of a statement as the server sends them: one by one, or some at a time.
class ArrivingRows final : public Ongoing, public RowFeed {
 public:
  static constexpr int chunk = 256;

  ArrivingRows(std::shared_ptr<Session> session, int scope, const StatementText& statement,
               const StatementOptions& options, StreamRoad road);
  ~ArrivingRows() override { leave(); }

  /// Instead of the options' timeout.
  using Ongoing::set_deadline;
  /// Asks a server that takes no cancel requests to cancel the statement, by other means.
  void set_cancel(std::function<void()> cancel) { cancel_ = std::move(cancel); }

  /// Sends the statement; waits for nothing.
  void send(const pq::ParameterArrays& parameters);
  void start() override;
  [[nodiscard]] bool next() override;
  void leave() noexcept override;

 private:
  [[nodiscard]] const char* occupation() const noexcept override {
    return "the rows of another statement are still arriving, and are to be read to their end, or "
           "left";
  }
  void fetch();
  void end_with(pq::Result result);
  [[noreturn]] void refuse_copy(pq::ResultStatus status);

  std::function<void()> cancel_;
  KeptParameters parameters_;
  ResultCells rows_;
  pq::Result result_;
};

}  // namespace palmetto::detail
