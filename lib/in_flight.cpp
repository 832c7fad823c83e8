#include "in_flight.hpp"

#include "palmetto/format.hpp"

#include <cstring>

namespace palmetto::detail {
namespace {

// What was answered is taken out when it is that much, and more than half.
constexpr std::size_t shrink_at = 4096;

}  // namespace

void InFlight::push(const pq::ParameterArrays& parameters) {
  count_ = static_cast<std::size_t>(parameters.count);
  if (begin_ >= shrink_at && begin_ * 2 >= bytes_.size()) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
  for (int i = 0; i < parameters.count; ++i) {
    const bool is_text =
        parameters.values[i] != nullptr && parameters.formats[i] == static_cast<int>(Format::text);
    const int length = is_text ? parameters.lengths[i] : -1;
    bytes_.append(reinterpret_cast<const char*>(&length), sizeof(length));
    if (is_text) bytes_.append(parameters.values[i], static_cast<std::size_t>(length));
  }
}

int InFlight::length_at(std::size_t offset) const noexcept {
  int length = 0;
  std::memcpy(&length, bytes_.data() + offset, sizeof(length));
  return length;
}

void InFlight::pop() noexcept {
  for (std::size_t i = 0; i < count_; ++i) {
    const int length = length_at(begin_);
    begin_ += sizeof(length) + static_cast<std::size_t>(length < 0 ? 0 : length);
  }
}

pq::ParameterArrays InFlight::front() {
  values_.assign(count_, nullptr);
  lengths_.assign(count_, 0);
  formats_.assign(count_, static_cast<int>(Format::binary));
  std::size_t at = begin_;
  for (std::size_t i = 0; i < count_; ++i) {
    const int length = length_at(at);
    at += sizeof(length);
    if (length < 0) continue;
    values_[i] = bytes_.data() + at;
    lengths_[i] = length;
    formats_[i] = static_cast<int>(Format::text);
    at += static_cast<std::size_t>(length);
  }
  return {.count = static_cast<int>(count_),
          .values = values_.data(),
          .lengths = lengths_.data(),
          .formats = formats_.data()};
}

}  // namespace palmetto::detail
