// The square attack, as an attack and as a part of autoattack.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

struct SquareOptions {
  std::int64_t queries = 5000;
  double share = 0.8;    ///< share of the pixels that the first squares cover
  bool rescale = false;  ///< shrink the squares over `queries`, else over 10000 queries
};

/// Tries random squares and keeps those that raise the margin, until a point is adversarial. Returns the best
/// point.
Task<Point> search_by_squares(Attempt& a, SquareOptions options);

}  // namespace nv::attacks
