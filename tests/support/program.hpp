#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace support {

/// A program that runs beside the test. What it prints, errors included, is kept. It is killed with
/// this, if it still runs.
class Program {
 public:
  /// The first of `arguments` is the program's path. Throws when it can't be started.
  explicit Program(std::vector<std::string> arguments);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Whether it has printed that, within that time.
  [[nodiscard]] bool wait_for_output(std::string_view text, std::chrono::milliseconds time) const;
  [[nodiscard]] std::string output() const;

  /// As Ctrl-C does.
  void interrupt() const;
  /// Waits for its end: the exit status, or 128 and the signal that it died of.
  [[nodiscard]] int wait();

 private:
  void read_output(int pipe);

  pid_t pid_ = 0;  // 0: it has ended
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string output_;  // guarded by the mutex
  std::thread reader_;
};

}  // namespace support
