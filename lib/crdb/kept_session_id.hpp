#pragma once

#include <mutex>
#include <optional>
#include <string>

namespace palmetto::crdb::detail {

/// A session's id, once it is known; for several threads.
class KeptSessionId {
 public:
  [[nodiscard]] std::optional<std::string> get() const {
    const std::lock_guard lock(mutex_);
    return id_;
  }
  void set(const std::string& id) {
    const std::lock_guard lock(mutex_);
    id_ = id;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> id_;
};

}  // namespace palmetto::crdb::detail
