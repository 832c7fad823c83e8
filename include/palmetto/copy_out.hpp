#pragma once

#include "palmetto/copy_table.hpp"
#include "palmetto/stream.hpp"

#include <memory>
#include <string_view>

/// COPY to the client:
///
///     for (auto [id, owner] : conn.copy_out<std::int64_t, std::string_view>("accounts",
///                                                                           {"id", "owner"}))
///       ...
///
///     auto copy = conn.copy_out_raw("COPY accounts TO STDOUT (FORMAT csv, HEADER)");
///     while (auto block = copy.next()) file << *block;
///
/// Typed rows are read from the binary format, as a `Stream`: see stream.hpp for how it ends. A
/// block is a row, its line break included. Throws NotSupportedError when the server does not have
/// that COPY. Source: the manual, COPY; psycopg's `Cursor.copy`.
namespace palmetto {

/// The blocks of a COPY to the client, whichever format they are of.
class CopyOut {
 public:
  CopyOut(CopyOut&&) noexcept;
  CopyOut& operator=(CopyOut&&) noexcept;
  /// Leaves what is still to come: the server is asked to cancel, and has the connection's grace
  /// period to confirm it; else the connection is closed.
  ~CopyOut();

  /// Waits for the next block, which is good until the next call; nothing when they have ended.
  /// Throws as `Executor::execute`; then they have ended too.
  [[nodiscard]] std::optional<std::string_view> next();
  /// Leaves what is still to come, as the destructor does.
  void close() noexcept;

 private:
  friend class Executor;
  class Blocks;
  explicit CopyOut(std::unique_ptr<Blocks> blocks) noexcept;

  std::unique_ptr<Blocks> blocks_;
};

// ---------------------------------------------------------------------------------------

template <class... Ts>
Stream<detail::row_of_t<Ts...>> Executor::copy_out(const CopyTable& table,
                                                   const std::vector<std::string_view>& columns,
                                                   std::source_location where) const {
  return Stream<detail::row_of_t<Ts...>>(open_copy(table, columns, where));
}

template <class... Ts>
Stream<detail::row_of_t<Ts...>> Executor::copy_out(Statement<> query) const {
  return Stream<detail::row_of_t<Ts...>>(open_copy(query.text()));
}

}  // namespace palmetto
