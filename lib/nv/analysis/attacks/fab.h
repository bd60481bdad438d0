// The fast adaptive boundary attack, as itself and as a part of autoattack.
#pragma once

#include <optional>

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

struct FabOptions {
  std::int64_t steps = 100;
  double alpha = 0.1;  ///< most that the original pulls
  double eta = 1.05;   ///< how far to go beyond the face
  double beta = 0.9;   ///< of the way that is kept after a success
};

/// The nearest point that fools, in Linf or L2; the original where there is none. The face of class `towards`
/// alone is looked at where it is given, else those of all.
Task<Point> nearest_by_fab(Attempt& a, FabOptions options, std::optional<std::int64_t> towards);

}  // namespace nv::attacks
