#pragma once

#include "palmetto/flow/canceller.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace palmetto::detail {

/// What a session shares with the handles that cancel it, in whatever thread they are. It lives as
/// long as any of them.
struct CancelTarget {
  CancelTarget(std::shared_ptr<flow::Canceller> by, std::optional<std::string> why_not)
      : canceller(std::move(by)), refusal(std::move(why_not)) {}

  std::shared_ptr<flow::Canceller> canceller;
  std::optional<std::string> refusal;  ///< why the server takes no requests
  std::atomic<bool> closed{false};     ///< the session
};

}  // namespace palmetto::detail
