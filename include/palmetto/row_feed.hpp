#pragma once

#include "palmetto/binary_copy.hpp"
#include "palmetto/result_data.hpp"
#include "palmetto/stream_road.hpp"

namespace palmetto::detail {

/// The rows of one statement as they arrive, whichever road they come by. Leaving it before its end
/// leaves the connection idle, or closed. `next` is all that is called of it for a row.
class RowFeed {
 public:
  virtual ~RowFeed();
  RowFeed(const RowFeed&) = delete;
  RowFeed& operator=(const RowFeed&) = delete;

  /// Waits until the columns are known. Once, before anything else. Throws as `Executor::execute`.
  virtual void start() = 0;
  /// Of the columns, once they are known.
  [[nodiscard]] const ResultHandle& description() const noexcept { return description_; }

  /// Waits for the next row; false when there is none. What the row before pointed to is gone.
  /// Throws as `Executor::execute`; then they have ended too.
  [[nodiscard]] virtual bool next() = 0;
  /// One for each column, of the row that `next` has come to; null when there are fields instead.
  [[nodiscard]] const pq::Cell* cells() const noexcept { return cells_; }
  /// As COPY's binary format has them; they are as many as the columns.
  [[nodiscard]] const BinaryFields& fields() const noexcept { return fields_; }
  /// The row's number, from 0.
  [[nodiscard]] int row() const noexcept { return row_; }

  /// Leaves the rows that are to come.
  virtual void leave() noexcept = 0;
  [[nodiscard]] StreamRoad road() const noexcept { return road_; }

 protected:
  explicit RowFeed(StreamRoad road) noexcept : road_(road) {}

  ResultHandle description_;
  const pq::Cell* cells_ = nullptr;
  BinaryFields fields_;
  int row_ = -1;

 private:
  StreamRoad road_;
};

}  // namespace palmetto::detail
