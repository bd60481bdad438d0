// A thread pool. Work is divided into pieces whose size does not depend on the number of threads, and each
// piece writes its own part of the result, so results are the same bytes for any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace nv {

class ThreadPool {
 public:
  /// `threads` includes the calling thread; 1 runs everything inline, 0 means default_threads(). Threads are
  /// started when they are first needed. If the system refuses some (RLIMIT_NPROC, memory), the pool uses
  /// those that it got.
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;  ///< number asked for

  /// Calls `body(i)` for each i in [0, count), in any order and on any thread, and returns when all are done.
  /// A call from inside a body, or while another thread's call is running, runs inline. Rethrows the first
  /// exception of a body. Throws Interrupted between two bodies after request_interrupt().
  void for_each(std::int64_t count, const std::function<void(std::int64_t)>& body);

  /// The environment variable NV_THREADS if it is set (1 to 1024), else the number of CPUs that this process
  /// may use (affinity and cgroup quota). Throws Error(usage) for another value of NV_THREADS.
  static int default_threads();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Number of CPUs that the quotas of this process's cgroup and of its parents allow, rounded up; 0 if there
/// is no quota. cgroup version 2 (cpu.max) and version 1 (cpu.cfs_quota_us). `root`: where the cgroup file
/// systems are mounted.
int cgroup_cpus(const std::string& groups = "/proc/self/cgroup", const std::string& root = "/sys/fs/cgroup");

}  // namespace nv
