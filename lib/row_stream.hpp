#pragma once

#include "palmetto/flow/rows.hpp"
#include "palmetto/flow/run.hpp"
#include "palmetto/pq/result.hpp"
#include "palmetto/result.hpp"
#include "palmetto/sql/statement.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace palmetto::detail {

class Session;

/// What a RowStream takes beside its statement.
struct RowStreamOptions {
  std::optional<flow::Clock::time_point> deadline{};  ///< of all the rows together
  /// Asks a server that takes no cancel requests to cancel the statement, by other means.
  std::function<void()> cancel{};
};

/// The rows of one statement, one by one as they arrive. Until they have ended, or are left, the
/// session is busy with them: it executes nothing else.
class RowStream {
 public:
  /// Sends the statement, which has no parameters. Throws as `Executor::execute` does, but for the
  /// server's errors.
  RowStream(std::shared_ptr<Session> session, DynamicSql statement, RowStreamOptions options);
  /// Leaves them.
  ~RowStream();
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  /// Waits for the next row: a result of one; nothing when they have ended. Throws as
  /// `Executor::execute` does; then they have ended too.
  [[nodiscard]] std::optional<Result> next();

  /// Leaves the rows that are to come: the server is asked to cancel the statement, and its answer
  /// is awaited for the grace period. When it does not come, or the server can't be asked, the
  /// connection is closed.
  void leave() noexcept;

  [[nodiscard]] StatementText statement() const noexcept { return statement_.view(); }

 private:
  [[nodiscard]] bool is_open() const noexcept;
  [[nodiscard]] flow::Arrived<pq::Result> wait_until(
      const std::optional<flow::Clock::time_point>& time);
  [[nodiscard]] bool end_by_cancel() noexcept;
  [[nodiscard]] bool drain();
  void end_with(pq::Result result);

  std::shared_ptr<Session> session_;
  DynamicSql statement_;
  RowStreamOptions options_;
};

}  // namespace palmetto::detail
