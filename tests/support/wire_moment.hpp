#pragma once

#include <cstddef>
#include <string>

namespace support {

enum class Way { to_server, to_client };

/// A moment in what goes one way: the `nth` of the messages from now on that are of `type` and
/// belong to a statement that begins with `statement`. Types are those of the manual, section 55.7
/// "Message Formats". To the server: P Parse, B Bind, D Describe, E Execute, S Sync, Q Query, X
/// Terminate; a Sync belongs to the last statement before it. To the client: T RowDescription,
/// D DataRow, C CommandComplete, E ErrorResponse, Z ReadyForQuery and others; they belong to the
/// statement that they answer, a ReadyForQuery to the last of its batch. Statements are as the
/// client wrote them.
struct Moment {
  static constexpr char any = '*';
  static constexpr char startup = '^';  ///< the client's first message, which has no type

  Way way = Way::to_server;
  char type = any;
  std::string statement{};
  int nth = 1;
};

/// What the proxy does at a moment. What was sent before the message of a cut gets there.
enum class Then {
  go_on,            ///< nothing, but it is noted
  cut_before,       ///< nobody gets the message: the connection is cut on both sides
  cut_inside,       ///< the receiver gets half of the message's bytes
  cut_after,        ///< the receiver gets the message and, at once, the end of the connection
  cut_at_answer,    ///< the server gets it and answers; the client gets the end instead
  fall_silent,      ///< nobody gets anything any more, not even an end; as a network that is gone
  swallow_answers,  ///< the server gets all, the client nothing any more
};

/// What has gone through a proxy: messages as the two sides see them, requests to cancel left out.
struct Traffic {
  /// One: the client sends something while it waits for no answer, up to the ReadyForQuery behind
  /// it. Connecting is one, where no password is asked for; a pipeline is one.
  int round_trips = 0;
  int messages_to_server = 0;
  int messages_to_client = 0;
  std::size_t bytes_to_server = 0;
  std::size_t bytes_to_client = 0;

  /// What went between two looks at a proxy.
  [[nodiscard]] friend Traffic operator-(const Traffic& later, const Traffic& earlier) noexcept {
    return {later.round_trips - earlier.round_trips,
            later.messages_to_server - earlier.messages_to_server,
            later.messages_to_client - earlier.messages_to_client,
            later.bytes_to_server - earlier.bytes_to_server,
            later.bytes_to_client - earlier.bytes_to_client};
  }
};

}  // namespace support
