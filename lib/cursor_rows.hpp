#pragma once

#include "palmetto/row_feed.hpp"

#include "ongoing.hpp"
#include "result_cells.hpp"

namespace palmetto::detail {

/// Rows by a cursor of the server's, which a transaction keeps.
class CursorRows final : public Ongoing, public RowFeed {
 public:
  CursorRows(std::shared_ptr<Session> session, int scope, const StatementText& statement,
             const StatementOptions& options)
      : Ongoing(std::move(session), scope, statement, options), RowFeed(StreamRoad::cursor) {}
  ~CursorRows() override { leave(); }

  /// Declares the cursor and fetches its first rows.
  void declare(std::string_view query, const pq::ParameterArrays& parameters);
  void start() override {}
  [[nodiscard]] bool next() override;
  void leave() noexcept override;

 private:
  [[nodiscard]] const char* occupation() const noexcept override {
    return "the rows of another statement are still arriving, and are to be read to their end, or "
           "left";
  }
  [[nodiscard]] flow::Command fetch() const noexcept;
  void take(const pq::Result& rows);
  void end();
  void close_cursor();

  ResultCells rows_;
  pq::Result result_;
  bool has_more_ = false;
};

}  // namespace palmetto::detail
