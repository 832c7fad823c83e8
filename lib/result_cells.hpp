#pragma once

#include "palmetto/pq/result.hpp"

#include <numeric>
#include <vector>

namespace palmetto::detail {

/// The rows of one result after another, as cells.
class ResultCells {
 public:
  void begin(const pq::Result& result) {
    result_ = &result;
    row_ = -1;
    const auto columns = static_cast<std::size_t>(result.nfields());
    if (cells_.size() == columns) return;
    cells_.resize(columns);
    columns_.resize(columns);
    std::iota(columns_.begin(), columns_.end(), 0);
  }
  /// False behind the last row.
  [[nodiscard]] bool next() noexcept {
    if (result_ == nullptr || ++row_ >= result_->ntuples()) return false;
    result_->cells(row_, columns_.data(), columns_.size(), cells_.data());
    return true;
  }
  [[nodiscard]] const pq::Cell* cells() const noexcept { return cells_.data(); }

 private:
  const pq::Result* result_ = nullptr;
  int row_ = -1;
  std::vector<int> columns_;
  std::vector<pq::Cell> cells_;
};

}  // namespace palmetto::detail
