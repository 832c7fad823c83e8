#pragma once

#include "support/answer.hpp"
#include "support/wire_moment.hpp"
#include "support/wire_rules.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

namespace support {

/// A proxy between libpq and the server that the tests run against, for faults without luck, for
/// servers that are not there, and to count:
///
///     support::WireProxy proxy;
///     auto conn = palmetto::connect(proxy.conninfo());
///     proxy.at({.type = 'S', .statement = "COMMIT"}, support::Then::cut_at_answer);
///
/// It understands where the messages of either side begin and end, and which statement they belong
/// to. A cancel request comes as a connection of its own, and is counted apart. After a cut it
/// takes new connections, any number of them at once; what is set holds for all. Its thread ends,
/// and all of its connections do, with the proxy. All members are for any thread.
class WireProxy {
 public:
  /// In front of PALMETTO_TEST_URL. Throws when that server is not behind a Unix socket.
  WireProxy();
  ~WireProxy();
  WireProxy(const WireProxy&) = delete;
  WireProxy& operator=(const WireProxy&) = delete;

  /// Leads through the proxy; in keyword form: append " application_name=x".
  [[nodiscard]] const std::string& conninfo() const noexcept;

  /// Waits for a moment, from now on; instead of the one before.
  void at(Moment moment, Then then);
  /// Whether the moment has come, within that time.
  [[nodiscard]] bool wait_for_moment(std::chrono::milliseconds time) const;

  /// Cuts all connections now: when this returns, both sides have been.
  void cut();
  /// Cuts behind so many more bytes that way, likely within a message.
  void cut_after_bytes(Way way, std::size_t bytes);
  /// Nobody gets anything any more; on new connections neither.
  void fall_silent();
  /// Takes no new connections any more: nothing listens at the socket's path.
  void refuse();
  /// Takes new connections only to close them at once.
  void hang_up();
  /// Takes new connections again, after either of them.
  void take_connections();
  /// What is sent that way from now on takes so long to arrive. Messages that are sent one right
  /// behind the other arrive so, too: both ways together are a round trip's time.
  void delay(Way way, std::chrono::milliseconds time);

  /// Keeps cancel requests back, until they are released.
  void hold_cancels();
  void release_cancels();
  /// The next cancel requests are lost on the way, though their senders believe them delivered.
  void lose_cancels(int count);
  /// Whether there were so many cancel requests, held ones included, within that time.
  [[nodiscard]] bool wait_for_cancels(int count, std::chrono::milliseconds time) const;
  [[nodiscard]] int cancels() const;

  /// What the server reports of that name (ParameterStatus) has this value; reported with the
  /// others when a connection begins even if the server does not.
  void set_parameter(std::string name, std::string value);
  /// What a connection is told for requests to cancel (BackendKeyData). The server does not know
  /// it.
  void set_backend_key(std::int32_t pid, std::int32_t key);

  /// The text of every statement, in Parse and Query, passes through the function before the server
  /// gets it, and through those that were set before. It is called in the proxy's thread: it must
  /// neither throw nor call the proxy.
  void rewrite(Rewriting rewriting);
  /// A statement that begins so is replaced by the other.
  void rewrite(std::string beginning, std::string replacement);

  static constexpr int always = std::numeric_limits<int>::max();

  /// The next statement that begins so fails at the server, with the error that is given, and after
  /// it the next `times` - 1. It is not executed, but the failed transaction and what is skipped in
  /// the batch are real: the server gets a statement that it must refuse in its place. A Query is
  /// one statement, whatever is in it.
  void fail(std::string beginning, Answer error, int times = 1);
  /// The next statement that begins so is executed, and answered so if it did not fail: with the
  /// tag of done(), or with error(), behind which the rest of the batch is skipped. In both
  /// functions statements are as the client wrote them, and the answer's status is what the
  /// ReadyForQuery of its batch says.
  void answer(std::string beginning, Answer answer, int times = 1);
  /// No statement has an answer any more that was planned by these.
  void forget_answers();
  /// When a statement that begins so has failed and the server has ended the transaction for that,
  /// the server gets the query before the client hears of the end of its batch: it can open another
  /// transaction and make it fail.
  void reopen_after(std::string beginning, std::string query);

  /// What has gone through so far, on all connections.
  [[nodiscard]] Traffic traffic() const;
  /// What goes through meanwhile.
  template <class F>
  [[nodiscard]] Traffic traffic_of(F&& function) const {
    const Traffic before = traffic();
    function();
    return traffic() - before;
  }

 private:
  class Forwarder;
  void plan(std::string beginning, Answer answer, bool executed, int times);

  std::unique_ptr<Forwarder> forwarder_;
};

}  // namespace support
