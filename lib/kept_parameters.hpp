#pragma once

#include "palmetto/pq/parameter_arrays.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace palmetto::detail {

/// A copy of a statement's parameters: their errors may come when the arguments are gone.
class KeptParameters {
 public:
  KeptParameters() = default;
  KeptParameters(const KeptParameters&) = delete;
  KeptParameters& operator=(const KeptParameters&) = delete;

  /// Once.
  void keep(const pq::ParameterArrays& parameters) {
    const auto count = static_cast<std::size_t>(parameters.count);
    types_.assign(parameters.types, parameters.types + count);
    formats_.assign(parameters.formats, parameters.formats + count);
    lengths_.assign(parameters.lengths, parameters.lengths + count);
    std::vector<std::size_t> offsets;
    for (std::size_t i = 0; i < count; ++i) {
      offsets.push_back(bytes_.size());
      if (parameters.values[i] == nullptr) continue;
      bytes_.append(parameters.values[i], static_cast<std::size_t>(lengths_[i]));
      bytes_ += '\0';
    }
    for (std::size_t i = 0; i < count; ++i)
      values_.push_back(parameters.values[i] == nullptr ? nullptr : bytes_.data() + offsets[i]);
  }

  [[nodiscard]] pq::ParameterArrays arrays() const noexcept {
    return {static_cast<int>(types_.size()), types_.data(), values_.data(), lengths_.data(),
            formats_.data()};
  }

 private:
  std::string bytes_;
  std::vector<Oid> types_;
  std::vector<int> formats_;
  std::vector<int> lengths_;
  std::vector<const char*> values_;
};

}  // namespace palmetto::detail
