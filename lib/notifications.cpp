#include "notifications.hpp"

#include <algorithm>

namespace palmetto::detail {
namespace {

/// Set for as long as it lives.
class Flag {
 public:
  explicit Flag(bool& flag) noexcept : flag_(flag) { flag_ = true; }
  ~Flag() { flag_ = false; }
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;

 private:
  bool& flag_;
};

}  // namespace

NotifyHandlerId Notifications::add_handler(NotifyHandler handler) {
  const NotifyHandlerId id{++last_id_};
  handlers_.emplace_back(id, std::move(handler));
  return id;
}

void Notifications::remove_handler(NotifyHandlerId id) {
  std::erase_if(handlers_, [id](const auto& handler) { return handler.first == id; });
}

void Notifications::call_handlers(const Notify& notify) {
  if (calling_) return;
  const Flag flag(calling_);
  // Copies, for a handler may remove itself while it is called, and others before their turn.
  const auto handlers = handlers_;
  for (const auto& [id, handler] : handlers)
    if (std::ranges::find(handlers_, id, &decltype(handlers_)::value_type::first) !=
        handlers_.end())
      handler(notify);
}

std::optional<Notify> Notifications::take() {
  if (kept_.empty()) return std::nullopt;
  std::optional<Notify> oldest(std::move(kept_.front()));
  kept_.pop_front();
  return oldest;
}

}  // namespace palmetto::detail
