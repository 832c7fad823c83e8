#pragma once

#include "palmetto/in_flight.hpp"
#include "palmetto/pq/parameter_arrays.hpp"
#include "palmetto/sql/statement.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace palmetto {

class Executor;
class Result;

namespace detail {

/// A function of an item's number, from 0, and its result, whatever its type: a reference to it.
struct ItemHandler {
  const void* function = nullptr;  ///< null: results are counted, and dropped
  void (*call)(const void* function, std::size_t item, const Result& result) = nullptr;
};

/// What `Executor::execute_many` does, for items of any type.
class ManyExecution {
 public:
  /// Opens a pipeline unless one is open, and a transaction unless there is one.
  ManyExecution(const Executor& executor, const StatementText& statement, ItemHandler handler);
  /// Rolls back, unless it was finished.
  ~ManyExecution();

  /// Queues the statement with the arguments of the next item; false when an item before it has
  /// failed already.
  bool add(const pq::ParameterArrays& parameters);

  /// Where the texts of an item are put which `add_kept` takes.
  [[nodiscard]] InFlight& in_flight() const noexcept;
  /// The same for an item whose texts are there, and whose types are those of the one before.
  bool add_kept(const pq::ParameterArrays& parameters);

  /// Waits for all the results, and commits. The rows affected.
  std::int64_t finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace detail
}  // namespace palmetto
