// The fast minimum-norm attack, as an attack and as a part of autoattack.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

struct FmnOptions {
  std::int64_t steps = 100;
  double step_size = 1;  ///< of the first step, in ranges of the bounds; the last is a hundredth
  double gamma = 0.05;   ///< share by which the radius shrinks or grows at first
};

/// The nearest adversarial point, in the attack's norm; the last one tried if there is none.
Task<Point> nearest_by_fmn(Attempt& a, FmnOptions options);

}  // namespace nv::attacks
