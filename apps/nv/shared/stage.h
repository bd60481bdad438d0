// Where a command spends its time, for -v.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// While it exists, time counts for the stage of that name; that of a stage inside counts for this one only.
/// Stages are of the main thread: on others they do nothing.
class Stage {
 public:
  /// `name`: a literal.
  explicit Stage(std::string_view name);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

 private:
  bool counts_;
  std::size_t outer_ = 0;
};

/// A line per stage with seconds and share, in the order in which they first began, but the first one, which
/// is around all others, last; then the total.
std::vector<std::string> stage_lines();

}  // namespace nv
