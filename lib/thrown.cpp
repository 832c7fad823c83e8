#include "thrown.hpp"

namespace palmetto::detail {

std::optional<Error> retryable_within(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    if (error.is_retryable()) return error;
    const auto* outer = dynamic_cast<const std::nested_exception*>(&error);
    return outer != nullptr && outer->nested_ptr() ? retryable_within(outer->nested_ptr())
                                                   : std::nullopt;
  } catch (const std::nested_exception& outer) {
    return outer.nested_ptr() ? retryable_within(outer.nested_ptr()) : std::nullopt;
  } catch (...) { return std::nullopt; }
}

bool is_ambiguous(const Error& error) {
  return dynamic_cast<const AmbiguousCommit*>(&error) != nullptr;
}

Error error_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) { return error; } catch (...) {
    return ConnectionLost("the connection was lost");
  }
}

bool is_going_down(const Error& error) {
  const std::string_view sqlstate = error.sqlstate();
  if (sqlstate == errors::ProtocolViolation::code) return false;
  return sqlstate.starts_with("57P0") || sqlstate.starts_with("08");
}

bool is_without_connection(const Error& error) {
  if (error.sqlstate().empty()) return dynamic_cast<const OperationalError*>(&error) != nullptr;
  // PgBouncer says 08P01 when it has no server to connect to.
  return is_going_down(error) || error.sqlstate() == errors::ProtocolViolation::code ||
         error.sqlstate() == errors::TooManyConnections::code;
}

bool is_error(const std::exception_ptr& thrown, bool (*kind)(const Error&)) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) { return kind(error); } catch (...) {
    return false;
  }
}

}  // namespace palmetto::detail
