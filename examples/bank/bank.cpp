// Several threads, a connection each, move money between accounts at random, under SERIALIZABLE and
// with retries. A connection that is lost is replaced by another, to another node when the URL
// names several: kill one while it runs. In the end the books must balance, and hold each transfer
// that was reported as applied, once, and none that was not.
//
//     bank URL [seconds] [threads]
//
// The same program runs on PostgreSQL and on CockroachDB.

#include <palmetto/palmetto.hpp>

#include "table.hpp"
#include "transfers.hpp"

#include <boost/uuid/random_generator.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Hands out its connection, a new one when that was lost.
template <class Connection>
struct Reconnecting {
  explicit Reconnecting(std::string given) : url(std::move(given)) {}

  Connection* connection() {
    // A node that goes silent must not hold up its client.
    if (!conn || conn->closed())
      conn.emplace(Connection::connect(url, {.connect_timeout = 5s, .timeout = 10s, .grace = 1s}));
    return &*conn;
  }

  std::string url;
  std::optional<Connection> conn;
};

struct Bank {
  std::vector<bank::Id> accounts;
  std::atomic<std::int64_t> transfers = 0;
  std::atomic<std::int64_t> retries = 0;
  std::atomic<bool> failed = false;
  std::mutex mutex;  // guards the outcomes
  bank::Outcomes outcomes;
};

template <class Connection, class Options>
class Teller {
 public:
  Teller(const std::string& url, Bank& bank) : bank_(bank), connections_(url) {
    options_.isolation = palmetto::IsolationLevel::serializable;
    options_.max_attempts = 1000;
    options_.on_retry = [this](int, const palmetto::Error&, std::chrono::milliseconds) {
      ++bank_.retries;
    };
  }

  void work(Clock::time_point until) {
    while (Clock::now() < until) {
      const bank::Transfer transfer = any_transfer();
      if (transfer.source == transfer.target) continue;
      std::vector<bank::Id>* const outcome = carry_out(transfer);
      if (outcome == nullptr) continue;
      const std::lock_guard lock(bank_.mutex);
      outcome->push_back(transfer.id);
    }
  }

 private:
  bank::Transfer any_transfer() {
    return {new_id_(), any_of(bank_.accounts), any_of(bank_.accounts), any_amount_(random_)};
  }
  const bank::Id& any_of(const std::vector<bank::Id>& accounts) {
    std::uniform_int_distribution<std::size_t> any(0, accounts.size() - 1);
    return accounts[any(random_)];
  }

  // Where the transfer belongs; null when there was too little money.
  std::vector<bank::Id>* carry_out(const bank::Transfer& transfer) {
    try {
      const bool moved = run_transaction(
          connections_, [&](palmetto::Transaction& tx) { return bank::move(tx, transfer); },
          options_);
      if (!moved) return nullptr;
      ++bank_.transfers;
      return &bank_.outcomes.applied;
    } catch (const palmetto::AmbiguousCommit&) {
      return &bank_.outcomes.unknown;
    } catch (const palmetto::OperationalError& error) {
      std::cerr << "\nnot applied: " << error.what() << std::endl;
      return &bank_.outcomes.not_applied;
    }
  }

  Bank& bank_;
  Reconnecting<Connection> connections_;
  Options options_;
  boost::uuids::random_generator new_id_;
  std::minstd_rand random_{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> any_amount_{1, 100};
};

template <class Connection, class Options>
void run_tellers(const std::string& url, Clock::time_point until, int threads, Bank& bank) {
  std::vector<std::thread> tellers;
  for (int i = 0; i < threads; ++i) {
    tellers.emplace_back([&] {
      try {
        Teller<Connection, Options>(url, bank).work(until);
      } catch (const std::exception& error) {
        std::cerr << "\na teller failed: " << error.what() << std::endl;
        bank.failed = true;
      }
    });
  }
  while (Clock::now() < until && !bank.failed) {
    std::this_thread::sleep_for(std::min<Clock::duration>(500ms, until - Clock::now()));
    bank::show_progress(bank.transfers, bank.retries);
  }
  for (std::thread& teller : tellers) teller.join();
}

template <class Connection, class Options>
int run_bank(const std::string& url, std::chrono::seconds duration, int threads) {
  Reconnecting<Connection> connections(url);
  const palmetto::ConnectionInfo info = connections.connection()->info();
  std::cout << "creating " << bank::account_count << " accounts on " << info.vendor() << " "
            << info.server_version() << std::endl;
  Bank bank;
  bank.accounts = bank::create_tables(*connections.connection());

  const auto start = Clock::now();
  run_tellers<Connection, Options>(url, start + duration, threads, bank);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

  const std::string mistake = run_transaction(
      connections, [&](palmetto::Transaction& tx) { return bank::audit(tx, bank.outcomes); },
      Options{});
  bank::show_table({.threads = threads,
                    .seconds = seconds,
                    .applied = bank.outcomes.applied.size(),
                    .not_applied = bank.outcomes.not_applied.size(),
                    .unknown = bank.outcomes.unknown.size(),
                    .retries = bank.retries,
                    .mistake = mistake});
  bank::drop_tables(*connections.connection());
  return bank.failed || !mistake.empty() ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::cerr << "usage: bank URL [seconds] [threads]\n";
    return 2;
  }
  try {
    const std::string url = argv[1];
    const std::chrono::seconds duration(argc > 2 ? std::stoi(argv[2]) : 5);
    const int threads = argc > 3 ? std::stoi(argv[3]) : 4;
    const bool crdb = palmetto::crdb::CrdbConnection::is_crdb(palmetto::connect(url));
    return crdb ? run_bank<palmetto::crdb::CrdbConnection, palmetto::crdb::RetryOptions>(
                      url, duration, threads)
                : run_bank<palmetto::Connection, palmetto::RetryOptions>(url, duration, threads);
  } catch (const std::exception& error) {
    std::cerr << "bank: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
