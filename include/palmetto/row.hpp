#pragma once

#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/errors.hpp"
#include "palmetto/result_data.hpp"
#include "palmetto/row_shape.hpp"

#include <cstddef>
#include <string_view>

namespace palmetto {

namespace detail {

/// One value of a result. Throws TypeMismatch when the column can't be read as a T, DataError when
/// the value can't.
template <class T>
[[nodiscard]] T read_value(const ResultData& data, int row, int column) {
  using Value = not_null_t<T>;
  const pq::Result& result = data.result();
  const auto loader =
      data.adapters().find_loader<Value>(result.ftype(column), result.fformat(column));
  if (!loader) [[unlikely]] {
    Mismatches mismatches(data);
    mismatches.no_loader(column, cpp_name<Value>());
    mismatches.throw_if_any();
  }
  const pq::Cell cell = result.cell(row, column);
  if (cell.data == nullptr) [[unlikely]] {
    if constexpr (is_nullable<T>) return std::nullopt;
    else data.fail_null(column, row);
  }
  const ColumnSubject subject(data, column);
  return loader(Reader(cell.data, cell.length, &subject, row));
}

}  // namespace detail

/// One value of a `Row`. `MayView`: whether it can be read as a view, because what it is a value of
/// is not a temporary.
template <bool MayView>
class BasicField {
 public:
  BasicField(detail::ResultHandle data, int row, int column) noexcept
      : data_(std::move(data)), row_(row), column_(column) {}

  [[nodiscard]] bool is_null() const noexcept {
    return data_->result().cell(row_, column_).data == nullptr;
  }

  /// The value as a T; std::optional<T> takes NULL. A string_view lives as long as the result, or
  /// any row of it. Throws TypeMismatch when the column can't be read as a T, DataError when the
  /// value can't.
  template <class T>
  [[nodiscard]] T as() const {
    static_assert(detail::RequireLoader<T>::met);
    static_assert(MayView || !is_view<T>,
                  "palmetto: this view would point into a row that is gone at the end of the "
                  "statement: keep the row in a variable, or read a type that copies");
    return detail::read_value<T>(*data_, row_, column_);
  }

 private:
  detail::ResultHandle data_;
  int row_;
  int column_;
};

using Field = BasicField<true>;

/// A row whose columns are looked up at run time: `row["owner"].as<std::string>()`. It keeps its
/// result alive.
class Row {
 public:
  Row(detail::ResultHandle data, int row) noexcept : data_(std::move(data)), row_(row) {}

  /// The value of the column of that name. Throws ProgrammingError when there is none, or several.
  [[nodiscard]] Field operator[](std::string_view column) const& { return at<true>(column); }
  [[nodiscard]] BasicField<false> operator[](std::string_view column) const&& {
    return at<false>(column);
  }
  /// The value of the column of that number, from 0. Throws ProgrammingError when there are fewer.
  [[nodiscard]] Field operator[](std::size_t column) const& { return at<true>(column); }
  [[nodiscard]] BasicField<false> operator[](std::size_t column) const&& {
    return at<false>(column);
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(data_->result().nfields());
  }

 private:
  template <bool MayView>
  [[nodiscard]] BasicField<MayView> at(std::string_view column) const {
    return {data_, row_, data_->find_column(column)};
  }
  template <bool MayView>
  [[nodiscard]] BasicField<MayView> at(std::size_t column) const {
    if (column >= size()) data_->fail<ProgrammingError>(no_column(column));
    return {data_, row_, static_cast<int>(column)};
  }
  [[nodiscard]] std::string no_column(std::size_t column) const;

  detail::ResultHandle data_;
  int row_;
};

}  // namespace palmetto
