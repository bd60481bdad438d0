// One attack method with every setting decided, at one size or at growing sizes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nv/analysis/attacks/method.h"

namespace nv {

/// An attack with its settings, and the sizes to repeat it at.
struct AttackPlan {
  const attacks::Method& method;
  attacks::Request request;
  attacks::Settings settings;  ///< of the largest size of `curve`, if there is one
  std::vector<double> curve;   ///< sizes to attack at, ascending; empty: the size of `request` only
};

/// `curve` in any order; repeated sizes count once. Throws Error(usage) as attacks::settle.
AttackPlan plan_attack(const attacks::Method& method, attacks::Request request,
                       std::vector<double> curve = {});

/// The settings of the plan at another size. Defaults that are a share of eps follow it.
attacks::Settings settings_at(const AttackPlan& plan, double eps);

/// A warning for the user if eps allows any change of an input of `numbers` values, else "".
std::string size_warning(const AttackPlan& plan, std::int64_t numbers);

}  // namespace nv
