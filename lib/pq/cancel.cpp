#include "palmetto/pq/cancel.hpp"

#include <libpq-fe.h>

#include <array>
#include <csignal>

namespace palmetto::pq {
namespace {

// PQcancel writes to a socket that may be closed, and unlike libpq's other calls does not keep the
// SIGPIPE of that from the process.
class WithoutSigpipe {
 public:
  WithoutSigpipe() noexcept {
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~WithoutSigpipe() {
    constexpr timespec at_once{};
    if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  sigset_t sigpipe_;
  sigset_t before_;
  bool was_pending_;
};

}  // namespace

std::optional<std::string> Cancel::cancel() const {
  const WithoutSigpipe without_sigpipe;
  std::array<char, 256> error{};
  if (PQcancel(handle_.get(), error.data(), static_cast<int>(error.size())) == 1)
    return std::nullopt;
  return std::string(error.data());
}

void Cancel::Free::operator()(pg_cancel* handle) const noexcept { PQfreeCancel(handle); }

}  // namespace palmetto::pq
