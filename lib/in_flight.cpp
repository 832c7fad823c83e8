#include "palmetto/in_flight.hpp"

#include "palmetto/format.hpp"

#include <algorithm>

namespace palmetto::detail {
namespace {

constexpr std::size_t least = 256;

bool is_text(const pq::ParameterArrays& parameters, int i) noexcept {
  return parameters.values[i] != nullptr && parameters.formats[i] == static_cast<int>(Format::text);
}

}  // namespace

// What was answered is taken out when that is half of it at least: what moves is little then.
void InFlight::make_room(std::size_t size) {
  const std::size_t used = end_ - begin_;
  if (begin_ >= used && capacity_ - used >= size) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, used);
  } else {
    const std::size_t capacity = std::max({least, 2 * capacity_, used + size});
    std::unique_ptr<char[]> bytes(new char[capacity]);
    if (used != 0) std::memcpy(bytes.get(), bytes_.get() + begin_, used);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }
  begin_ = 0;
  end_ = used;
}

void InFlight::push(const pq::ParameterArrays& parameters) {
  std::size_t bounds = 0;
  for (int i = 0; i < parameters.count; ++i)
    if (is_text(parameters, i))
      bounds += InFlightTexts::bound(static_cast<std::size_t>(parameters.lengths[i]));
  InFlightTexts texts(*this, static_cast<std::size_t>(parameters.count), bounds);
  for (int i = 0; i < parameters.count; ++i) {
    if (!is_text(parameters, i)) continue;
    const auto size = static_cast<std::size_t>(parameters.lengths[i]);
    std::memcpy(texts.begin(static_cast<std::size_t>(i), size), parameters.values[i], size);
  }
  texts.commit();
}

pq::ParameterArrays InFlight::front() {
  const Record record = record_at(begin_);
  values_.assign(record.count, nullptr);
  lengths_.assign(record.count, 0);
  for (std::size_t at = begin_ + sizeof(record); at < begin_ + record.size;) {
    Text text;
    std::memcpy(&text, bytes_.get() + at, sizeof(text));
    at += sizeof(text);
    values_[text.parameter] = bytes_.get() + at;
    lengths_[text.parameter] = static_cast<int>(text.size);
    at += text.size + 1;
  }
  formats_.assign(record.count, static_cast<int>(Format::text));
  return {.count = static_cast<int>(values_.size()),
          .values = values_.data(),
          .lengths = lengths_.data(),
          .formats = formats_.data()};
}

}  // namespace palmetto::detail
