#include "nv/core/abandon.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "nv/core/interrupt.h"

namespace nv {

namespace {

struct State {
  std::function<void()> job;
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::exception_ptr error;

  void run() {
    std::exception_ptr thrown;
    try {
      job();
    } catch (...) {
      thrown = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    error = thrown;
    done = true;
    changed.notify_all();
  }
};

}  // namespace

void run_abandonable(std::function<void()> job) {
  const auto state = std::make_shared<State>();
  state->job = std::move(job);
  std::thread thread;
  try {
    thread = std::thread([state] { state->run(); });
  } catch (const std::system_error&) {  // the system gives no more threads
    state->job();
    return;
  }
  std::unique_lock lock(state->mutex);
  while (!state->changed.wait_for(lock, std::chrono::milliseconds(100), [&] { return state->done; }))
    if (interrupt_requested()) {
      thread.detach();
      throw Interrupted{};
    }
  lock.unlock();
  thread.join();
  if (state->error) std::rethrow_exception(state->error);
}

}  // namespace nv
