// Auto-PGD, as attacks and as a part of autoattack.
#pragma once

#include "nv/analysis/attacks/losses.h"

namespace nv::attacks {

struct ApgdOptions {
  std::int64_t steps = 100;
  double rho = 0.75;  ///< share of steps that must raise the loss for the step size to stay
};

/// The parameters of the Auto-PGD methods, with the defaults of ApgdOptions, and their values in an attempt.
std::vector<Parameter> apgd_parameters();
ApgdOptions apgd_options(const Attempt& a);

/// Starts at a random point on the surface of the ball. Returns the last adversarial point, else the one with
/// the largest loss.
Task<Point> climb_by_apgd(Attempt& a, Loss loss, ApgdOptions options);

}  // namespace nv::attacks
