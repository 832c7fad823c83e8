#include "support/wire_line.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace support {

void WireLine::send(std::string bytes, Time due) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  parcels_.push_back({std::move(bytes), due});
}

bool WireLine::deliver(const Descriptor& to, Time now) {
  while (!parcels_.empty() && parcels_.front().due <= now) {
    const std::string& bytes = parcels_.front().bytes;
    const ssize_t sent = ::send(to.get(), bytes.data() + written_, bytes.size() - written_,
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    written_ += static_cast<std::size_t>(sent);
    size_ -= static_cast<std::size_t>(sent);
    if (written_ < bytes.size()) continue;
    parcels_.pop_front();
    written_ = 0;
  }
  return true;
}

void WireLine::lose_all() noexcept {
  parcels_.clear();
  written_ = 0;
  size_ = 0;
}

std::optional<WireLine::Time> WireLine::due() const {
  if (parcels_.empty()) return std::nullopt;
  return parcels_.front().due;
}

}  // namespace support
