// The one thread pool. Work is cut into pieces whose size depends on the work alone, never on the number of
// threads, and each piece writes its own part of the result: so results are the same bytes at any thread
// count.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace nv {

class ThreadPool {
 public:
  /// `threads` counts the calling thread; 1 runs everything inline. 0 takes `default_threads()`. Threads are
  /// started when work first needs them, so that a short command never pays for them; where the system
  /// refuses some (RLIMIT_NPROC, no memory), work goes on with those that it gave.
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;  ///< that were asked for

  /// Calls `body(i)` for every i in [0, count), in any order and on any thread, and returns when all are
  /// done. Called from inside a body, it runs inline. The first exception thrown by a body is rethrown here.
  /// Throws Interrupted between two bodies where the process was asked to stop.
  void for_each(std::int64_t count, const std::function<void(std::int64_t)>& body);

  /// NV_THREADS where set, else the CPUs that this process may use (affinity and cgroup quota).
  static int default_threads();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// CPUs that the quotas of this process's cgroup and of those above it allow, rounded up; 0 where there is no
/// quota. Version 2 (cpu.max) and version 1 (cpu.cfs_quota_us). `groups` is /proc/self/cgroup, `root` where
/// the cgroup file systems are mounted.
int cgroup_cpus(const std::string& groups = "/proc/self/cgroup", const std::string& root = "/sys/fs/cgroup");

}  // namespace nv
