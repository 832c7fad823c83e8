#pragma once

#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

namespace palmetto::detail {

/// Over what comes one after another, and once: its end is std::default_sentinel. The Source, whose
/// friend it is, has `current()`, `advance()` and `has_current()`, for which no iterator is needed.
template <class Source>
class InputIterator {
 public:
  using iterator_concept = std::input_iterator_tag;
  using iterator_category = std::input_iterator_tag;
  using difference_type = std::ptrdiff_t;
  using reference = decltype(std::declval<const Source&>().current());
  using value_type = std::remove_cvref_t<reference>;
  using pointer = std::add_pointer_t<reference>;

  InputIterator() = default;
  explicit InputIterator(Source& source) noexcept : source_(&source) {}

  [[nodiscard, gnu::always_inline]] inline reference operator*() const {
    return source_->current();
  }
  [[nodiscard]] pointer operator->() const
    requires std::is_reference_v<reference>
  {
    return &source_->current();
  }
  InputIterator& operator++() {
    source_->advance();
    return *this;
  }
  void operator++(int) { source_->advance(); }
  friend bool operator==(const InputIterator& at, std::default_sentinel_t) noexcept {
    return at.has_ended();
  }

 private:
  [[nodiscard]] bool has_ended() const noexcept { return !source_->has_current(); }

  Source* source_ = nullptr;
};

}  // namespace palmetto::detail
