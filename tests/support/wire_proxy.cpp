#include "support/wire_proxy.hpp"

#include "palmetto/pq/conninfo.hpp"

#include "support/server.hpp"
#include "support/unix_socket.hpp"
#include "support/wire_link.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace support {
namespace {

using Clock = std::chrono::steady_clock;

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

// The server's socket, and the server's own URL with the proxy's directory in place of its host.
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
    throw std::runtime_error("a proxy needs a server behind a Unix socket, not " + server_url());
  addresses.server_socket = host + "/.s.PGSQL." + port;
  return addresses;
}

pollfd watch(const Descriptor& descriptor, bool to_read, bool to_write) {
  const int events = (to_read ? POLLIN : 0) | (to_write ? POLLOUT : 0);
  // poll reports the end of a connection whether asked to or not: hence -1 for "not now".
  return {.fd = events == 0 ? -1 : descriptor.get(),
          .events = static_cast<short>(events),
          .revents = 0};
}

// What poll is to wait for, and how long.
struct Watched {
  std::vector<pollfd> descriptors;
  std::optional<Clock::time_point> due;

  void add(const WireLink& link, Clock::time_point now) {
    descriptors.push_back(
        watch(link.client(), link.takes_from_client(), may_write(link.to_client(), now)));
    descriptors.push_back(
        watch(link.server(), link.takes_from_server(), may_write(link.to_server(), now)));
  }
  void wait(Clock::time_point now) {
    using std::chrono::milliseconds;
    const int timeout =
        due ? static_cast<int>(std::chrono::ceil<milliseconds>(*due - now).count()) : -1;
    poll(descriptors.data(), descriptors.size(), timeout);
  }

 private:
  bool may_write(const WireLine& line, Clock::time_point now) {
    const auto line_due = line.due();
    if (line_due && *line_due > now) due = std::min(due.value_or(*line_due), *line_due);
    return line_due && *line_due <= now;
  }
};

}  // namespace

class WireProxy::Forwarder {
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
    for (WireLink& link : links_) link.cut();
  }
  void remove_socket() {
    directory_.remove_socket();
    listening_ = false;
  }
  void listen_again() {
    if (!listening_) listener_ = listen_at(directory_.socket());
    listening_ = true;
  }

  Wire wire;
  bool hanging_up = false;

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      const Clock::time_point now = Clock::now();
      Watched watched = what_to_watch(now);
      lock.unlock();
      watched.wait(now);
      lock.lock();
      std::uint64_t woken = 0;
      static_cast<void>(!read(wake_.get(), &woken, sizeof woken));
      accept_all();
      for (WireLink& link : links_) serve(link);
      links_.remove_if([](const WireLink& link) { return link.over(); });
      changed_.notify_all();
    }
  }

  Watched what_to_watch(Clock::time_point now) const {
    Watched watched{.descriptors = {watch(wake_, true, false), watch(listener_, true, false)},
                    .due = std::nullopt};
    if (wire.silent) return watched;
    for (const WireLink& link : links_) watched.add(link, now);
    return watched;
  }

  void accept_all() {
    while (std::optional<Descriptor> client = accept_from(listener_)) {
      if (hanging_up) continue;
      std::optional<Descriptor> server = connect_to(addresses_.server_socket);
      if (server) links_.emplace_back(std::move(*client), std::move(*server), wire);
    }
  }

  void serve(WireLink& link) {
    try {
      if (!link.over() && !wire.silent) link.serve(Clock::now());
    } catch (const std::runtime_error&) { link.cut(); }  // that was not the protocol
  }

  SocketDirectory directory_;
  Addresses addresses_;
  Descriptor listener_;
  Descriptor wake_;
  std::mutex mutex_;  // guards all below, and the public members
  std::condition_variable changed_;
  std::list<WireLink> links_;
  bool listening_ = true;
  bool ending_ = false;
  std::thread thread_;  // the last, for it uses all the others
};

WireProxy::WireProxy() : forwarder_(std::make_unique<Forwarder>()) {}
WireProxy::~WireProxy() = default;

const std::string& WireProxy::conninfo() const noexcept { return forwarder_->conninfo(); }

void WireProxy::at(Moment moment, Then then) {
  if (moment.way == Way::to_client && then == Then::cut_at_answer)
    throw std::invalid_argument("a server's message has no answer to cut at");
  forwarder_->change([&] {
    forwarder_->wire.moment = std::move(moment);
    forwarder_->wire.then = then;
    forwarder_->wire.awaiting = true;
  });
}

bool WireProxy::wait_for_moment(std::chrono::milliseconds time) const {
  return forwarder_->wait(time, [this] { return !forwarder_->wire.awaiting; });
}

void WireProxy::cut() {
  forwarder_->change([this] { forwarder_->cut_all(); });
}

void WireProxy::cut_after_bytes(Way way, std::size_t bytes) {
  forwarder_->change([&] { forwarder_->wire.direction(way).bytes_left = bytes; });
}

void WireProxy::fall_silent() {
  forwarder_->change([this] { forwarder_->wire.silent = true; });
}

void WireProxy::refuse() {
  forwarder_->change([this] { forwarder_->remove_socket(); });
}

void WireProxy::hang_up() {
  forwarder_->change([this] { forwarder_->hanging_up = true; });
}

void WireProxy::take_connections() {
  forwarder_->change([this] {
    forwarder_->hanging_up = false;
    forwarder_->listen_again();
  });
}

void WireProxy::delay(Way way, std::chrono::milliseconds time) {
  forwarder_->change([&] { forwarder_->wire.direction(way).delay = time; });
}

void WireProxy::hold_cancels() {
  forwarder_->change([this] { forwarder_->wire.cancels_held = true; });
}

void WireProxy::release_cancels() {
  forwarder_->change([this] { forwarder_->wire.cancels_held = false; });
}

void WireProxy::lose_cancels(int count) {
  forwarder_->change([&] { forwarder_->wire.cancels_to_lose = count; });
}

bool WireProxy::wait_for_cancels(int count, std::chrono::milliseconds time) const {
  return forwarder_->wait(time, [&] { return forwarder_->wire.cancels >= count; });
}

int WireProxy::cancels() const {
  return forwarder_->ask([this] { return forwarder_->wire.cancels; });
}

void WireProxy::set_parameter(std::string name, std::string value) {
  forwarder_->change(
      [&] { forwarder_->wire.rules.parameters[std::move(name)] = std::move(value); });
}

void WireProxy::set_backend_key(std::int32_t pid, std::int32_t key) {
  forwarder_->change([&] { forwarder_->wire.rules.backend_key = {pid, key}; });
}

void WireProxy::rewrite(Rewriting rewriting) {
  forwarder_->change([&] { forwarder_->wire.rules.rewritings.push_back(std::move(rewriting)); });
}

void WireProxy::rewrite(std::string beginning, std::string replacement) {
  rewrite([beginning = std::move(beginning), replacement = std::move(replacement)](
              std::string_view statement, char) {
    return statement.starts_with(beginning) ? replacement : std::string(statement);
  });
}

void WireProxy::fail(std::string beginning, Answer error, int times) {
  if (error.kind != Answer::Kind::error)
    throw std::invalid_argument("a statement fails with an error()");
  plan(std::move(beginning), std::move(error), false, times);
}

void WireProxy::answer(std::string beginning, Answer answer, int times) {
  if (answer.kind == Answer::Kind::cut || answer.kind == Answer::Kind::silence)
    throw std::invalid_argument("cut and silence are for at()");
  plan(std::move(beginning), std::move(answer), true, times);
}

void WireProxy::plan(std::string beginning, Answer answer, bool executed, int times) {
  forwarder_->change([&] {
    forwarder_->wire.rules.answers.push_back(
        {std::move(beginning), std::move(answer), executed, times});
  });
}

// Conversations point to those that they are about to give.
void WireProxy::forget_answers() {
  forwarder_->change([this] {
    for (PlannedAnswer& planned : forwarder_->wire.rules.answers) planned.times = 0;
  });
}

void WireProxy::reopen_after(std::string beginning, std::string query) {
  forwarder_->change([&] {
    forwarder_->wire.rules.reopenings.emplace_back(std::move(beginning), std::move(query));
  });
}

Traffic WireProxy::traffic() const {
  return forwarder_->ask([this] { return forwarder_->wire.traffic; });
}

}  // namespace support
