// A hang is what these tests are about: it must end as a failure that names its test case.

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

namespace {

// No case takes more than a few seconds, even under a sanitizer on a machine that is busy.
constexpr std::chrono::seconds patience{60};

class Watchdog : public doctest::IReporter {
 public:
  explicit Watchdog(const doctest::ContextOptions&) {}

  void test_case_start(const doctest::TestCaseData& test_case) override {
    ended_ = false;
    thread_ = std::thread([this, name = std::string(test_case.m_name)] { watch(name); });
  }
  void test_case_end(const doctest::CurrentTestCaseStats&) override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  void watch(const std::string& name) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, patience, [this] { return ended_; })) return;
    std::cerr << "hangs since " << patience.count() << " s: " << name << std::endl;
    std::_Exit(3);  // not abort(): doctest would end the test case, and wait for this thread
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

REGISTER_LISTENER("watchdog", 0, Watchdog);

}  // namespace
