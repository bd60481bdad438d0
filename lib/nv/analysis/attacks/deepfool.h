// DeepFool as a part of other attacks.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// Starts at `start`, in the attack's norm. Returns the last point, which is adversarial if one was found
/// within `steps`.
Task<Point> deepfool_from(Attempt& a, Point start, std::int64_t steps, std::size_t candidates,
                          double overshoot);

}  // namespace nv::attacks
