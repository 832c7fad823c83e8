#pragma once

#include "palmetto/flow/recycling.hpp"
#include "palmetto/flow/wait.hpp"

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

/// A protocol operation as a coroutine that never blocks. It awaits `Wait::read`, `Wait::write` or
/// both, and is resumed with what is ready:
///
///     Flow<Result> fetch(Conn& conn) {
///       while (conn.is_busy()) {
///         Ready ready = co_await Wait::read;
///         ...
///       }
///       co_return conn.get_result();
///     }
///
/// A driver owns the waiting: `flow::run` polls, the Asio module awaits, a test plays a script.
namespace palmetto::flow {

template <class T>
class [[nodiscard]] Flow {
 public:
  class promise_type {
   public:
    [[nodiscard]] static void* operator new(std::size_t size) { return allocate_recycled(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
      free_recycled(frame, size);
    }

    Flow get_return_object() { return Flow(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    template <class U>
    void return_value(U&& value) {
      outcome_.emplace(std::forward<U>(value));
    }
    void unhandled_exception() { failure_ = std::current_exception(); }

    struct Waiting {
      promise_type& promise;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<>) const noexcept {}
      [[nodiscard]] Ready await_resume() const noexcept { return promise.ready_; }
    };
    Waiting await_transform(Wait wait) noexcept {
      wait_ = wait;
      return {*this};
    }

   private:
    friend class Flow;
    std::optional<T> outcome_;
    std::exception_ptr failure_;
    Wait wait_ = Wait::read;
    Ready ready_ = Ready::read;
  };

  Flow(Flow&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Flow& operator=(Flow&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Flow() {
    if (handle_) handle_.destroy();
  }

  /// Runs to the first wait, or to the end. Once, before anything else.
  void start() { handle_.resume(); }

  [[nodiscard]] bool done() const noexcept { return handle_.done(); }

  /// What it waits for; only while it is not done.
  [[nodiscard]] Wait wait() const noexcept { return handle_.promise().wait_; }

  /// Runs on to the next wait, or to the end.
  void resume(Ready ready) {
    handle_.promise().ready_ = ready;
    handle_.resume();
  }

  /// What it returned, once done; throws what it threw.
  [[nodiscard]] T result() {
    promise_type& promise = handle_.promise();
    if (promise.failure_) std::rethrow_exception(promise.failure_);
    return *std::move(promise.outcome_);
  }

 private:
  using Handle = std::coroutine_handle<promise_type>;
  explicit Flow(Handle handle) noexcept : handle_(handle) {}
  Handle handle_;
};

}  // namespace palmetto::flow
