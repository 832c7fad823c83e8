#pragma once

#include "support/unix_socket.hpp"
#include "support/wire_conversation.hpp"
#include "support/wire_line.hpp"
#include "support/wire_message.hpp"
#include "support/wire_moment.hpp"

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace support {

/// What holds for all the links of a proxy, and what they find.
struct Wire {
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  struct Direction {
    std::chrono::milliseconds delay{0};
    std::size_t bytes_left = unlimited;  ///< that may yet pass before a cut
  };

  WireRules rules;
  Moment moment;
  Then then = Then::go_on;
  bool awaiting = false;  ///< the moment
  bool silent = false;
  bool answers_swallowed = false;
  bool cancels_held = false;
  int cancels_to_lose = 0;
  int cancels = 0;
  Direction to_server;
  Direction to_client;
  Traffic traffic;

  [[nodiscard]] Direction& direction(Way way) noexcept {
    return way == Way::to_server ? to_server : to_client;
  }
  /// What to do now that this message has come.
  [[nodiscard]] Then then_at(Way way, char type, std::string_view statement);
};

/// A client's connection and the one to the server that goes with it.
class WireLink {
 public:
  using Time = WireLine::Time;

  WireLink(Descriptor client, Descriptor server, Wire& wire);

  /// Takes what there is, and passes on what is due.
  void serve(Time now);
  /// Both ends see the end of the connection now.
  void cut() noexcept;
  [[nodiscard]] bool over() const noexcept { return over_; }

  [[nodiscard]] const Descriptor& client() const noexcept { return client_; }
  [[nodiscard]] const Descriptor& server() const noexcept { return server_; }
  [[nodiscard]] bool takes_from_client() const noexcept;
  [[nodiscard]] bool takes_from_server() const noexcept;
  [[nodiscard]] const WireLine& to_client() const noexcept { return to_client_; }
  [[nodiscard]] const WireLine& to_server() const noexcept { return to_server_; }

 private:
  void take_from_client(Time now);
  void take_from_server(Time now);
  [[nodiscard]] std::string messages_from_client();
  [[nodiscard]] std::string messages_from_server();
  [[nodiscard]] bool takes_cancel(std::string_view message);
  void let_go_of_cancel(Time now);
  [[nodiscard]] std::string what_passes(Way way, char type, std::string message);
  void deliver(Time now);

  Descriptor client_;
  Descriptor server_;
  Wire& wire_;
  WireConversation conversation_;
  MessageStream from_client_{MessageStream::Begins::with_startup};
  MessageStream from_server_{MessageStream::Begins::with_type};
  WireLine to_server_;
  WireLine to_client_;
  std::string cancel_;  // a request that is held back
  bool started_ = false;
  bool cut_at_answer_ = false;
  bool ending_ = false;  // takes nothing more, and ends when all was passed on
  bool over_ = false;
};

}  // namespace support
