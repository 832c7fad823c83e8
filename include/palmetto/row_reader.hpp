#pragma once

#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/result_data.hpp"
#include "palmetto/row_shape.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace palmetto::detail {

/// Reads the rows of a result as one C++ type. Everything that can be decided is decided when it is
/// made: which column each field comes from, and the loader of each. Then a row costs a read of
/// each cell.
template <class Row>
class RowReader {
  using Shape = RowShape<Row>;
  static constexpr std::size_t size = Shape::size;
  static constexpr RowKind kind = row_kind<Row>();
  template <std::size_t I>
  using Field = typename Shape::template Field<I>;

 public:
  /// Throws TypeMismatch with every column that does not fit.
  explicit RowReader(std::shared_ptr<const ResultData> data) : data_(std::move(data)) {
    resolve(std::make_index_sequence<size>());
  }

  /// Throws DataError for a NULL where the field takes none, and for malformed bytes.
  [[nodiscard]] Row operator()(int row) const {
    if constexpr (size == 1) {
      const pq::Cell cell = data_->result().cell(row, columns_[0]);
      return read(row, &cell, std::make_index_sequence<size>());
    } else {
      pq::Cell cells[size];
      data_->result().cells(row, columns_, size, cells);
      return read(row, cells, std::make_index_sequence<size>());
    }
  }

  [[nodiscard]] const ResultData& data() const noexcept { return *data_; }

 private:
  template <std::size_t... I>
  void resolve(std::index_sequence<I...>) {
    static_assert((RequireLoader<Field<I>>::met && ...));
    Mismatches mismatches(*data_);
    if constexpr (kind != RowKind::described) mismatches.check_count(static_cast<int>(size));
    (resolve_field<I>(mismatches), ...);
    mismatches.throw_if_any();
  }

  template <std::size_t I>
  void resolve_field(Mismatches& mismatches) {
    int column = static_cast<int>(I);
    if constexpr (kind == RowKind::described)
      column = mismatches.find_column(Shape::template Member<I>::name);
    if (column < 0) return;
    using Value = not_null_t<Field<I>>;
    columns_[I] = column;
    subjects_[I] = ColumnSubject(*data_, column);
    auto& loader = loaders_.template get<I>();
    loader = data_->adapters().template find_loader<Value>(data_->result().ftype(column),
                                                           data_->result().fformat(column));
    if (!loader) mismatches.no_loader(column, cpp_name<Value>());
  }

  template <std::size_t... I>
  [[nodiscard]] Row read(int row, const pq::Cell* cells, std::index_sequence<I...>) const {
    if constexpr (kind == RowKind::value) {
      return field<0>(row, cells[0]);
    } else if constexpr (kind == RowKind::described) {
      Row object{};
      ((object.*Shape::template Member<I>::pointer = field<I>(row, cells[I])), ...);
      return object;
    } else {
      return Row{field<I>(row, cells[I])...};
    }
  }

  template <std::size_t I>
  [[nodiscard]] Field<I> field(int row, const pq::Cell& cell) const {
    if (cell.data == nullptr) [[unlikely]] {
      if constexpr (is_nullable<Field<I>>) return std::nullopt;
      else data_->fail_null(columns_[I], row);
    }
    return loaders_.template get<I>()(Reader(cell.data, cell.length, &subjects_[I], row));
  }

  std::shared_ptr<const ResultData> data_;
  FieldSlots<Shape, FieldLoader> loaders_;
  int columns_[size]{};
  ColumnSubject subjects_[size];
};

}  // namespace palmetto::detail
