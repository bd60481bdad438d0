// Auto-PGD, as attacks and as a part of autoattack.
#pragma once

#include <string_view>

#include "nv/analysis/attacks/losses.h"
#include "nv/analysis/attacks/method.h"

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

/// Auto-PGD as an attack of its own, on the loss that `run` takes.
Method apgd_method(std::string_view name, std::string_view summary, Task<Point> (*run)(Attempt&));

}  // namespace nv::attacks
