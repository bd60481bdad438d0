// Where attacks begin that know decisions alone: at a point that fools already.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// Uniform noise of the whole range that fools, out of `tries`; the last where none does.
Task<Point> noise_that_fools(Attempt& a, std::int64_t tries);

/// The nearest example of a class that the attack wants; without one, the input blended with noise, by as
/// little of 50 steps as fools. Empty where nothing fools.
Task<Point> starting_point(Attempt& a);

}  // namespace nv::attacks
