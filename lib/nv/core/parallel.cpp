#include "nv/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "nv/core/interrupt.h"

namespace nv {

namespace {
thread_local bool inside_body = false;

/// Waits some microseconds for a condition: to put a thread to sleep and wake it takes as long as many
/// layers do.
template <typename Condition>
void await_soon(const Condition& condition) {
  constexpr int turns = 1000;
  for (int i = 0; i < turns && !condition(); ++i) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}
}  // namespace

struct ThreadPool::State {
  int threads = 1;
  std::vector<std::thread> workers;
  bool started = false;
  std::mutex mutex;
  std::condition_variable wake, done;
  bool stop = false;

  // The current job; guarded by `mutex`, except that the atomics may be read without it.
  std::atomic<std::uint64_t> generation{0};
  const std::function<void(std::int64_t)>* body = nullptr;
  std::int64_t count = 0;
  std::atomic<std::int64_t> next{0};
  std::atomic<int> working{0};
  std::exception_ptr error;
  std::mutex job;  // one job at a time

  void work() {
    inside_body = true;
    for (std::int64_t i; (i = next.fetch_add(1)) < count;) {
      try {
        check_interrupt();
        (*body)(i);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
        next = count;
      }
    }
    inside_body = false;
  }

  void wait_for_work() {
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex);
    while (true) {
      lock.unlock();
      await_soon([&] { return generation != seen; });
      lock.lock();
      wake.wait(lock, [&] { return stop || generation != seen; });
      if (stop) return;
      seen = generation;
      if (body == nullptr) continue;
      ++working;
      lock.unlock();
      work();
      lock.lock();
      if (--working == 0) done.notify_all();
    }
  }

  void start_workers() {
    started = true;
    try {
      for (int t = 1; t < threads; ++t) workers.emplace_back([this] { wait_for_work(); });
    } catch (const std::system_error&) {  // the system gives no more threads
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  state_->threads = threads > 0 ? threads : default_threads();
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->wake.notify_all();
  for (std::thread& t : state_->workers) t.join();
}

int ThreadPool::threads() const {
  return state_->threads;
}

void ThreadPool::for_each(std::int64_t count, const std::function<void(std::int64_t)>& body) {
  State& s = *state_;
  std::unique_lock job(s.job, std::defer_lock);
  // What a caller may hold that the bodies of a running job wait for is never awaited: such a call runs
  // inline.
  if (s.threads == 1 || count <= 1 || inside_body || !job.try_lock()) {
    for (std::int64_t i = 0; i < count; ++i) {
      check_interrupt();
      body(i);
    }
    return;
  }
  if (!s.started) s.start_workers();
  {
    std::lock_guard lock(s.mutex);
    s.body = &body;
    s.count = count;
    s.next = 0;
    s.error = nullptr;
    ++s.generation;
  }
  s.wake.notify_all();
  s.work();
  await_soon([&] { return s.working == 0; });
  std::unique_lock lock(s.mutex);
  s.done.wait(lock, [&] { return s.working == 0; });
  s.body = nullptr;
  if (s.error) std::rethrow_exception(s.error);
}

}  // namespace nv
