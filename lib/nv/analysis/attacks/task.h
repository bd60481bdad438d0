// A coroutine that gives one value.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace nv::attacks {

/// Attacks are written as the algorithm for one input: a function that returns a Task and says
/// `co_await attempt.query(x)` where it needs the model. There it pauses, until the questions of all inputs
/// under way were answered as one batch. What is passed in an awaited call is a name, never a temporary with
/// a destructor: g++ 12 destroys those twice. Starts when it is awaited or resumed; destroys its frame with
/// itself.
template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  struct promise_type {
    std::coroutine_handle<> waiting = std::noop_coroutine();  ///< who awaits this task
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

  /// Runs it to its first pause.
  void start() const { handle_.resume(); }
  bool done() const { return handle_.done(); }
  /// What it returned, once it is done; rethrows what it threw.
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
