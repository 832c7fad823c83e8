#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace support {

/// A moment in what the client sends: the `nth` of the messages from now on that are of `type` and
/// belong to a statement that begins with `statement`. Types are those of the manual, section 55.7
/// "Message Formats": P Parse, B Bind, D Describe, E Execute, S Sync, Q Query, X Terminate. A Sync
/// belongs to the last statement before it.
struct Moment {
  static constexpr char any = '*';
  static constexpr char startup = '^';  ///< the first message, which has no type of its own

  char type = any;
  std::string statement{};
  int nth = 1;
};

/// What the relay does at a moment.
enum class Then {
  go_on,            ///< nothing, but it is noted
  cut_before,       ///< the server does not get the message: the connection is cut on both sides
  cut_after,        ///< the server gets the message and, at once, the end of the connection
  cut_at_answer,    ///< the server gets it and answers; the client gets the end instead
  fall_silent,      ///< nobody gets anything any more, not even an end; as a network that is gone
  swallow_answers,  ///< the server gets all, the client nothing any more
};

enum class Way { to_server, to_client };

/// A relay between libpq and the server that the tests run against, for faults without luck:
///
///     support::Relay relay;
///     auto conn = palmetto::connect(relay.conninfo());
///     relay.at({.type = 'S', .statement = "COMMIT"}, support::Then::cut_at_answer);
///
/// It understands where the client's messages begin and end. A cancel request comes as a connection
/// of its own, and is counted apart. After a cut it takes new connections. Its thread ends, and all
/// of its connections do, with the relay. All members are for any thread.
class Relay {
 public:
  /// In front of PALMETTO_TEST_URL. Throws when that server is not behind a Unix socket.
  Relay();
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Leads through the relay; in keyword form: append " application_name=x".
  [[nodiscard]] const std::string& conninfo() const noexcept;

  /// Waits for a moment, from now on; instead of the one before.
  void at(Moment moment, Then then);
  /// Whether the moment has come, within that time.
  [[nodiscard]] bool wait_for_moment(std::chrono::milliseconds time) const;

  /// Cuts all connections now: when this returns, both sides have been.
  void cut();
  /// Cuts once so many more bytes went that way, likely within a message.
  void cut_after_bytes(Way way, std::size_t bytes);
  /// Nobody gets anything any more; on new connections neither.
  void fall_silent();
  /// Takes no new connections any more: nothing listens at the socket's path.
  void refuse();
  /// Takes new connections only to close them at once.
  void hang_up();

  /// Keeps cancel requests back, until they are released.
  void hold_cancels();
  void release_cancels();
  /// Whether there were so many cancel requests, held ones included, within that time.
  [[nodiscard]] bool wait_for_cancels(int count, std::chrono::milliseconds time) const;

  /// How many messages clients sent, but for cancel requests.
  [[nodiscard]] int messages() const;
  [[nodiscard]] int cancels() const;

 private:
  class Forwarder;
  std::unique_ptr<Forwarder> forwarder_;
};

}  // namespace support
