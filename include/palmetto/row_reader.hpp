#pragma once

#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/result_data.hpp"
#include "palmetto/row_shape.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <tuple>
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
    std::array<pq::Cell, size> cells;
    data_->result().cells(row, columns_, cells.data());
    return read(row, cells, std::make_index_sequence<size>());
  }

  [[nodiscard]] const ResultData& data() const noexcept { return *data_; }

 private:
  template <std::size_t... I>
  void resolve(std::index_sequence<I...>) {
    static_assert((RequireLoader<Field<I>>::met && ...));
    Mismatches mismatches(*data_);
    if constexpr (kind != RowKind::described) {
      if (data_->result().nfields() != static_cast<int>(size)) {
        mismatches.wrong_count(static_cast<int>(size));
        mismatches.throw_if_any();
      }
    }
    (resolve_field<I>(mismatches), ...);
    mismatches.throw_if_any();
  }

  template <std::size_t I>
  void resolve_field(Mismatches& mismatches) {
    int column = static_cast<int>(I);
    if constexpr (kind == RowKind::described) {
      constexpr const char* name = Shape::template Member<I>::name;
      column = data_->find_column_or_negative(name);
      if (column == -1) return mismatches.no_column(name);
      if (column == -2) return mismatches.several_columns(name);
    }
    const pq::Result& result = data_->result();
    using Value = not_null_t<Field<I>>;
    columns_[I] = column;
    subjects_[I] = ColumnSubject(*data_, column);
    std::get<I>(loaders_) =
        data_->adapters().template find_loader<Value>(result.ftype(column), result.fformat(column));
    if (!std::get<I>(loaders_)) mismatches.no_loader(column, cpp_name<Value>());
  }

  template <std::size_t... I>
  [[nodiscard]] Row read(int row, const std::array<pq::Cell, size>& cells,
                         std::index_sequence<I...>) const {
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
    return std::get<I>(loaders_)(Reader(cell.data, cell.length, &subjects_[I], row));
  }

  template <std::size_t... I>
  static auto loaders_of(std::index_sequence<I...>) -> std::tuple<Loader<not_null_t<Field<I>>>...>;

  std::shared_ptr<const ResultData> data_;
  std::array<int, size> columns_{};
  decltype(loaders_of(std::make_index_sequence<size>())) loaders_;
  std::array<ColumnSubject, size> subjects_;
};

}  // namespace palmetto::detail
