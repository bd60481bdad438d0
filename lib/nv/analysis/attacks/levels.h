// The 256 levels of an 8-bit image, for attacks that search among what a PNG can hold.
#pragma once

#include "nv/analysis/attacks/method.h"

namespace nv::attacks {

/// `x` with each value rounded to the nearest of 256 levels from `settings.levels.low` to `.high`, within the
/// bounds. If that leaves the ball around `original`, values are rounded towards it instead.
Point on_levels(Values x, Values original, const Settings& settings);

}  // namespace nv::attacks
