#pragma once

#include "palmetto/format.hpp"
#include "palmetto/in_flight.hpp"

#include <memory>

namespace palmetto::detail {

/// Of a statement's parameters what its error may not show, which may come when the arguments are
/// gone. No allocation when there is no text among them.
class KeptParameters {
 public:
  /// Once.
  void keep(const pq::ParameterArrays& parameters) {
    count_ = parameters.count;
    if (!has_text(parameters)) return;
    texts_ = std::make_unique<InFlight>();
    texts_->push(parameters);
  }

  /// The texts, if there are any; their number in any case.
  [[nodiscard]] pq::ParameterArrays arrays() const {
    return texts_ ? texts_->front() : pq::ParameterArrays{.count = count_};
  }

 private:
  [[nodiscard]] static bool has_text(const pq::ParameterArrays& parameters) noexcept {
    for (int i = 0; i < parameters.count; ++i)
      if (parameters.values[i] != nullptr &&
          parameters.formats[i] == static_cast<int>(Format::text))
        return true;
    return false;
  }

  int count_ = 0;
  std::unique_ptr<InFlight> texts_;
};

}  // namespace palmetto::detail
