#pragma once

#include "palmetto/errors.hpp"
#include "palmetto/row.hpp"
#include "palmetto/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace palmetto {

namespace detail {

/// The value of a result of one row, which must have one column. Throws as `read_value` does.
template <class T>
[[nodiscard]] T read_only_value(const ResultData& data) {
  using Plan = RowPlan<std::tuple<T>>;
  if constexpr (Plan::can_be_plain) {
    if (data.plans() != nullptr && data.plans()->template plan_of<std::tuple<T>>(data).is_plain())
        [[likely]] {
      const pq::Cell cell = data.result().cell(0, 0);
      const ColumnSubject subject(data, 0);
      if (cell.data != nullptr) [[likely]]
        return InlinedRead<not_null_t<T>>()(Reader(cell.data, cell.length, &subject, 0));
    }
  }
  Mismatches(data).check_count(1);
  return read_value<T>(data, 0, 0);
}

}  // namespace detail

/// A column of a result.
struct Column {
  std::string name;
  Oid type_oid = 0;
  std::string type_name;   ///< "int8", "text[]"; "OID 16423" when the type is not registered
  int type_modifier = -1;  ///< pg_attribute.atttypmod: of varchar(42), numeric(10,2)
  Format format = Format::binary;
};

/// What a statement gave: rows, or the number of rows it affected. Copies share; whatever is read
/// from a result keeps it alive.
///
///     for (auto [owner, balance] : result.rows<std::string_view, std::int64_t>()) ...
///     std::vector<Account> all = result.all<Account>();
///     auto balance = result.value<std::int64_t>();
///     std::string owner = result[0]["owner"].as<std::string>();
///
/// row_shape.hpp says what a row can be read as. Every mismatch between the columns and the C++
/// types is found before the first row is read, and all are in one TypeMismatch.
class Result {
 public:
  explicit Result(detail::ResultHandle data) noexcept : data_(std::move(data)) {}

  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(data_->result().ntuples());
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// "UPDATE 3": what the server said was done. Empty for an empty statement.
  [[nodiscard]] std::string_view command_tag() const& noexcept {
    return data_->result().command_tag();
  }
  [[nodiscard]] std::string command_tag() const&& {
    return std::string(data_->result().command_tag());
  }
  /// The number at the end of the tag: rows inserted, updated, deleted or selected; 0 without one.
  [[nodiscard]] std::int64_t rows_affected() const noexcept;

  /// The columns; psycopg's name.
  [[nodiscard]] std::vector<Column> description() const;

  /// The rows, each as a tuple of the types, or as the one type. Keeps the result alive.
  template <class... Ts>
  [[nodiscard]] Rows<detail::row_of_t<Ts...>> rows() const {
    return Rows<detail::row_of_t<Ts...>>(data_);
  }

  /// All the rows, in a vector.
  template <class... Ts>
  [[nodiscard]] std::vector<detail::row_of_t<Ts...>> all() const& {
    const detail::RowReader<detail::row_of_t<Ts...>> reader(data_);
    std::vector<detail::row_of_t<Ts...>> all;
    all.reserve(size());
    for (int row = 0; row < data_->result().ntuples(); ++row) all.push_back(reader(row));
    return all;
  }
  template <class... Ts>
  [[nodiscard]] auto all() const&& {
    require_no_view<Ts...>();
    return all<Ts...>();
  }

  /// The row, of a result of one. Throws RowCountError when there are none or more.
  template <class... Ts>
  [[nodiscard]] detail::row_of_t<Ts...> one() const& {
    require_size(size() == 1, "exactly one");
    return detail::RowReader<detail::row_of_t<Ts...>>(data_)(0);
  }
  template <class... Ts>
  [[nodiscard]] auto one() const&& {
    require_no_view<Ts...>();
    return one<Ts...>();
  }

  /// The row, or nothing. Throws RowCountError when there are more than one.
  template <class... Ts>
  [[nodiscard]] std::optional<detail::row_of_t<Ts...>> optional() const& {
    require_size(size() <= 1, "at most one");
    const detail::RowReader<detail::row_of_t<Ts...>> reader(data_);
    if (empty()) return std::nullopt;
    return reader(0);
  }
  template <class... Ts>
  [[nodiscard]] auto optional() const&& {
    require_no_view<Ts...>();
    return optional<Ts...>();
  }

  /// The value, of a result of one row and one column. Throws RowCountError, TypeMismatch.
  template <class T>
  [[nodiscard]] T value() const& {
    static_assert(detail::RequireLoader<T>::met);
    require_size(size() == 1, "exactly one");
    return detail::read_only_value<T>(*data_);
  }
  template <class T>
  [[nodiscard]] T value() const&& {
    require_no_view<std::tuple<T>>();
    return value<T>();
  }

  /// The columns, each in a vector of its own: `auto [ids, owners] = result.columns<int,
  /// string>()`.
  template <class... Ts>
  [[nodiscard]] std::tuple<std::vector<Ts>...> columns() const& {
    const detail::RowReader<std::tuple<Ts...>> reader(data_);
    std::tuple<std::vector<Ts>...> columns;
    std::apply([&](auto&... column) { (column.reserve(size()), ...); }, columns);
    for (int row = 0; row < data_->result().ntuples(); ++row)
      append_row(columns, reader(row), std::index_sequence_for<Ts...>());
    return columns;
  }
  template <class... Ts>
  [[nodiscard]] auto columns() const&& {
    require_no_view<std::tuple<Ts...>>();
    return columns<Ts...>();
  }

  /// The row of that number, from 0. Throws ProgrammingError when there are fewer.
  [[nodiscard]] Row operator[](std::size_t row) const;

  class iterator;
  [[nodiscard]] iterator begin() const&;
  [[nodiscard]] iterator end() const&;
  iterator begin() const&& =
      delete;  // would outlive the result: keep it in a variable, or use rows()
  iterator end() const&& = delete;

 private:
  template <class... Ts>
  static constexpr void require_no_view() {
    static_assert(!detail::row_is_view<detail::row_of_t<Ts...>>,
                  "palmetto: this view would point into a result that is gone at the end of the "
                  "statement: keep the result in a variable, iterate over rows(), or read a type "
                  "that copies");
  }

  template <class Columns, class Tuple, std::size_t... I>
  static void append_row(Columns& columns, Tuple&& row, std::index_sequence<I...>) {
    (std::get<I>(columns).push_back(std::get<I>(std::move(row))), ...);
  }

  void require_size(bool met, const char* wanted) const {
    if (!met) [[unlikely]]
      throw_size(wanted);
  }
  [[noreturn]] void throw_size(const char* wanted) const;

  detail::ResultHandle data_;
};

/// Over the rows of a result, as `Row`s.
class Result::iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using iterator_concept = std::forward_iterator_tag;
  using value_type = Row;
  using difference_type = std::ptrdiff_t;

  iterator() = default;
  iterator(detail::ResultHandle data, int row) noexcept : data_(std::move(data)), row_(row) {}
  [[nodiscard]] Row operator*() const { return {data_, row_}; }
  iterator& operator++() {
    ++row_;
    return *this;
  }
  iterator operator++(int) {
    iterator before = *this;
    ++row_;
    return before;
  }
  friend bool operator==(const iterator& a, const iterator& b) { return a.row_ == b.row_; }

 private:
  detail::ResultHandle data_;
  int row_ = 0;
};

inline Result::iterator Result::begin() const& { return {data_, 0}; }
inline Result::iterator Result::end() const& { return {data_, data_->result().ntuples()}; }

}  // namespace palmetto
