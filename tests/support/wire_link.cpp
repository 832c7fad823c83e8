#include "support/wire_link.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace support {
namespace {

// A side that does not read holds up the other, as a socket would.
constexpr std::size_t most_waiting = 1 << 20;

struct Block {
  std::string bytes;
  bool last = false;  // the other end has closed, or the bytes that may pass are used up
};

Block read_some(const Descriptor& from, std::size_t& bytes_left) {
  std::array<char, 65536> block;
  const ssize_t got = recv(from.get(), block.data(), block.size(), MSG_DONTWAIT);
  if (got < 0) return {.bytes = {}, .last = errno != EAGAIN && errno != EINTR};
  const std::size_t count = std::min(static_cast<std::size_t>(got), bytes_left);
  bool last = got == 0;
  if (bytes_left != Wire::unlimited && (bytes_left -= count) == 0) {
    bytes_left = Wire::unlimited;
    last = true;
  }
  return {.bytes = {block.data(), count}, .last = last};
}

}  // namespace

Then Wire::then_at(Way way, char type, std::string_view statement) {
  if (!awaiting || moment.way != way || (moment.type != Moment::any && moment.type != type) ||
      !statement.starts_with(moment.statement) || --moment.nth > 0)
    return Then::go_on;
  awaiting = false;
  return then;
}

WireLink::WireLink(Descriptor client, Descriptor server, Wire& wire)
    : client_(std::move(client)),
      server_(std::move(server)),
      wire_(wire),
      conversation_(wire.rules) {}

bool WireLink::takes_from_client() const noexcept {
  return !ending_ && cancel_.empty() && to_server_.size() < most_waiting;
}

bool WireLink::takes_from_server() const noexcept {
  return !ending_ && !wire_.answers_swallowed && to_client_.size() < most_waiting;
}

void WireLink::serve(Time now) {
  if (takes_from_server()) take_from_server(now);
  if (takes_from_client()) take_from_client(now);
  if (!cancel_.empty() && !wire_.cancels_held) let_go_of_cancel(now);
  if (!over_ && !wire_.silent) deliver(now);
}

void WireLink::cut() noexcept {
  shutdown(client_.get(), SHUT_RDWR);
  shutdown(server_.get(), SHUT_RDWR);
  over_ = true;
}

void WireLink::take_from_client(Time now) {
  const Block block = read_some(client_, wire_.to_server.bytes_left);
  from_client_.append(block.bytes);
  std::string passed = messages_from_client();
  if (block.last && !ending_) passed += from_client_.rest();
  ending_ = ending_ || block.last;
  to_server_.send(std::move(passed), now + wire_.to_server.delay);
}

void WireLink::take_from_server(Time now) {
  const Block block = read_some(server_, wire_.to_client.bytes_left);
  from_server_.append(block.bytes);
  if (cut_at_answer_ && !block.bytes.empty()) {
    to_client_.lose_all();
    ending_ = true;
    return;
  }
  std::string passed = messages_from_server();
  if (block.last && !ending_) passed += from_server_.rest();
  ending_ = ending_ || block.last;
  to_client_.send(std::move(passed), now + wire_.to_client.delay);
  to_server_.send(conversation_.own_words(), now);
}

std::string WireLink::messages_from_client() {
  std::string passed;
  while (!ending_ && !wire_.silent) {
    const auto message = from_client_.next();
    if (!message || takes_cancel(*message)) break;
    const char type = std::exchange(started_, true) ? message->front() : Moment::startup;
    const bool waited = conversation_.awaits_server();
    std::string now = conversation_.from_client(*message);
    if (!waited && conversation_.awaits_server()) ++wire_.traffic.round_trips;
    ++wire_.traffic.messages_to_server;
    wire_.traffic.bytes_to_server += message->size();
    passed += what_passes(Way::to_server, type, std::move(now));
  }
  return passed;
}

std::string WireLink::messages_from_server() {
  std::string passed;
  while (const auto message = from_server_.next()) {
    MessageStream told(MessageStream::Begins::with_type);  // none, or with others in front
    told.append(conversation_.from_server(*message));
    while (const auto now = told.next()) {
      if (ending_ || wire_.silent || wire_.answers_swallowed) return passed;
      ++wire_.traffic.messages_to_client;
      wire_.traffic.bytes_to_client += now->size();
      passed += what_passes(Way::to_client, now->front(), std::string(*now));
    }
  }
  return passed;
}

bool WireLink::takes_cancel(std::string_view message) {
  if (started_ || MessageReader(message.substr(4)).int32() != cancel_request) return false;
  ++wire_.cancels;
  if (wire_.cancels_to_lose == 0) {
    cancel_ = message;
  } else {
    --wire_.cancels_to_lose;
    ending_ = true;
  }
  return true;
}

void WireLink::let_go_of_cancel(Time now) {
  to_server_.send(std::exchange(cancel_, {}), now + wire_.to_server.delay);
}

std::string WireLink::what_passes(Way way, char type, std::string message) {
  switch (wire_.then_at(way, type, conversation_.statement())) {
    case Then::go_on:
      return message;
    case Then::cut_before:
      ending_ = true;
      return {};
    case Then::cut_inside:
      ending_ = true;
      return message.substr(0, message.size() / 2);
    case Then::cut_after:
      ending_ = true;
      return message;
    case Then::cut_at_answer:
      cut_at_answer_ = true;
      return message;
    case Then::fall_silent:
      wire_.silent = true;
      return {};
    case Then::swallow_answers:
      wire_.answers_swallowed = true;
      return way == Way::to_server ? message : std::string();
  }
  return message;
}

// What one end sent before it closed is still for the other.
void WireLink::deliver(Time now) {
  if (wire_.answers_swallowed) to_client_.lose_all();
  if (!to_server_.deliver(server_, now)) {
    to_server_.lose_all();
    ending_ = true;
  }
  if (!to_client_.deliver(client_, now)) {
    to_client_.lose_all();
    ending_ = true;
  }
  if (!ending_) return;
  if (to_server_.empty()) shutdown(server_.get(), SHUT_RDWR);
  if (to_client_.empty()) shutdown(client_.get(), SHUT_RDWR);
  over_ = to_server_.empty() && to_client_.empty();
}

}  // namespace support
