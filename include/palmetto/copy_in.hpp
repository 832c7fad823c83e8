#pragma once

#include "palmetto/copy_plan.hpp"
#include "palmetto/copy_table.hpp"
#include "palmetto/executor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

/// COPY from the client, the fastest way to put rows into a table:
///
///     auto copy = conn.copy_in("accounts", {"id", "owner", "balance"});
///     copy.write_row(id, "Ada", std::int64_t{100});
///     copy.write(accounts);  // a range of tuples or structs
///     std::int64_t rows = copy.finish();
///
/// The columns' types are asked for before the COPY begins. The types of a row are checked against
/// them when the first row of such types comes: every mismatch is in one TypeMismatch. In binary, a
/// value must be of the column's type; strings are for text and its like, and for enums, integers
/// for integers that are as large or larger. In text and CSV a value's text is for the server to
/// make sense of. NULL is std::nullopt or nullptr, or a std::optional without a value.
///
/// Leaving the scope without `finish()`, by an exception or not, makes the server discard all rows;
/// the connection is usable then. Until it has ended, the connection executes nothing else. Outside
/// of a transaction `finish()` commits. The `timeout` is of the COPY as a whole.
///
/// The server's error is thrown by `finish()`: libpq does not tell of it before, and the server
/// drops what comes behind it. Source: the manual, COPY, and section 34.10; psycopg's `Copy`.
namespace palmetto {

class CopyIn {
 public:
  CopyIn(CopyIn&&) noexcept;
  CopyIn& operator=(CopyIn&&) noexcept;
  /// Makes the server discard the COPY, unless it was finished. The connection is closed when the
  /// server does not confirm that within the grace period.
  ~CopyIn();

  /// Writes a row: a value for each column. Throws TypeMismatch; DataError for a value that its
  /// type can't hold; in both cases nothing of the row is written, and others can follow. Throws
  /// ConnectionLost, OperationTimeout: the COPY has ended then.
  template <Argument... Values>
  void write_row(const Values&... values) {
    detail::CopyPlan<argument_t<Values>...>& plan =
        core_->plans().template plan_of<detail::CopyPlan<argument_t<Values>...>>(core_->target());
    plan.write(*core_, core_->target(), values...);
  }

  /// Writes a row for each element: a tuple, a struct, or a value where there is one column. A
  /// struct described with Boost.Describe goes by its members' names; one that no column is listed
  /// for is left out. A plain aggregate goes by position.
  template <class Range>
  void write(const Range& rows) {
    for (const auto& row : rows) detail::write_element(*this, *core_, row);
  }

  /// Sends bytes as they are, of the COPY's format; not together with typed rows. Blocks need not
  /// end where rows do.
  void write_raw(std::string_view block);

  /// Ends the COPY: the number of rows that it has put. Throws the class of the server's SQLSTATE,
  /// and as `Executor::execute` does. However it ends, the COPY has ended.
  std::int64_t finish();

 private:
  friend class Executor;
  explicit CopyIn(std::unique_ptr<detail::CopySink> core) noexcept;

  std::unique_ptr<detail::CopySink> core_;
};

}  // namespace palmetto
