#include "nv/core/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

namespace {
thread_local bool inside_body = false;

/// Quota of one group in CPUs; infinite if it has none.
double quota_of(const std::string& folder, bool unified) {
  double quota = -1, period = 0;
  std::string text;
  if (unified) {
    std::ifstream file(folder + "/cpu.max");
    if (file >> text >> period && text != "max") quota = std::strtod(text.c_str(), nullptr);
  } else {
    std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
    std::ifstream(folder + "/cpu.cfs_period_us") >> period;
  }
  return quota > 0 && period > 0 ? quota / period : std::numeric_limits<double>::infinity();
}

/// Smallest quota of the group and its parents. In a container the path may not exist: its own group is the
/// root.
double least_quota(const std::string& mount, std::string path, bool unified) {
  double least = quota_of(mount, unified);
  while (!path.empty() && path != "/") {
    least = std::min(least, quota_of(mount + path, unified));
    const std::size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
  }
  return least;
}
}  // namespace

int cgroup_cpus(const std::string& groups, const std::string& root) {
  double least = std::numeric_limits<double>::infinity();
  std::ifstream file(groups);
  for (std::string line; std::getline(file, line);) {  // "0::/path", "4:cpu,cpuacct:/path"
    const std::vector<std::string> parts = split(line, ':');
    if (parts.size() < 3) continue;
    const std::string path = line.substr(parts[0].size() + parts[1].size() + 2);
    const std::vector<std::string> controllers = split(parts[1], ',');
    if (parts[1].empty())
      least = std::min(least, least_quota(root, path, true));
    else if (std::ranges::find(controllers, "cpu") != controllers.end())
      for (const std::string& mount : {parts[1], std::string("cpu")})
        least = std::min(least, least_quota(root + '/' + mount, path, false));
  }
  return std::isfinite(least) ? std::max(1, static_cast<int>(std::ceil(std::min(least, 1e6) - 1e-3))) : 0;
}

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

namespace {
/// Waits some microseconds for a condition: to put a thread to sleep and wake it takes as long as many a
/// layer.
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
