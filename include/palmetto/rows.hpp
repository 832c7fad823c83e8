#pragma once

#include "palmetto/row_reader.hpp"

#include <compare>
#include <cstddef>
#include <iterator>

namespace palmetto {

/// The rows of a result, read as `Row` one by one as they are iterated over: what `Result::rows`
/// gives. It keeps the result alive: what its rows point to is good as long as this object.
template <class Row>
class Rows {
 public:
  class iterator {
   public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::input_iterator_tag;  // its reference is a value
    using value_type = Row;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    [[nodiscard]] Row operator*() const { return (*reader_)(static_cast<int>(row_)); }
    [[nodiscard]] Row operator[](difference_type n) const { return *(*this + n); }
    iterator& operator++() { return *this += 1; }
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }
    iterator& operator--() { return *this += -1; }
    iterator operator--(int) {
      iterator before = *this;
      --*this;
      return before;
    }
    iterator& operator+=(difference_type n) {
      row_ += n;
      return *this;
    }
    iterator& operator-=(difference_type n) { return *this += -n; }
    friend iterator operator+(iterator at, difference_type n) { return at += n; }
    friend iterator operator+(difference_type n, iterator at) { return at += n; }
    friend iterator operator-(iterator at, difference_type n) { return at -= n; }
    friend difference_type operator-(const iterator& a, const iterator& b) {
      return a.row_ - b.row_;
    }
    friend bool operator==(const iterator& a, const iterator& b) { return a.row_ == b.row_; }
    friend auto operator<=>(const iterator& a, const iterator& b) { return a.row_ <=> b.row_; }

   private:
    friend class Rows;
    iterator(const detail::RowReader<Row>& reader, difference_type row) noexcept
        : reader_(&reader), row_(row) {}
    const detail::RowReader<Row>* reader_ = nullptr;
    difference_type row_ = 0;
  };
  using const_iterator = iterator;
  using value_type = Row;

  explicit Rows(detail::ResultHandle data) : reader_(std::move(data)) {}

  [[nodiscard]] iterator begin() const& { return {reader_, 0}; }
  [[nodiscard]] iterator end() const& { return {reader_, static_cast<std::ptrdiff_t>(size())}; }
  iterator begin() const&& = delete;  // would outlive the rows: keep them in a variable
  iterator end() const&& = delete;

  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(reader_.data().result().ntuples());
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// The row of that number, from 0, which must be below `size()`.
  [[nodiscard]] Row operator[](std::size_t row) const& { return reader_(static_cast<int>(row)); }
  [[nodiscard]] Row operator[](std::size_t row) const&&
    requires(!detail::row_is_view<Row>)
  {
    return reader_(static_cast<int>(row));
  }
  Row operator[](std::size_t row) const&&
    requires detail::row_is_view<Row>
  = delete;  // would point into a result that is gone: keep the rows in a variable

 private:
  detail::RowReader<Row> reader_;
};

}  // namespace palmetto
