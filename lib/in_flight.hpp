#pragma once

#include "palmetto/pq/parameter_arrays.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace palmetto::detail {

/// The parameters in text of the statements of a pipeline that were not answered yet: no error may
/// show them. Its memory grows to what is under way at a time, and no further.
class InFlight {
 public:
  void push(const pq::ParameterArrays& parameters);
  /// The first has been answered.
  void pop() noexcept;
  /// Those of the first, when it fails; good until anything is pushed. Formats and texts alone.
  [[nodiscard]] pq::ParameterArrays front();

 private:
  [[nodiscard]] int length_at(std::size_t offset) const noexcept;

  // For each statement the length of each of its texts, -1 when it is none, in front of its bytes.
  std::string bytes_;
  std::size_t begin_ = 0;
  std::size_t count_ = 0;  // of a statement's parameters
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace palmetto::detail
