// Several threads, a connection each, move money between accounts at random, under SERIALIZABLE and
// with retries. A connection that is lost is replaced by another, to any of the nodes that the URL
// names: kill one while it runs. In the end, or on Ctrl-C, the books must balance, and hold each
// transfer that was reported as applied, once, and none that was reported as not applied.
//
//     bank URL [seconds] [threads]
//
//     bank postgresql://localhost/test
//     bank cockroachdb://node1,node2,node3/defaultdb?sslmode=disable 600
//
// The same program runs on PostgreSQL and on CockroachDB; on each database once at a time.

#include <palmetto/palmetto.hpp>

#include "reconnecting.hpp"
#include "table.hpp"
#include "transfers.hpp"

#include <boost/uuid/random_generator.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using bank::Reconnecting;
using Clock = std::chrono::steady_clock;

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void interrupt(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);  // the second Ctrl-C does not wait for the audit
}

struct Bank {
  std::vector<bank::Id> accounts;
  Clock::time_point closing_time;
  std::atomic<std::int64_t> transfers = 0;
  std::atomic<std::int64_t> retries = 0;
  std::atomic<bool> failed = false;
  std::mutex mutex;  // guards the outcomes
  bank::Outcomes outcomes;

  bool is_open() const { return Clock::now() < closing_time && !interrupted && !failed; }
};

template <class Options>
Options serializable() {
  Options options;
  options.isolation = palmetto::IsolationLevel::serializable;
  options.max_attempts = 1000;
  return options;
}

template <class Connection, class Options>
class Teller {
 public:
  Teller(const std::string& url, Bank& bank)
      : bank_(bank), connections_(url), options_(serializable<Options>()) {
    options_.on_retry = [this](int, const palmetto::Error&, std::chrono::milliseconds) {
      ++bank_.retries;
    };
  }

  void work() {
    while (bank_.is_open()) {
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
    options_.deadline = Clock::now() + 60s;
    try {
      const bool moved = run_transaction(
          connections_, [&](palmetto::Transaction& tx) { return bank::move(tx, transfer); },
          options_);
      if (!moved) return nullptr;
      ++bank_.transfers;
      return &bank_.outcomes.applied;
    } catch (const palmetto::AmbiguousCommit&) {
      return &bank_.outcomes.unknown;
    } catch (const palmetto::DatabaseError& error) {
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
void open_bank(Reconnecting<Connection>& connections, Bank& bank) {
  bank::persistently(connections, [](auto& conn) {
    const palmetto::ConnectionInfo info = conn.info();
    std::cout << "creating " << bank::account_count << " accounts on " << info.vendor() << " "
              << info.server_version() << std::endl;
    bank::create_tables(conn);
  });
  std::generate_n(std::back_inserter(bank.accounts), bank::account_count,
                  boost::uuids::random_generator());
  Options options = serializable<Options>();
  options.idempotent = true;
  run_transaction(
      connections, [&](palmetto::Transaction& tx) { bank::open_accounts(tx, bank.accounts); },
      options);
}

template <class Connection, class Options>
void run_tellers(const std::string& url, int threads, Bank& bank) {
  std::vector<std::thread> tellers;
  for (int i = 0; i < threads; ++i) {
    tellers.emplace_back([&] {
      try {
        Teller<Connection, Options>(url, bank).work();
      } catch (const std::exception& error) {
        std::cerr << "\na teller failed: " << error.what() << std::endl;
        bank.failed = true;
      }
    });
  }
  while (bank.is_open()) {
    std::this_thread::sleep_for(std::min<Clock::duration>(500ms, bank.closing_time - Clock::now()));
    bank::show_progress(bank.transfers, bank.retries);
  }
  for (std::thread& teller : tellers) teller.join();
}

template <class Connection, class Options>
int run_bank(const std::string& url, std::chrono::seconds duration, int threads) {
  Reconnecting<Connection> connections(url);
  Bank bank;
  open_bank<Connection, Options>(connections, bank);

  const auto start = Clock::now();
  bank.closing_time = start + duration;
  run_tellers<Connection, Options>(url, threads, bank);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

  Options reading = serializable<Options>();
  reading.read_only = true;
  bank::Audit audit = run_transaction(
      connections,
      [&](palmetto::Transaction& tx) { return bank::audit(tx, bank.accounts, bank.outcomes); },
      reading);
  if (audit.mistake.empty() && bank.outcomes.applied.empty())
    audit.mistake = "no transfer was applied";
  bank::show_table({.threads = threads,
                    .seconds = seconds,
                    .applied = bank.outcomes.applied.size(),
                    .not_applied = bank.outcomes.not_applied.size(),
                    .unknown = bank.outcomes.unknown.size(),
                    .unknown_applied = audit.unknown_applied,
                    .retries = bank.retries,
                    .mistake = audit.mistake});
  if (bank.failed || !audit.mistake.empty()) return EXIT_FAILURE;  // the tables stay, to look at
  bank::persistently(connections, bank::drop_tables);
  return EXIT_SUCCESS;
}

bool is_crdb(const std::string& url) {
  if (url.starts_with("cockroachdb://") || url.starts_with("crdb://")) return true;
  return palmetto::crdb::CrdbConnection::is_crdb(
      palmetto::connect(url, bank::connection_options()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::cerr << "usage: bank URL [seconds] [threads]\n";
    return 2;
  }
  std::signal(SIGINT, interrupt);
  try {
    const std::string url = argv[1];
    const std::chrono::seconds duration(argc > 2 ? std::stoi(argv[2]) : 5);
    const int threads = argc > 3 ? std::stoi(argv[3]) : 4;
    return is_crdb(url)
               ? run_bank<palmetto::crdb::CrdbConnection, palmetto::crdb::RetryOptions>(
                     url, duration, threads)
               : run_bank<palmetto::Connection, palmetto::RetryOptions>(url, duration, threads);
  } catch (const std::exception& error) {
    std::cerr << "bank: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
