#include "palmetto/pq/cancel.hpp"

#include <libpq-fe.h>

#include <array>

namespace palmetto::pq {

std::optional<std::string> Cancel::cancel() const {
  std::array<char, 256> error{};
  if (PQcancel(handle_.get(), error.data(), static_cast<int>(error.size())) == 1)
    return std::nullopt;
  return std::string(error.data());
}

void Cancel::Free::operator()(pg_cancel* handle) const noexcept { PQfreeCancel(handle); }

}  // namespace palmetto::pq
