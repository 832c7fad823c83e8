// Several threads, a connection each, move money between accounts at random, under SERIALIZABLE and
// with retries. What must not change is the total.
//
//     bank URL [seconds] [threads]
//
// The same program runs on PostgreSQL and on CockroachDB.

#include <palmetto/palmetto.hpp>

#include "table.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int account_count = 20;
constexpr std::int64_t first_balance = 1000;

struct Account {
  boost::uuids::uuid id;
  std::string owner;
  std::int64_t balance;
};

struct Counters {
  std::atomic<std::int64_t> transfers = 0;
  std::atomic<std::int64_t> retries = 0;
};

// CREATE TABLE is the same for both servers; the rows are new on every run.
void create_accounts(palmetto::Connection& conn) {
  conn.execute("DROP TABLE IF EXISTS palmetto_bank_accounts");
  conn.execute(
      "CREATE TABLE palmetto_bank_accounts ("
      "id UUID PRIMARY KEY DEFAULT gen_random_uuid(), "
      "owner TEXT NOT NULL, "
      "balance INT8 NOT NULL CHECK (balance >= 0))");
  for (int i = 0; i < account_count; ++i)
    conn.execute("INSERT INTO palmetto_bank_accounts (owner, balance) VALUES ($1, $2)",
                 "owner " + std::to_string(i), first_balance);
}

std::vector<Account> read_accounts(palmetto::Connection& conn) {
  return conn.execute("SELECT id, owner, balance FROM palmetto_bank_accounts").all<Account>();
}

std::int64_t total(palmetto::Connection& conn) {
  std::int64_t sum = 0;
  for (const Account& account : read_accounts(conn)) sum += account.balance;
  return sum;
}

// Runs many times when there are conflicts; one of them is committed. Whether money moved.
bool transfer(palmetto::Transaction& tx, const boost::uuids::uuid& from,
              const boost::uuids::uuid& to, std::int64_t amount) {
  const auto balance = tx.execute("SELECT balance FROM palmetto_bank_accounts WHERE id = $1", from)
                           .value<std::int64_t>();
  if (balance < amount) return false;
  tx.execute("UPDATE palmetto_bank_accounts SET balance = balance - $1 WHERE id = $2", amount,
             from);
  tx.execute("UPDATE palmetto_bank_accounts SET balance = balance + $1 WHERE id = $2", amount, to);
  return true;
}

template <class Connection, class Options>
void work(const std::string& url, Clock::time_point until, Counters& counters) {
  Connection conn = Connection::connect(url);
  const std::vector<Account> accounts = read_accounts(conn);
  std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<std::size_t> any_account(0, accounts.size() - 1);
  std::uniform_int_distribution<std::int64_t> any_amount(1, 100);

  Options options;
  options.isolation = palmetto::IsolationLevel::serializable;
  options.max_attempts = 1000;
  options.on_retry = [&](int, const palmetto::Error&, std::chrono::milliseconds) {
    ++counters.retries;
  };
  while (Clock::now() < until) {
    const auto& from = accounts[any_account(random)].id;
    const auto& to = accounts[any_account(random)].id;
    if (from == to) continue;
    const std::int64_t amount = any_amount(random);
    const bool moved = run_transaction(
        conn, [&](palmetto::Transaction& tx) { return transfer(tx, from, to, amount); }, options);
    if (moved) ++counters.transfers;
  }
}

template <class Connection, class Options>
int run_bank(const std::string& url, std::chrono::seconds duration, int threads) {
  Connection conn = Connection::connect(url);
  std::cout << "creating " << account_count << " accounts on " << conn.info().vendor() << " "
            << conn.info().server_version() << std::endl;
  create_accounts(conn);
  const std::int64_t before = total(conn);

  Counters counters;
  std::atomic<bool> failed = false;
  const auto start = Clock::now();
  const auto until = start + duration;
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      try {
        work<Connection, Options>(url, until, counters);
      } catch (const std::exception& error) {
        std::cerr << "a worker failed: " << error.what() << std::endl;
        failed = true;
      }
    });
  }
  while (Clock::now() < until && !failed) {
    std::this_thread::sleep_for(std::min<Clock::duration>(500ms, until - Clock::now()));
    bank::show_progress(counters.transfers, counters.retries);
  }
  for (std::thread& worker : workers) worker.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

  const std::int64_t after = total(conn);
  bank::show_table({.threads = threads,
                    .seconds = seconds,
                    .transfers = counters.transfers,
                    .retries = counters.retries,
                    .total_before = before,
                    .total_after = after});
  conn.execute("DROP TABLE palmetto_bank_accounts");
  if (failed || before != after) return EXIT_FAILURE;
  return EXIT_SUCCESS;
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
