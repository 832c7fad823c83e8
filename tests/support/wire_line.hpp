#pragma once

#include "support/unix_socket.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace support {

/// One way of a connection: bytes arrive in the order they were sent in, none before it is due.
class WireLine {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void send(std::string bytes, Time due);
  /// Writes what is due, as much as goes. False when the other end has closed.
  [[nodiscard]] bool deliver(const Descriptor& to, Time now);
  void lose_all() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// When the next byte is.
  [[nodiscard]] std::optional<Time> due() const;

 private:
  struct Parcel {
    std::string bytes;
    Time due;
  };
  std::deque<Parcel> parcels_;
  std::size_t written_ = 0;  // of the first
  std::size_t size_ = 0;     // of what is to be written
};

}  // namespace support
