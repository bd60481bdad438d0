// The number of threads: what the system, its control groups and NV_THREADS allow.
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/parallel.h"
#include "nv/core/text.h"

namespace nv {

namespace {

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

}  // namespace nv
