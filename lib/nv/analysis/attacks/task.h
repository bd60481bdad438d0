// A coroutine that returns one value.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace nv::attacks {

/// An attack is written as the algorithm for one input: a function that returns a Task and calls
/// `co_await attempt.query(x)` when it needs the model. There it pauses until the queries of all running
/// attacks have been answered as one batch. Arguments of an awaited call must be names, never temporaries
/// with a destructor: g++ 12 destroys those twice. A Task starts when it is awaited or by start(), and owns
/// its coroutine frame.
template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  struct promise_type {
    std::coroutine_handle<> waiting = std::noop_coroutine();  ///< the coroutine that awaits this one
    std::optional<T> value;
    std::exception_ptr error;

    struct Final {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(Handle done) const noexcept { return done.promise().waiting; }
      void await_resume() const noexcept {}
    };
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Final final_suspend() const noexcept { return {}; }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() { error = std::current_exception(); }
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Runs the coroutine to its first pause.
  void start() const { handle_.resume(); }
  bool done() const { return handle_.done(); }
  /// The returned value of a finished coroutine; rethrows its exception.
  T result() {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    return std::move(*handle_.promise().value);
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
    handle_.promise().waiting = waiting;
    return handle_;
  }
  T await_resume() { return result(); }

 private:
  explicit Task(Handle handle) : handle_(handle) {}
  Handle handle_;
};

}  // namespace nv::attacks
