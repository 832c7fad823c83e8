#include "support/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace support {
namespace {

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Descriptor make_socket() {
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.get() < 0) throw_errno("a Unix socket");
  return made;
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw std::runtime_error("too long for the path of a socket: " + path);
  path.copy(address.sun_path, path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

SocketDirectory::SocketDirectory() {
  if (mkdtemp(path_.data()) == nullptr) throw_errno("a directory for a Unix socket");
}

SocketDirectory::~SocketDirectory() {
  remove_socket();
  rmdir(path_.c_str());
}

void SocketDirectory::remove_socket() const { unlink(socket().c_str()); }

Descriptor listen_at(const std::string& path) {
  Descriptor listener = make_socket();
  const sockaddr_un address = address_of(path);
  if (bind(listener.get(), generic(address), sizeof address) != 0 ||
      listen(listener.get(), 128) != 0)
    throw_errno("listening at a Unix socket");
  return listener;
}

// A Unix socket connects at once, or not at all.
std::optional<Descriptor> connect_to(const std::string& path) {
  Descriptor connected = make_socket();
  const sockaddr_un address = address_of(path);
  if (connect(connected.get(), generic(address), sizeof address) != 0) return std::nullopt;
  return connected;
}

std::optional<Descriptor> accept_from(const Descriptor& listener) {
  Descriptor accepted(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.get() < 0) return std::nullopt;
  return accepted;
}

}  // namespace support
