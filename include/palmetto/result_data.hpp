#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/adapt/reader.hpp"
#include "palmetto/flow/recycling.hpp"
#include "palmetto/pq/result.hpp"
#include "palmetto/row_plans.hpp"
#include "palmetto/sql/statement.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace palmetto::detail {

/// A result of the server and all that it takes to read it. Shared by whatever reads from it, on
/// any thread, so that nothing dangles: made by new, and held by a `ResultHandle`.
class ResultData : public boost::intrusive_ref_counter<ResultData> {
 public:
  ResultData(pq::Result&& result, const AdaptersMap& adapters, const StatementText& statement);
  /// Of a prepared statement, with the plans that are kept with it: their adapters read it.
  ResultData(pq::Result&& result, SharedRowPlans plans, const StatementText& statement)
      : ResultData(std::move(result), statement) {
    plans_ = std::move(plans);
  }
  /// What describes columns whose cells come by themselves, in that format (COPY).
  ResultData(pq::Result&& description, const AdaptersMap& adapters, const StatementText& statement,
             Format cells);
  ResultData(const ResultData&) = delete;
  ResultData& operator=(const ResultData&) = delete;
  ~ResultData();

  [[nodiscard]] static void* operator new(std::size_t size) {
    return flow::allocate_recycled(size);
  }
  static void operator delete(void* data, std::size_t size) noexcept {
    flow::free_recycled(data, size);
  }

  [[nodiscard]] const pq::Result& result() const noexcept { return result_; }
  [[nodiscard]] const AdaptersMap& adapters() const noexcept {
    return plans_ ? plans_->adapters() : *adapters_;
  }
  /// Of a column's cells.
  [[nodiscard]] Format format(int column) const noexcept {
    return has_own_format_ ? format_ : result_.fformat(column);
  }

  /// By which its rows are read, when they are those of a prepared statement; null otherwise.
  [[nodiscard]] const RowPlans* plans() const noexcept { return plans_.get(); }

  /// "column 2 \"balance\" (int8)"
  [[nodiscard]] std::string describe_column(int column) const;
  /// Whether the adapters know the type of a column, or of its elements.
  [[nodiscard]] bool knows_type_of(int column) const;
  /// The one column of that name. Throws ProgrammingError when there is none, or more than one.
  [[nodiscard]] int find_column(std::string_view name) const;
  static constexpr int none = -1;
  static constexpr int several = -2;
  /// Likewise, or `none`, or `several`.
  [[nodiscard]] int look_for_column(std::string_view name) const noexcept;

  /// Throws E with the statement and its place added to the message.
  template <class E>
  [[noreturn]] void fail(const std::string& message) const {
    throw E(message, {std::string(shown_), where_});
  }
  [[noreturn]] void fail_null(int column, int row) const;
  /// Throws DataError: a row is not in COPY's binary format.
  [[noreturn]] void fail_malformed() const;

 private:
  ResultData(pq::Result&& result, const StatementText& statement)
      : result_(std::move(result)), shown_(statement.shown), where_(statement.where) {
    if (!statement.is_literal) own_shown();
  }
  void own_shown();

  pq::Result result_;
  Format format_ = Format::binary;  // of the cells, when they are not in the result
  bool has_own_format_ = false;
  std::optional<AdaptersMap> adapters_;  // unless the plans have them
  SharedRowPlans plans_;
  std::string owned_;  // what is shown, unless it is of the source
  std::string_view shown_;
  std::source_location where_;
};

using ResultHandle = boost::intrusive_ptr<const ResultData>;

/// One column of a result, for the messages of the readers of its cells.
class ColumnSubject final : public ReadSubject {
 public:
  ColumnSubject() = default;
  ColumnSubject(const ResultData& data, int column) noexcept : data_(&data), column_(column) {}
  [[noreturn]] void fail(int row, std::string_view reason) const override;

 private:
  const ResultData* data_ = nullptr;
  int column_ = 0;
};

/// Gathers every reason why the columns can't be read as asked for, into one TypeMismatch.
class Mismatches {
 public:
  explicit Mismatches(const ResultData& data) noexcept : data_(data) {}

  /// Throws at once when the result has another number of columns: nothing else would make sense.
  void check_count(int wanted) {
    if (data_.result().nfields() != wanted) [[unlikely]]
      throw_count(wanted);
  }
  /// The one column of that name; negative, and noted, when there is none or more than one.
  [[nodiscard]] int find_column(std::string_view name);
  void no_loader(int column, std::string_view cpp_name);
  /// Of a COPY from the client.
  void no_dumper(int column, std::string_view cpp_name);
  void no_member(int column);
  void throw_if_any() const {
    if (!reasons_.empty()) [[unlikely]]
      throw_all();
  }

 private:
  [[noreturn]] void throw_count(int wanted);
  [[noreturn]] void throw_all() const;
  void add(std::string reason);
  const ResultData& data_;
  std::string reasons_;
};

}  // namespace palmetto::detail
