// Starting points of attacks that use decisions only: points that are adversarial already.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// Uniform noise over the whole range of the bounds: the first of `tries` that is adversarial, else the last.
Task<Point> adversarial_noise(Attempt& a, std::int64_t tries);

/// The nearest example of a class that the attack wants; else the original blended with adversarial noise, by
/// the smallest of 50 shares that is adversarial. Empty if nothing is adversarial.
Task<Point> starting_point(Attempt& a);

}  // namespace nv::attacks
