#pragma once

#include <string>

namespace support {

/// A TCP port of 127.0.0.1 that is this object's, and where nobody listens: connections are
/// refused.
class ClosedPort {
 public:
  ClosedPort();
  ~ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;

  /// In keyword form: append " connect_timeout=2".
  [[nodiscard]] std::string conninfo() const;

 protected:
  [[nodiscard]] int socket() const noexcept { return socket_; }

 private:
  int socket_;
};

/// A server that takes connections and never says a word: the kernel accepts, and nobody reads.
class SilentServer : public ClosedPort {
 public:
  SilentServer();
};

}  // namespace support
