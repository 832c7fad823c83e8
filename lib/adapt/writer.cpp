#include "palmetto/adapt/writer.hpp"

#include "palmetto/errors.hpp"

#include <string>

namespace palmetto {

void Writer::grow(std::size_t count) {
  const std::size_t capacity = std::max(capacity_ * 2, size_ + count);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(larger.get(), data_, size_);
  heap_ = std::move(larger);
  data_ = heap_.get();
  capacity_ = capacity;
}

void Writer::fail(std::string_view reason) const {
  if (subject_ != nullptr) subject_->fail(parameter_, reason);
  throw DataError(std::string(reason));
}

}  // namespace palmetto
