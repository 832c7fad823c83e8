#pragma once

#include <optional>
#include <string>
#include <utility>

namespace support {

/// The owner of a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_ = -1;
};

/// A directory of its own for a server's socket, named as libpq expects it; both are gone with
/// this.
class SocketDirectory {
 public:
  SocketDirectory();
  ~SocketDirectory();
  SocketDirectory(const SocketDirectory&) = delete;
  SocketDirectory& operator=(const SocketDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string socket() const { return path_ + "/.s.PGSQL.5432"; }
  void remove_socket() const;

 private:
  std::string path_ = "/tmp/palmetto-proxy.XXXXXX";  // a socket's path has 107 bytes at most
};

/// Sockets that never block.
[[nodiscard]] Descriptor listen_at(const std::string& path);
/// Nothing when nobody listens there.
[[nodiscard]] std::optional<Descriptor> connect_to(const std::string& path);
/// Nothing when nobody waits to be let in.
[[nodiscard]] std::optional<Descriptor> accept_from(const Descriptor& listener);

}  // namespace support
