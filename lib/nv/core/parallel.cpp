#include "nv/core/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

namespace {
thread_local bool inside_body = false;

/// CPUs that the cgroup's quota allows, rounded up; 0 where there is no quota.
int cgroup_cpus() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::max(1, static_cast<int>(std::strtod(quota.c_str(), nullptr) / period + 0.999));
}
}  // namespace

int ThreadPool::default_threads() {
  if (const char* text = std::getenv("NV_THREADS")) {
    int n = 0;
    const std::string_view view = text;
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), n);
    if (error == std::errc() && end == view.data() + view.size() && n > 0 && n <= 1024) return n;
    if (!view.empty())
      throw_usage("NV_THREADS is '{}', not a number of threads from 1 to 1024", one_line(view));
  }
  cpu_set_t set;
  int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  if (const int quota = cgroup_cpus(); quota > 0) n = std::min(n, quota);
  return std::max(n, 1);
}

struct ThreadPool::State {
  int threads = 1;
  std::vector<std::thread> workers;
  std::mutex mutex;
  std::condition_variable wake, done;
  bool stop = false;

  // The job at hand; guarded by mutex except for the atomics.
  std::uint64_t generation = 0;
  const std::function<void(std::int64_t)>* body = nullptr;
  std::int64_t count = 0;
  std::atomic<std::int64_t> next{0};
  int working = 0;
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

  void start_workers() {
    for (int t = 1; t < threads; ++t)
      workers.emplace_back([this] {
        std::uint64_t seen = 0;
        std::unique_lock lock(mutex);
        while (true) {
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
      });
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
  if (s.threads == 1 || count <= 1 || inside_body) {
    for (std::int64_t i = 0; i < count; ++i) {
      check_interrupt();
      body(i);
    }
    return;
  }
  std::lock_guard job(s.job);
  if (s.workers.empty()) s.start_workers();
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
  std::unique_lock lock(s.mutex);
  s.done.wait(lock, [&] { return s.working == 0; });
  s.body = nullptr;
  if (s.error) std::rethrow_exception(s.error);
}

}  // namespace nv
