#include "support/program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <system_error>

namespace support {
namespace {

void check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

// With both of its outputs to the pipe.
pid_t spawn(std::vector<std::string>& arguments, int output) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  check(posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
  pid_t pid = 0;
  int error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  if (error == 0) error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  check(error, argv[0]);
  return pid;
}

}  // namespace

Program::Program(std::vector<std::string> arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) check(errno, "pipe2");
  try {
    pid_ = spawn(arguments, ends[1]);
  } catch (...) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[1]);
  reader_ = std::thread([this, pipe = ends[0]] { read_output(pipe); });
}

Program::~Program() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    static_cast<void>(wait());
  }
}

void Program::read_output(int pipe) {
  char buffer[4096];
  for (ssize_t size = 0; (size = read(pipe, buffer, sizeof buffer)) > 0;) {
    const std::lock_guard lock(mutex_);
    output_.append(buffer, static_cast<std::size_t>(size));
    changed_.notify_all();
  }
  close(pipe);
}

bool Program::wait_for_output(std::string_view text, std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [&] { return output_.find(text) != std::string::npos; });
}

std::string Program::output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

void Program::interrupt() const { kill(pid_, SIGINT); }

int Program::wait() {
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) check(errno, "waitpid");
  pid_ = 0;
  reader_.join();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace support
