// The square attack, as itself and as a part of autoattack.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

struct SquareOptions {
  std::int64_t queries = 5000;
  double share = 0.8;    ///< of the pixels that the first squares cover
  bool rescale = false;  ///< their sizes, as for 10000 queries, fall faster where there are fewer
};

/// Random squares that raise the margin, until the model is fooled; the best point.
Task<Point> search_by_squares(Attempt& a, SquareOptions options);

}  // namespace nv::attacks
