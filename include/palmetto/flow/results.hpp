#pragma once

#include "palmetto/pq/result.hpp"

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace palmetto::flow {

/// The results of what was sent, in order. The first two take no allocation: most of what is sent
/// is one command, or one behind the BEGIN of its transaction.
class Results {
 public:
  void push_back(pq::Result&& result) {
    if (size_ < in_place) first_[size_] = std::move(result);
    else append(std::move(result));
    ++size_;
  }
  void clear() noexcept {
    for (pq::Result& result : first_) result = {};
    more_.reset();
    size_ = 0;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] pq::Result* begin() noexcept { return more_ ? more_->data() : first_; }
  [[nodiscard]] const pq::Result* begin() const noexcept { return more_ ? more_->data() : first_; }
  [[nodiscard]] pq::Result* end() noexcept { return begin() + size_; }
  [[nodiscard]] const pq::Result* end() const noexcept { return begin() + size_; }
  [[nodiscard]] pq::Result& operator[](std::size_t index) noexcept { return begin()[index]; }
  [[nodiscard]] const pq::Result& operator[](std::size_t index) const noexcept {
    return begin()[index];
  }

 private:
  static constexpr std::size_t in_place = 2;

  [[gnu::noinline]] void append(pq::Result&& result) {
    if (!more_)
      more_ = std::make_unique<std::vector<pq::Result>>(std::make_move_iterator(first_),
                                                        std::make_move_iterator(first_ + in_place));
    more_->push_back(std::move(result));
  }

  pq::Result first_[in_place];
  std::unique_ptr<std::vector<pq::Result>> more_;  // all of them, once they are more
  std::size_t size_ = 0;
};

}  // namespace palmetto::flow
