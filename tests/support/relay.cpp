#include "support/relay.hpp"

#include "palmetto/pq/conninfo.hpp"

#include "support/server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace support {
namespace {

// The manual, section 55.7: the code in a CancelRequest, where StartupMessage has its version.
constexpr std::uint32_t cancel_request = 80877102;
// A side that does not read holds up the other, as a socket would.
constexpr std::size_t most_waiting = 1 << 20;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_ = -1;
};

// A directory of its own, for a socket in it; both are gone with this.
class SocketDirectory {
 public:
  SocketDirectory() {
    if (mkdtemp(path_.data()) == nullptr) throw_errno("mkdtemp for a relay");
  }
  ~SocketDirectory() {
    remove_socket();
    rmdir(path_.c_str());
  }
  SocketDirectory(const SocketDirectory&) = delete;
  SocketDirectory& operator=(const SocketDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string socket() const { return path_ + "/.s.PGSQL.5432"; }
  void remove_socket() const { unlink(socket().c_str()); }

 private:
  std::string path_ = "/tmp/palmetto-relay.XXXXXX";  // a socket's path has 107 bytes at most
};

Descriptor make_socket() {
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.get() < 0) throw_errno("a socket for a relay");
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

Descriptor listen_at(const std::string& path) {
  Descriptor listener = make_socket();
  const sockaddr_un address = address_of(path);
  if (bind(listener.get(), generic(address), sizeof address) != 0 ||
      listen(listener.get(), 128) != 0)
    throw_errno("listening for a relay");
  return listener;
}

// A Unix socket connects at once, or not at all.
std::optional<Descriptor> connect_to(const std::string& path) {
  Descriptor connected = make_socket();
  const sockaddr_un address = address_of(path);
  if (connect(connected.get(), generic(address), sizeof address) != 0) return std::nullopt;
  return connected;
}

struct Addresses {
  std::string server_socket;
  std::string conninfo;
};

std::string quoted(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

// The server's socket, and the server's own URL with the relay's directory in place of its host.
Addresses addresses_through(const std::string& directory) {
  const palmetto::pq::ParsedConninfo parsed = palmetto::pq::parse_conninfo(server_url());
  std::string host;
  std::string port = "5432";
  Addresses addresses;
  addresses.conninfo = "host=" + directory + " port=5432";
  for (const palmetto::pq::ConninfoOption& option : parsed.options) {
    if (option.keyword == "host") host = option.value;
    else if (option.keyword == "port") port = option.value;
    else addresses.conninfo += " " + option.keyword + "=" + quoted(option.value);
  }
  if (!host.starts_with('/'))
    throw std::runtime_error("a relay needs a server behind a Unix socket, not " + server_url());
  addresses.server_socket = host + "/.s.PGSQL." + port;
  return addresses;
}

std::uint32_t number_at(std::string_view bytes, std::size_t offset) {
  std::uint32_t number = 0;
  for (const char c : bytes.substr(offset, 4)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// A client's connection and the one to the server that goes with it.
struct Link {
  Descriptor client;
  Descriptor server;
  std::string from_client;  // no whole message yet
  std::string to_server;    // waits until the server reads it
  std::string to_client;
  std::string statement;  // the last one sent
  bool started = false;   // the startup message has passed
  bool is_cancel = false;
  bool last_message = false;  // to be cut when the server has it all
  bool cut_at_answer = false;
  bool over = false;
};

// Takes what there is to read, up to a bound. False when the other end has closed.
bool read_some(const Descriptor& from, std::string& into, std::size_t& count) {
  std::array<char, 65536> block;
  const ssize_t got = recv(from.get(), block.data(), block.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  into.append(block.data(), static_cast<std::size_t>(got));
  count = static_cast<std::size_t>(got);
  return got > 0;
}

// Writes as much as goes. False when the other end has closed.
bool write_some(const Descriptor& to, std::string& bytes) {
  if (bytes.empty()) return true;
  const ssize_t sent = send(to.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  bytes.erase(0, static_cast<std::size_t>(sent));
  return true;
}

// The size of the message in front, its type and length included; nothing while it is not whole.
std::optional<std::size_t> message_size(const Link& link) {
  const std::size_t type = link.started ? 1 : 0;
  if (link.from_client.size() < type + 4) return std::nullopt;
  const std::size_t size = type + number_at(link.from_client, type);
  if (link.from_client.size() < size) return std::nullopt;
  return size;
}

// The text of the statement in a Parse or a Query; nothing in other messages.
std::optional<std::string> statement_in(std::string_view message) {
  std::string_view body = message.substr(5);
  if (message[0] == 'P') body.remove_prefix(body.find('\0') + 1);  // the name it is prepared as
  else if (message[0] != 'Q') return std::nullopt;
  return std::string(body.substr(0, body.find('\0')));
}

pollfd watch(const Descriptor& descriptor, bool to_read, bool to_write) {
  const int events = (to_read ? POLLIN : 0) | (to_write ? POLLOUT : 0);
  // poll reports the end of a connection whether asked to or not: hence -1 for "not now".
  return {.fd = events == 0 ? -1 : descriptor.get(),
          .events = static_cast<short>(events),
          .revents = 0};
}

}  // namespace

class Relay::Forwarder {
 public:
  Forwarder()
      : addresses_(addresses_through(directory_.path())),
        listener_(listen_at(directory_.socket())),
        wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        thread_([this] { run(); }) {}

  ~Forwarder() {
    change([this] { ending_ = true; });
    thread_.join();
  }

  const std::string& conninfo() const noexcept { return addresses_.conninfo; }

  template <class F>
  void change(F f) {
    const std::lock_guard lock(mutex_);
    f();
    const std::uint64_t one = 1;
    static_cast<void>(!write(wake_.get(), &one, sizeof one));
  }

  template <class F>
  auto ask(F f) {
    const std::lock_guard lock(mutex_);
    return f();
  }

  template <class F>
  bool wait(std::chrono::milliseconds time, F f) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, f);
  }

  void cut_all() {
    for (Link& link : links_) cut(link);
  }
  void remove_socket() const { directory_.remove_socket(); }

  Moment moment;
  Then then = Then::go_on;
  bool awaiting = false;
  bool silent = false;
  bool hanging_up = false;
  bool answers_swallowed = false;
  bool cancels_held = false;
  int messages = 0;
  int cancels = 0;
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  std::size_t bytes_to_server = unlimited;  // that may yet pass
  std::size_t bytes_to_client = unlimited;

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      std::vector<pollfd> watched = what_to_watch();
      lock.unlock();
      poll(watched.data(), watched.size(), -1);
      lock.lock();
      std::uint64_t woken = 0;
      static_cast<void>(!read(wake_.get(), &woken, sizeof woken));
      accept_all();
      for (Link& link : links_)
        if (!link.over && !silent) serve(link);
      links_.remove_if([](const Link& link) { return link.over; });
      changed_.notify_all();
    }
  }

  std::vector<pollfd> what_to_watch() const {
    std::vector<pollfd> watched{watch(wake_, true, false), watch(listener_, true, false)};
    for (const Link& link : links_) {
      if (silent) break;
      watched.push_back(watch(link.client, takes_from_client(link),
                              !link.to_client.empty() && !answers_swallowed));
      watched.push_back(watch(link.server, takes_from_server(link), !link.to_server.empty()));
    }
    return watched;
  }

  bool takes_from_client(const Link& link) const {
    const bool held = link.is_cancel && cancels_held;
    return !held && !link.last_message && link.to_server.size() < most_waiting;
  }
  bool takes_from_server(const Link& link) const {
    return !answers_swallowed && link.to_client.size() < most_waiting;
  }

  void accept_all() {
    while (true) {
      Descriptor client(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (client.get() < 0) return;
      if (hanging_up) continue;
      std::optional<Descriptor> server = connect_to(addresses_.server_socket);
      if (!server) continue;
      Link& link = links_.emplace_back();
      link.client = std::move(client);
      link.server = std::move(*server);
    }
  }

  // Both ends see the end of the connection now; the descriptors are the thread's to close.
  static void cut(Link& link) {
    shutdown(link.client.get(), SHUT_RDWR);
    shutdown(link.server.get(), SHUT_RDWR);
    link.over = true;
  }

  void serve(Link& link) {
    bool alive = true;
    if (takes_from_server(link)) alive = take_answers(link) && alive;
    if (!link.over && takes_from_client(link)) alive = take_messages(link) && alive;
    if (link.over) return;
    pass_messages(link);
    if (link.over || silent) return;
    alive = write_some(link.server, link.to_server) && alive;
    if (!answers_swallowed) alive = write_some(link.client, link.to_client) && alive;
    if (!alive || (link.last_message && link.to_server.empty())) end(link);
  }

  // What one end sent before it closed is still for the other, as far as its socket takes it.
  void end(Link& link) {
    static_cast<void>(write_some(link.server, link.to_server));
    if (!answers_swallowed) static_cast<void>(write_some(link.client, link.to_client));
    cut(link);
  }

  bool take_answers(Link& link) {
    std::size_t count = 0;
    const bool open = read_some(link.server, link.to_client, count);
    if (link.cut_at_answer && count > 0) link.to_client.clear();
    if ((link.cut_at_answer && count > 0) || used_up(bytes_to_client, count)) cut(link);
    return open;
  }

  bool take_messages(Link& link) {
    std::size_t count = 0;
    const bool open = read_some(link.client, link.from_client, count);
    if (used_up(bytes_to_server, count)) cut(link);
    return open;
  }

  static bool used_up(std::size_t& left, std::size_t count) {
    if (left == unlimited) return false;
    left -= std::min(left, count);
    if (left > 0) return false;
    left = unlimited;
    return true;
  }

  void pass_messages(Link& link) {
    while (const auto size = message_size(link)) {
      if (!link.started && number_at(link.from_client, 4) == cancel_request)
        return pass_cancel(link);
      const std::string message = link.from_client.substr(0, *size);
      link.from_client.erase(0, *size);
      if (!pass(link, message)) return;
    }
  }

  void pass_cancel(Link& link) {
    if (!std::exchange(link.is_cancel, true)) ++cancels;
    if (!cancels_held) link.to_server += std::exchange(link.from_client, {});
  }

  // False when no more messages are to pass on this link.
  bool pass(Link& link, const std::string& message) {
    const char type = std::exchange(link.started, true) ? message[0] : Moment::startup;
    if (type != Moment::startup)
      if (auto statement = statement_in(message)) link.statement = std::move(*statement);
    ++messages;
    const Then now = has_come(type, link.statement) ? then : Then::go_on;
    if (now == Then::cut_before) cut(link);
    if (now == Then::fall_silent) silent = true;
    if (link.over || silent) return false;
    link.to_server += message;
    if (now == Then::swallow_answers) answers_swallowed = true;
    link.cut_at_answer = link.cut_at_answer || now == Then::cut_at_answer;
    link.last_message = now == Then::cut_after;
    return !link.last_message;
  }

  bool has_come(char type, std::string_view statement) {
    if (!awaiting || (moment.type != Moment::any && moment.type != type) ||
        !statement.starts_with(moment.statement) || --moment.nth > 0)
      return false;
    awaiting = false;
    return true;
  }

  SocketDirectory directory_;
  Addresses addresses_;
  Descriptor listener_;
  Descriptor wake_;
  std::mutex mutex_;  // guards all below, and the public members
  std::condition_variable changed_;
  std::list<Link> links_;
  bool ending_ = false;
  std::thread thread_;  // the last, for it uses all the others
};

Relay::Relay() : forwarder_(std::make_unique<Forwarder>()) {}
Relay::~Relay() = default;

const std::string& Relay::conninfo() const noexcept { return forwarder_->conninfo(); }

void Relay::at(Moment moment, Then then) {
  forwarder_->change([&] {
    forwarder_->moment = std::move(moment);
    forwarder_->then = then;
    forwarder_->awaiting = true;
  });
}

bool Relay::wait_for_moment(std::chrono::milliseconds time) const {
  return forwarder_->wait(time, [this] { return !forwarder_->awaiting; });
}

void Relay::cut() {
  forwarder_->change([this] { forwarder_->cut_all(); });
}

void Relay::cut_after_bytes(Way way, std::size_t bytes) {
  forwarder_->change([&] {
    (way == Way::to_server ? forwarder_->bytes_to_server : forwarder_->bytes_to_client) = bytes;
  });
}

void Relay::fall_silent() {
  forwarder_->change([this] { forwarder_->silent = true; });
}

void Relay::hang_up() {
  forwarder_->change([this] { forwarder_->hanging_up = true; });
}

void Relay::refuse() { forwarder_->remove_socket(); }

void Relay::hold_cancels() {
  forwarder_->change([this] { forwarder_->cancels_held = true; });
}

void Relay::release_cancels() {
  forwarder_->change([this] { forwarder_->cancels_held = false; });
}

bool Relay::wait_for_cancels(int count, std::chrono::milliseconds time) const {
  return forwarder_->wait(time, [&] { return forwarder_->cancels >= count; });
}

int Relay::messages() const {
  return forwarder_->ask([this] { return forwarder_->messages; });
}

int Relay::cancels() const {
  return forwarder_->ask([this] { return forwarder_->cancels; });
}

}  // namespace support
