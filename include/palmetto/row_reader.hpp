#pragma once

#include "palmetto/adapt/cpp_name.hpp"
#include "palmetto/binary_copy.hpp"
#include "palmetto/result_data.hpp"
#include "palmetto/row_plans.hpp"
#include "palmetto/row_shape.hpp"

#include <cstddef>
#include <utility>

namespace palmetto::detail {

/// How rows of some columns are read as one C++ type: which column each field comes from, and the
/// loader of each. Made once, it serves every result of the same columns, and has nothing of any
/// one of them.
template <class Row>
class RowPlan {
  using Shape = RowShape<Row>;
  template <std::size_t I>
  using Field = typename Shape::template Field<I>;

 public:
  static constexpr std::size_t size = Shape::size;

  /// No plan yet.
  RowPlan() noexcept = default;
  /// Throws TypeMismatch with every column that does not fit.
  explicit RowPlan(const ResultData& data) { resolve(data, std::make_index_sequence<size>()); }

  /// Whether a row is all of the columns in their order, each read by its adapter's own read.
  [[nodiscard]] bool is_plain() const noexcept { return is_plain_; }
  static constexpr bool can_be_plain = []<std::size_t... I>(std::index_sequence<I...>) {
    return (InlineReadable<not_null_t<Field<I>>> && ...);
  }(std::make_index_sequence<size>());

  [[nodiscard]] const int* columns() const noexcept { return columns_; }
  template <std::size_t I>
  [[nodiscard]] const auto& loader() const noexcept {
    return loaders_.template get<I>();
  }

 private:
  template <std::size_t... I>
  void resolve(const ResultData& data, std::index_sequence<I...>) {
    static_assert((RequireLoader<Field<I>>::met && ...));
    Mismatches mismatches(data);
    if constexpr (row_kind<Row>() != RowKind::described)
      mismatches.check_count(static_cast<int>(size));
    (resolve_field<I>(data, mismatches), ...);
    mismatches.throw_if_any();
    if constexpr (can_be_plain)
      is_plain_ = data.result().nfields() == static_cast<int>(size) &&
                  ((columns_[I] == static_cast<int>(I) && loader<I>().is_inlined()) && ...);
  }

  template <std::size_t I>
  void resolve_field(const ResultData& data, Mismatches& mismatches) {
    int column = static_cast<int>(I);
    if constexpr (row_kind<Row>() == RowKind::described)
      column = mismatches.find_column(Shape::template Member<I>::name);
    if (column < 0) return;
    using Value = not_null_t<Field<I>>;
    columns_[I] = column;
    auto& loader = loaders_.template get<I>();
    loader = data.adapters().template find_loader<Value>(data.result().ftype(column),
                                                         data.format(column));
    if (!loader) mismatches.no_loader(column, cpp_name<Value>());
  }

  FieldSlots<Shape, FieldLoader> loaders_;
  int columns_[size]{};
  bool is_plain_ = false;
};

/// Reads the rows of a result, by a plan of its own, or by one that is kept with a prepared
/// statement. Everything that can be decided is decided when it is made; then a row costs a read of
/// each cell.
template <class Row>
class RowReader {
  using Shape = RowShape<Row>;
  static constexpr std::size_t size = Shape::size;
  static constexpr RowKind kind = row_kind<Row>();
  template <std::size_t I>
  using Field = typename Shape::template Field<I>;
  using Indices = std::make_index_sequence<size>;

 public:
  /// Throws TypeMismatch with every column that does not fit.
  explicit RowReader(ResultHandle data) : data_(std::move(data)) {
    if (data_->plans() != nullptr) kept_ = &data_->plans()->template plan_of<Row>(*data_);
    else own_ = RowPlan<Row>(*data_);
    point();
  }
  RowReader(const RowReader& other) : data_(other.data_), own_(other.own_), kept_(other.kept_) {
    point();
  }
  RowReader(RowReader&& other) noexcept
      : data_(std::move(other.data_)), own_(std::move(other.own_)), kept_(other.kept_) {
    point();
  }
  RowReader& operator=(RowReader other) noexcept {
    data_ = std::move(other.data_);
    own_ = std::move(other.own_);
    kept_ = other.kept_;
    point();
    return *this;
  }
  ~RowReader() = default;

  /// Throws DataError for a NULL where the field takes none, and for malformed bytes.
  [[nodiscard]] Row operator()(int row) const {
    if constexpr (size == 1) {
      const pq::Cell cell = data_->result().cell(row, plan_->columns()[0]);
      return read(row, &cell, Indices());
    } else {
      pq::Cell cells[size];
      data_->result().cells(row, plan_->columns(), size, cells);
      return read(row, cells, Indices());
    }
  }

  /// A row that is not in the result, which describes its columns alone: `cells` has one for each
  /// of them. The row's number is for messages. Throws as the other does.
  [[nodiscard]] Row operator()(int row, const pq::Cell* cells) const {
    if constexpr (kind == RowKind::described) {
      pq::Cell picked[size];
      for (std::size_t i = 0; i < size; ++i) picked[i] = cells[plan_->columns()[i]];
      return read(row, picked, Indices());
    } else {
      return read(row, cells, Indices());
    }
  }

  /// The same for a row in COPY's binary format. Throws DataError as well when it is malformed.
  /// Inlined always, for the parts of a row are worth less than the way through memory.
  [[nodiscard, gnu::always_inline]] inline Row operator()(int row, BinaryFields fields) const {
    if constexpr (RowPlan<Row>::can_be_plain) {
      pq::Cell cells[size];
      if (plan_->is_plain() && find_cells(fields, cells, Indices())) [[likely]]
        return read_plain(row, cells, Indices());
    }
    return read_fields(row, fields);
  }

  [[nodiscard]] const ResultData& data() const noexcept { return *data_; }

 private:
  // False where a row is malformed, or has a NULL that its field does not take.
  template <std::size_t... I>
  [[nodiscard, gnu::always_inline]] static bool find_cells(BinaryFields fields, pq::Cell* cells,
                                                           std::index_sequence<I...>) noexcept {
    return (find_cell<Field<I>>(fields, cells[I]) && ...) && fields.at_end();
  }
  template <class T>
  [[nodiscard, gnu::always_inline]] static bool find_cell(BinaryFields& fields,
                                                          pq::Cell& cell) noexcept {
    using Value = not_null_t<T>;
    if constexpr (requires { Adapter<Value>::wire_size; })
      return fields.next_of<Adapter<Value>::wire_size>(cell) ||
             (is_nullable<T> && fields.next_null(cell));
    else return fields.next(cell) && (is_nullable<T> || cell.data != nullptr);
  }

  // Whatever the loaders are, and with a message for whatever is wrong.
  [[nodiscard, gnu::noinline]] Row read_fields(int row, BinaryFields fields) const {
    if constexpr (kind == RowKind::described) {
      pq::Cell picked[size];
      pq::Cell cell;
      for (int column = 0; column < data_->result().nfields(); ++column) {
        next(fields, cell);
        for (std::size_t i = 0; i < size; ++i)
          if (plan_->columns()[i] == column) picked[i] = cell;
      }
      expect_end(fields);
      return read(row, picked, Indices());
    } else {
      return read_fields(row, fields, Indices());
    }
  }

  // What `find_cells` has found, in the order of the fields.
  template <std::size_t... I>
  [[nodiscard, gnu::always_inline]] inline Row read_plain(int row, const pq::Cell* cells,
                                                          std::index_sequence<I...>) const {
    if constexpr (kind == RowKind::value) {
      return plain_field<0>(row, cells[0]);
    } else if constexpr (kind == RowKind::described) {
      Row object{};
      ((object.*Shape::template Member<I>::pointer = plain_field<I>(row, cells[I])), ...);
      return object;
    } else {
      return Row{plain_field<I>(row, cells[I])...};
    }
  }
  template <std::size_t I>
  [[nodiscard, gnu::always_inline]] inline Field<I> plain_field(int row,
                                                                const pq::Cell& cell) const {
    if constexpr (is_nullable<Field<I>>)
      if (cell.data == nullptr) return std::nullopt;
    return InlinedRead<not_null_t<Field<I>>>()(Reader(cell.data, cell.length, &subjects_[I], row));
  }

  void next(BinaryFields& fields, pq::Cell& cell) const {
    if (!fields.next(cell)) [[unlikely]]
      data_->fail_malformed();
  }
  void expect_end(const BinaryFields& fields) const {
    if (!fields.at_end()) [[unlikely]]
      data_->fail_malformed();
  }

  // Braces keep the order of the fields.
  template <std::size_t... I>
  [[nodiscard]] Row read_fields(int row, BinaryFields fields, std::index_sequence<I...>) const {
    if constexpr (kind == RowKind::value) {
      Row value = next_field<0>(row, fields);
      expect_end(fields);
      return value;
    } else {
      Row object{next_field<I>(row, fields)...};
      expect_end(fields);
      return object;
    }
  }
  template <std::size_t I>
  [[nodiscard, gnu::always_inline]] inline Field<I> next_field(int row,
                                                               BinaryFields& fields) const {
    pq::Cell cell;
    next(fields, cell);
    return field<I>(row, cell);
  }

  void point() noexcept {
    plan_ = kept_ != nullptr ? kept_ : &own_;
    for (std::size_t i = 0; i < size && data_; ++i)
      subjects_[i] = ColumnSubject(*data_, plan_->columns()[i]);
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
      else data_->fail_null(plan_->columns()[I], row);
    }
    return plan_->template loader<I>()(Reader(cell.data, cell.length, &subjects_[I], row));
  }

  ResultHandle data_;
  RowPlan<Row> own_;                    // empty beside a kept one
  const RowPlan<Row>* kept_ = nullptr;  // with the statement: the result's `plans`
  const RowPlan<Row>* plan_ = nullptr;  // the one of them that counts
  ColumnSubject subjects_[size];
};

}  // namespace palmetto::detail
