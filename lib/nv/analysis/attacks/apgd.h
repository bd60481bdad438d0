// Auto-PGD, as itself and as a part of autoattack.
#pragma once

#include "nv/analysis/attacks/losses.h"

namespace nv::attacks {

struct ApgdOptions {
  std::int64_t steps = 100;
  double rho = 0.75;  ///< share of steps up that a step size must have to stay
};

/// What the methods of Auto-PGD let users set, with the defaults of ApgdOptions; and what was set.
std::vector<Parameter> apgd_parameters();
ApgdOptions apgd_options(const Attempt& a);

/// From a random point on the ball's surface; the last adversarial point, or the best by the loss.
Task<Point> climb_by_apgd(Attempt& a, Loss loss, ApgdOptions options);

}  // namespace nv::attacks
