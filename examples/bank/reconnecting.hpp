#pragma once

#include <palmetto/palmetto.hpp>

#include <chrono>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace bank {

// Any node of the cluster will do. One that goes silent must not hold up its client; but when a
// node dies, what it was in charge of waits for some ten seconds until another one is.
inline const palmetto::ConnectionOptions& connection_options() {
  static const palmetto::ConnectionOptions options{
      .connect_timeout = std::chrono::seconds(5),
      .load_balance_hosts = palmetto::LoadBalanceHosts::random,
      .timeout = std::chrono::seconds(30),
      .grace = std::chrono::seconds(1)};
  return options;
}

/// Hands out its connection, a new one when that was lost: a ConnectionSource.
template <class Connection>
class Reconnecting {
 public:
  explicit Reconnecting(std::string url) : url_(std::move(url)) {}

  Connection* connection() {
    if (!conn_ || conn_->closed()) conn_.emplace(Connection::connect(url_, connection_options()));
    return &*conn_;
  }

 private:
  std::string url_;
  std::optional<Connection> conn_;
};

/// What is no transaction that run_transaction could retry, and may be done twice: does it again
/// when a node went away meanwhile.
template <class Connection, class F>
auto persistently(Reconnecting<Connection>& connections, F function) {
  constexpr int most_attempts = 100;
  for (int attempt = 1;; ++attempt) {
    try {
      return function(*connections.connection());
    } catch (const palmetto::ProgrammingError&) {
      throw;  // it will not be right the next time
    } catch (const palmetto::DatabaseError& error) {
      if (attempt == most_attempts) throw;
      std::cerr << "\nagain, after: " << error.what() << std::endl;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}

}  // namespace bank
