// What the command line of `nv attack` asks for, every number settled.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/analysis/attacks/method.h"

namespace nv {

/// One method.
struct AttackPlan {
  const attacks::Method& method;
  attacks::Settings settings;  ///< of the largest eps of --curve, where there is one
  std::vector<double> curve;   ///< ascending; empty without --curve
};

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

/// What a user should know of a size beyond which no input of that many numbers can change, as a sentence; ""
/// where the size is below that.
std::string eps_note(const AttackPlan& plan, std::int64_t numbers);

/// The plan's settings at another eps (a share of eps among the defaults follows it).
attacks::Settings settings_at(const AttackWords& words, const AttackPlan& plan, double eps);

}  // namespace nv
