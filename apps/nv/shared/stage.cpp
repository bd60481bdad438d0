#include "shared/stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace nv {

namespace {

using Clock = std::chrono::steady_clock;

struct Times {
  struct Entry {
    std::string_view name;
    Clock::duration spent{};
  };
  std::thread::id thread = std::this_thread::get_id();
  Clock::time_point start = Clock::now(), since = start;
  std::vector<Entry> entries{{"", {}}};  ///< first: outside of all stages
  std::size_t current = 0;

  /// Counts the time since the last change for the current stage.
  void change_to(std::size_t stage) {
    const Clock::time_point now = Clock::now();
    entries[current].spent += now - since;
    since = now;
    current = stage;
  }
  std::size_t index_of(std::string_view name) {
    const auto at = std::ranges::find(entries, name, &Entry::name);
    if (at != entries.end()) return static_cast<std::size_t>(at - entries.begin());
    entries.push_back({name, {}});
    return entries.size() - 1;
  }
};

/// Created by the first stage.
Times& times() {
  static Times of_main;
  return of_main;
}

}  // namespace

Stage::Stage(std::string_view name) : counts_(std::this_thread::get_id() == times().thread) {
  if (!counts_) return;
  outer_ = times().current;
  times().change_to(times().index_of(name));
}

Stage::~Stage() {
  if (counts_) times().change_to(outer_);
}

std::vector<std::string> stage_lines() {
  Times& all = times();
  all.change_to(all.current);
  const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
  const double total = seconds(all.since - all.start);
  std::vector<Times::Entry> entries(all.entries.begin() + 1, all.entries.end());
  if (!entries.empty()) std::ranges::rotate(entries, entries.begin() + 1);
  std::vector<std::string> lines;
  for (const Times::Entry& e : entries)
    lines.push_back(fmt::format("{:<20} {:>9.3f} s  {:>3.0f} %", e.name, seconds(e.spent),
                                100 * seconds(e.spent) / total));
  lines.push_back(fmt::format("{:<20} {:>9.3f} s", "total", total));
  return lines;
}

}  // namespace nv
