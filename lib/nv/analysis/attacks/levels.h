// The 256 levels of a picture of 8 bits, for attacks that search among what a PNG can hold.
#pragma once

#include "nv/analysis/attacks/method.h"

namespace nv::attacks {

/// `x` with each value on the nearest of 256 levels from `settings.levels.low` to `.high`, within the bounds;
/// where that would leave the ball around `original`, on the next level towards it.
Point on_levels(Values x, Values original, const Settings& settings);

}  // namespace nv::attacks
