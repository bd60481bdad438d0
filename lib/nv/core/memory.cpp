#include "nv/core/memory.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

std::atomic<std::uint64_t> limit_set{0};  // 0: not set

/// Reads a number from a file of the cgroup file system; 0 if there is none ("max").
std::uint64_t cgroup_number(const char* path) {
  std::ifstream file(path);
  std::uint64_t n = 0;
  return file >> n ? n : 0;
}

std::uint64_t usable_memory() {
  const auto pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  std::uint64_t bytes = pages > 0 && page > 0
                            ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page)
                            : std::uint64_t{1} << 32;
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"})
    if (const std::uint64_t n = cgroup_number(path); n > 0) bytes = std::min(bytes, n);
  return bytes;
}

}  // namespace

std::uint64_t memory_limit() {
  if (const std::uint64_t set = limit_set.load(std::memory_order_relaxed); set > 0) return set;
  static const std::uint64_t half = usable_memory() / 2;
  return half;
}

void set_memory_limit(std::uint64_t bytes) {
  limit_set.store(bytes, std::memory_order_relaxed);
}

std::uint64_t parse_memory(std::string_view text) {
  const std::string_view whole = text;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  static constexpr std::string_view units = "KMGT";
  double unit = 1;
  if (!text.empty()) {
    const std::size_t at = units.find(static_cast<char>(std::toupper(static_cast<unsigned char>(text[0]))));
    const std::string_view rest = text.substr(1);
    if (at != std::string_view::npos && (rest.empty() || rest == "B" || rest == "iB" || rest == "b"))
      unit = std::exp2(10.0 * static_cast<double>(at + 1));
    else
      number = -1;
  }
  const double bytes = number * unit;
  if (error != std::errc() || !(bytes >= 1) || bytes > 1e18)
    throw Error(ErrorKind::usage, fmt::format("expected an amount of memory, got '{}'", one_line(whole)),
                "for example 512M or 4G");
  return static_cast<std::uint64_t>(bytes);
}

std::string memory_text(std::uint64_t bytes) {
  static constexpr const char* units[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  double n = static_cast<double>(bytes);
  int unit = 0;
  for (; n >= 1000 && unit < 6; ++unit) n /= 1024;
  return n < 10 ? fmt::format("{:.1f} {}", n, units[unit]) : fmt::format("{:.0f} {}", n, units[unit]);
}

void check_memory(std::uint64_t bytes, std::string_view what) {
  if (bytes <= memory_limit()) return;
  throw Error(ErrorKind::input,
              fmt::format("{}: needs {} of memory, the limit is {}", what, memory_text(bytes),
                          memory_text(memory_limit())),
              "--max-memory 32G allows more");
}

}  // namespace nv
