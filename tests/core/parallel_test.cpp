#include "nv/core/parallel.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "nv/core/error.h"

namespace nv {

TEST_CASE("CPU quotas of cgroups of both versions, and of their parents") {
  namespace fs = std::filesystem;
  const fs::path root = fs::temp_directory_path() / ("nv-cgroup-" + std::to_string(::getpid()));
  const auto put = [&](const std::string& name, const std::string& text) {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  };
  const auto cpus = [&](const std::string& groups) {
    put("groups", groups);
    return cgroup_cpus((root / "groups").string(), root.string());
  };
  CHECK(cpus("0::/\n") == 0);
  put("cpu.max", "max 100000\n");
  put("jobs/cpu.max", "250000 100000\n");
  put("jobs/small/cpu.max", "max 100000\n");
  CHECK(cpus("0::/\n") == 0);
  CHECK(cpus("0::/jobs\n") == 3);
  CHECK(cpus("0::/jobs/small\n") == 3);
  CHECK(cpus("0::/elsewhere\n") == 0);
  put("cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  put("cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  const std::string first = "5:memory:/docker/a\n4:cpu,cpuacct:/docker/a\n0::/\n";
  CHECK(cpus(first) == 0);
  put("cpu,cpuacct/docker/a/cpu.cfs_quota_us", "150000\n");
  put("cpu,cpuacct/docker/a/cpu.cfs_period_us", "100000\n");
  CHECK(cpus(first) == 2);
  put("cpu,cpuacct/cpu.cfs_quota_us", "50000\n");  // in a container, its group is the root of the mount
  CHECK(cpus(first) == 1);
  CHECK(cgroup_cpus("/nowhere", root.string()) == 0);
  CHECK(cpus("nonsense\n::\n4:cpu:\n") == 0);
  fs::remove_all(root);
}

TEST_CASE("each index is visited once with any number of threads") {
  for (const int threads : {1, 2, 4, 9}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (const int count : {0, 1, 2, 3, 1000}) {
      std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
      pool.for_each(count, [&](std::int64_t i) { ++visits[static_cast<std::size_t>(i)]; });
      for (const auto& v : visits) REQUIRE(v == 1);
    }
  }
}

TEST_CASE("the result does not depend on the number of threads if each piece writes its own part") {
  const auto squares = [](int threads) {
    ThreadPool pool(threads);
    std::vector<double> values(500);
    pool.for_each(
        500, [&](std::int64_t i) { values[static_cast<std::size_t>(i)] = 0.1 * static_cast<double>(i * i); });
    return values;
  };
  CHECK(squares(1) == squares(3));
}

TEST_CASE("an exception of any thread is rethrown, and the pool still works") {
  for (const int threads : {1, 4}) {
    ThreadPool pool(threads);
    for (int round = 0; round < 20; ++round) {
      CHECK_THROWS_WITH_AS(pool.for_each(100,
                                         [](std::int64_t i) {
                                           if (i == 57) throw std::runtime_error("piece 57");
                                         }),
                           "piece 57", std::runtime_error);
      std::atomic<int> sum = 0;
      pool.for_each(10, [&](std::int64_t i) { sum += static_cast<int>(i); });
      CHECK(sum == 45);
    }
  }
}

TEST_CASE("one of several exceptions is rethrown") {
  ThreadPool pool(4);
  CHECK_THROWS_AS(pool.for_each(1000, [](std::int64_t i) { throw std::out_of_range(std::to_string(i)); }),
                  std::out_of_range);
}

TEST_CASE("nested calls run inline") {
  ThreadPool pool(4);
  std::atomic<int> sum = 0;
  pool.for_each(8, [&](std::int64_t) {
    const auto me = std::this_thread::get_id();
    pool.for_each(8, [&](std::int64_t) {
      CHECK(std::this_thread::get_id() == me);
      ++sum;
    });
  });
  CHECK(sum == 64);
}

TEST_CASE("several threads may use one pool") {
  ThreadPool pool(3);
  std::atomic<int> sum = 0;
  std::vector<std::thread> users;
  for (int t = 0; t < 4; ++t)
    users.emplace_back([&] {
      for (int round = 0; round < 50; ++round) pool.for_each(20, [&](std::int64_t) { ++sum; });
    });
  for (std::thread& u : users) u.join();
  CHECK(sum == 4 * 50 * 20);
}

TEST_CASE("a pool that was never used ends at once") {
  ThreadPool pool(1000);
  CHECK(pool.threads() == 1000);
}

TEST_CASE("NV_THREADS sets the default if it is a number of threads") {
  const char* old = std::getenv("NV_THREADS");
  const std::string kept = old == nullptr ? "" : old;
  ::setenv("NV_THREADS", "3", 1);
  CHECK(ThreadPool::default_threads() == 3);
  CHECK(ThreadPool(0).threads() == 3);
  ::unsetenv("NV_THREADS");
  const int own = ThreadPool::default_threads();
  CHECK(own >= 1);
  ::setenv("NV_THREADS", "", 1);
  CHECK(ThreadPool::default_threads() == own);
  for (const char* nonsense : {"0", "-2", "many", "3x", "99999999999"}) {
    ::setenv("NV_THREADS", nonsense, 1);
    CHECK_THROWS_WITH_AS((void)ThreadPool::default_threads(), doctest::Contains("NV_THREADS"), Error);
  }
  if (old == nullptr)
    ::unsetenv("NV_THREADS");
  else
    ::setenv("NV_THREADS", kept.c_str(), 1);
}

}  // namespace nv
