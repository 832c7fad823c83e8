#include "support/silent_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace support {
namespace {

constexpr int backlog = 1024;  // whoever comes when it is full is not even accepted

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

ClosedPort::ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (socket_ < 0) throw_errno("a socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw_errno("binding to a port of 127.0.0.1");
}

ClosedPort::~ClosedPort() { close(socket_); }

std::string ClosedPort::conninfo() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw_errno("the port of a socket");
  return "host=127.0.0.1 port=" + std::to_string(ntohs(address.sin_port)) +
         " user=palmetto dbname=palmetto";
}

SilentServer::SilentServer() {
  if (listen(socket(), backlog) != 0) throw_errno("listening");
}

}  // namespace support
