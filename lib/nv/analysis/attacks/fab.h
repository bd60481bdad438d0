// The fast adaptive boundary attack, as an attack and as a part of autoattack.
#pragma once

#include <optional>

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

struct FabOptions {
  std::int64_t steps = 100;
  double alpha = 0.1;  ///< largest weight of the original in a step
  double eta = 1.05;   ///< step length, relative to the distance to the face
  double beta = 0.9;   ///< share of the way from the original that is kept after a success
};

/// The nearest adversarial point, in Linf or L2; the original if there is none. `towards`: only the face of
/// that class is considered, else those of all classes.
Task<Point> nearest_by_fab(Attempt& a, FabOptions options, std::optional<std::int64_t> towards);

}  // namespace nv::attacks
