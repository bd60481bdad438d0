// What the command line of `nv attack` asks for, every number settled.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/analysis/attack_plan.h"

namespace nv {

/// The options of the command line as they were typed; "" and nullopt where they were not.
struct AttackWords {
  std::string methods, models, eps, norm, curve;
  std::vector<std::string> set;
  std::optional<std::int64_t> target, steps;
  std::optional<double> step_size;
  std::uint64_t seed = 0;
  int restarts = 1;
  bool png_safe = false;
};

/// "LO,HI". Throws Error(usage).
attacks::Bounds parse_bounds(const std::string& text);

/// One plan a method, in the order typed. Throws Error(usage).
std::vector<AttackPlan> attack_plans(const AttackWords& words, const attacks::Bounds& bounds);

}  // namespace nv
