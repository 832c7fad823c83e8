#pragma once

#include "palmetto/executor.hpp"

#include <memory>
#include <string>
#include <vector>

namespace palmetto {

namespace detail {

/// A statement that stays prepared as long as this lives.
class PinnedStatement {
 public:
  PinnedStatement(const Executor& executor, const StatementText& statement,
                  const pq::ParameterArrays& types);

  [[nodiscard]] const Executor& executor() const noexcept;
  [[nodiscard]] StatementText statement() const noexcept;
  [[nodiscard]] const std::vector<Column>& columns() const noexcept;
  [[nodiscard]] const std::vector<std::string>& parameter_types() const noexcept;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace detail

/// A statement that was prepared by name, ahead of its first execution:
///
///     auto find = conn.prepare<std::int64_t>("SELECT owner FROM accounts WHERE id = $1");
///     auto owner = find.execute(42).value<std::string>();
///
/// Statements prepare themselves when they are executed often (`prepare_threshold`); this one does
/// at once, so that its errors and its columns are known, and is not closed for others as long as a
/// copy of this lives. It belongs to its connection, or to the transaction that it was made by;
/// when the server has lost it, it is prepared again. Source: the manual, section 55.2.3 "Extended
/// Query"; pgx's `Conn.Prepare`.
template <class... Args>
class Prepared {
 public:
  explicit Prepared(detail::PinnedStatement pinned) noexcept : pinned_(std::move(pinned)) {}

  /// As `Executor::execute`.
  Result execute(const Args&... arguments) const {
    const StatementText statement = pinned_.statement();
    return detail::execute_arrays(
        pinned_.executor(), statement,
        detail::WrittenArguments(pinned_.executor(), statement, arguments...).arrays());
  }

  /// The columns of its results; none when it gives no rows.
  [[nodiscard]] const std::vector<Column>& description() const noexcept {
    return pinned_.columns();
  }
  /// What the server takes for `$1`, `$2`...: "int8", "text[]".
  [[nodiscard]] const std::vector<std::string>& parameter_types() const noexcept {
    return pinned_.parameter_types();
  }

 private:
  detail::PinnedStatement pinned_;
};

template <class... Args>
Prepared<Args...> Executor::prepare(Statement<std::type_identity_t<Args>...> statement) const {
  static_assert(((!detail::is_null_argument<argument_t<Args>> &&
                  !detail::Alternatives<argument_t<Args>>)&&...),
                "palmetto: a prepared statement's parameters have one type each");
  const AdaptersMap& map = detail::adapters_of(*this);
  [[maybe_unused]] const Format format = detail::parameter_format_of(*this);
  const Oid types[] = {map.template find_dumper<not_null_t<argument_t<Args>>>(format).oid()..., 0};
  return Prepared<Args...>(detail::PinnedStatement(
      *this, statement.text(), {.count = static_cast<int>(sizeof...(Args)), .types = types}));
}

}  // namespace palmetto
